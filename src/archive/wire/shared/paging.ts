import { z } from 'zod';
import { type EntityKind, entityOf } from '../../entities.js';
import type { Condition, DocumentTest } from '../../store/list-query.js';
import { sealPosition, unsealPosition } from '../../store/sealed-position.js';
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
  const documents = await context.reader.fetchDocuments(kind, arns, context.visibility);
  return `"${member}":[${arns.map((key) => documents.get(key)).join()}]${nextMember}`;
}

async function fetchPage(
  operation: string,
  kind: EntityKind,
  { maxResults, nextToken }: PageInput,
  { reader, visibility }: OperationContext,
  allConditions: readonly (Condition | null)[],
  accepts?: DocumentTest,
) {
  const conditions = allConditions.filter((condition) => condition !== null);
  // A position is one in every scope: what a caller may see can change between two pages.
  const identity = [operation, visibility.region, conditions, accepts?.identity];
  const key = await reader.fetchPositionKey();
  const { arns, next } = await reader.fetchPage({
    kind,
    visibility,
    conditions,
    after: parsePageToken(nextToken, key, identity),
    limit: maxResults,
    accepts,
  });
  return { arns, nextMember: next === null ? '' : `,"nextToken":"${sealPosition(key, next, identity)}"` };
}

/** The position of a token of this query, 0 for none; throws INVALID_PAGINATION_TOKEN for any other text. */
function parsePageToken(token: string | null | undefined, key: Buffer, query: unknown): number {
  const position = token == null ? 0 : unsealPosition(key, token, query);
  if (position !== null) return position;
  throw createInvalidInputError(
    'INVALID_PAGINATION_TOKEN',
    'nextToken: expected the token of an earlier page of the same list.',
  );
}
