import type { ListPage } from '../../src/inspector/inspector-api.js';
import type { Json } from './gateway.js';

/** A list with Inspector's paging, with pages of the requested size or of `pageSize` at most. */
export function toPages<T>(items: readonly T[], pageSize = 100) {
  return ({ maxResults, nextToken }: { maxResults: number; nextToken?: string | undefined }): ListPage<T> => {
    const start = Number(nextToken ?? 0);
    const end = start + Math.min(maxResults, pageSize);
    return { items: items.slice(start, end), nextToken: end < items.length ? String(end) : null };
  };
}

/** Reads the nodes of all pages of a connection, by `hasNextPage` alone, and counts how often totalCount was known. */
export async function readAll(fetchPage: (after: string | null) => Promise<Json>) {
  const nodes: Json[] = [];
  const totalCounts: (number | null)[] = [];
  for (let after: string | null = null, pages = 0; ; pages += 1) {
    if (pages > 1000) throw new Error('The connection never ends.');
    const page: Json = await fetchPage(after);
    nodes.push(...page.nodes);
    totalCounts.push(page.totalCount);
    if (!page.pageInfo.hasNextPage) return { nodes, totalCounts };
    after = page.pageInfo.endCursor;
  }
}
