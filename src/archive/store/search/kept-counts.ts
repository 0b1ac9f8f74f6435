import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from '../tables.js';

/** So many counts are kept, some 100 bytes each. */
const MAX_COUNTS = 1000;

/** Total counts that are kept until the archive changes. */
export type KeptCounts = ReturnType<typeof createKeptCounts>;

/**
 * A cache of total counts by the archive's revision: every page of a search has the same one, and to count what fits may take
 * far longer than to read a page of it.
 */
export function createKeptCounts(tables: Kysely<Tables>) {
  const counts = new Map<string, number>();
  let revision: number | undefined;

  /** The count of what `criteria`, which can be written as JSON, stand for. */
  async function fetchCount(criteria: unknown, count: () => Promise<number>): Promise<number> {
    const before = await fetchRevision();
    if (before !== revision) counts.clear();
    revision = before;
    const key = createHash('sha256').update(JSON.stringify(criteria)).digest('base64url');
    const known = counts.get(key);
    if (known !== undefined) return known;
    const counted = await count();
    // What an import has changed meanwhile may have been counted or not.
    if ((await fetchRevision()) !== before || before !== revision) return counted;
    const [oldest = key] = counts.keys();
    if (counts.size === MAX_COUNTS) counts.delete(oldest);
    counts.set(key, counted);
    return counted;
  }

  async function fetchRevision(): Promise<number> {
    return (await tables.selectFrom('writers').select('revision').executeTakeFirstOrThrow()).revision;
  }

  return { fetchCount };
}
