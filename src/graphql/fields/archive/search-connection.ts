import type { GraphQLResolveInfo } from 'graphql';
import type { Searches, SearchKind, SearchQuery } from '../../../inspector/archive-api.js';
import type { Loaders } from '../../loaders.js';
import { selectsField } from '../../selection.js';
import { type Connection, toConnection } from '../connection.js';
import type { Page } from '../page-arguments.js';

/** What is searched, and in which order. */
export type Search<K extends SearchKind> = Pick<SearchQuery<K>, 'filter' | 'orderBy'>;

/**
 * Creates a connection over a search of the archive. Cursors are the archive's own, which it binds to the search. Rejects with
 * NOT_SUPPORTED_BY_UPSTREAM over any other upstream.
 */
export async function searchConnection<K extends SearchKind>(
  kind: K,
  search: Search<K>,
  page: Page,
  loaders: Loaders,
  info: GraphQLResolveInfo,
): Promise<Connection<Searches[K]['item']>> {
  const includeTotalCount = selectsField(info, 'totalCount');
  const { items, hasNextPage, hasPreviousPage, totalCount } = await loaders.searches[kind].load({
    ...search,
    ...page,
    includeTotalCount,
  });
  const edges = items.map(({ cursor, item }) => ({ node: item, cursor }));
  return toConnection(edges, edges.at(-1)?.cursor ?? null, hasNextPage, totalCount, hasPreviousPage);
}
