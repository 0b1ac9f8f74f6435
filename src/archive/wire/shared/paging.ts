import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type EntityKind, entityOf, type ListedTableName } from '../../entities.js';
import type { Condition, DocumentTest } from '../../store/list-query.js';
import { createInvalidInputError } from '../api-error.js';
import { text, violation } from './constraints.js';
import type { OperationContext } from './operation.js';

/** maxResults and nextToken. No list is longer than its output shape allows, whatever is asked for. */
export function page({ defaultSize = 10, maxSize = 100 } = {}) {
  const sizeMessage = violation('INVALID_MAX_RESULTS', 'a number from 1 to 500');
  return {
    maxResults: z
      .int()
      .min(1, sizeMessage)
      .max(500, sizeMessage)
      .nullish()
      .transform((size) => Math.min(size ?? defaultSize, maxSize)),
    nextToken: text('INVALID_PAGINATION_TOKEN', 'a token', 1, 300).nullish(),
  };
}

/** The members of an input that `page` has. */
interface PageInput {
  readonly maxResults: number;
  readonly nextToken?: string | null | undefined;
}

/** A page of ARNs, as the output of the operation that lists the kind. */
export async function listArns(
  kind: EntityKind,
  query: PageInput,
  context: OperationContext,
  conditions: readonly (Condition | null)[] = [],
  accepts?: DocumentTest,
): Promise<string> {
  const { operation, member } = entityOf(kind).arnList as { operation: string; member: string };
  const { arns, nextMember } = await fetchPage(operation, kind, query, context, conditions, accepts);
  return `{"${member}":${JSON.stringify(arns)}${nextMember}}`;
}

/** A page of documents, as members of the output of the operation that gives the kind. */
export async function listDocuments(
  kind: EntityKind,
  query: PageInput,
  context: OperationContext,
  conditions: readonly (Condition | null)[],
): Promise<string> {
  const { operation, member } = entityOf(kind);
  const { arns, nextMember } = await fetchPage(operation, kind, query, context, conditions);
  const documents = await context.reader.fetchDocuments(kind, arns, context.region);
  return `"${member}":[${arns.map((key) => documents.get(key)).join()}]${nextMember}`;
}

async function fetchPage(
  operation: string,
  kind: EntityKind,
  { maxResults, nextToken }: PageInput,
  { reader, region }: OperationContext,
  allConditions: readonly (Condition | null)[],
  accepts?: DocumentTest,
) {
  const conditions = allConditions.filter((condition) => condition !== null);
  const identity = [operation, region, conditions, accepts?.identity];
  const { arns, next } = await reader.fetchPage({
    table: entityOf(kind).listed?.table as ListedTableName,
    region,
    conditions,
    after: parsePageToken(nextToken, identity),
    limit: maxResults,
    accepts,
  });
  return { arns, nextMember: next === null ? '' : `,"nextToken":"${toPageToken(next, identity)}"` };
}

/** The largest id of PostgreSQL's integers. */
const MAX_POSITION = 2 ** 31 - 1;

/** A nextToken: the position behind the page, and a digest of the query; valid after a restart and at other replicas. */
function toPageToken(position: number, query: unknown): string {
  return Buffer.from(`${position}.${toDigest([position, query])}`).toString('base64url');
}

/** The position of a token of this query, 0 for none; throws INVALID_PAGINATION_TOKEN for any other text. */
function parsePageToken(token: string | null | undefined, query: unknown): number {
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
