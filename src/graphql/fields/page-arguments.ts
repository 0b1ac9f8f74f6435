import { GraphQLError } from 'graphql';

/** ListReturnedArnList of the API holds up to 100 ARNs. */
export const MAX_PAGE_SIZE = 100;

const DEFAULT_PAGE_SIZE = 20;

/** The arguments of a connection that is read forwards. */
export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** The arguments of a connection that is read both ways. */
export interface TwoWayArguments extends PageArguments {
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** A page: forwards from the beginning or from behind a cursor, or backwards from the end or from before one. */
export type Page =
  | { readonly first: number; readonly after?: string | undefined }
  | { readonly last: number; readonly before?: string | undefined };

/** The argument `first`, or another one that says how many, where null is the default. Throws BAD_USER_INPUT outside 1..100. */
export function parsePageSize(first: number | null | undefined, name = 'first'): number {
  const size = first ?? DEFAULT_PAGE_SIZE;
  if (size >= 1 && size <= MAX_PAGE_SIZE) return size;
  throw createPageError(`\`${name}\` expects a number from 1 to ${MAX_PAGE_SIZE}, but got ${size}.`);
}

/**
 * The arguments of a page that may go either way; https://relay.dev/graphql/connections.htm discourages both at once. Throws
 * BAD_USER_INPUT for both, and for a size outside 1..100.
 */
export function parsePage({ first, after, last, before }: TwoWayArguments): Page {
  const isBackwards = last != null || before != null;
  if (isBackwards && (first != null || after != null)) {
    throw createPageError('A page is asked for by `first` and `after`, or by `last` and `before`, and not by both.');
  }
  return isBackwards
    ? { last: parsePageSize(last, 'last'), before: before ?? undefined }
    : { first: parsePageSize(first), after: after ?? undefined };
}

/** How many items a page has at most. */
export function toSize(page: Page): number {
  return 'last' in page ? page.last : page.first;
}

function createPageError(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
}
