import { execFileSync, spawn } from 'node:child_process';
import { chownSync, copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from './certificates.js';
import { endAfterAll } from './cleanup.js';
import { findFreePort } from './redis-server.js';

/** Where Debian, and whoever has it in PATH, keep the programs of a server. */
const folders = [
  ...(existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql').map((version) => `/usr/lib/postgresql/${version}/bin`)
    : []),
  ...(process.env.PATH ?? '').split(':'),
];
const programs = folders.find((folder) => existsSync(join(folder, 'initdb')));

/** PostgreSQL does not run as root: the user and group that it runs as instead; undefined for the test's own, or where there is none. */
function findUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (option: string) => Number(execFileSync('id', [option, 'postgres'], { stdio: 'pipe' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** Whether a server of the test's own can be started. */
export const hasPostgresServer = programs !== undefined;

/** Starts a server that takes connections over TLS alone, with this certificate; returns its URL without parameters. */
export async function startTlsPostgres({ certFile, keyFile }: Certificate): Promise<string> {
  const user = findUser();
  const folder = mkdtempSync(join(tmpdir(), 'inspector-gateway-postgres-'));
  endAfterAll(async () => rmSync(folder, { recursive: true, force: true }));
  const data = join(folder, 'data');
  const [cert, key] = [join(folder, 'server.crt'), join(folder, 'server.key')] as const;
  copyFileSync(certFile, cert);
  copyFileSync(keyFile, key);
  if (user !== undefined) for (const path of [folder, cert, key]) chownSync(path, user.uid, user.gid);
  const toProgram = (name: string) => join(programs as string, name);
  const options = { ...user, cwd: folder };
  const created = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(toProgram('initdb'), created, { ...options, stdio: 'pipe' });
  writeFileSync(join(data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 trust\n');
  const port = await findFreePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    fsync: 'off',
    ssl: 'on',
    ssl_cert_file: cert,
    ssl_key_file: key,
  };
  const arguments_ = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(toProgram('postgres'), ['-D', data, ...arguments_], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  endAfterAll(async () => child.kill('SIGQUIT'));
  let output = '';
  for await (const chunk of child.stderr) {
    output += chunk;
    if (output.includes('ready to accept connections')) break;
  }
  if (!output.includes('ready to accept connections')) throw new Error(output);
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}
