import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { MAX_SCOPE_LENGTH, parseScope, SCOPE_HEADER, type Scope } from '../../domain/scope.js';
import type { Visibility } from '../store/visibility.js';
import { ApiError } from './api-error.js';
import { parseRegion } from './signature.js';

/** What a request may see, by its signature and its scope; throws an ApiError where one of them is malformed. */
export function parseVisibility(request: Pick<IncomingMessage, 'headers' | 'url'>): Visibility {
  return { region: parseRegion(request), scope: parseScopeHeader(request.headers) };
}

/** The scope of a request, null for one without; throws MalformedHttpRequestException. */
export function parseScopeHeader(headers: IncomingHttpHeaders): Scope | null {
  const text = headers[SCOPE_HEADER];
  if (text === undefined) return null;
  const scope = parseScope(String(text));
  if (scope !== null) return scope;
  throw new ApiError(
    'MalformedHttpRequestException',
    400,
    `X-Inspector-Archive-Scope: expected JSON such as [{"accounts": ["123456789012", "9999*"], "regions": ["eu-*"]}], of at most ${MAX_SCOPE_LENGTH} characters.`,
  );
}
