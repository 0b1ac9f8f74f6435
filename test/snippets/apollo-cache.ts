import { type FieldPolicy, InMemoryCache, type Reference } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';

/** Rows have no `id`. What another query selected of a row is kept as long as the same row stands at its place. */
function mergeRows(key: string): FieldPolicy<readonly Reference[] | null> {
  return {
    merge(existing, incoming, { mergeObjects, readField }) {
      if (incoming === null) return incoming;
      return incoming.map((row, place) => {
        const known = existing?.[place];
        const name = readField(key, row);
        return known && name !== undefined && readField(key, known) === name ? mergeObjects(known, row) : row;
      });
    },
  };
}

export const createCache = () =>
  new InMemoryCache({
    possibleTypes: {
      Node: [
        'AssessmentRun',
        'AssessmentTemplate',
        'AssessmentTarget',
        'ResourceGroup',
        'RulesPackage',
        'Finding',
        'Exclusion',
      ],
      TelemetryResult: ['Telemetry', 'NoSuchEntityError', 'InvalidInputError', 'AccessDeniedError', 'ServiceError'],
      InspectorError: ['NoSuchEntityError', 'InvalidInputError', 'AccessDeniedError', 'ServiceError'],
    },
    typePolicies: {
      Query: {
        fields: {
          assessmentRuns: relayStylePagination(['filter', 'orderBy']),
          assessmentTemplates: relayStylePagination(['filter']),
          assessmentTargets: relayStylePagination(['filter']),
          rulesPackages: relayStylePagination(['filter']),
        },
      },
      AssessmentRun: {
        fields: {
          agents: relayStylePagination(['filter']),
          findings: relayStylePagination(['filter']),
          exclusions: relayStylePagination(),
          telemetry: mergeRows('messageType'),
          findingCounts: mergeRows('severity'),
        },
      },
      AssessmentRunAgent: { fields: { telemetry: mergeRows('messageType') } },
      Telemetry: { merge: true, fields: { telemetryMetadata: mergeRows('messageType') } },
      TelemetryTotal: { merge: true },
      AssetAttributes: { merge: true },
    },
  });
