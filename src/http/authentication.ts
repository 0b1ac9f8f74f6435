import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { AuthenticationError } from '../auth/authentication-error.js';
import type { Authenticator } from '../auth/authenticator.js';
import type { Principal } from '../auth/principal.js';
import { type Refuse, sendRefusal } from '../process/early-refusal.js';
import { type Audit, toRefused } from './audit.js';

/** How it is found out who asks. */
export interface AuthenticationOptions {
  authenticator: Pick<Authenticator, 'authenticate'>;
  /** Whether anybody may ask for this path: pages without data, and health. */
  isPublic(path: string): boolean;
  refuse: Refuse;
  onDefect(error: unknown): void;
  /** Absent where nothing is audited; null for a request that is not. */
  toAudited?: ((request: IncomingMessage) => { audit: Audit; requestId: string; path: string } | null) | undefined;
}

/** Finds the caller of a request that was let through; null where nobody is asked who they are. */
export type ToPrincipal = (request: IncomingMessage) => Principal | null;

/** Lets requests through to a listener only when it is known who asks. It stands before everything that keeps answers. */
export function createAuthentication({ authenticator, isPublic, refuse, onDefect, toAudited }: AuthenticationOptions) {
  const principals = new WeakMap<IncomingMessage, Principal>();
  const toPrincipal: ToPrincipal = (request) => principals.get(request) ?? null;

  function refuseWith(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (!(error instanceof AuthenticationError)) onDefect(error);
    const refusal = error instanceof AuthenticationError ? toRefusal(error) : DEFECT;
    const audited = toAudited?.(request);
    if (audited == null) {
      sendRefusal(response, { ...refusal, request }, refuse);
      return;
    }
    const { audit, requestId, path } = audited;
    const operation = toRefused(refusal.status === 401 ? 'denied' : 'refused', refusal.extensions.code);
    const send = () => sendRefusal(response, { ...refusal, request, requestId }, refuse);
    audit.beforeAnswer(request, response, { requestId, path, status: refusal.status, audited: operation }, send);
  }

  return {
    wrap:
      (listener: RequestListener): RequestListener =>
      (request, response) => {
        const { method, url = '' } = request;
        // A preflight request has no credentials (https://fetch.spec.whatwg.org/#cors-protocol-and-credentials).
        if (method === 'OPTIONS' || isPublic(url.split('?', 1)[0] as string)) return listener(request, response);
        const pass = (principal: Principal) => {
          principals.set(request, principal);
          listener(request, response);
        };
        const fail = (error: unknown) => refuseWith(request, response, error);
        try {
          const principal = authenticator.authenticate(request.headers);
          // One that is known already costs no promise.
          if (principal instanceof Promise) principal.then(pass, fail);
          else pass(principal);
        } catch (error) {
          fail(error);
        }
      },
    toPrincipal,
  };
}

/** https://www.rfc-editor.org/rfc/rfc6750#section-3 */
function toRefusal({ kind, message, retryAfterMs }: AuthenticationError) {
  if (kind === 'unavailable') {
    const afterMs = retryAfterMs ?? 1000;
    return {
      status: 503,
      headers: { 'retry-after': String(Math.ceil(afterMs / 1000)) },
      message,
      extensions: { code: 'SERVICE_UNAVAILABLE', errorCode: null, canRetry: true, retryAfterMs: afterMs },
    };
  }
  // A quoted string, in which there may be no quotes.
  const reason = `error="invalid_token", error_description="${message.replaceAll('"', "'")}"`;
  return {
    status: 401,
    headers: { 'www-authenticate': `Bearer realm="inspector-gateway"${kind === 'missing' ? '' : `, ${reason}`}` },
    message,
    extensions: { code: 'UNAUTHENTICATED', errorCode: null, canRetry: false },
  };
}

const DEFECT = {
  status: 500,
  message: 'Internal server error',
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
};
