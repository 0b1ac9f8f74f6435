import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TelemetryMetadata } from '../src/inspector/inspector-api.js';
import { agentOf, arnOf } from './helpers/entities.js';
import type { Json } from './helpers/gateway.js';
import { createTestGraph } from './helpers/graph.js';
import { createScriptedInspectorApi } from './helpers/scripted-inspector-api.js';

const run = arnOf('assessmentRun', 7);
const TELEMETRY =
  'telemetry(messageTypes: $messageTypes, orderBy: $orderBy, first: $first) { messageType count dataSize }';
const QUERY = `query ($messageTypes: [String!], $orderBy: TelemetryOrder, $first: Int) {
  assessmentRun(arn: "${run}") { ${TELEMETRY} agents { nodes { ${TELEMETRY} } } }
}`;

interface Selection {
  messageTypes?: string[] | null;
  orderBy?: 'MESSAGE_TYPE_ASC' | 'COUNT_DESC' | 'DATA_SIZE_DESC' | null;
  first?: number | null;
}

/** The rows of the upstream, for a run and an agent. */
let present: readonly TelemetryMetadata[] = [];
const graph = createTestGraph(
  createScriptedInspectorApi({
    telemetry: () => present,
    lists: {
      assessmentRunAgent: () => ({ items: [{ ...agentOf(run, 1), telemetryMetadata: present }], nextToken: null }),
    },
  }).inspector,
);

async function select(rows: readonly TelemetryMetadata[], selection: Selection): Promise<Json> {
  present = rows;
  const { data, errors } = await graph.query(QUERY, { ...selection });
  return { run: data.assessmentRun.telemetry, agent: data.assessmentRun.agents.nodes[0].telemetry, errors };
}

const messageTypes = ['InspectorDuration', 'InspectorGroup', 'Total', 'InspectorKernelModule', 'a', 'B'];
const row = fc.record({
  messageType: fc.constantFrom(...messageTypes),
  count: fc.integer({ min: 0, max: 3 }),
  dataSize: fc.option(fc.integer({ min: 0, max: 3 })),
});
const selection = fc.record<Selection>(
  {
    messageTypes: fc.option(fc.array(fc.constantFrom(...messageTypes, 'none'), { maxLength: 4 })),
    orderBy: fc.option(fc.constantFrom('MESSAGE_TYPE_ASC', 'COUNT_DESC', 'DATA_SIZE_DESC')),
    first: fc.option(fc.integer({ min: 1, max: 8 })),
  },
  { requiredKeys: [] },
);

/** The model: takes the first row in the order again and again, until none is left. */
function toExpected(rows: readonly TelemetryMetadata[], { messageTypes, orderBy, first }: Selection) {
  let left = rows.filter((row) => !messageTypes || messageTypes.includes(row.messageType));
  const ordersByAmount = orderBy === 'COUNT_DESC' || orderBy === 'DATA_SIZE_DESC';
  if (ordersByAmount && !messageTypes) left = left.filter((row) => row.messageType !== 'Total');
  const isBefore = (a: TelemetryMetadata, b: TelemetryMetadata) => {
    if (orderBy === 'MESSAGE_TYPE_ASC') return a.messageType < b.messageType;
    if (orderBy === 'COUNT_DESC') return a.count > b.count;
    if (orderBy === 'DATA_SIZE_DESC') return a.dataSize !== null && (b.dataSize === null || a.dataSize > b.dataSize);
    return false;
  };
  const ordered: TelemetryMetadata[] = [];
  while (left.length > 0) {
    const next = left.find((row) => left.every((other) => !isBefore(other, row))) as TelemetryMetadata;
    ordered.push(next);
    left = left.filter((row) => row !== next);
  }
  return first ? ordered.slice(0, first) : ordered;
}

test('Any selection of telemetry, of a run and of an agent, is that of a simple model', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 12 }), selection, async (rows, selection) => {
      const expected = toExpected(rows, selection);
      expect(await select(rows, selection)).toEqual({ run: expected, agent: expected, errors: undefined });
    }),
    { numRuns: 200 },
  );
});

describe('The selection of telemetry', () => {
  const rows = [
    { messageType: 'C', count: 5, dataSize: null },
    { messageType: 'Total', count: 12, dataSize: 30 },
    { messageType: 'A', count: 5, dataSize: 10 },
    { messageType: 'B', count: 2, dataSize: 20 },
  ];
  const namesOf = (rows: Json) => rows.map(({ messageType }: Json) => messageType);

  test.each<[string, Selection, string[]]>([
    ["without arguments is Inspector's own", {}, ['C', 'Total', 'A', 'B']],
    ['of nulls is none', { messageTypes: null, orderBy: null, first: null }, ['C', 'Total', 'A', 'B']],
    ['of no type has no rows', { messageTypes: [] }, []],
    ["of types is in Inspector's order, not in that of the argument", { messageTypes: ['B', 'C', 'B'] }, ['C', 'B']],
    ['by type has the Total row', { orderBy: 'MESSAGE_TYPE_ASC' }, ['A', 'B', 'C', 'Total']],
    ['by count leaves Total out, and equal counts as they are', { orderBy: 'COUNT_DESC' }, ['C', 'A', 'B']],
    ['by size leaves Total out, and has unknown sizes last', { orderBy: 'DATA_SIZE_DESC' }, ['B', 'A', 'C']],
    ['by count has Total where it is named', { orderBy: 'COUNT_DESC', messageTypes: ['Total', 'B'] }, ['Total', 'B']],
    ['of the first is made after the order', { orderBy: 'DATA_SIZE_DESC', first: 1 }, ['B']],
  ])('%s', async (_title, selection, expected) => {
    const { run, agent } = await select(rows, selection);
    expect([namesOf(run), namesOf(agent)]).toEqual([expected, expected]);
  });

  test.each([0, -1])('refuses a `first` of %i, at that field alone', async (first) => {
    const { run, agent, errors } = await select(rows, { first });
    expect([run, agent]).toEqual([null, null]);
    expect(errors.map(({ path }: Json) => path.join('.')).sort()).toEqual([
      'assessmentRun.agents.nodes.0.telemetry',
      'assessmentRun.telemetry',
    ]);
    for (const { message, extensions } of errors) {
      expect(message).toBe(`\`first\` expects a number from 1 on, but got ${first}.`);
      expect(extensions).toEqual({ code: 'BAD_USER_INPUT' });
    }
  });

  test('refuses a wrong `first` without a call', async () => {
    const { inspector, calls } = createScriptedInspectorApi();
    await createTestGraph(inspector).query(`{ assessmentRun(arn: "${run}") { telemetry(first: 0) { count } } }`);
    expect(calls.getTelemetryMetadata).toEqual([]);
  });

  test('costs one read for any number of selections, and does not change the rows', async () => {
    const frozen = Object.freeze(rows.map((row) => Object.freeze({ ...row })));
    const { inspector, calls } = createScriptedInspectorApi({ telemetry: () => frozen });
    const { data, errors } = await createTestGraph(inspector).query(`{ assessmentRun(arn: "${run}") {
      bySize: telemetry(orderBy: DATA_SIZE_DESC, first: 2) { messageType }
      byName: telemetry(orderBy: MESSAGE_TYPE_ASC) { messageType }
      named: telemetry(messageTypes: ["A"]) { messageType }
      telemetry { messageType }
      telemetryTotal { count }
      telemetryResult { ... on Telemetry { telemetryMetadata { messageType } } }
    } }`);
    expect(errors).toBeUndefined();
    const { bySize, byName, named, telemetry, telemetryTotal, telemetryResult } = data.assessmentRun;
    expect([bySize, byName, named, telemetry, telemetryResult.telemetryMetadata].map(namesOf)).toEqual([
      ['B', 'A'],
      ['A', 'B', 'C', 'Total'],
      ['A'],
      ['C', 'Total', 'A', 'B'],
      ['C', 'Total', 'A', 'B'],
    ]);
    expect(telemetryTotal).toEqual({ count: 12 });
    expect(calls.getTelemetryMetadata).toEqual([run]);
  });
});
