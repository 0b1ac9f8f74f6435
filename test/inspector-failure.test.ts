import { describe, expect, test } from '@jest/globals';
import { InspectorFailure, toInspectorFailure } from '../src/inspector/inspector-failure.js';

/*
 * Errors of the SDK without an HTTP answer. failures.e2e.ts tests the rows of the error table that a server can cause, over
 * sockets.
 */
describe('A thrown value', () => {
  test.each([
    [
      'a name that DNS does not know',
      Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }),
      'SERVICE_UNAVAILABLE',
      true,
    ],
    [
      'DNS that is out of order',
      Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' }),
      'SERVICE_UNAVAILABLE',
      true,
    ],
    ['a connect timeout', named('TimeoutError'), 'SERVICE_UNAVAILABLE', true],
    [
      'a reset that the SDK names TimeoutError',
      Object.assign(named('TimeoutError'), { code: 'ECONNRESET' }),
      'SERVICE_UNAVAILABLE',
      true,
    ],
    [
      'a certificate that is not trusted',
      Object.assign(new Error('self-signed'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      'SERVICE_UNAVAILABLE',
      true,
    ],
    ['missing credentials', named('CredentialsProviderError'), 'ACCESS_DENIED', false],
    ['an abort', named('AbortError'), 'TIMEOUT', true],
  ])('%s is %p', (_title, thrown, code, canRetry) => {
    expect(toInspectorFailure(thrown, 'GetTelemetryMetadata')).toMatchObject({
      code,
      canRetry,
      errorCode: null,
      requestId: null,
      operation: 'GetTelemetryMetadata',
      cause: thrown,
    });
  });

  test.each([
    ['a TypeError of ours', new TypeError('undefined is not a function')],
    ["the SDK's complaint about its configuration", named('EndpointError')],
    ['a bug of ours that has a code', Object.assign(new TypeError('x'), { code: 'ERR_INVALID_ARG_TYPE' })],
    ['a file that is missing', Object.assign(new Error('x'), { code: 'ENOENT' })],
    ['a name that every object has', named('constructor')],
    ['text', 'text'],
    ['null', null],
    ['nothing', undefined],
  ])('%s is no failure of Inspector', (_title, thrown) => {
    expect(toInspectorFailure(thrown, 'GetTelemetryMetadata')).toBeUndefined();
  });

  test.each(['Throttling', 'ThrottledException', 'RequestLimitExceeded', 'SlowDown', 'TooManyRequestsException'])(
    '%s is THROTTLED',
    (name) => {
      const thrown = Object.assign(named(name), { $metadata: { httpStatusCode: 400 } });
      expect(toInspectorFailure(thrown, 'GetTelemetryMetadata')).toMatchObject({ code: 'THROTTLED', canRetry: true });
    },
  );

  test.each([
    ['InternalException', 'INTERNAL_EXCEPTION', true],
    ['ServiceTemporarilyUnavailableException', 'SERVICE_UNAVAILABLE', true],
    ['NoSuchEntityException', 'NO_SUCH_ENTITY', false],
    ['InvalidInputException', 'INVALID_INPUT', false],
    ['LimitExceededException', 'LIMIT_EXCEEDED', false],
    ['AccessDeniedException', 'ACCESS_DENIED', false],
  ])('%s without canRetry is %s with canRetry %s', (name, code, canRetry) => {
    const thrown = Object.assign(named(name), { $metadata: { httpStatusCode: 400 } });
    expect(toInspectorFailure(thrown, 'GetTelemetryMetadata')).toMatchObject({ code, canRetry, errorCode: null });
  });

  test.each([
    ['InternalException', {}],
    ['ServiceTemporarilyUnavailableException', {}],
    ['AccessDeniedException', { errorCode: 'ACCESS_DENIED_TO_ASSESSMENT_RUN' }],
  ])('%s may name hosts and identities of AWS, and its message is not shown', (name, fields) => {
    const thrown = Object.assign(named(name), { $metadata: { httpStatusCode: 400 }, ...fields });
    expect(toInspectorFailure(thrown, 'GetTelemetryMetadata')?.message).not.toContain('secret');
  });

  test('of a response is classified by its status, not by what its body pretends', () => {
    const thrown = Object.assign(named('AbortError'), {
      $metadata: { httpStatusCode: 200, requestId: 'from the body' },
      $response: { statusCode: 404, headers: { 'x-amzn-requestid': 'from the header' } },
    });
    expect(toInspectorFailure(thrown, 'GetTelemetryMetadata')).toMatchObject({
      code: 'BAD_UPSTREAM_RESPONSE',
      requestId: 'from the header',
    });
  });

  test('that is an InspectorFailure stays as it is', () => {
    const failure = new InspectorFailure({ code: 'TIMEOUT', canRetry: true, message: 'x' });
    expect(toInspectorFailure(failure, 'GetTelemetryMetadata')).toBe(failure);
  });

  test('keeps to the limits of the API: a message of 1,000 characters, an errorCode that is text', () => {
    const thrown = Object.assign(named('InvalidInputException'), {
      $metadata: { httpStatusCode: 400 },
      message: 'x'.repeat(5000),
      errorCode: 7,
      canRetry: 'yes',
    });
    const failure = toInspectorFailure(thrown, 'GetTelemetryMetadata');
    expect(failure).toMatchObject({ errorCode: null, canRetry: false });
    expect(failure?.message).toHaveLength(1000);
  });
});

function named(name: string): Error {
  return Object.assign(new Error('secret.host.internal'), { name });
}
