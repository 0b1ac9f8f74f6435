import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Fault } from './fault-rules.js';

const JSON_TYPE = 'application/x-amz-json-1.1';

/** Answers a call by its fault, or never. The archive answers calls with `latency` and `failedItems`. */
export function sendFault(response: ServerResponse, fault: Fault): void {
  switch (fault.fault) {
    case 'exception':
      sendJson(response, fault.status, {
        __type: fault.type,
        message: fault.message,
        canRetry: fault.canRetry,
        errorCode: fault.errorCode,
      });
      break;
    case 'throttling':
      sendJson(response, 400, { __type: 'ThrottlingException', message: 'Rate exceeded' });
      break;
    case 'status':
      response.writeHead(fault.status, { 'content-length': 0 }).end();
      break;
    case 'html':
      response.writeHead(fault.status, { 'content-type': 'text/html' }).end('<!doctype html><title>A fault</title>');
      break;
    case 'reset':
      response.socket?.resetAndDestroy();
      break;
    case 'cut':
      response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': 1000 });
      response.write('{"', () => response.socket?.resetAndDestroy());
      break;
    case 'wrongJson':
      sendJson(response, 200, { unexpected: true });
      break;
  }
}

/** Answers in the service's protocol, in which failures have a request id, too. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  const headers = { 'content-type': JSON_TYPE, 'x-amzn-requestid': randomUUID() };
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
}
