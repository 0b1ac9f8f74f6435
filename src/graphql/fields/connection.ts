import type { GraphQLError } from 'graphql';
import type { ListKind, ListQuery, Lists } from '../../inspector/inspector-api.js';
import type { ArnKind, InspectorArn } from '../../inspector/inspector-arn.js';
import type { EntityParent } from '../context.js';
import type { Loaders } from '../loaders.js';
import { toParent } from './entity-types.js';
import { MAX_PAGE_SIZE, type Page, type PageArguments, parsePageSize } from './page-arguments.js';
import { createUserInputError } from './user-input.js';

/** Twice the longest page that the API allows, for an upstream that returns more than was requested. */
const MAX_SKIP = 2 * MAX_PAGE_SIZE;

/** A cursor in the middle of an upstream page needs that page and the next. */
const MAX_UPSTREAM_PAGES = 2;

/** A page of an upstream list: its items, and the token of the next page or null. */
interface UpstreamPage<T> {
  items: readonly T[];
  nextToken: string | null;
}

/** An item in a connection. */
export interface Edge<T> {
  readonly node: T;
  readonly cursor: string;
}

/** A page of a list (https://relay.dev/graphql/connections.htm). */
export interface Connection<T> {
  readonly edges: readonly Edge<T>[];
  readonly nodes: readonly T[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number | null;
}

/** The parent value of the fields of a page of runs; `countAll` counts where `totalCount` is not known. */
export interface RunConnection extends Connection<EntityParent<'assessmentRun'>> {
  readonly countAll?: () => Promise<number | null>;
}

/** A position between two items: the token of the upstream page, and how many of its items come before. */
interface Cursor {
  token: string | undefined;
  skip: number;
}

/**
 * Creates a Relay connection (https://relay.dev/graphql/connections.htm) over a list that the upstream pages by opaque
 * tokens. `hasNextPage` says whether the upstream gave a further token.
 * Throws BAD_USER_INPUT, before any call, for a `first` outside 1..100 or an invalid `after`.
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
    const remaining = first - edges.length;
    const page = await fetchPage({ maxResults: Math.min(MAX_PAGE_SIZE, skip + remaining), nextToken: token });
    const nodes = page.items.slice(skip, skip + remaining);
    for (const [index, node] of nodes.entries()) {
      edges.push({ node, cursor: encodeCursor(toCursor(page, token, skip + index + 1)) });
    }
    const end = toCursor(page, token, skip + nodes.length);
    const hasNextPage = page.nextToken !== null || end.skip < page.items.length;
    // An upstream page may be short, or even empty, without being the last.
    if (edges.length === first || !hasNextPage || pages === MAX_UPSTREAM_PAGES) {
      const endCursor = edges.length > 0 || hasNextPage ? encodeCursor(end) : null;
      return toConnection(edges, endCursor, hasNextPage, isFirstPage && !hasNextPage ? edges.length : null);
    }
    ({ token, skip } = end);
  }
}

/** Creates a connection over one of Inspector's lists of ARNs. */
export function createListConnection<K extends ArnKind & ListKind>(
  kind: K,
  args: PageArguments,
  query: { criteria: Lists[K]['criteria']; regions?: readonly string[] | undefined },
  loaders: Loaders,
) {
  return createConnection(args, async (page) => {
    const { items, nextToken } = await loaders.pages[kind].load({ ...query, ...page } as ListQuery<K>);
    return { items: items.map((arn) => toParent(kind, arn as InspectorArn<K>)), nextToken };
  });
}

/** The cursor after this many items of a page; after the last one, the beginning of the next page, if there is one. */
function toCursor(page: UpstreamPage<unknown>, token: string | undefined, skip: number): Cursor {
  const beyond = skip - page.items.length;
  return beyond >= 0 && page.nextToken !== null ? { token: page.nextToken, skip: beyond } : { token, skip };
}

/** A page as a connection; `totalCount` is null where it is unknown. */
export function toConnection<T>(
  edges: readonly Edge<T>[],
  endCursor: string | null,
  hasNextPage: boolean,
  totalCount: number | null,
  hasPreviousPage = false,
): Connection<T> {
  return {
    edges,
    nodes: edges.map((edge) => edge.node),
    pageInfo: { hasNextPage, hasPreviousPage, startCursor: edges[0]?.cursor ?? null, endCursor },
    totalCount,
  };
}

/**
 * Cuts a page out of a list that is known as a whole; a cursor is `listName` and an item. Throws BAD_USER_INPUT for a cursor of
 * another list, and the function that it returns does so for an item that the list does not have.
 */
export function createPager(page: Page, listName: string): <T extends string>(items: readonly T[]) => Connection<T> {
  const isBackwards = 'last' in page;
  const argument = isBackwards ? 'before' : 'after';
  const cursor = isBackwards ? page.before : page.after;
  const [name, place] = cursor === undefined ? [listName] : Buffer.from(cursor, 'base64url').toString().split(' ');
  if (name !== listName || (cursor !== undefined && place === undefined)) throw createCursorError(argument);

  return <T extends string>(items: readonly T[]) => {
    const index = place === undefined ? (isBackwards ? items.length : -1) : items.indexOf(place as T);
    if (place !== undefined && index === -1) throw createCursorError(argument);
    const [start, end] = isBackwards
      ? [Math.max(0, index - page.last), index]
      : [index + 1, Math.min(items.length, index + 1 + page.first)];
    const edges = items.slice(start, end).map((item) => ({
      node: item,
      cursor: Buffer.from(`${listName} ${item}`).toString('base64url'),
    }));
    return toConnection(edges, edges.at(-1)?.cursor ?? null, end < items.length, items.length, start > 0);
  };
}

/** The same page with other nodes. */
export function mapNodes<T, U>(connection: Connection<T>, toNode: (node: T) => U): Connection<U> {
  const edges = connection.edges.map(({ node, cursor }) => ({ node: toNode(node), cursor }));
  return { ...connection, edges, nodes: edges.map(({ node }) => node) };
}

/** The error of an invalid cursor. */
function createCursorError(argument: 'after' | 'before'): GraphQLError {
  const example = argument === 'after' ? 'endCursor' : 'startCursor';
  return createUserInputError(
    `\`${argument}\` expects a cursor that an earlier page gave, such as its pageInfo.${example}.`,
  );
}

function encodeCursor({ token, skip }: Cursor): string {
  return Buffer.from(JSON.stringify([skip, token])).toString('base64url');
}

function parseAfter(after: string | null | undefined): Cursor {
  if (after === null || after === undefined) return { token: undefined, skip: 0 };
  try {
    const [skip, token] = JSON.parse(Buffer.from(after, 'base64url').toString());
    const isCursor = Number.isInteger(skip) && skip >= 0 && skip <= MAX_SKIP;
    if (isCursor && (token === null || typeof token === 'string')) return { token: token ?? undefined, skip };
  } catch {
    // Falls through to the one error of an invalid cursor.
  }
  throw createCursorError('after');
}
