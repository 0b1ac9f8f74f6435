import { Buffer } from 'node:buffer';
import {
  type GraphQLField,
  type GraphQLNamedType,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { runArn } from './runs.js';
import { schema } from './selection.js';

/** The body limit of the gateway. */
const MAX_BODY_BYTES = 1024 * 1024;

/** A source of random numbers. */
export interface Chance {
  /** From 0 up to `limit`, exclusive. */
  below(limit: number): number;
  /** From 1 to `limit`, small ones and large ones alike. */
  size(limit: number): number;
  pick<T>(items: readonly T[]): T;
}

/** A random source, the same for the same seed (https://github.com/bryc/code/blob/master/jshash/PRNGs.md#mulberry32). */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    size: (limit) => Math.max(1, Math.floor(Math.exp(next() * Math.log(limit)))),
    pick: (items) => items[below(items.length)] as never,
  };
}

const times = (count: number, toText: (number: number) => string) =>
  Array.from({ length: count }, (_, number) => toText(number)).join(' ');

const ODD_NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__typename', 'on', 'fragment', 'query'];
const ODD_TEXTS = ['\ud800', '\udfff\ud800', '\u0000', '\u2028', '"""', '\\', '💥', '__proto__', '-0', '1e999'];
const ODD_NUMBERS = [
  '-0',
  '1e400',
  '9007199254740993',
  '2147483648',
  '-2147483649',
  '0.1',
  '1e-7',
  '100',
  '101',
  'null',
];

/** A valid random selection on a type, with aliases, fragments and lists. */
function toSelection(type: GraphQLNamedType, chance: Chance, depth: number): string {
  if (isAbstractType(type)) {
    const types = schema.getPossibleTypes(type);
    const inFragments = times(chance.size(4), () => {
      const possible = chance.pick(types);
      return `... on ${possible.name} ${toSelection(possible, chance, depth)}`;
    });
    return `{ __typename ${isInterfaceType(type) && chance.below(2) === 0 ? toFields(type.getFields()) : ''} ${inFragments} }`;
  }
  return isObjectType(type) ? `{ ${toFields(type.getFields())} }` : '';

  function toFields(all: Record<string, GraphQLField<unknown, unknown>>): string {
    const fields = Object.values(all).filter((field) => depth > 0 || isLeafType(getNamedType(field.type)));
    if (fields.length === 0) return '__typename';
    return times(chance.size(6), () => {
      const field = chance.pick(fields);
      const once = () =>
        `${field.name}${toArguments(field, chance)}${toDirectives(chance)} ${toSelection(getNamedType(field.type), chance, depth - 1)}`;
      const copies = chance.below(4) === 0 ? chance.size(400) : 1;
      const text = once();
      return times(copies, () => `a${chance.below(2 ** 30)}: ${text}`);
    });
  }
}

function toArguments(field: GraphQLField<unknown, unknown>, chance: Chance): string {
  const values: Record<string, () => string> = {
    arn: () => JSON.stringify(runArn(chance.below(200))),
    id: () => JSON.stringify(runArn(chance.below(200))),
    arns: () => `[${times(chance.size(100), (n) => JSON.stringify(runArn(n)))}]`,
    ids: () => `[${times(chance.size(100), (n) => JSON.stringify(runArn(n)))}]`,
    first: () => chance.pick(['1', '2', '5', '20', '100', ...ODD_NUMBERS]),
    after: () => JSON.stringify('A'.repeat(chance.size(1000))),
    messageTypes: () => `[${times(chance.size(500), (n) => `"T${n}"`)}]`,
    orderBy: () => (field.name === 'telemetry' ? 'COUNT_DESC' : 'NAME_ASC'),
  };
  const given = field.args.flatMap(({ name, type }) => {
    const isRequired = String(type).endsWith('!');
    const toValue = values[name];
    return toValue !== undefined && (isRequired || chance.below(3) === 0) ? [`${name}: ${toValue()}`] : [];
  });
  return given.length === 0 ? '' : `(${given.join(', ')})`;
}

function toDirectives(chance: Chance): string {
  if (chance.below(6) > 0) return '';
  return times(chance.below(20) === 0 ? chance.size(2000) : 1, () =>
    chance.pick([' @skip(if: false)', ' @include(if: true)']),
  );
}

/** Kinds of requests, of any size. */
const kinds: Readonly<Record<string, (chance: Chance) => string | object>> = {
  'a valid document': (chance) => ({
    query: toSelection(schema.getQueryType() as GraphQLNamedType, chance, chance.size(9)),
  }),
  'fields at many places': (chance) => {
    const field = chance.pick([
      'dataCollected',
      'name',
      'createdAt',
      'state',
      'telemetry { count }',
      'telemetryTotal { count }',
      'template { name }',
      'stateChanges { state }',
      'telemetryResult { __typename }',
    ]);
    const fields = times(chance.size(1300), (n) => `f${n}: ${field}`);
    return {
      query: `{ ${times(chance.size(12), (n) => `a${n}: assessmentRuns(first: ${chance.size(100)}) { nodes { ...F } }`)} } fragment F on AssessmentRun { ${fields} }`,
    };
  },
  'long names': (chance) => ({
    query: `{ assessmentRuns(first: ${chance.size(100)}) { nodes { ${'a'.repeat(chance.size(900_000))}: ${chance.pick(['arn', 'telemetry { count }'])} telemetry { ${'b'.repeat(chance.size(50_000))}: count } } } }`,
  }),
  'fields that fail': (chance) => ({
    query: `query ($a: String) { assessmentRuns(first: ${chance.size(20)}) { nodes { ${times(chance.size(100), (n) => `${'x'.repeat(chance.size(100))}${n}: findings(first: 1, after: $a) { totalCount }`)} } } }`,
    variables: { a: chance.pick(ODD_TEXTS).repeat(chance.size(20_000)) },
  }),
  'circular fragments': (chance) => {
    const count = chance.size(900);
    return {
      query: `{ ...F0 } ${times(count, (n) => `fragment F${n} on Query { ${times(chance.size(3), () => `...F${chance.below(count)}`)} }`)}`,
    };
  },
  'fragments that spread others': (chance) => {
    const count = chance.size(400);
    return {
      query: `{ ...F0 } ${times(count, (n) => `fragment F${n} on Query { a${chance.below(5)}: __typename ${times(chance.size(4), () => `...F${n + chance.size(3)}`)} }`)} ${times(8, (n) => `fragment F${count + n} on Query { __typename }`)}`,
    };
  },
  'fragments on runs': (chance) => {
    const count = chance.size(120);
    return {
      query: `{ assessmentRuns { nodes { ...F0 } } } ${times(count, (n) => `fragment F${n} on AssessmentRun { template { lastAssessmentRun { ${times(chance.size(3), () => `...F${n + 1}`)} } } ...F${n + 1} }`)} fragment F${count} on AssessmentRun { arn }`,
    };
  },
  'deep selections': (chance) => {
    const depth = chance.size(100_000);
    const [open, close] = chance.pick([
      ['{ a ', '}'],
      ['{ assessmentRun { template { lastAssessmentRun ', '} }'],
      ['{ ... ', '}'],
    ] as const);
    return {
      query: open.repeat(depth) + (chance.below(2) === 0 ? '{ arn }' : '') + close.repeat(chance.below(2) * depth),
    };
  },
  'deep values': (chance) => {
    const depth = chance.size(200_000);
    const [open, close] = chance.pick([
      ['[', ']'],
      ['{a:', '}'],
      ['{from:', '}'],
    ] as const);
    return {
      query: `{ assessmentRuns(filter: { startedBetween: ${open.repeat(depth)}1${close.repeat(depth)} }) { totalCount } }`,
    };
  },
  'deep variables': (chance) => {
    const depth = chance.size(200_000);
    const [open, close] = chance.pick([
      ['[', ']'],
      ['{"states":', '}'],
      ['{"__proto__":', '}'],
    ] as const);
    const type = chance.pick(['AssessmentRunFilter', '[ID!]', 'DateTime', 'Int']);
    return `{"query":"query ($a: ${type}) { __typename }","variables":{"a":${open.repeat(depth)}1${close.repeat(depth)}}}`;
  },
  'long lists of variables': (chance) => ({
    query: chance.pick([
      'query ($a: [ID!]!) { nodes(ids: $a) { id } }',
      'query ($a: [ID!]!) { assessmentRunsByArn(arns: $a) { name } }',
      'query ($a: [ID!]) { assessmentRuns(filter: { templateArns: $a }) { totalCount } }',
    ]),
    variables: { a: Array(chance.size(180_000)).fill(chance.pick([null, 'x', 1, [], {}, runArn(1).slice(0, 5)])) },
  }),
  'variables of the wrong kind': (chance) => ({
    query:
      'query ($f: AssessmentRunFilter, $o: AssessmentRunOrder, $n: Int) { assessmentRuns(filter: $f, orderBy: $o, first: $n) { totalCount } }',
    variables: {
      f: Object.fromEntries(
        Array.from({ length: chance.size(3000) }, (_, n) => [`x${n}`, 'y'.repeat(chance.size(300))]),
      ),
      o: 'N'.repeat(chance.size(800_000)),
      n: chance.pick([2 ** 53, -0, 1.5, '1', true, [1]]),
    },
  }),
  'thousands of variables': (chance) => {
    const count = chance.size(60_000);
    return {
      query: `query (${times(Math.min(count, 3000), (n) => `$v${n}: Int`)}) { __typename }`,
      variables: Object.fromEntries(Array.from({ length: count }, (_, n) => [`v${n}`, n])),
    };
  },
  'thousands of operations': (chance) => {
    const count = chance.size(3000);
    return {
      query:
        times(count, (n) => `query Q${n} { ${chance.pick(['__typename', '...F'])} }`) +
        ' fragment F on Query { __typename }',
      operationName: chance.pick(['Q0', '__proto__', 'constructor']),
    };
  },
  'fields to be merged': (chance) => {
    const width = chance.size(40);
    const depth = chance.size(8);
    let selection = chance.pick(['id', 'id title', 'a: id a: id']);
    for (let level = 0; level < depth && selection.length < 60_000; level += 1) {
      const inner = selection;
      selection = times(width, () => `assessmentRun { findings { nodes { ${inner} } } }`);
    }
    return { query: `{ finding(arn: "x") { ${selection} } }` };
  },
  'fields that cannot be merged': (chance) => ({
    query: `{ ${times(chance.size(900), (n) => `a: node(id: "${n}") { id ${times(chance.size(3), () => 'id')} }`)} }`,
  }),
  'rows to be merged': (chance) => ({
    query: `{ assessmentRuns(first: 100) { nodes { ${times(chance.size(900), () => `telemetry { count ${toDirectives(chance)} }`)} } } }`,
  }),
  directives: (chance) => ({
    query: `query ($a: Boolean!) { __typename ${times(chance.size(2000), () => chance.pick(['@skip(if: $a)', '@include(if: $a)', '@__proto__', '@deprecated']))} }`,
    variables: { a: true },
  }),
  'unknown fields': (chance) => ({
    query: `{ ${times(chance.size(2000), (n) => `${chance.pick(['assessmentRunz', 'x', ...ODD_NAMES])}${'y'.repeat(chance.size(400))}${n}`)} }`,
  }),
  'odd names': (chance) => {
    const name = () => chance.pick(ODD_NAMES);
    return `{"query":"query ${name()}($${name()}: ID!) { ${name()}: node(id: $${name()}) { ${name()}: id } ...${name()} } fragment ${name()} on Query { ${name()}: __typename }","operationName":"${name()}","variables":{"${name()}":"${runArn(1)}","${name()}":{}},"extensions":{"${name()}":{"${name()}":1}}}`;
  },
  'odd texts': (chance) => ({
    query: `query ($a: ID!) { node(id: $a) { id } assessmentRuns(first: ${chance.pick(ODD_NUMBERS)}, filter: { namePattern: ${JSON.stringify(chance.pick(ODD_TEXTS))} }) { totalCount } }`,
    variables: { a: chance.pick(ODD_TEXTS).repeat(chance.size(50_000)) },
  }),
  'block strings': (chance) => ({
    query: `{ node(id: """${chance.pick([' \n', '\\"""', '\n', 'a\n ', '\t'])}${chance.pick([' \n', '\n  x', '\\"""']).repeat(chance.size(150_000))}""") { id } }`,
  }),
  'comments and lines': (chance) => ({
    query: `${chance.pick(['#\n', '\n', ',', '# a comment\r', '\ufeff', '\r\n']).repeat(chance.size(200_000))}{ ${times(chance.size(100), (n) => `x${n}`)} }`,
  }),
  introspection: (chance) => {
    const field = chance.pick([
      'fields { name args { name } }',
      'description',
      'fields { type { fields { name } } }',
      'inputFields { defaultValue }',
      'enumValues { name description }',
    ]);
    return {
      query: `{ ${times(chance.size(60), (n) => `s${n}: __schema { types { ${times(chance.size(60), (m) => `t${m}: ${field}`)} } }`)} ${times(chance.size(100), (n) => `q${n}: __type(name: "Query") { ${field} }`)} }`,
    };
  },
  'pages and nodes': (chance) => ({
    query: `{ ${times(chance.size(300), (n) => `p${n}: ${chance.pick(['assessmentRuns(first: 100) { totalCount }', 'assessmentTemplates { pageInfo { endCursor } }', `node(id: "${runArn(1)}") { id ... on AssessmentRun { name } }`, 'rulesPackages { nodes { name } }'])}`)} }`,
  }),
  'persisted queries': (chance) =>
    `{"extensions":{"persistedQuery":{"version":${chance.pick(ODD_NUMBERS)},"sha256Hash":${chance.pick([`${'['.repeat(50_000)}${']'.repeat(50_000)}`, `"${'a'.repeat(chance.size(900_000))}"`, '{"toString":1}', 'null', '"__proto__"'])}}}}`,
  'bodies that are none': (chance) =>
    chance.pick([
      '[',
      '[]',
      'null',
      '1',
      '"{}"',
      '{"query":1}',
      '{"query":["{a}"]}',
      '{"variables":[]}',
      `${'['.repeat(chance.size(500_000))}`,
      `[${'{},'.repeat(chance.size(100_000))}{}]`,
      '{"query":"{a","query":"{__typename}"}',
      `{${times(chance.size(50_000), (n) => `"k${n}":1,`)}"query":"{ __typename }"}`,
    ]),
};

/** The text of a request of a random kind and size. */
export function createHostileRequest(chance: Chance): { kind: string; text: string } {
  const kind = chance.pick(Object.keys(kinds));
  const request = (kinds[kind] as (chance: Chance) => string | object)(chance);
  const text = typeof request === 'string' ? request : JSON.stringify(request);
  return Buffer.byteLength(text) <= MAX_BODY_BYTES ? { kind, text } : createHostileRequest(chance);
}
