import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type GraphQLNamedType, getNamedType, getNullableType, isEnumType, isLeafType, isObjectType } from 'graphql';
import { createReader } from '../src/archive/store/reader.js';
import { createArchiveServer } from '../src/archive/wire/archive-server.js';
import type { InspectorApi } from '../src/inspector/inspector-api.js';
import { createEndpointSource } from '../src/inspector/sdk/inspector-source.js';
import { createSdkInspectorApi } from '../src/inspector/sdk/sdk-inspector-api.js';
import { type Archive, type Engine, emptyArchive, engines, openEmptyArchive } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import {
  type Client,
  client,
  type Kind,
  kinds,
  print,
  toCanonical,
  toOutput,
  type Value,
} from './helpers/documents.js';
import { call } from './helpers/endpoint.js';
import { exportText, importFiles } from './helpers/exports.js';
import { createTestGraph } from './helpers/graph.js';
import { rounds } from './helpers/rounds.js';
import { schema, typeOf } from './helpers/selection.js';

/** Something that holds a document, as JSON. */
type Container = (json: unknown) => unknown;

/** What people put around things. */
const wrapper = fc.constantFrom<Container[]>(
  (json) => [json],
  (json) => [{ level: 'info' }, json],
  (json) => ({ data: { items: [json], total: 1 } }),
  (json) => ({ time: '2016-03-22', 'a b': { 1: json } }),
  (json) => ({ payload: json, tags: ['a'], id: 7 }),
  (json) => ({ Message: JSON.stringify(json), MessageId: 'x' }),
  (json) => ({ body: JSON.stringify(json, null, 2) }),
  (json) => ({ _source: { message: `\n${JSON.stringify(json)} ` } }),
);
const wrappers = fc.array(wrapper, { maxLength: 2 });

/** What clients add to an output. */
const addition = fc.constantFrom<object[]>(
  {},
  { failedItems: {} },
  { nextToken: null },
  { NextToken: 'abc' },
  { ResponseMetadata: { RequestId: 'x', HTTPStatusCode: 200 } },
  { $metadata: { httpStatusCode: 200 } },
);

/** The texts of a file that holds the JSON. */
const layout = fc.constantFrom<((json: unknown) => string)[]>(
  (json) => JSON.stringify(json),
  (json) => `${JSON.stringify(json, null, 2)}\n`,
  (json) => `\ufeff{"level":"info"}\r\n${JSON.stringify(json)}\r\n{}\r\n`,
  (json) => `[\n${JSON.stringify(json)}\n]`,
  (json) => `{"a" :\t[]}${JSON.stringify(json)}`,
);

interface Holding {
  readonly kind: Kind;
  readonly value: Value;
  readonly by: Client;
  readonly added: object;
}

const toPrintedOutput = ({ kind, value, by, added }: Holding) => ({
  ...toOutput(kind, print(value, by), by),
  ...added,
});
const toPrintedInput = ({ kind: { input }, by: { toName } }: Holding) =>
  Object.fromEntries(Object.entries(input).map(([name, member]) => [toName(name), member]));

/** Ways in which a file holds a document that says itself what it is. */
const withIdentity = fc.constantFrom<((holding: Holding) => unknown)[]>(
  ({ value, by }) => print(value, by),
  ({ value, by }) => [print(value, by)],
  toPrintedOutput,
  (holding) => ({
    operation: holding.kind.operation,
    input: toPrintedInput(holding),
    output: toPrintedOutput(holding),
  }),
);

/** Ways in which a file holds one that does not, and what it belongs to. */
const withOwner = fc.constantFrom<((holding: Holding) => unknown)[]>(
  (holding) => ({
    operation: holding.kind.operation,
    input: toPrintedInput(holding),
    output: toPrintedOutput(holding),
  }),
  (holding) => ({ ...toPrintedInput(holding), ...toPrintedOutput(holding) }),
  (holding) => ({ ...toPrintedInput(holding), result: toPrintedOutput(holding) }),
  (holding) => ({ input: toPrintedInput(holding), response: [toPrintedOutput(holding)] }),
  (holding) => ({ request: { params: toPrintedInput(holding) }, text: JSON.stringify(toPrintedOutput(holding)) }),
);

function fileOf(kind: Kind): fc.Arbitrary<{ text: string; document: unknown }> {
  return fc
    .record({
      value: kind.value,
      by: client,
      added: addition,
      hold: kind.hasIdentity ? withIdentity : withOwner,
      around: wrappers,
      toText: layout,
    })
    .map(({ value, by, added, hold, around, toText }) => {
      // By itself, what has more of something else than of the API may be something else.
      const isVague = kind.hasIdentity && value.type === 'structure' && countFurther(value) > 0;
      const held = (isVague ? toPrintedOutput : hold)({ kind, value, by, added });
      return { text: toText(around.reduce((json, wrap) => wrap(json), held)), document: toCanonical(value) };
    });
}

/** How many more further members than members of the API there are, its identity aside. */
const countFurther = ({ members, further }: Extract<Value, { type: 'structure' }>) =>
  Object.keys(further).length + IDENTITY_NAMES.length - Object.keys(members).length;

const IDENTITY_NAMES = ['agentId', 'assessmentRunArn', 'resourceArn'];

/** Operations that answer with a document. */
const ANSWERED = /^(Describe(?!CrossAccount)|GetTelemetryMetadata|ListTagsForResource|ListAssessmentRunAgents)/;

async function serve(archive: Archive): Promise<string> {
  const server = createArchiveServer({ reader: createReader(archive) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endAfterAll(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  const address = server.address() as { port: number };
  return `http://127.0.0.1:${address.port}/`;
}

/** The reads of the graph, over the archive. */
function connect(url: string): InspectorApi {
  const limits = { connectTimeoutMs: 1000, deadlineMs: 10_000, maxAttempts: 1, concurrency: 10 };
  const inspector = createSdkInspectorApi(createEndpointSource(url), limits);
  endAfterAll(async () => inspector.close());
  return inspector;
}

/** Fields of the graph that have another name in the API, or none there. */
const API_NAMES: Readonly<Record<string, string | null>> = { findingId: 'id', id: null };

/** Asks for every leaf of a thing with an ARN: null where the document has nothing, and else what it has, or why not. */
async function expectGraph(graph: ReturnType<typeof createTestGraph>, kind: string, document: unknown): Promise<void> {
  const type = schema.getType(typeOf(kind));
  const { arn } = document as { arn?: string };
  if (!isObjectType(type) || arn === undefined) return;
  const leaves = Object.values(type.getFields()).filter((field) => isLeafType(getNullableType(field.type)));
  const names = leaves.map(({ name }) => name);
  const { data, errors = [] } = await graph.query(
    `{ node(id: "${arn}") { ... on ${type.name} { ${names.join(' ')} } } }`,
  );
  const refused = new Set(errors.map(({ path }: { path: string[] }) => path[1]));
  for (const field of leaves) {
    const name = API_NAMES[field.name] === undefined ? field.name : API_NAMES[field.name];
    if (name === null) continue;
    const value = (document as Record<string, unknown>)[name as string];
    const leaf = getNamedType(field.type);
    const given = data.node[field.name];
    if (value === undefined) expect([field.name, given, refused.has(field.name)]).toEqual([field.name, null, false]);
    else if (isKnown(leaf, value)) expect([field.name, given]).toEqual([field.name, toLeaf(leaf.name, value)]);
    else expect([field.name, given, refused.has(field.name)]).toEqual([field.name, null, true]);
  }
}

function isKnown(leaf: GraphQLNamedType, value: unknown): boolean {
  if (isEnumType(leaf)) return leaf.getValue(String(value)) != null;
  return leaf.name !== 'Int' || Math.abs(value as number) < 2 ** 31;
}

const toLeaf = (name: string, value: unknown) =>
  name === 'DateTime' ? new Date(Math.round((value as number) * 1e6) / 1e3).toISOString() : value;

/** A PostgreSQL takes several times as long for a small file. */
const numRuns = { SQLite: rounds(15, 100), PostgreSQL: rounds(5, 30) };

describe.each(engines)('An archive in $name', (engine: Engine) => {
  test.each(Object.entries(kinds))(
    'takes %s with any of its members, in any spelling and in anything, and gives it back',
    async (name, kind) => {
      const archive = await openEmptyArchive(engine);
      const url = await serve(archive);
      const graph = createTestGraph(connect(url));
      await fc.assert(
        fc.asyncProperty(fileOf(kind), async ({ text, document }) => {
          await emptyArchive(archive);
          const { counts, refused } = await importFiles(archive, { 'x.json': text }, { timeZone: 'UTC' });
          expect({ counts, refused }).toEqual({ counts: { [name]: { new: 1 } }, refused: [] });

          const exported = await exportText(archive);
          const record = JSON.parse(exported);
          expect(record).toMatchObject({ operation: kind.operation, input: kind.input });
          expect(toDocument(kind, record.output)).toEqual(document);

          if (ANSWERED.test(kind.operation)) {
            const { body } = await call(url, kind.operation, kind.input);
            expect(toDocument(kind, body)).toEqual(document);
          }
          await expectGraph(graph, name, document);

          const again = await importFiles(archive, { 'x.json': exported });
          expect(again.counts).toEqual({ [name]: { unchanged: 1 } });
          expect(again.refused).toEqual([]);
          expect(await exportText(archive)).toBe(exported);
        }),
        { numRuns: numRuns[engine.name] },
      );
    },
    60_000,
  );
});

/** The one document that an output holds. */
function toDocument({ member, placed, input }: Kind, output: Record<string, unknown>): unknown {
  if (placed === 'as the output') return output;
  const held = output[member] as Record<string, unknown>;
  if (placed === 'as the member') return held;
  const [arn = ''] = Object.values(input).flat() as string[];
  expect(Object.keys(held)).toHaveLength(1);
  return held[placed === 'in a map' ? arn : 0];
}
