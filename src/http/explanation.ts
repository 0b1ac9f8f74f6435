import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from './response-cache.js';

/*
 * How an answer came about, for clients that send `X-Inspector-Explain` with any value: which cache answered, and what the
 * operation was counted to cost. Both are known anyway, and written only when they are asked for.
 */

/** Not kept with an answer: the next request is answered by another cache. */
export const EXPLANATION_HEADERS = ['cache-status', 'x-operation-cost'] as const;

/** What may happen to a request, as parameters of Cache-Status (https://www.rfc-editor.org/rfc/rfc9211#section-2). */
export const HANDLINGS = [
  'hit; detail=raw-request',
  'hit; detail=answer',
  'hit; detail=joined',
  // It was executed.
  'fwd=miss',
  // It was executed, and is one that no cache looks for.
  'fwd=bypass',
] as const;

/** Whether a client asks how its answer came about. */
export function isExplained(headers: IncomingHttpHeaders): boolean {
  return headers['x-inspector-explain'] !== undefined;
}

/**
 * The headers that explain an answer. `ttl` is for how many seconds more it may be kept. The cost is left out where it was
 * not counted: a joined answer is another one than was executed, and an operation that is not valid has none.
 */
export function explain(
  handling: (typeof HANDLINGS)[number],
  answer: Pick<Answer, 'expiresAt' | 'cost'> | null,
): Record<string, string> {
  const ttlMs = answer === null ? 0 : answer.expiresAt - performance.now();
  const ttl = ttlMs > 0 && Number.isFinite(ttlMs) ? `; ttl=${Math.floor(ttlMs / 1000)}` : '';
  const cost = answer?.cost;
  return {
    'cache-status': `inspector-gateway; ${handling}${ttl}`,
    ...(cost != null && { 'x-operation-cost': toCostHeader(cost) }),
  };
}

/** A dictionary of what was counted, each with what is allowed (https://www.rfc-editor.org/rfc/rfc9651#name-dictionaries). */
function toCostHeader({ limits, ...counts }: NonNullable<Answer['cost']>): string {
  const names = Object.keys(counts) as (keyof typeof counts)[];
  return names.map((name) => `${name}=${Math.ceil(counts[name])};max=${limits[name]}`).join(', ');
}
