import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createFolder } from './helpers/archives.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PACKAGE = join(ROOT, 'packages/client');
const NAME = '@inspector-gateway/client';
const MAX_BYTES = 3000;

const manifest = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'));

const run = promisify(execFile);
/** Runs a command. Rejects with its output. */
async function runIn(cwd: string, command: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(command, args, { cwd }).catch((error) => {
    throw new Error(`${error.message}\n${error.stdout}`);
  });
  return stdout;
}
const tsc = (cwd: string, ...args: string[]) =>
  runIn(cwd, process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc'), ...args);

/** A program of a user of the tarball and the clients. */
const CONSUMER = `
import { CombinedGraphQLErrors, InMemoryCache, gql } from '@apollo/client';
import { type InspectorErrorCode, inspectorErrors, isInspectorError, isRetryable, retry, retryAfterMs } from '${NAME}';
import { createRetryLink, possibleTypes, toDocumentNode, typePolicies } from '${NAME}/apollo';
import { codegenConfig } from '${NAME}/codegen';
import { AssessmentRunDocument, type TelemetryResultQuery } from '${NAME}/documents';
import { createRetryFetch } from '${NAME}/relay';
import { createRetryExchange } from '${NAME}/urql';
import { createClient } from '@urql/core';
import { GraphQLClient } from 'graphql-request';

const errors = [{ message: 'No', extensions: { code: 'THROTTLED', canRetry: true, retryAfterMs: 5 } }];
const error: unknown = new CombinedGraphQLErrors({ data: null, errors });

/** Handles each kind of failure. */
export function toText(code: InspectorErrorCode): string {
  switch (code) {
    case 'NO_SUCH_ENTITY':
    case 'INVALID_INPUT':
    case 'ACCESS_DENIED':
    case 'UNAUTHENTICATED':
    case 'OPERATION_TOO_COSTLY':
    case 'NOT_SUPPORTED_BY_UPSTREAM':
      return 'not like this';
    case 'INTERNAL_EXCEPTION':
    case 'SERVICE_UNAVAILABLE':
    case 'LIMIT_EXCEEDED':
    case 'THROTTLED':
    case 'TIMEOUT':
    case 'BAD_UPSTREAM_RESPONSE':
    case 'RATE_LIMITED':
      return 'not now';
  }
}

type Result = NonNullable<NonNullable<TelemetryResultQuery['assessmentRun']>['telemetryResult']>;
export const countOf = (result: Result): number =>
  result.__typename === 'Telemetry' ? result.total.count : result.canRetry ? -1 : -2;

export async function typed() {
  const { data } = await createClient({ url: '', exchanges: [createRetryExchange()] })
    .query(AssessmentRunDocument.toString(), { arn: '' })
    .toPromise();
  const { assessmentRun } = await new GraphQLClient('').request(AssessmentRunDocument, { arn: '' });
  const counts: (number | undefined)[] = [data, { assessmentRun }].map((each) => each?.assessmentRun?.telemetryTotal?.count);
  // @ts-expect-error a count is no text
  const text: string | undefined = data?.assessmentRun?.telemetryTotal?.count;
  // @ts-expect-error a run has to be named
  await new GraphQLClient('').request(AssessmentRunDocument, {});
  return { counts, text };
}

// @ts-expect-error there is no such code
isInspectorError(error, 'NO_SUCH_RUN');

const second: typeof import('${NAME}') = await import('second-copy' as string);
console.log(
  JSON.stringify({
    codes: inspectorErrors(error).map(({ code }) => toText(code)),
    isRetryable: isRetryable(error),
    retryAfterMs: retryAfterMs(error),
    bySecondCopy: second.isRetryable(inspectorErrors(error)) && second.isInspectorError(error, 'THROTTLED'),
    retried: await retry(async () => 1),
    made: [createRetryLink(), createRetryExchange(), createRetryFetch(() => new Promise(() => {}))].map((made) => typeof made),
    cached: new InMemoryCache({ possibleTypes, typePolicies }).readQuery({ query: gql\`{ a }\` }),
    kind: toDocumentNode(AssessmentRunDocument).kind,
    scalars: codegenConfig.scalars,
  }),
);
`;

const ALONE = `
import { isRetryable } from '${NAME}';
import { codegenConfig } from '${NAME}/codegen';
console.log(isRetryable({ errors: [] }), codegenConfig.scalars.Long);
`;

/** The strictest settings, except for the types of other packages. */
const toOptions = (module: string, moduleResolution: string, skipLibCheck: boolean) => [
  ...['--module', module, '--moduleResolution', moduleResolution, '--target', 'es2022', '--lib', 'es2022,dom'],
  ...['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--types', ''],
  ...['--skipLibCheck', String(skipLibCheck)],
];

let folder = '';
let files: string[] = [];

beforeAll(async () => {
  folder = await createFolder();
  const [packed] = JSON.parse(await runIn(PACKAGE, 'npm', 'pack', '--json', '--offline', '--pack-destination', folder));
  files = packed.files.map(({ path }: { path: string }) => path);
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await runIn(folder, 'npm', 'install', '--offline', '--no-audit', '--no-fund', `./${packed.filename}`);
}, 120_000);

describe('The tarball', () => {
  test('holds what is built, and nothing else', () => {
    expect(files.filter((file) => !/^dist\/.+\.(js|d\.ts)$/.test(file)).sort()).toEqual(['README.md', 'package.json']);
    const entries = Object.values<{ types: string; default: string }>(manifest.exports);
    for (const entry of entries)
      expect(files.map((file) => `./${file}`)).toEqual(expect.arrayContaining([entry.types, entry.default]));
  });

  test('needs nothing else to be installed and has no side effects', async () => {
    expect(await readdir(join(folder, 'node_modules'))).toEqual(['.package-lock.json', '@inspector-gateway']);
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest.sideEffects).toBe(false);
    expect(Object.keys(manifest.peerDependenciesMeta)).toEqual(Object.keys(manifest.peerDependencies));
  });

  test(`has less than ${MAX_BYTES} bytes of code beside the documents, zipped`, async () => {
    const code = files.filter((file) => file.endsWith('.js') && !file.includes('documents'));
    expect(code.length).toBeGreaterThan(5);
    const texts = await Promise.all(code.map((file) => readFile(join(folder, 'node_modules', NAME, file), 'utf8')));
    expect(gzipSync(texts.join('')).length).toBeLessThan(MAX_BYTES);
  });

  test.each([
    ['bundler', 'esnext'],
    ['nodenext', 'nodenext'],
  ])('type-checks and runs by itself, by %s', async (moduleResolution, module) => {
    await writeFile(join(folder, 'alone.ts'), ALONE);
    await tsc(folder, ...toOptions(module, moduleResolution, false), 'alone.ts');
    expect(await runIn(folder, process.execPath, 'alone.js')).toBe('false number\n');
  });
});

describe('Beside the clients', () => {
  beforeAll(async () => {
    const peers = [...Object.keys(manifest.peerDependencies), 'graphql', 'graphql-request'];
    for (const peer of peers) {
      const place = join(folder, 'node_modules', peer);
      await mkdir(dirname(place), { recursive: true });
      await symlink(join(ROOT, 'node_modules', peer), place);
    }
    await cp(join(folder, 'node_modules', NAME), join(folder, 'node_modules/second-copy'), { recursive: true });
    await writeFile(join(folder, 'consumer.ts'), CONSUMER);
  });

  test.each([
    ['bundler', 'esnext'],
    ['nodenext', 'nodenext'],
  ])('all of it type-checks and runs, by %s', async (moduleResolution, module) => {
    await tsc(folder, ...toOptions(module, moduleResolution, true), 'consumer.ts');
    expect(JSON.parse(await runIn(folder, process.execPath, 'consumer.js'))).toEqual({
      codes: ['not now'],
      isRetryable: true,
      retryAfterMs: 5,
      bySecondCopy: true,
      retried: 1,
      made: ['object', 'function', 'function'],
      cached: null,
      kind: 'Document',
      scalars: { Long: 'number', DateTime: 'string' },
    });
  });
});
