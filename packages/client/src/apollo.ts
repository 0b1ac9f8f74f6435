import {
  ApolloLink,
  type FieldPolicy,
  gql,
  type OperationVariables,
  type Reference,
  type TypedDocumentNode,
  type TypePolicies,
} from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import { catchError, fromEvent, map, mergeMap, type Observable, of, race, throwError, timer } from 'rxjs';
import { type RetryOptions, toRetryDelayMs } from './retry.js';

/**
 * Sends a query again when one of its errors says that it may succeed then, as late as the gateway asks for. What the last
 * attempt gives is the result, whatever it is. It serves all queries of a client, those of hooks included.
 */
export function createRetryLink(options: RetryOptions = {}): ApolloLink {
  return new ApolloLink((operation, forward) => {
    if (String(operation.operationType) !== 'query') return forward(operation);
    const signal: AbortSignal | null | undefined = operation.getContext().fetchOptions?.signal;
    // HttpLink sends even if the signal is aborted already.
    const wait = (ms: number) => {
      const waited = signal ? race(timer(ms), fromEvent(signal, 'abort')) : timer(ms);
      return waited.pipe(map(() => signal?.throwIfAborted()));
    };
    const send = (attempt: number): Observable<ApolloLink.Result> =>
      forward(operation).pipe(
        map((result) => ({ failure: result as unknown, outcome: of(result) })),
        catchError((error: unknown) => of({ failure: error, outcome: throwError(() => error) })),
        mergeMap(({ failure, outcome }) => {
          const delayMs = toRetryDelayMs(failure, attempt, options);
          return delayMs === undefined ? outcome : wait(delayMs).pipe(mergeMap(() => send(attempt + 1)));
        }),
      );
    return send(1);
  });
}

/** A typed document of `@inspector-gateway/client/documents` in the form that Apollo Client takes, typed as well. */
export function toDocumentNode<TData, TVariables extends OperationVariables>(
  document: DocumentTypeDecoration<TData, TVariables>,
): TypedDocumentNode<TData, TVariables> {
  return gql(String(document));
}

/** For `InMemoryCache`: lets fragments on interfaces and unions match. */
export const possibleTypes = {
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
};

/** For `InMemoryCache`: puts pages together, and merges what has no `id`. */
export const typePolicies: TypePolicies = {
  Query: {
    fields: {
      assessmentRuns: relayStylePagination(['filter', 'orderBy']),
      assessmentTemplates: relayStylePagination(['filter']),
      assessmentTargets: relayStylePagination(['filter']),
      rulesPackages: relayStylePagination(['filter']),
      findings: relayStylePagination(['filter', 'orderBy']),
      hosts: relayStylePagination(['filter', 'orderBy']),
    },
  },
  AssessmentTemplate: { fields: { assessmentRuns: relayStylePagination(['filter', 'orderBy']) } },
  AssessmentTarget: {
    fields: {
      templates: relayStylePagination(),
      assessmentRuns: relayStylePagination(['filter', 'orderBy']),
    },
  },
  RulesPackage: { fields: { findings: relayStylePagination(['filter', 'orderBy']) } },
  Finding: { fields: { history: relayStylePagination() } },
  Host: {
    fields: {
      findings: relayStylePagination(['filter', 'orderBy']),
      assessmentRuns: relayStylePagination(['filter', 'orderBy']),
    },
  },
  AssessmentRunComparison: {
    merge: true,
    fields: {
      newFindings: relayStylePagination(),
      goneFindings: relayStylePagination(),
      remainingFindings: relayStylePagination(),
    },
  },
  Archive: { merge: true },
  ArchiveCounts: { merge: true },
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
};

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
