import { createHash } from 'node:crypto';
import { createInvalidInputError } from './api-error.js';

/** The largest id of PostgreSQL's integers. */
const MAX_POSITION = 2 ** 31 - 1;

/**
 * Where a list is gone on with, as the API's nextToken: how far it was read, and a digest that binds this to the query
 * that the token belongs to. It holds nothing of the process, so it is good after a restart and at another replica.
 */
export function toPageToken(position: number, query: unknown): string {
  return Buffer.from(`${position}.${toDigest([position, query])}`).toString('base64url');
}

/** The position of a token of this query, 0 for none; throws INVALID_PAGINATION_TOKEN for whatever else. */
export function parsePageToken(token: string | null | undefined, query: unknown): number {
  if (token == null) return 0;
  const position = Number.parseInt(Buffer.from(token, 'base64url').toString(), 10);
  // Base64 has several ways to write the same, of which only ours was ever given.
  if (position > 0 && position <= MAX_POSITION && token === toPageToken(position, query)) return position;
  throw createInvalidInputError(
    'INVALID_PAGINATION_TOKEN',
    'nextToken: expected the token of an earlier page of the same list.',
  );
}

function toDigest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16);
}
