import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { RightsEntry } from './rights.js';
import { rightsEntry, toProblems } from './rights-file.js';

/** By which people and scanners of secrets recognise a key. */
export const KEY_PREFIX = 'igk_';
const SECRET_BYTES = 24;
const KEY = new RegExp(`^${KEY_PREFIX}([0-9a-f]{${2 * SECRET_BYTES}})([0-9a-f]{8})$`);

/** A key as its file has it: everything but the key itself. */
export interface ApiKey {
  readonly id: string;
  /** For people, and the subject of what is asked with it. */
  readonly name: string;
  /** Of the whole key, in hexadecimal digits. */
  readonly sha256: string;
  readonly entry: RightsEntry;
  /** Epoch milliseconds; null for a key that does not expire. */
  readonly expiresAtMs: number | null;
}

/** The keys of a file by their SHA-256. */
export type ApiKeys = ReadonlyMap<string, ApiKey>;

/** Makes a new key: the prefix, 192 random bits, and their CRC-32, by which a mistyped one is told from a revoked one. */
export function createApiKey(): string {
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  return `${KEY_PREFIX}${secret}${toChecksum(secret)}`;
}

/** Whether it has the form of a key, with its checksum. */
export function isApiKey(text: string): boolean {
  const [, secret, checksum] = KEY.exec(text) ?? [];
  return secret !== undefined && toChecksum(secret) === checksum;
}

export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function toChecksum(secret: string): string {
  return crc32(secret).toString(16).padStart(8, '0');
}

const moment = z.iso
  .datetime({ offset: true, error: 'expected a moment such as 2027-01-31T00:00:00Z' })
  .transform((text) => Date.parse(text));

const keyLine = rightsEntry.extend({
  id: z.string().regex(/^[\w-]{1,64}$/, 'expected up to 64 letters, digits, - and _'),
  name: z.string().regex(/^[\x20-\x7e]{1,100}$/, 'expected up to 100 characters of ASCII'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits'),
  expires: moment.nullable(),
});

/**
 * Parses a file of keys: JSON in lines, an object for each key; empty lines and lines that begin with # are left out. Throws
 * an Error that names the line and what was expected.
 */
export function parseKeysFile(text: string): ApiKeys {
  const keys = new Map<string, ApiKey>();
  const ids = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const key = parseLine(line, index + 1);
    if (ids.has(key.id) || keys.has(key.sha256)) {
      throw new Error(`line ${index + 1}: expected each key once, but got ${key.id} twice`);
    }
    ids.add(key.id);
    keys.set(key.sha256, key);
  }
  return keys;
}

function parseLine(line: string, number: number): ApiKey {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new Error(`line ${number}: expected an object of JSON`);
  }
  const parsed = keyLine.safeParse(json);
  if (!parsed.success) throw new Error(`line ${number}: ${toProblems(parsed.error)}`);
  const { id, name, sha256, accounts, regions, schema, expires } = parsed.data;
  return { id, name, sha256, entry: { accounts, regions, schema }, expiresAtMs: expires };
}

/** The line of a key in its file. */
export function toKeyLine({ id, name, sha256, entry, expiresAtMs }: ApiKey): string {
  const expires = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString();
  return `${JSON.stringify({ id, name, sha256, ...entry, expires })}\n`;
}
