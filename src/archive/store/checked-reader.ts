import { sql } from 'kysely';
import type { Database } from './database.js';
import { DamagedArchiveError } from './file-check.js';
import type { Reader } from './reader.js';

/** How long the archive counts as damaged after a read that met damage. */
const DAMAGE_MS = 30_000;

/** Readiness probes give up after a second or so. */
const PROBE_LIMIT_MS = 1000;

/** A reader that fails once the archive is damaged or gone, and its readiness probe. */
export interface CheckedReader {
  readonly reader: Reader;
  /** Resolves when the archive answers; rejects with why not. */
  probe(): Promise<void>;
}

/** Reads of an open archive that reject with a DamagedArchiveError once it is damaged or gone. */
export function createCheckedReader(reader: Reader, { tables, checkFile, toDamage }: Database): CheckedReader {
  let damage: { error: DamagedArchiveError; at: number } | null = null;

  async function check<T>(read: () => Promise<T>): Promise<T> {
    // What it finds is looked at again within a second: the file may be back.
    await checkFile().catch((thrown) => Promise.reject(toDamage(thrown)));
    try {
      return await read();
    } catch (thrown) {
      const error = toDamage(thrown);
      if (error instanceof DamagedArchiveError) damage = { error, at: performance.now() };
      throw error;
    }
  }

  return {
    reader: Object.fromEntries(
      Object.entries(reader).map(([name, read]) => [name, (...query: never[]) => check<unknown>(() => read(...query))]),
    ) as unknown as Reader,
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
