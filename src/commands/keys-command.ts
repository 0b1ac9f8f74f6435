import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type ApiKeys, createApiKey, hashApiKey, parseKeysFile, toKeyLine } from '../auth/api-keys.js';
import { toTerminalText } from '../process/terminal-text.js';
import { toTextTable } from './text-table.js';

const HELP = `Usage: inspector-gateway keys create --name NAME --account ACCOUNT... [options]
       inspector-gateway keys list
       inspector-gateway keys revoke ID...

API keys for machines that ask the gateway, in the file that API_KEYS_FILE names. A gateway with AUTH=keys reads that file
again when it changes.

  create   make a key, and print it: this once, since the file has nothing but its SHA-256
  list     show the keys of the file
  revoke   take keys out of the file

Options:
  --name NAME          for whom it is, as the log shows it
  --account ACCOUNT    an account that it may see, in which * stands for any digits; several times, '*' for all
  --region REGION      a region that it may see, in which * stands for any text; several times (all)
  --no-schema          it may not ask for the schema
  --expires DATE       when it ends, such as 2027-01-31 or 2027-01-31T12:00:00Z (never)
  -h, --help           show this text
`;

/** A wrong call; the message says what was expected. */
class KeysError extends Error {}

/** Runs the command on the file of keys. The result is the exit code; failures are written to stderr. */
export function runKeysCommand(args: string[], path: string | undefined): number {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        account: { type: 'string', multiple: true },
        region: { type: 'string', multiple: true },
        'no-schema': { type: 'boolean' },
        expires: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const [action, ...ids] = positionals;
    if (values.help) process.stdout.write(HELP);
    else if (!path) throw new KeysError('API_KEYS_FILE: expected the file of keys.');
    else if (action === 'create' && ids.length === 0) createKey(path, values);
    else if (action === 'list' && ids.length === 0) listKeys(path);
    else if (action === 'revoke' && ids.length > 0) revokeKeys(path, ids);
    else throw new KeysError(`Expected keys create, list or revoke.\n\n${HELP}`);
    return 0;
  } catch (error) {
    process.stderr.write(`${(error as Error).message.split('\n').map(toTerminalText).join('\n').trimEnd()}\n`);
    return 2;
  }
}

interface CreateOptions {
  name?: string | undefined;
  account?: string[] | undefined;
  region?: string[] | undefined;
  'no-schema'?: boolean | undefined;
  expires?: string | undefined;
}

function createKey(path: string, options: CreateOptions): void {
  const { name, account, region = ['*'], 'no-schema': hidesSchema = false, expires } = options;
  if (name === undefined) throw new KeysError('Expected --name, for whom the key is.');
  if (account === undefined) throw new KeysError("Expected --account, an account that it may see; '*' is all of them.");
  // Of what the file has already, nothing may be lost.
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  parseFile(path, text);
  const key = createApiKey();
  const line = toKeyLine({
    id: randomBytes(4).toString('hex'),
    name,
    sha256: hashApiKey(key),
    entry: { accounts: account, regions: region, schema: !hidesSchema },
    expiresAtMs: expires === undefined ? null : parseExpires(expires),
  });
  parseFile('the new key', line);
  // For its owner alone: whoever could write it could give rights.
  appendFileSync(path, (text === '' || text.endsWith('\n') ? '' : '\n') + line, { mode: 0o600 });
  process.stdout.write(`${key}\n`);
}

function listKeys(path: string): void {
  const rows = [...parseFile(path, readFileSync(path, 'utf8')).values()].map(({ id, name, entry, expiresAtMs }) => [
    id,
    name,
    entry.accounts.join(),
    entry.regions.join(),
    entry.schema ? 'yes' : 'no',
    expiresAtMs === null ? 'never' : new Date(expiresAtMs).toISOString(),
  ]);
  process.stdout.write(toTextTable(['id', 'name', 'accounts', 'regions', 'schema', 'expires'], rows));
}

function revokeKeys(path: string, ids: readonly string[]): void {
  const text = readFileSync(path, 'utf8');
  const known = new Set([...parseFile(path, text).values()].map(({ id }) => id));
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined)
    throw new KeysError(`Expected the id of a key of ${path}, but got ${JSON.stringify(unknown)}.`);
  const isRevoked = (line: string) => line.startsWith('{') && ids.includes((JSON.parse(line) as { id: string }).id);
  const kept = text.split('\n').filter((line) => !isRevoked(line.trim()));
  // Replaced at once, so that no gateway reads half of it.
  writeFileSync(`${path}.new`, kept.join('\n'), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function parseFile(path: string, text: string): ApiKeys {
  try {
    return parseKeysFile(text);
  } catch (error) {
    throw new KeysError(`${path}: ${(error as Error).message}`);
  }
}

function parseExpires(text: string): number {
  const isDate = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?Z)?$/.test(text);
  const moment = isDate ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(moment)) {
    throw new KeysError(
      `--expires: expected a date such as 2027-01-31 or 2027-01-31T12:00:00Z, but got ${JSON.stringify(text)}.`,
    );
  }
  if (moment <= Date.now())
    throw new KeysError(`--expires: expected a date in the future, but got ${JSON.stringify(text)}.`);
  return moment;
}
