import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiKey, hashApiKey, toKeyLine } from '../../src/auth/api-keys.js';
import { endAfterAll } from './cleanup.js';

/** What a key may see. */
export interface KeyRights {
  accounts: string[];
  regions?: string[];
  schema?: boolean;
}

/** A file of API keys, one for each name. `keep` leaves only some of them in it. */
export function createKeysFile<Name extends string>(rights: Record<Name, KeyRights>) {
  const folder = mkdtempSync(join(tmpdir(), 'keys-'));
  endAfterAll(async () => rmSync(folder, { recursive: true }));
  const path = join(folder, 'keys.ndjson');
  const keys = Object.fromEntries(Object.keys(rights).map((name) => [name, createApiKey()])) as Record<Name, string>;

  function write(kept: Partial<Record<Name, KeyRights>>): void {
    const lines = Object.entries<KeyRights | undefined>(kept).map(
      ([name, { accounts, regions = ['*'], schema = true } = { accounts: [] }]) =>
        toKeyLine({
          id: name,
          name,
          sha256: hashApiKey(keys[name as Name]),
          entry: { accounts, regions, schema },
          expiresAtMs: null,
        }),
    );
    writeFileSync(`${path}.new`, lines.join(''));
    renameSync(`${path}.new`, path);
  }

  write(rights);
  return { path, keys, write };
}
