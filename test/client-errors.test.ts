import { readFileSync } from 'node:fs';
import { CombinedGraphQLErrors, ServerError } from '@apollo/client';
import {
  type InspectorErrorCode,
  inspectorErrors,
  isInspectorError,
  isRetryable,
  retryAfterMs,
} from '@inspector-gateway/client';
import type { InspectorErrorCode as SchemaErrorCode } from '@inspector-gateway/client/documents';
import { describe, expect, test } from '@jest/globals';
import { CombinedError } from '@urql/core';
import { buildSchema, type GraphQLEnumType } from 'graphql';
import { ClientError } from 'graphql-request';

const denied = {
  message: 'No',
  path: ['assessmentRun', 'telemetry'],
  extensions: { code: 'ACCESS_DENIED', errorCode: 'ACCESS_DENIED_TO_ASSESSMENT_RUN', canRetry: false, requestId: 'id' },
};
const leftAlone = {
  message: 'Later',
  path: ['assessmentRuns'],
  extensions: { code: 'SERVICE_UNAVAILABLE', errorCode: null, canRetry: true, requestId: null, retryAfterMs: 3791 },
};
const syntax = { message: 'Syntax Error', extensions: { code: 'GRAPHQL_PARSE_FAILED' } };

const toHtml = (status: number, headers: Record<string, string> = {}) =>
  new Response('<html></html>', { status, headers: { 'content-type': 'text/html', ...headers } });

/** The error of each client for a body with errors. */
const forms: [string, (errors: (typeof denied | typeof leftAlone | typeof syntax)[]) => unknown][] = [
  ['Apollo Client', (errors) => new CombinedGraphQLErrors({ data: null, errors })],
  [
    'Apollo Client, of a status that is not 2xx',
    (errors) => {
      const bodyText = JSON.stringify({ errors });
      return new ServerError('No', { response: new Response(bodyText, { status: 429 }), bodyText });
    },
  ],
  ['urql', (errors) => new CombinedError({ graphQLErrors: errors })],
  ['Relay', (errors) => Object.assign(new Error('No data'), { source: { errors } })],
  [
    'graphql-request',
    (errors) => {
      const response = { errors, status: 200, headers: new Headers(), body: '' };
      return new ClientError(response as unknown as ClientError['response'], { query: '' });
    },
  ],
  ['fetch', (errors) => ({ data: null, errors })],
  ['whoever hands on the list', (errors) => errors],
  ['whoever has sent it elsewhere as JSON', (errors) => JSON.parse(JSON.stringify({ errors }))],
];

describe.each(forms)('An error of %s', (_, toError) => {
  test('tells what happened', () => {
    const error = toError([syntax, denied, leftAlone]);
    expect(inspectorErrors(error)).toEqual([
      { ...denied.extensions, message: 'No', path: denied.path, retryAfterMs: null },
      { ...leftAlone.extensions, message: 'Later', path: leftAlone.path },
    ]);
    expect(isInspectorError(error)).toBe(true);
    expect(isInspectorError(error, 'SERVICE_UNAVAILABLE')).toBe(true);
    expect(isInspectorError(error, 'TIMEOUT')).toBe(false);
  });

  test('may be retried when one of its entries may, as late as that asks for', () => {
    expect([isRetryable(toError([denied, leftAlone])), retryAfterMs(toError([denied, leftAlone]))]).toEqual([
      true,
      3791,
    ]);
    expect([isRetryable(toError([denied])), retryAfterMs(toError([denied]))]).toEqual([false, undefined]);
  });

  test("is none of the gateway's when no entry has one of its codes", () => {
    expect(isInspectorError(toError([syntax]))).toBe(false);
  });
});

test('Of several times to wait the longest counts, since asking again asks for all', () => {
  const sooner = { ...leftAlone, extensions: { ...leftAlone.extensions, retryAfterMs: 12 } };
  expect(retryAfterMs({ errors: [sooner, leftAlone, sooner] })).toBe(3791);
});

test('An entry of errors is an error by itself', () => {
  expect(inspectorErrors(denied)).toHaveLength(1);
  expect(isRetryable(leftAlone)).toBe(true);
});

test('An error of a union is one as well', () => {
  const data = {
    __typename: 'ServiceError',
    code: 'SERVICE_UNAVAILABLE',
    canRetry: true,
    retryAfterMs: 5,
    message: 'm',
  };
  expect(inspectorErrors(data)).toEqual([
    {
      code: 'SERVICE_UNAVAILABLE',
      errorCode: null,
      canRetry: true,
      message: 'm',
      requestId: null,
      retryAfterMs: 5,
      path: null,
    },
  ]);
});

describe('An answer that is not of the gateway', () => {
  const clientsErrors: [string, (response: Response) => unknown][] = [
    ['Apollo Client', (response) => new ServerError('No', { response, bodyText: '<html></html>' })],
    ['urql', (response) => new CombinedError({ networkError: new Error('No'), response })],
    [
      'graphql-request',
      ({ status, headers }) => new ClientError({ status, headers, body: '<html></html>' }, { query: '' }),
    ],
  ];

  test.each(clientsErrors)('may be retried by its status, as late as it says: %s', (_, toError) => {
    expect([429, 500, 502, 503, 504, 404].map((status) => isRetryable(toError(toHtml(status))))).toEqual([
      true,
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(retryAfterMs(toError(toHtml(503, { 'retry-after': '7' })))).toBe(7000);
    expect(retryAfterMs(toError(toHtml(503, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' })))).toBeUndefined();
    expect(retryAfterMs(toError(toHtml(503)))).toBeUndefined();
    expect(isInspectorError(toError(toHtml(503)))).toBe(false);
  });
});

test.each([
  [undefined],
  [null],
  [0],
  ['NO_SUCH_ENTITY'],
  [new TypeError('fetch failed')],
  [{ errors: 'none' }],
  [{}],
  [[]],
])('Nothing is made of %p', (value) => {
  expect([inspectorErrors(value), isInspectorError(value), isRetryable(value), retryAfterMs(value)]).toEqual([
    [],
    false,
    false,
    undefined,
  ]);
});

describe('The codes', () => {
  const isKnown = (code: string) => isInspectorError({ code });

  test('are those of the schema', () => {
    const schema = buildSchema(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'));
    const values = (schema.getType('InspectorErrorCode') as GraphQLEnumType).getValues();
    expect(values.length).toBeGreaterThan(5);
    expect(values.filter(({ name }) => !isKnown(name))).toEqual([]);
  });

  test("are those of the README's table", () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const [, section = ''] = /^## Errors\n([\s\S]*?)^## /m.exec(readme) ?? [];
    const codes = [...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code as string);
    expect(codes).toEqual(expect.arrayContaining(['NO_SUCH_ENTITY', 'TIMEOUT', 'OPERATION_TOO_COSTLY']));
    expect(codes.filter((code) => !isKnown(code))).toEqual([]);
  });
});

/*
 * Types, which are checked where this file is compiled: the schema's codes are the package's, and a mistyped one is refused.
 */
const fromSchema = (code: SchemaErrorCode): InspectorErrorCode => code;
fromSchema('TIMEOUT');
// @ts-expect-error a code that there is not
isInspectorError(undefined, 'NO_SUCH_RUN');
