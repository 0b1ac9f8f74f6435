import { sql } from 'kysely';
import type { Database } from './database.js';
import { DamagedArchiveError } from './file-check.js';
import type { Reader } from './reader.js';

/** For how long damage that a read has met counts, though other reads may not meet it. */
const DAMAGE_MS = 30_000;

/** Longer, and whoever asks whether the archive is ready would give up. */
const PROBE_LIMIT_MS = 1000;

/** A reader that fails rather than read what is not the archive any more, and the question whether it can be read. */
export interface CheckedReader {
  readonly reader: Reader;
  /** Resolves when the archive answers; rejects with why not. */
  probe(): Promise<void>;
}

/** Reads of an open archive, each of which rejects with a DamagedArchiveError when the archive is damaged or gone. */
export function createCheckedReader(reader: Reader, { tables, checkFile, toDamage }: Database): CheckedReader {
  let damage: { error: DamagedArchiveError; at: number } | null = null;

  async function check<T>(read: () => Promise<T>): Promise<T> {
    await checkFile();
    try {
      return await read();
    } catch (thrown) {
      const error = toDamage(thrown);
      if (error instanceof DamagedArchiveError) damage = { error, at: performance.now() };
      throw error;
    }
  }

  return {
    reader: {
      fetchDocuments: (...query) => check(() => reader.fetchDocuments(...query)),
      fetchFirstDocuments: (...query) => check(() => reader.fetchFirstDocuments(...query)),
      fetchReportFile: (key) => check(() => reader.fetchReportFile(key)),
      findKnown: (...query) => check(() => reader.findKnown(...query)),
      fetchPage: (query) => check(() => reader.fetchPage(query)),
    },
    async probe() {
      const answer = check(() => sql`select 1 from documents limit 1`.execute(tables));
      await Promise.race([answer, rejectAfter(PROBE_LIMIT_MS)]);
      if (damage !== null && performance.now() - damage.at < DAMAGE_MS) throw damage.error;
    },
  };
}

function rejectAfter(limitMs: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`The archive did not answer within ${limitMs} ms.`)), limitMs).unref();
  });
}
