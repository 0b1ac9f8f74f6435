import type { GraphQLError } from 'graphql';
import { createUserInputError, MAX_PAGE_SIZE, parsePageSize } from './arguments.js';

/** Pages hold no more than 100 items, but for an upstream that gives more than it was asked for. */
const MAX_SKIP = 2 * MAX_PAGE_SIZE;

/** A cursor in the middle of an upstream page may need that page and the next; what they gave is returned then. */
const MAX_UPSTREAM_PAGES = 2;

/** A page of an upstream list: its items, and the token of the next page or null. */
interface UpstreamPage<T> {
  items: readonly T[];
  nextToken: string | null;
}

/** The arguments of a connection. */
export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** An item in a connection. */
export interface Edge<T> {
  readonly node: T;
  readonly cursor: string;
}

/** A place between two items: the upstream page it lies in, by token, and how many of the page's items are before it. */
interface Cursor {
  token: string | undefined;
  skip: number;
}

/**
 * A Relay connection (https://relay.dev/graphql/connections.htm) over a list that the upstream gives page by page with
 * opaque tokens. `hasNextPage` is the upstream's word: whether it gave a further token.
 * Throws BAD_USER_INPUT, before any call, for a `first` outside 1..100 or an `after` that is no cursor of ours.
 */
export async function createConnection<T>(
  args: PageArguments,
  fetchPage: (input: {
    maxResults: number;
    nextToken: string | undefined;
  }) => UpstreamPage<T> | Promise<UpstreamPage<T>>,
) {
  const first = parsePageSize(args.first);
  let { token, skip } = parseAfter(args.after);
  const isFirstPage = token === undefined && skip === 0;
  const edges: Edge<T>[] = [];
  for (let pages = 1; ; pages += 1) {
    const missing = first - edges.length;
    const page = await fetchPage({ maxResults: Math.min(MAX_PAGE_SIZE, skip + missing), nextToken: token });
    const wanted = page.items.slice(skip, skip + missing);
    for (const [place, node] of wanted.entries()) {
      edges.push({ node, cursor: toCursor(toPlaceBehind(page, token, skip + place + 1)) });
    }
    const end = toPlaceBehind(page, token, skip + wanted.length);
    const hasNextPage = page.nextToken !== null || end.skip < page.items.length;
    // A page may be shorter than asked for, even empty, and still not be the last one.
    if (edges.length === first || !hasNextPage || pages === MAX_UPSTREAM_PAGES) {
      const endCursor = edges.length > 0 || hasNextPage ? toCursor(end) : null;
      return toConnection(edges, endCursor, hasNextPage, isFirstPage && !hasNextPage ? edges.length : null);
    }
    ({ token, skip } = end);
  }
}

/** Behind a page's last item comes the next page, where there is one. */
function toPlaceBehind(page: UpstreamPage<unknown>, token: string | undefined, skip: number): Cursor {
  const beyond = skip - page.items.length;
  return beyond >= 0 && page.nextToken !== null ? { token: page.nextToken, skip: beyond } : { token, skip };
}

/** The page as a connection; `totalCount` is null where it is not known. */
export function toConnection<T>(
  edges: readonly Edge<T>[],
  endCursor: string | null,
  hasNextPage: boolean,
  totalCount: number | null,
) {
  return {
    edges,
    nodes: edges.map((edge) => edge.node),
    pageInfo: { hasNextPage, hasPreviousPage: false, startCursor: edges[0]?.cursor ?? null, endCursor },
    totalCount,
  };
}

/** Why an `after` was refused. */
export function createCursorError(): GraphQLError {
  return createUserInputError('`after` expects a cursor that an earlier page gave, such as its pageInfo.endCursor.');
}

function toCursor({ token, skip }: Cursor): string {
  return Buffer.from(JSON.stringify([skip, token])).toString('base64url');
}

function parseAfter(after: string | null | undefined): Cursor {
  if (after === null || after === undefined) return { token: undefined, skip: 0 };
  try {
    const [skip, token] = JSON.parse(Buffer.from(after, 'base64url').toString());
    const isCursor = Number.isInteger(skip) && skip >= 0 && skip <= MAX_SKIP;
    if (isCursor && (token === null || typeof token === 'string')) return { token: token ?? undefined, skip };
  } catch {
    // Falls through to the one error for whatever is no cursor.
  }
  throw createCursorError();
}
