import { expect } from '@jest/globals';
import type { FailureCase } from './failures.js';

/** Reads a failing run in all forms of telemetry, and in a list between two good runs (1 and 2). */
export const FAILURE_QUERY = `query ($bad: ID!, $arns: [ID!]!) {
  bad: assessmentRun(arn: $bad) {
    telemetry { count }
    telemetryTotal { count }
    telemetryResult {
      __typename
      ... on Telemetry { total { count } }
      ... on InspectorError { code errorCode canRetry message requestId }
    }
  }
  runs: assessmentRunsByArn(arns: $arns) { telemetry { count } }
}`;

const UNION_MEMBERS: Record<string, string> = {
  NO_SUCH_ENTITY: 'NoSuchEntityError',
  INVALID_INPUT: 'InvalidInputError',
  ACCESS_DENIED: 'AccessDeniedError',
};

/** Compares an answer to FAILURE_QUERY with a row of the error table. */
// biome-ignore lint/suspicious/noExplicitAny: an answer of GraphQL
export function expectFailure(answer: any, { code, errorCode, canRetry, requestId, attempts }: FailureCase): void {
  const { bad, runs } = answer.data;
  expect([runs[0], runs[2]]).toEqual([{ telemetry: [{ count: 1 }] }, { telemetry: [{ count: 2 }] }]);

  const wasRejected = attempts === 0;
  const operation = wasRejected ? null : 'GetTelemetryMetadata';
  const paths = answer.errors.map((error: { path: unknown }) => JSON.stringify(error.path)).sort();
  if (wasRejected) {
    expect({ bad, listed: runs[1] }).toEqual({ bad: null, listed: null });
    expect(paths).toEqual(['["bad"]', '["runs",1]']);
  } else {
    expect(bad).toMatchObject({ telemetry: null, telemetryTotal: null });
    expect(bad.telemetryResult).toMatchObject({
      __typename: UNION_MEMBERS[code] ?? 'ServiceError',
      code,
      errorCode,
      canRetry,
      requestId,
    });
    expect(bad.telemetryResult.message).toMatch(/\w{3}/);
    expect(runs[1]).toEqual({ telemetry: null });
    expect(paths).toEqual(['["bad","telemetry"]', '["bad","telemetryTotal"]', '["runs",1,"telemetry"]']);
  }
  for (const error of answer.errors) {
    expect(Object.keys(error.extensions).sort()).toEqual([
      'canRetry',
      'code',
      'errorCode',
      'operation',
      'requestId',
      'service',
    ]);
    expect(error.extensions).toMatchObject({ code, errorCode, canRetry, requestId, operation, service: 'inspector' });
  }
}
