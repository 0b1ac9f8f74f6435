import {
  type AssessmentRunArn,
  parseAssessmentRunArn,
  parseAssessmentRunArns,
} from '../inspector/assessment-run-arn.js';
import type { AssessmentRun } from '../inspector/inspector-api.js';
import { InspectorFailure } from '../inspector/inspector-failure.js';
import { createConnection } from './connection.js';
import type { AssessmentRunParent, GraphQLContext } from './context.js';
import { toInspectorError } from './errors.js';
import type { Resolvers } from './generated.js';
import { DateTime, Long } from './scalars.js';
import { toTelemetryTotal } from './telemetry.js';

/** The fields of schema.graphql. A failure that one throws is turned into GraphQL once, by formatError. */
export const resolvers: Resolvers = {
  DateTime,
  Long,

  Query: {
    assessmentRun: (_query, { arn }) => toParent(parseAssessmentRunArn(arn)),
    // graphql-js takes an Error in a list for the failure of that item alone, which its resolver types do not know.
    assessmentRunsByArn: (_query, { arns }) =>
      parseAssessmentRunArns(arns).map((arn) =>
        arn instanceof InspectorFailure ? arn : toParent(arn),
      ) as AssessmentRunParent[],
    assessmentRuns: (_query, args, { loaders }) =>
      createConnection(args, async (input) => {
        const { assessmentRunArns, nextToken } = await loaders.assessmentRunPage.load(input);
        return { items: assessmentRunArns.map(toParent), nextToken };
      }),
  },

  AssessmentRun: {
    name: toDetailResolver('name'),
    state: toDetailResolver('state'),
    assessmentTemplateArn: toDetailResolver('assessmentTemplateArn'),
    createdAt: toDetailResolver('createdAt'),
    startedAt: toDetailResolver('startedAt'),
    completedAt: toDetailResolver('completedAt'),
    stateChangedAt: toDetailResolver('stateChangedAt'),
    durationInSeconds: toDetailResolver('durationInSeconds'),
    dataCollected: toDetailResolver('dataCollected'),
    rulesPackageArns: toDetailResolver('rulesPackageArns'),
    findingCounts: toDetailResolver('findingCounts'),
    stateChanges: toDetailResolver('stateChanges'),
    telemetry: ({ arn }, _args, { loaders }) => loaders.telemetry.load(arn),
    telemetryTotal: async ({ arn }, _args, { loaders }) => toTelemetryTotal(await loaders.telemetry.load(arn)),
    telemetryResult: ({ arn }, _args, { loaders, failures }) =>
      loaders.telemetry.load(arn).then(
        (telemetryMetadata) => ({ __typename: 'Telemetry' as const, telemetryMetadata }),
        (thrown) => {
          failures.add(thrown);
          return toInspectorError(thrown);
        },
      ),
  },

  Telemetry: {
    total: ({ telemetryMetadata }) => toTelemetryTotal(telemetryMetadata),
  },
};

/** A field that DescribeAssessmentRuns answers; all of a request's runs share its calls. */
function toDetailResolver<Name extends keyof AssessmentRun>(name: Name) {
  return async ({ arn }: AssessmentRunParent, _args: unknown, { loaders }: GraphQLContext) =>
    (await loaders.assessmentRun.load(arn))[name];
}

function toParent(arn: AssessmentRunArn): AssessmentRunParent {
  return { arn };
}
