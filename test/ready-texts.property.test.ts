import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { buildSchema, Kind, parse } from 'graphql';
import type { InspectorApi } from '../src/inspector/inspector-api.js';

// lru-cache takes its clock when it is loaded, and a start at 0 for no start.
jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
jest.advanceTimersByTime(1000);
const { createCachingInspectorApi } = await import('../src/inspector/cache/caching-inspector-api.js');
const { createContext } = await import('../src/graphql/context.js');
const { createReadyTexts } = await import('../src/graphql/execution/ready-texts.js');
const { readText } = await import('./helpers/manifests.js');
const { createTestGraph } = await import('./helpers/graph.js');
const { cacheLimits, detailsOf, runArn, telemetryOf, toRunNumber } = await import('./helpers/runs.js');
const { createFailure, createScriptedInspectorApi } = await import('./helpers/scripted-inspector-api.js');

const unknown = createFailure({ code: 'NO_SUCH_ENTITY', canRetry: false });
/** The run that does not exist. */
const MISSING = 4;

/** A cached Inspector, which counts the reads of cached values. */
function createKnowingInspector(script: Parameters<typeof createScriptedInspectorApi>[0] = {}, limits = cacheLimits) {
  const { inspector, calls } = createScriptedInspectorApi(script);
  const cached = createCachingInspectorApi(inspector, limits);
  const known = cached.known as NonNullable<InspectorApi['known']>;
  const lookups = { count: 0 };
  const counted: InspectorApi = {
    ...cached,
    known: {
      telemetryMetadata(arn, options) {
        lookups.count += 1;
        return known.telemetryMetadata(arn, options);
      },
      entity(kind, arn, options) {
        lookups.count += 1;
        return known.entity(kind, arn, options);
      },
    },
  };
  return { inspector: counted, calls, lookups };
}

/** A gate: `opened` resolves after `open`. */
function createGate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

const condition = fc.constantFrom('', '', '', ' @include(if: $yes)', ' @skip(if: $yes)');
const rows = fc.constantFrom(
  '{ messageType count }',
  '(first: 2) { count dataSize }',
  '(first: $first) { count }',
  '{ ...Row }',
  '(messageTypes: ["Total"]) { __typename count }',
);
const field = fc.oneof(
  fc.constantFrom('arn', 'id', '__typename', 'name', 'state', 'createdAt', 'durationInSeconds', 'dataCollected'),
  fc.constantFrom(
    'findingCounts { severity count }',
    'telemetryTotal { count }',
    'stateChanges { state stateChangedAt }',
  ),
  fc.constantFrom('telemetryResult { ... on Telemetry { total { count } } __typename }', '...Run'),
  fc.constantFrom('... on Node { id }', '... { state }', 'template { arn }'),
  rows.map((text) => `telemetry${text}`),
);
const selection = fc
  .uniqueArray(fc.tuple(field, condition), { minLength: 1, maxLength: 4, selector: ([text]) => text.slice(0, 9) })
  .map(
    (fields) =>
      `{ ${fields.map(([text, when]) => text.replace(/^(\w+|\.\.\. on Node|\.\.\.\w*)/, `$1${when && !/[({]/.test(text) ? when : ''}`)).join(' ')} }`,
  );
const numbers = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 6 });
const question = fc.oneof(
  selection.map((text) => `assessmentRunsByArn(arns: $arns) ${text}`),
  selection.map((text) => `one: assessmentRun(arn: $arn) ${text}`),
  selection.map((text) => `assessmentRuns(first: 3) { edges { cursor node ${text} } pageInfo { hasNextPage } }`),
  selection.map((text) => `assessmentRuns(first: 3) { nodes ${text} }`),
  fc
    .tuple(selection, selection)
    .map(([a, b]) => `assessmentRunsByArn(arns: $arns) ${a} two: assessmentRun(arn: $arn) ${b}`),
  fc
    .tuple(selection, selection)
    .map(([a, b]) => `... on Query { assessmentRunsByArn(arns: $arns) ${a} } assessmentRunsByArn(arns: $arns) ${b}`),
);

type TestGraph = ReturnType<typeof createTestGraph>;

/** A document with these selections, and the variables and fragments that they use. */
function toDocument(text: string): string {
  const fragments = [
    ['...Row', 'fragment Row on TelemetryMetadata { messageType sizeOfIt: dataSize }'],
    ['...Run', 'fragment Run on AssessmentRun { name telemetryTotal { dataSize } }'],
  ].flatMap(([spread, fragment]) => (text.includes(spread as string) ? [fragment] : []));
  const variables = ['$arns: [ID!]!', '$arn: ID!', '$yes: Boolean! = true', '$first: Int = 1'].filter((definition) =>
    new RegExp(`\\${definition.split(':', 1)[0]}\\b`).test(text),
  );
  return `query ${variables.length > 0 ? `(${variables.join(', ')})` : ''} { ${text} } ${fragments.join(' ')}`;
}

/** An answer with its errors sorted, since their order is not specified. */
function toPromise({ data, errors = [] }: { data: unknown; errors?: object[] }): string {
  return JSON.stringify({ data, errors: errors.map((error) => JSON.stringify(error)).sort() });
}

describe('Runs as ready text', () => {
  test('are what graphql-js would make of them, whatever is asked and however often', async () => {
    let usedTexts = 0;
    await fc.assert(
      fc.asyncProperty(
        question,
        fc.array(numbers, { minLength: 2, maxLength: 4 }),
        fc.boolean(),
        async (text, asked, isOdd) => {
          const query = toDocument(text);
          const script: Parameters<typeof createScriptedInspectorApi>[0] = {
            telemetry: async (arn) => (toRunNumber(arn) === MISSING ? Promise.reject(unknown) : telemetryOf(arn)),
            details: (arn) => (toRunNumber(arn) === MISSING ? unknown : { ...detailsOf(arn), dataCollected: null }),
            list: () => ({ items: [runArn(1), runArn(2), runArn(5)], nextToken: null }),
          };
          const { inspector, lookups } = createKnowingInspector(script);
          const [graph, plainGraph] = [inspector, createScriptedInspectorApi(script).inspector].map((of) =>
            createTestGraph(of),
          ) as [TestGraph, TestGraph];
          for (const arns of [...asked, ...asked]) {
            const toArn = (number: number) => (isOdd && number === 6 ? 'no ARN' : runArn(number));
            const variables = { arns: arns.map(toArn), arn: runArn(arns[0] ?? 3) };
            const plain = await plainGraph.query(query, variables);
            // Selections of the same field may conflict.
            fc.pre('data' in plain);
            lookups.count = 0;
            const answer = await graph.query(query, variables);
            expect(toPromise(answer)).toBe(toPromise(plain));
            if (lookups.count === 0 && plain.errors === undefined && arns.length > 0) usedTexts += 1;
          }
        },
      ),
      { numRuns: 80 },
    );
    expect(usedTexts).toBeGreaterThan(20);
  });

  const PAGE =
    'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { arn name telemetry { messageType count } } }';
  const arns = [runArn(1), runArn(2), runArn(1)];

  test('need no cached values, once they are cached', async () => {
    const { inspector, lookups } = createKnowingInspector();
    const graph = createTestGraph(inspector);
    const first = await graph.query(PAGE, { arns });
    expect(lookups.count).toBeGreaterThan(0);
    lookups.count = 0;
    expect(await graph.query(PAGE, { arns })).toEqual(first);
    expect(lookups.count).toBe(0);
  });

  test('expire with the first of their parts', async () => {
    let name = 'before';
    const limits = { ...cacheLimits, terminalTtlMs: 10_000 };
    const { inspector } = createKnowingInspector({ details: (arn) => ({ ...detailsOf(arn), name }) }, limits);
    const graph = createTestGraph(inspector);
    const askNames = async () => {
      const { data } = await graph.query(PAGE, { arns: [runArn(1)] });
      return data.assessmentRunsByArn[0].name;
    };
    expect(await askNames()).toBe('before');
    name = 'after';
    jest.advanceTimersByTime(9000);
    expect(await askNames()).toBe('before');
    jest.advanceTimersByTime(1001);
    expect(await askNames()).toBe('after');
  });

  test('of different documents are different', async () => {
    const { inspector } = createKnowingInspector();
    const graph = createTestGraph(inspector);
    for (const selected of ['name', 'state', 'name']) {
      const query = `query ($arn: ID!) { assessmentRun(arn: $arn) { ${selected} } }`;
      const { data } = await graph.query(query, { arn: runArn(1) });
      expect(Object.keys(data.assessmentRun)).toEqual([selected]);
    }
  });

  test('are not cached when a part was read again meanwhile', async () => {
    let state: 'COLLECTING_DATA' | 'COMPLETED' = 'COLLECTING_DATA';
    const slow = createGate();
    const limits = { ...cacheLimits, runningTtlMs: 5000 };
    const script: Parameters<typeof createScriptedInspectorApi>[0] = {
      details: (arn) => ({ ...detailsOf(arn), state }),
      telemetry: (arn) => (arn === runArn(2) ? slow.opened.then(() => telemetryOf(arn)) : telemetryOf(arn)),
    };
    const { inspector } = createKnowingInspector(script, limits);
    const graph = createTestGraph(inspector);
    const askStates = async (arns: string[]) => {
      const query = 'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { state telemetryTotal { count } } }';
      return (await graph.query(query, { arns })).data.assessmentRunsByArn[0].state;
    };
    const first = askStates([runArn(1), runArn(2)]);
    await new Promise(setImmediate);
    // While the first operation goes on, another one reads the run again, which has changed.
    state = 'COMPLETED';
    jest.advanceTimersByTime(limits.runningTtlMs + 1);
    await graph.query(`{ assessmentRun(arn: "${runArn(1)}") { state } }`);
    slow.open();
    expect(await first).toBe('COLLECTING_DATA');
    expect(await askStates([runArn(1)])).toBe('COMPLETED');
  });

  test('are not cached with a failure as data', async () => {
    let isDown = true;
    const slow = createGate();
    const { inspector } = createKnowingInspector({
      async telemetry(arn) {
        if (arn === runArn(2)) await slow.opened;
        else if (isDown) throw createFailure();
        return telemetryOf(arn);
      },
    });
    const graph = createTestGraph(inspector);
    const askType = async (arns: string[]) => {
      const query = 'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { telemetryResult { __typename } } }';
      return (await graph.query(query, { arns })).data.assessmentRunsByArn[0].telemetryResult.__typename;
    };
    const first = askType([runArn(1), runArn(2)]);
    await new Promise(setImmediate);
    isDown = false;
    await graph.query(`{ assessmentRun(arn: "${runArn(1)}") { telemetryTotal { count } } }`);
    slow.open();
    expect(await first).toBe('ServiceError');
    expect(await askType([runArn(1)])).toBe('Telemetry');
  });

  test.each([
    ['AssessmentRun', '...F0', 'name'],
    ['TelemetryMetadata', 'telemetry { ...F0 }', 'count'],
  ])('visit each fragment on %s once, however often it is spread', async (type, selected, field) => {
    const COUNT = 12;
    const spreads = Array.from(
      { length: COUNT },
      (_, at) => `fragment F${at} on ${type} { ...F${at + 1} ...F${at + 1} }`,
    );
    const document = parse(
      `{ assessmentRun(arn: "${runArn(1)}") { ${selected} } } ${spreads.join(' ')} fragment F${COUNT} on ${type} { ${field} }`,
    );
    let looks = 0;
    for (const definition of document.definitions) {
      if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
      const { selectionSet } = definition;
      const get = () => {
        looks += 1;
        return selectionSet;
      };
      Object.defineProperty(definition, 'selectionSet', { get });
    }
    const context = createContext(createKnowingInspector().inspector, 'request-id');
    const texts = createReadyTexts(new Set(['name']), 1000);
    await texts.execute(buildSchema(readText('schema.graphql')), document, context, () => ({ data: null }));
    expect(looks).toBe(COUNT + 1);
  });
});
