import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { runMain } from './helpers/process.js';
import { exampleArn } from './helpers/runs.js';

type Gateway = Awaited<ReturnType<typeof startGateway>>;

const folder = mkdtempSync(join(tmpdir(), 'manifests-'));
endAfterAll(async () => rmSync(folder, { recursive: true }));
const write = (name: string, content: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const NAME = 'query Name($arn: ID!) { assessmentRun(arn: $arn) { __typename name } }';
const STATE = 'query State($arn: ID!) { assessmentRun(arn: $arn) { state } }';
const TOTAL = 'query Total($arn: ID!) { assessmentRun(arn: $arn) { telemetryTotal { count } } }';
const OTHER = 'query Other($arn: ID!) { assessmentRun(arn: $arn) { arn } }';
const variables = { arn: exampleArn };

const manifests = {
  apollo: write('apollo.json', {
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: [{ id: hash(NAME), name: 'Name', type: 'query', body: NAME }],
  }),
  codegen: write('codegen.json', { [`sha256:${hash(STATE)}`]: STATE }),
  relay: write('relay.json', { '0123456789abcdef0123456789abcdef': TOTAL }),
};
const settings = { TRUSTED_DOCUMENTS_FILES: Object.values(manifests).join() };

const started = new Map<string, Promise<Gateway>>();
function start(mode: string): Promise<Gateway> {
  const starting = started.get(mode) ?? startGateway({ ...settings, TRUSTED_DOCUMENTS: mode });
  if (!started.has(mode)) endAfterAll(async () => (await starting).kill());
  started.set(mode, starting);
  return starting;
}

const byHash = (text: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hash(text) } } });
const code = ({ body }: { body: Json }) => body.errors?.[0].extensions.code ?? 'answered';

describe('A trusted document', () => {
  test.each([
    [
      'by the documentId of an Apollo manifest',
      { documentId: hash(NAME) },
      { __typename: 'AssessmentRun', name: 'Run 1 for ExampleAssessmentTemplate' },
    ],
    [
      'by a documentId with its algorithm',
      { documentId: `sha256:${hash(NAME)}` },
      { __typename: 'AssessmentRun', name: 'Run 1 for ExampleAssessmentTemplate' },
    ],
    ['by the documentId of client-preset', { documentId: `sha256:${hash(STATE)}` }, { state: 'COMPLETED' }],
    [
      'by the documentId of Relay, which need not be a hash',
      { documentId: '0123456789abcdef0123456789abcdef' },
      { telemetryTotal: { count: 1159 } },
    ],
    ['by its hash as a persisted query that nobody has registered', byHash(STATE), { state: 'COMPLETED' }],
  ])('is asked %s', async (_name, asked, run) => {
    for (const mode of ['off', 'require']) {
      const { post, url } = await start(mode);
      for (let times = 0; times < 3; times += 1)
        expect((await post({ ...asked, variables })).body.data).toEqual({ assessmentRun: run });
      const search = new URLSearchParams(
        Object.entries({ ...asked, variables }).map(([name, value]): [string, string] => [
          name,
          typeof value === 'string' ? value : JSON.stringify(value),
        ]),
      );
      const response = await fetch(`${url}/graphql?${search}`, { headers: { 'apollo-require-preflight': '1' } });
      expect(((await response.json()) as Json).data).toEqual({ assessmentRun: run });
    }
  });

  test.each(['off', 'log', 'safelist', 'require'])(
    'is asked by an id that is known and without a text beside it, with %s',
    async (mode) => {
      const { post } = await start(mode);
      expect(code(await post({ documentId: hash(OTHER), variables }))).toBe('PERSISTED_QUERY_NOT_IN_LIST');
      expect(code(await post({ documentId: hash(NAME), query: NAME, variables }))).toBe('BAD_REQUEST');
      expect((await post({ documentId: 1, variables })).status).toBe(400);
    },
  );
});

describe('Other documents', () => {
  test.each([
    ['off', 'answered', 'answered', 'answered'],
    ['log', 'answered', 'answered', 'answered'],
    ['safelist', 'answered', 'QUERY_NOT_IN_SAFELIST', 'PERSISTED_QUERY_NOT_FOUND'],
    ['require', 'PERSISTED_QUERY_ID_REQUIRED', 'PERSISTED_QUERY_ID_REQUIRED', 'PERSISTED_QUERY_NOT_IN_LIST'],
  ])(
    'are taken as %s says: trusted ones as text %s, others as text %s, by their hash %s',
    async (mode, trusted, other, registered) => {
      const { post } = await start(mode);
      const laidOut = `# Laid out otherwise\n${NAME.replaceAll(' ', '\n  ')}`;
      expect(code(await post({ query: laidOut, variables }))).toBe(
        mode === 'require' ? 'PERSISTED_QUERY_ID_REQUIRED' : trusted,
      );
      expect(code(await post({ query: NAME, variables }))).toBe(trusted);
      for (let times = 0; times < 2; times += 1) expect(code(await post({ query: OTHER, variables }))).toBe(other);
      await post({ query: OTHER, ...byHash(OTHER), variables });
      expect(code(await post({ ...byHash(OTHER), variables }))).toBe(registered);
      // What only asks for the schema is for INTROSPECTION to say.
      expect(code(await post({ query: '{ __schema { queryType { name } } }' }))).toBe('answered');
    },
  );

  test('are told of once in the log, with log', async () => {
    const gateway = await start('log');
    for (let times = 0; times < 3; times += 1)
      await gateway.post({ query: OTHER.replace('Other', 'Another'), variables });
    const { headers } = await gateway.post({ query: NAME, variables });
    await gateway.requestLine(headers.get('x-request-id') as string);
    const lines = gateway.log().filter(({ msg }) => msg === 'an operation is not among the trusted documents');
    expect(lines.filter(({ operation }) => operation === 'Another')).toHaveLength(1);
    expect(lines.filter(({ operation }) => operation === 'Name')).toEqual([]);
  });
});

test("The portal's own documents are trusted", async () => {
  const { post } = await start('require');
  const documents = JSON.parse(
    readFileSync(new URL('../portal/src/gql/persisted-documents.json', import.meta.url), 'utf8'),
  );
  for (const id of Object.keys(documents)) {
    const answer = await post({ ...byHash(documents[id]), variables: {} });
    // Some need variables, which is said of the document then.
    expect(['answered', 'BAD_USER_INPUT']).toContain(code(answer));
  }
});

test('A manifest is read again when it changes', async () => {
  const path = write('changing.json', { a: NAME });
  const gateway = await startGateway({ TRUSTED_DOCUMENTS: 'safelist', TRUSTED_DOCUMENTS_FILES: path });
  endAfterAll(gateway.kill);
  expect(code(await gateway.post({ query: STATE, variables }))).toBe('QUERY_NOT_IN_SAFELIST');
  for (let times = 0; times < 3; times += 1)
    expect(code(await gateway.post({ query: NAME, variables }))).toBe('answered');
  write('changing.json', { b: STATE });
  await gateway.stderrMatch(/file was read again/);
  expect(code(await gateway.post({ query: STATE, variables }))).toBe('answered');
  expect(code(await gateway.post({ documentId: 'a', variables }))).toBe('PERSISTED_QUERY_NOT_IN_LIST');
  // Nor is it answered by what was kept.
  expect(code(await gateway.post({ query: NAME, variables }))).toBe('QUERY_NOT_IN_SAFELIST');
});

test.each([
  ['not json', /TRUSTED_DOCUMENTS_FILES: .*: Unexpected token/],
  [[NAME], /expected Apollo's manifest of persisted queries, or an object of documents by their ids/],
  [{ a: '{ nothing }' }, /the document "a" is not valid: Cannot query field/],
  [{ a: '{' }, /the document "a" is not valid: Syntax Error/],
])('A start with the manifest %j fails by a line that says why', async (content, expected) => {
  const path = write('wrong.json', content);
  const { code: exitCode, stderr } = await runMain([], { PORT: '0', ARCHIVE_PORT: '0', TRUSTED_DOCUMENTS_FILES: path })
    .exited;
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(expected)]);
});
