import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '../auth/principal.js';
import type { AuditDecision, AuditedOperation } from '../graphql/audited-operation.js';
import { type EarlyRefusal, type Refuse, sendRefusal } from '../process/early-refusal.js';
import type { Caller } from './client-identity.js';

/*
 * The audit: one line for each operation, before it is answered
 *
 * All answers to GraphQL and reports come by here: http-server.ts has what fastify answers, raw-request-cache.ts what is
 * answered before it, and authentication.ts who is refused before either.
 */

/** Takes lines; see AuditLog. */
export interface AuditSink {
  write(line: string): true | Promise<boolean>;
}

/** An answer that is about to be given. */
export interface AuditedAnswer {
  requestId: string;
  path: string;
  status: number;
  /** The name of the operation. */
  operation?: string | undefined;
  cache?: string | undefined;
  cost?: number | undefined;
  audited: AuditedOperation;
}

/** Writes the line of each answer before it is given. */
export interface Audit {
  /** Writes a line; false where the answer must not be given. */
  record(request: IncomingMessage, answer: AuditedAnswer): true | Promise<boolean>;
  /** Writes a line, and calls `respond` then, or refuses by UNAUDITED. */
  beforeAnswer(request: IncomingMessage, response: ServerResponse, answer: AuditedAnswer, respond: () => void): void;
}

/** In place of an answer whose line cannot be written. */
export const UNAUDITED = {
  status: 503,
  headers: { 'retry-after': '1' },
  message: 'The operation cannot be audited at the moment, and is not answered without.',
  extensions: { code: 'SERVICE_UNAVAILABLE', errorCode: null, canRetry: true, retryAfterMs: 1000 },
} as const satisfies Omit<EarlyRefusal, 'request'>;

/** Longer lists are cut, so that a line is no longer than what a pipe takes at once. */
const MAX_ACCOUNTS = 150;

/** What is said of a request that was no operation, or not looked at. */
export function toRefused(decision: AuditDecision, code: string | null): AuditedOperation {
  return { hash: null, accounts: [], decision, code };
}

/** Creates the audit of a server. */
export function createAudit(
  sink: AuditSink,
  toPrincipal: (request: IncomingMessage) => Principal | null,
  toCaller: (request: IncomingMessage) => Caller,
  refuse: Refuse,
): Audit {
  function record(request: IncomingMessage, answer: AuditedAnswer): true | Promise<boolean> {
    const { requestId, path, status, operation, cache, cost, audited } = answer;
    const { hash, accounts, decision, code } = audited;
    const principal = toPrincipal(request);
    const more = accounts.length - MAX_ACCOUNTS;
    const line = {
      time: new Date().toISOString(),
      requestId,
      subject: principal?.subject ?? null,
      keyId: principal?.keyId ?? null,
      remoteAddress: toCaller(request).remoteAddress ?? null,
      path,
      operation: operation ?? null,
      hash,
      accounts: more > 0 ? accounts.slice(0, MAX_ACCOUNTS) : accounts,
      ...(more > 0 && { moreAccounts: more }),
      decision,
      code,
      status,
      cost: cost === undefined ? null : Math.ceil(cost),
      cache: cache ?? null,
    };
    return sink.write(`${JSON.stringify(line)}\n`);
  }

  return {
    record,
    beforeAnswer(request, response, answer, respond) {
      const recorded = record(request, answer);
      if (recorded === true) return respond();
      recorded.then((isWritten) => {
        if (isWritten) respond();
        else sendRefusal(response, { ...UNAUDITED, request, requestId: answer.requestId }, refuse);
      });
    },
  };
}
