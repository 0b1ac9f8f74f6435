// Starts all that a team would have: an identity provider, Redis, PostgreSQL, two replicas and nginx in front of them. Then it asks
// by curl as everybody might, and shows what came back. Ends with 1 where that is not what it has to be.
// PostgreSQL is the one of ACCESS_POSTGRES_URL (postgres://postgres@127.0.0.1:5432/postgres); curl, redis-server and nginx have to be
// installed.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import pg from 'pg';
import { findFreePort, runCommand, startCommand, startRedis } from './soak/services.mjs';

const run = promisify(execFile);
const POSTGRES_URL = process.env.ACCESS_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const OWN = '123456789012';
const ARN = `arn:aws:inspector:us-west-2:${OWN}:target/0-0kFIPusq/template/0-4r1V2mAw/run/0-MKkpXXPE`;
const FOREIGN = ARN.replace(OWN, '999999999999');

const folder = mkdtempSync(join(tmpdir(), 'access-'));
const ends = [];
let failures = 0;

/** A provider of tokens: its metadata, its keys, and tokens for anybody. */
async function startProvider() {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const server = createServer(async ({ url, headers }, response) => {
    const issuer = `http://${headers.host}`;
    const answer = url.startsWith('/.well-known/')
      ? { issuer, jwks_uri: `${issuer}/keys` }
      : { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  const start = (port) => once(server.listen(port, '127.0.0.1'), 'listening');
  await start(0);
  const { port } = server.address();
  const issuer = `http://127.0.0.1:${port}`;
  ends.push(() => server.close());
  return {
    issuer,
    stop: () => server.closeAllConnections() ?? new Promise((resolve) => server.close(resolve)),
    createToken: (claims) =>
      new SignJWT({ iss: issuer, aud: 'gateway', sub: 'ada', ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: 'one' })
        .setExpirationTime(claims.exp ?? '1h')
        .sign(privateKey),
  };
}

async function createDatabase() {
  const name = `access_${process.pid}`;
  const ask = async (text) => {
    const client = new pg.Client({ connectionString: POSTGRES_URL });
    await client.connect();
    await client.query(text);
    await client.end();
  };
  await ask(`create database ${name}`);
  ends.push(() => ask(`drop database ${name} with (force)`));
  return Object.assign(new URL(POSTGRES_URL), { pathname: `/${name}` }).href;
}

async function startNginx(urls) {
  const port = await findFreePort();
  const servers = urls.map((url) => `server ${new URL(url).host};`).join(' ');
  const config = readFileSync(new URL('../deploy/nginx.conf', import.meta.url), 'utf8')
    .replace('server gateway:4000 resolve;', servers)
    .replace('listen 8080', `listen 127.0.0.1:${port}`);
  const prefix = join(folder, 'nginx');
  mkdirSync(prefix);
  writeFileSync(join(prefix, 'nginx.conf'), config);
  const directives = `daemon off;${process.getuid?.() === 0 ? ' user root;' : ''}`;
  const child = spawn('nginx', ['-p', prefix, '-c', 'nginx.conf', '-g', directives], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  ends.push(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${url}/healthz`).catch(() => false))) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
  }
  return url;
}

/** Asks by curl, and shows the command and the answer; `expected` is a status and what the body has in it. */
async function show(what, url, { token, key, query, get = false, archive = false }, [status, part]) {
  const args = ['-s', '-m', '20', '-w', '\n%{http_code}'];
  if (token !== undefined) args.push('-H', `authorization: Bearer ${token}`);
  if (key !== undefined) args.push('-H', `x-api-key: ${key}`);
  if (get) args.push('-G', '-H', 'apollo-require-preflight: 1', '--data-urlencode', `query=${query}`);
  else if (archive) args.push('-H', 'x-amz-target: InspectorService.ListAssessmentRuns', '-d', '{}');
  else if (query !== undefined) args.push('-H', 'content-type: application/json', '-d', JSON.stringify({ query }));
  const { stdout } = await run('curl', [...args, url]);
  const end = stdout.lastIndexOf('\n');
  const [body, code] = [stdout.slice(0, end), Number(stdout.slice(end + 1))];
  const isFine = code === status && body.includes(part);
  if (!isFine) failures += 1;
  const shown = args.map((arg) =>
    /^[\w:./-]+$/.test(arg) ? arg : `'${arg.replace(/Bearer .{20}.*/, 'Bearer …').replace(/igk_.*/, 'igk_…')}'`,
  );
  process.stdout.write(
    `${isFine ? 'ok  ' : 'FAIL'} ${what}\n     curl ${shown.slice(5).join(' ')} ${url}\n     ${code} ${body.slice(0, 160).replaceAll('\n', ' ')}\n`,
  );
}

async function main() {
  const provider = await startProvider();
  const redis = await startRedis();
  ends.push(redis.stop);
  const archiveUrl = await createDatabase();
  const exported = join(folder, 'export.ndjson');
  writeFileSync(exported, toExport());
  const { code, stderr } = await runCommand(['archive', 'import', exported], { ARCHIVE_URL: archiveUrl });
  if (code !== 0) throw new Error(stderr);
  const keysFile = join(folder, 'keys.ndjson');
  const rightsFile = join(folder, 'rights.yaml');
  const createKey = async (...args) => {
    const { stdout } = await run(process.execPath, ['dist/main.js', 'keys', 'create', ...args], {
      env: { ...process.env, API_KEYS_FILE: keysFile },
    });
    return stdout.trim();
  };
  const [ownKey, otherKey] = [
    await createKey('--name', 'own', '--account', OWN),
    await createKey('--name', 'other', '--account', '9999*'),
  ];
  writeFileSync(
    rightsFile,
    `groups: { own: { accounts: ["${OWN}"] }, other: { accounts: ["9999*"] }, all: { accounts: ["*"] } }`,
  );
  const settings = {
    AUTH: 'oidc,keys',
    OIDC_ISSUER: provider.issuer,
    OIDC_AUDIENCE: 'gateway',
    RIGHTS_FILE: rightsFile,
    API_KEYS_FILE: keysFile,
    ARCHIVE_URL: archiveUrl,
    REDIS_URL: redis.url,
    BUDGET_PER_SECOND: '1',
    BUDGET_BURST: '1000',
    PORT: '0',
    ARCHIVE_PORT: '0',
  };
  const replicas = await Promise.all([startCommand([], settings), startCommand([], settings)]);
  for (const { child, exited } of replicas) {
    ends.push(async () => {
      child.kill('SIGTERM');
      await exited;
    });
  }
  const nginx = await startNginx(replicas.map(({ url }) => url));
  const at = `${nginx}/graphql`;
  const one = `{ assessmentRun(arn: "${ARN}") { name telemetryTotal { count } } }`;
  const foreign = `{ assessmentRun(arn: "${FOREIGN}") { name } }`;
  const list = '{ assessmentRuns(first: 1, orderBy: NAME_ASC) { totalCount nodes { arn } } }';
  const own = await provider.createToken({ groups: ['own'] });
  const other = await provider.createToken({ groups: ['other'] });

  await show("a page without data is everybody's", `${nginx}/`, {}, [200, '<!doctype html']);
  await show('without credentials', at, { query: one }, [401, 'UNAUTHENTICATED']);
  await show('with a token that is none', at, { token: 'nonsense', query: one }, [401, 'UNAUTHENTICATED']);
  await show(
    'with a token for somebody else',
    at,
    { token: await provider.createToken({ aud: 'wiki', groups: ['all'] }), query: one },
    [401, 'aud'],
  );
  await show(
    'with a token that has expired',
    at,
    { token: await provider.createToken({ exp: 1, groups: ['all'] }), query: one },
    [401, 'expired'],
  );
  await show("one's own run", at, { token: own, query: one }, [200, '"count":1159']);
  await show('the same by GET', at, { token: own, query: one, get: true }, [200, '"count":1159']);
  await show('the same by GET without credentials, though it was answered just now', at, { query: one, get: true }, [
    401,
    'UNAUTHENTICATED',
  ]);
  await show('the same by GET by a caller of another account', at, { token: other, query: one, get: true }, [
    200,
    'ACCESS_DENIED',
  ]);
  await show('a run of another account, which does not exist', at, { token: own, query: foreign }, [
    200,
    'ACCESS_DENIED',
  ]);
  await show("a list, of one's own account", at, { token: own, query: list }, [200, `${OWN}:`]);
  await show('the list of a caller of another account', at, { token: other, query: list }, [
    200,
    '"totalCount":0,"nodes":[]',
  ]);
  await show('the list of a caller in no group', at, { token: await provider.createToken({}), query: list }, [
    200,
    '"totalCount":0,"nodes":[]',
  ]);
  await show('by an API key', at, { key: ownKey, query: one }, [200, '"count":1159']);
  await show('by an API key of another account', at, { key: otherKey, query: one }, [200, 'ACCESS_DENIED']);
  await show(
    'by a mistyped API key',
    at,
    { key: ownKey.replace(/.$/, (sign) => (sign === '0' ? '1' : '0')), query: one },
    [401, 'mistyped'],
  );
  await show('the archive, around the gateway', replicas[0].archiveUrl, { archive: true }, [
    403,
    'MissingAuthenticationToken',
  ]);
  // A hundred fields, by other names each time, so that nothing is kept for them.
  const toCostly = (number) =>
    `{ assessmentRun(arn: "${ARN}") { ${Array.from({ length: 99 }, (_, n) => `n${number}x${n}: name`).join(' ')} } }`;
  for (let number = 0; number < 10; number += 1) {
    const headers = { 'content-type': 'application/json', 'x-api-key': ownKey };
    await fetch(at, { method: 'POST', headers, body: JSON.stringify({ query: toCostly(number) }) });
  }
  const costly = { key: ownKey, query: toCostly(10) };
  await show("beyond one's budget, at whichever replica", at, costly, [429, 'RATE_LIMITED']);
  await run(
    process.execPath,
    ['dist/main.js', 'keys', 'revoke', JSON.parse(readFileSync(keysFile, 'utf8').split('\n')[1]).id],
    { env: { ...process.env, API_KEYS_FILE: keysFile } },
  );
  writeFileSync(rightsFile, `groups: { other: { accounts: ["9999*"] } }`);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  await show('by a key that was revoked', at, { key: otherKey, query: one }, [401, 'revoked']);
  await show('with a right that was taken away', at, { token: own, query: one, get: true }, [200, 'ACCESS_DENIED']);
  await provider.stop();
  await show('while the provider is away, with a token of its known key', at, { token: other, query: list }, [
    200,
    '"totalCount":0',
  ]);
  process.stdout.write(failures === 0 ? 'All as it has to be.\n' : `${failures} not as they have to be.\n`);
}

/** A run and its telemetry, as an export has them. */
function toExport() {
  const template = ARN.split('/run/')[0];
  const run = { arn: ARN, name: 'ExampleAssessmentRun', assessmentTemplateArn: template, state: 'COMPLETED' };
  const telemetryMetadata = [{ messageType: 'Total', count: 1159, dataSize: 3146579 }];
  const records = [
    { operation: 'DescribeAssessmentRuns', input: { assessmentRunArns: [ARN] }, output: { assessmentRuns: [run] } },
    { operation: 'GetTelemetryMetadata', input: { assessmentRunArn: ARN }, output: { telemetryMetadata } },
  ];
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

try {
  await main();
} finally {
  for (const end of ends.reverse()) await end();
  rmSync(folder, { recursive: true });
}
process.exitCode = failures === 0 ? 0 : 1;
