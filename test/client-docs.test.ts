import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { toNotice } from './snippets/errors.js';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

const snippets = readdirSync(new URL('./snippets', import.meta.url)).map((file) => read(`test/snippets/${file}`));
const DOCS = ['README.md', 'docs/clients.md', 'docs/apollo-client.md'].map(read);

describe('The snippets for frontends', () => {
  test('stand in the docs as they are tested', () => {
    const shown = DOCS.flatMap((text) => [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code));
    expect(shown.length).toBeGreaterThan(5);
    expect([...new Set(shown)].sort()).toEqual([...snippets].sort());
  });

  test('tell people what there is to know of an error', () => {
    const toBody = (extensions: object) => ({ errors: [{ message: 'No right', extensions }] });
    expect(toNotice(toBody({ code: 'NO_SUCH_ENTITY', canRetry: false }))).toBe('There is no such run.');
    expect(toNotice(toBody({ code: 'TIMEOUT', canRetry: true, retryAfterMs: 3791 }))).toBe('Try again in 4 s.');
    expect(toNotice(toBody({ code: 'ACCESS_DENIED', canRetry: false }))).toBe('No right');
    expect(toNotice(new TypeError('fetch failed'))).toBe('Something went wrong.');
  });

  test("have codegen type the gateway's scalars", async () => {
    const script = `
      import { generate } from '@graphql-codegen/cli';
      import config from './test/snippets/codegen.ts';
      const documents = 'query Total($arn: ID!) { assessmentRun(arn: $arn) { startedAt telemetryTotal { count } } }';
      const outputs = await generate({ ...config, schema: 'schema.graphql', documents, silent: true }, false);
      console.log(outputs.find(({ filename }) => filename.endsWith('graphql.ts')).content);
    `;
    // Not in here, where its presets do not load.
    const args = ['--import', 'tsx', '--input-type', 'module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: new URL('..', import.meta.url) });
    expect(stdout).toContain('startedAt: string | null');
    expect(stdout).toContain('count: number');
  });
});

test("The package's README names all that it exports", async () => {
  const readme = read('packages/client/README.md');
  const entries = Object.keys(JSON.parse(read('packages/client/package.json')).exports);
  expect(entries).toHaveLength(6);
  for (const entry of entries.map((path) => path.slice(1))) {
    expect(readme).toContain(`| \`${entry}`);
    const exported = entry === '/documents' ? [] : Object.keys(await import(`@inspector-gateway/client${entry}`));
    expect(exported.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  }
});

describe('The table of docs/clients.md', () => {
  const rows = read('docs/clients.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.split('|').length === 9)
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
  const [head = [], titles = [], ...clients] = rows;
  const source = read('test/clients.e2e.ts');

  test('has a column for each thing that is tried, by the name of its test', () => {
    expect(head.slice(1)).toEqual(['query', 'paging', 'typed error', 'retry', 'persisted query', 'GET']);
    expect(titles.slice(1)).toHaveLength(head.length - 1);
    for (const title of titles.slice(1)) expect(source).toContain(`  test('${title}', async`);
  });

  test('has a row for each client that is tried, in the version that is', () => {
    const tried = [...source.matchAll(/^ {2}\['(.+)', create/gm)].map(([, name]) => name);
    const packages: Record<string, string> = {
      'Apollo Client': '@apollo/client',
      urql: '@urql/core',
      Relay: 'relay-runtime',
      'graphql-request': 'graphql-request',
    };
    const versioned = tried.map((name) => {
      const installed = packages[name as string];
      if (installed === undefined) return name;
      const { version } = JSON.parse(read(`node_modules/${installed}/package.json`));
      return `${name} ${version.split('.').slice(0, 2).join('.')}`;
    });
    expect(tried).toHaveLength(5);
    expect(clients.map(([client]) => client)).toEqual(versioned);
  });
});
