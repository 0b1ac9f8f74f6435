import type { SearchPage } from '../../src/inspector/archive-api.js';

interface PageQuery {
  readonly first?: number | undefined;
  readonly after?: string | undefined;
  readonly last?: number | undefined;
  readonly before?: string | undefined;
  readonly includeTotalCount: boolean;
}

/** A search that finds these items, with an archive's paging in both directions. */
export function searchThrough<T>(items: readonly T[]) {
  return ({ first, after, last, before, includeTotalCount }: PageQuery): SearchPage<T> => {
    const isBackwards = last !== undefined || before !== undefined;
    const index = isBackwards ? toIndex(before, items.length) : toIndex(after, -1);
    const [start, end] = isBackwards
      ? [Math.max(0, index - (last ?? 20)), index]
      : [index + 1, Math.min(items.length, index + 1 + (first ?? 20))];
    return {
      items: items.slice(start, end).map((item, offset) => ({ cursor: `at ${start + offset}`, item })),
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      totalCount: includeTotalCount ? items.length : null,
    };
  };
}

function toIndex(cursor: string | undefined, absent: number): number {
  return cursor === undefined ? absent : Number(cursor.replace('at ', ''));
}
