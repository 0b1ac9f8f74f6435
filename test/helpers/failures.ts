import type { ServerResponse } from 'node:http';
import type { InspectorFailureCode } from '../../src/inspector/inspector-failure.js';
import { freshArn, runArn } from './runs.js';
import { sendJson } from './scripted-upstream.js';

/** A failure of reading a run's telemetry, and its row of the error table. */
export interface FailureCase {
  title: string;
  /** The run that fails. */
  arn: string;
  /** Inspector's answer for it. */
  respond: (response: ServerResponse) => void;
  code: InspectorFailureCode;
  errorCode: string | null;
  canRetry: boolean;
  /** The request id of Inspector's answer, or null. */
  requestId: string | null;
  /** Calls until it fails, of at most three attempts. */
  attempts: number;
}

export const MAX_ATTEMPTS = 3;

const wellFormedArn = runArn(666);

/** Every row of the error table that may apply to one run alone. */
export const failureCases: FailureCase[] = [
  exception('NoSuchEntityException', { errorCode: 'ASSESSMENT_RUN_DOES_NOT_EXIST', canRetry: false }, 'NO_SUCH_ENTITY'),
  exception('InvalidInputException', { errorCode: 'INVALID_ASSESSMENT_RUN_ARN', canRetry: false }, 'INVALID_INPUT'),
  exception(
    'AccessDeniedException',
    { errorCode: 'ACCESS_DENIED_TO_ASSESSMENT_RUN', canRetry: false },
    'ACCESS_DENIED',
  ),
  exception('AccessDeniedException', { errorCode: 'ACCESS_DENIED_TO_ASSESSMENT_RUN', canRetry: true }, 'ACCESS_DENIED'),
  exception('InternalException', { canRetry: false }, 'INTERNAL_EXCEPTION', 500),
  exception('InternalException', { canRetry: true }, 'INTERNAL_EXCEPTION', 500),
  exception('InternalException', { canRetry: true }, 'INTERNAL_EXCEPTION', 400),
  exception('ServiceTemporarilyUnavailableException', { canRetry: true }, 'SERVICE_UNAVAILABLE', 400),
  exception('ServiceTemporarilyUnavailableException', { canRetry: false }, 'SERVICE_UNAVAILABLE', 503),
  exception(
    'LimitExceededException',
    { errorCode: 'ASSESSMENT_RUN_LIMIT_EXCEEDED', canRetry: false },
    'LIMIT_EXCEEDED',
  ),
  unmodelled('IAM denial without fields', 403, 'AccessDeniedException', 'ACCESS_DENIED', false),
  unmodelled('UnrecognizedClientException', 403, 'UnrecognizedClientException', 'ACCESS_DENIED', false),
  unmodelled('InvalidClientTokenId', 403, 'InvalidClientTokenId', 'ACCESS_DENIED', false),
  unmodelled('ExpiredTokenException', 403, 'ExpiredTokenException', 'ACCESS_DENIED', false),
  unmodelled('IncompleteSignature', 403, 'IncompleteSignature', 'ACCESS_DENIED', false),
  unmodelled('ThrottlingException', 400, 'com.amazon.coral.service#ThrottlingException', 'THROTTLED', true),
  unmodelled('HTTP 429', 429, 'SomethingElse', 'THROTTLED', true),
  unmodelled('InternalFailure', 500, 'InternalFailure', 'SERVICE_UNAVAILABLE', true),
  raw('an empty 502', (response) => response.writeHead(502).end(), 'SERVICE_UNAVAILABLE', true),
  raw('HTML with status 503', (response) => sendHtml(response, 503), 'SERVICE_UNAVAILABLE', true),
  raw('HTML with status 200', (response) => sendHtml(response, 200), 'SERVICE_UNAVAILABLE', true),
  raw(
    'a connection reset before the answer',
    (response) => response.socket?.resetAndDestroy(),
    'SERVICE_UNAVAILABLE',
    true,
  ),
  raw('a body that is cut off', (response) => cutOff(response, 200), 'SERVICE_UNAVAILABLE', true),
  raw('the body of a 4xx that is cut off', (response) => cutOff(response, 400), 'SERVICE_UNAVAILABLE', true),
  raw(
    'JSON that is cut off',
    (response) => response.writeHead(200).end('{"telemetryMetadata":[{'),
    'SERVICE_UNAVAILABLE',
    true,
  ),
  { ...raw('no answer before the deadline', () => {}, 'TIMEOUT', true), attempts: 1 },
  body('no list at all', {}),
  body('a row that is null', { telemetryMetadata: [null] }),
  body('more rows than 5,000', { telemetryMetadata: Array(5001).fill({ messageType: 'InspectorGroup', count: 1 }) }),
  body('more than any answer holds', { telemetryMetadata: [], padding: 'x'.repeat(8 * 1024 * 1024) }),
  body('a list of the wrong type', { telemetryMetadata: 'none' }),
  body('a count as text', { telemetryMetadata: [{ messageType: 'InspectorGroup', count: '7' }] }),
  body('a row without a count', { telemetryMetadata: [{ messageType: 'InspectorGroup' }] }),
  body('a row without a messageType', { telemetryMetadata: [{ count: 7 }] }),
  raw('a count past 2^53-1', sendHugeCount, 'BAD_UPSTREAM_RESPONSE', false),
  unmodelled('a 4xx that the API does not model', 404, 'UnknownOperationException', 'BAD_UPSTREAM_RESPONSE', false),
  answered('a 4xx of null', 400, null, 'BAD_UPSTREAM_RESPONSE', false),
  raw('a 4xx of HTML', (response) => sendHtml(response, 404), 'BAD_UPSTREAM_RESPONSE', false),
  rejectedArn('an ARN that is none', 'not-an-arn'),
  rejectedArn("a template's ARN", wellFormedArn.slice(0, wellFormedArn.indexOf('/run/'))),
  rejectedArn('a region that Inspector Classic never had', wellFormedArn.replace('us-west-2', 'eu-west-3')),
  rejectedArn('a region that is a host name', wellFormedArn.replace('us-west-2', 'x@evil.invalid/#')),
  rejectedArn('a region of another partition', wellFormedArn.replace('us-west-2', 'us-gov-west-1')),
];

function exception(
  type: string,
  members: { errorCode?: string; canRetry: boolean },
  code: InspectorFailureCode,
  status = 400,
): FailureCase {
  return {
    title: `${type} with canRetry ${members.canRetry} and status ${status}`,
    arn: freshArn(),
    respond: (response) => sendJson(response, status, { __type: type, message: 'Scripted by the test', ...members }),
    code,
    errorCode: members.errorCode ?? null,
    canRetry: members.canRetry,
    requestId: 'upstream-request-id',
    attempts: members.canRetry ? MAX_ATTEMPTS : 1,
  };
}

function raw(
  title: string,
  respond: FailureCase['respond'],
  code: InspectorFailureCode,
  canRetry: boolean,
): FailureCase {
  return {
    title,
    arn: freshArn(),
    respond,
    code,
    errorCode: null,
    canRetry,
    requestId: null,
    attempts: canRetry ? MAX_ATTEMPTS : 1,
  };
}

function unmodelled(
  title: string,
  status: number,
  type: string,
  code: InspectorFailureCode,
  canRetry: boolean,
): FailureCase {
  const body = { __type: type, Message: 'User: arn:aws:iam::123456789012:user/secret is not authorized' };
  return answered(title, status, body, code, canRetry);
}

function body(title: string, json: unknown): FailureCase {
  return answered(title, 200, json, 'BAD_UPSTREAM_RESPONSE', false);
}

function answered(
  title: string,
  status: number,
  json: unknown,
  code: InspectorFailureCode,
  canRetry: boolean,
): FailureCase {
  return {
    ...raw(title, (response) => sendJson(response, status, json), code, canRetry),
    requestId: 'upstream-request-id',
  };
}

function rejectedArn(title: string, arn: string): FailureCase {
  const neverAsked = () => {
    throw new Error('There was to be no call.');
  };
  return {
    ...raw(title, neverAsked, 'INVALID_INPUT', false),
    arn,
    errorCode: 'INVALID_ASSESSMENT_RUN_ARN',
    attempts: 0,
  };
}

function sendHtml(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end('<html><body>Bad gateway</body></html>');
}

function cutOff(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': '1990' });
  response.write('{"telemetryMetadata":[', () => response.socket?.destroy());
}

/** As text, since JSON.stringify would round the number. */
function sendHugeCount(response: ServerResponse): void {
  response.writeHead(200).end('{"telemetryMetadata":[{"messageType":"InspectorGroup","count":9007199254740993}]}');
}
