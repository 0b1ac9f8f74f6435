import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { getIntrospectionQuery, isObjectType } from 'graphql';
import { scanDocument } from '../src/graphql/execution/document-scan.js';
import { MAX_TOKENS } from '../src/graphql/plugins/request-guard.js';
import { agentOf, arnIn, arnOf, entityOf, toNumber } from './helpers/entities.js';
import { createTestGraph } from './helpers/graph.js';
import { toPages } from './helpers/pages.js';
import { createScriptedInspectorApi } from './helpers/scripted-inspector-api.js';
import { schema, selectionOf } from './helpers/selection.js';

const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

/** An Inspector in which there is always more: a thousand items in each list, and for each template a run of its own. */
function createFullInspector() {
  const packages = [arnOf('rulesPackage', 1), arnOf('rulesPackage', 2)];
  return createScriptedInspectorApi({
    describe: {
      ...entityOf,
      assessmentRun: (arn) => ({ ...entityOf.assessmentRun(arn), rulesPackageArns: packages }),
      assessmentTemplate: (arn) => ({
        ...entityOf.assessmentTemplate(arn),
        rulesPackageArns: packages,
        lastAssessmentRunArn: arnOf('assessmentRun', 10_000 + toNumber(arn)),
      }),
    },
    lists: {
      assessmentRun: toPages(upTo(1000).map((n) => arnOf('assessmentRun', n))),
      assessmentTemplate: toPages(upTo(1000).map((n) => arnOf('assessmentTemplate', n))),
      assessmentTarget: toPages(upTo(1000).map((n) => arnOf('assessmentTarget', n))),
      rulesPackage: toPages(upTo(1000).map((n) => arnOf('rulesPackage', n))),
      finding: ({ criteria, ...query }) =>
        toPages(upTo(1000).map((n) => arnIn(criteria.assessmentRunArn, 'finding', 1 + n)))(query),
      exclusion: ({ criteria, ...query }) =>
        toPages(upTo(1000).map((n) => arnIn(criteria.assessmentRunArn, 'exclusion', 1 + n)))(query),
      assessmentRunAgent: ({ criteria, ...query }) =>
        toPages(upTo(1000).map((n) => agentOf(criteria.assessmentRunArn, n)))(query),
    },
  });
}

/** Executes with a limit of 2 runs, and so of 40 other entities. */
async function ask(query: string, variables: Record<string, unknown> = {}) {
  const { inspector, calls } = createFullInspector();
  const { data, errors } = await createTestGraph(inspector, { maxRunsPerOperation: 2 }).query(query, variables);
  return { data, errors, calls };
}

const run = arnOf('assessmentRun', 7);
const ofRun = (fields: string) => `{ assessmentRun(arn: "${run}") { ${fields} } }`;
const finding = (number: number) => `finding(arn: "${arnOf('finding', number)}")`;

describe('An operation that costs too much', () => {
  const runs = (count: number) => `asks for ${count} assessment runs, and at most 2 are answered`;
  const others = (count: number) => `asks for ${count} findings, agents and the like, and at most 40 are answered`;

  test.each<[string, string, string, Record<string, unknown>?]>([
    ['in a page of findings', ofRun('findings(first: 41) { nodes { title } }'), others(41)],
    [
      'in a page whose size is a variable',
      `query ($n: Int = 41) ${ofRun('agents(first: $n) { nodes { agentId } }')}`,
      others(41),
    ],
    [
      'in pages of several runs',
      '{ assessmentRuns(first: 2) { nodes { exclusions(first: 21) { nodes { title } } } } }',
      others(42),
    ],
    [
      'in default pages',
      `{ assessmentRuns(first: 2) { edges { node { findings { nodes { title } } template { name } } } } }`,
      others(42),
    ],
    [
      'in pages of null',
      ofRun('findings(first: null) { totalCount } agents(first: null) { totalCount } target { name }'),
      others(41),
    ],
    [
      'in pages under aliases',
      ofRun('a: findings(first: 20) { totalCount } b: findings(first: 21) { totalCount }'),
      others(41),
    ],
    [
      'in many small pages, each of which is a call',
      ofRun(
        upTo(7)
          .map((n) => `p${n}: findings(first: ${n + 1}) { totalCount }`)
          .join(' '),
      ),
      others(43),
    ],
    [
      'in what the things of a page lead to',
      ofRun('findings(first: 21) { nodes { rulesPackage { name } } }'),
      others(42),
    ],
    ['in the hosts of agents', ofRun('agents(first: 21) { nodes { host { hostname } } }'), others(42)],
    [
      'in reports',
      ofRun(
        upTo(41)
          .map((n) => `r${n}: report(format: ${n % 2 ? 'PDF' : 'HTML'}) { url }`)
          .join(' '),
      ),
      others(41),
    ],
    [
      'in searches of all findings',
      '{ a: findings(first: 1) { totalCount } b: hosts(first: 1) { totalCount } c: findings(first: 2) { totalCount } }',
      others(60),
    ],
    ['in a page of templates', '{ assessmentTemplates(first: 41) { nodes { arn } } }', others(41)],
    [
      'in a page of targets and their groups',
      '{ assessmentTargets(first: 21) { nodes { resourceGroup { arn } } } }',
      others(42),
    ],
    ['in a page of packages', '{ rulesPackages(first: 41) { nodes { arn } } }', others(41)],
    [
      'through a fragment',
      `${ofRun('...F')} fragment F on AssessmentRun { findings(first: 41) { nodes { title } } }`,
      others(41),
    ],
    [
      'through fragments in fragments',
      `${ofRun('...F')} fragment F on Node { ... on AssessmentRun { ...G } } fragment G on AssessmentRun { findings(first: 41) { nodes { title } } }`,
      others(41),
    ],
    [
      'through a node',
      `{ node(id: "${run}") { ... on AssessmentRun { findings(first: 41) { nodes { title } } } } }`,
      others(41),
    ],
    [
      'through nodes',
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on AssessmentRun { agents(first: 21) { nodes { agentId } } } } }`,
      others(42),
      { ids: [run, arnOf('assessmentRun', 8)] },
    ],
    [
      'through a node of a template',
      `{ node(id: "${arnOf('assessmentTemplate', 1)}") { ... on AssessmentTemplate { a: lastAssessmentRun { name } b: lastAssessmentRun { name } } } }`,
      runs(3),
    ],
    [
      'in references to runs',
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on AssessmentRun { name } } }',
      runs(3),
      { of: upTo(3).map((n) => ({ __typename: 'AssessmentRun', arn: arnOf('assessmentRun', n) })) },
    ],
    [
      'in references to findings of as many runs',
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Finding { assessmentRun { name } } } }',
      runs(3),
      { of: upTo(3).map((n) => ({ __typename: 'Finding', arn: arnOf('finding', n) })) },
    ],
    [
      'in references to anything else',
      'query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }',
      others(41),
      { of: [...upTo(40).map((n) => ({ __typename: 'RulesPackage', arn: arnOf('rulesPackage', n) })), 'text'] },
    ],
    [
      'through references',
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on AssessmentRun { agents(first: 21) { nodes { agentId } } } } }',
      others(42),
      { of: upTo(2).map((n) => ({ __typename: 'AssessmentRun', arn: arnOf('assessmentRun', n) })) },
    ],
    [
      'through what is included',
      `query ($yes: Boolean!) ${ofRun('findings(first: 41) @include(if: $yes) { totalCount }')}`,
      others(41),
      { yes: true },
    ],
    [
      'through what is not skipped',
      `query ($no: Boolean = false) ${ofRun('... @skip(if: $no) { findings(first: 41) { totalCount } }')}`,
      others(41),
    ],
    ['in runs of templates', '{ assessmentTemplates(first: 3) { nodes { lastAssessmentRun { name } } } }', runs(3)],
    [
      'in runs of findings',
      `{ a: ${finding(1)} { assessmentRun { name } } b: ${finding(2)} { assessmentRun { name } } c: ${finding(3)} { assessmentRun { name } } }`,
      runs(3),
    ],
    ['in runs to put in an order', '{ assessmentRuns(first: 1, orderBy: NAME_ASC) { nodes { arn } } }', others(100)],
    [
      'where fields that merge ask for it together',
      ofRun('findings(first: 21) { nodes { title } } ...F') +
        ' fragment F on AssessmentRun { findings(first: 21) { nodes { rulesPackage { name } } } }',
      others(42),
    ],
  ])('%s is refused before any call', async (_title, query, message, variables = {}) => {
    const { data, errors, calls } = await ask(query, variables);
    expect(data).toBeUndefined();
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining(message) })]);
    expect(errors[0].extensions).toEqual({ code: 'OPERATION_TOO_COSTLY' });
    expect(Object.values(calls).flat()).toEqual([]);
  });

  test.each([
    ['{ assessmentTemplates(first: 0) { totalCount } }'],
    [ofRun('findings(first: 101) { totalCount }')],
    ['{ assessmentRuns(first: 2) { nodes { agents(first: -1) { totalCount } } } }'],
  ])('in a page of an invalid size is refused before any call: %s', async (query) => {
    const { errors, calls } = await ask(query);
    expect(errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect(errors[0].locations).toEqual([{ line: 1, column: expect.any(Number) }]);
    expect(Object.values(calls).flat()).toEqual([]);
  });
});

describe('An operation that fits is answered', () => {
  const merged = 'findings(first: 10) { nodes { title } }';

  test.each<[string, string, Record<string, unknown>?]>([
    ['with just as many as there may be', ofRun('findings(first: 40) { nodes { title } }')],
    [
      'with the same page in colocated fragments',
      `${ofRun(`${merged} ...A ...B ...C ...A`)} ${['A', 'B', 'C'].map((name) => `fragment ${name} on AssessmentRun { ${merged} ... { ${merged} } }`).join(' ')}`,
    ],
    [
      'with what is skipped',
      `query ($no: Boolean = false) ${ofRun('findings(first: 100) @include(if: $no) { totalCount } agents(first: 100) @skip(if: true) { totalCount }')}`,
    ],
    ['with too much in another operation', `query A ${ofRun('name')}`],
    [
      'with a fragment of another type',
      `{ node(id: "${run}") { ... on ResourceGroup { tags { key } } ... on AssessmentRun { name } } }`,
    ],
    [
      'with findings of one run',
      `{ ${upTo(20)
        .map((n) => `a${n}: finding(arn: "${arnIn(run, 'finding', n)}") { title assessmentRun { name } }`)
        .join(' ')} }`,
    ],
    [
      'with the runs of their findings, which are the same',
      ofRun('findings(first: 20) { nodes { assessmentRun { name telemetry { count } } } }'),
    ],
    [
      'with fields that cost nothing',
      ofRun(
        upTo(200)
          .map((n) => `a${n}: telemetry(first: ${n + 1}) { count }`)
          .join(' '),
      ),
    ],
  ])('%s', async (_title, query, variables = {}) => {
    const { errors, calls } = await ask(query, variables);
    expect(errors).toBeUndefined();
    expect(calls.describe.flatMap(({ arns }) => arns).length).toBeLessThanOrEqual(40);
  });

  test('also in an order, where 100 entities may be read', async () => {
    const { inspector } = createScriptedInspectorApi({ list: toPages([run]), details: entityOf.assessmentRun });
    const { errors } = await createTestGraph(inspector, { maxRunsPerOperation: 5 }).query(
      '{ assessmentRuns(first: 5, orderBy: NAME_ASC) { nodes { name } } }',
    );
    expect(errors).toBeUndefined();
  });

  test('in an order that an archive gives, where nothing else is read for it', async () => {
    const query = '{ assessmentRuns(first: 2, orderBy: NAME_ASC) { nodes { name } } }';
    const askOver = async (script: object) => {
      const graph = createTestGraph(createScriptedInspectorApi(script).inspector, { maxRunsPerOperation: 2 });
      return (await graph.query(query)).errors?.[0]?.extensions.code;
    };
    expect(await askOver({ archive: {} })).toBeUndefined();
    // The same document over an upstream that does not order runs.
    expect(await askOver({})).toBe('OPERATION_TOO_COSTLY');
  });
});

describe('Fragments that multiply are refused before they are counted out', () => {
  /** A document with this many fragments, each of which spreads the next one twice. */
  function createDocument(levels: number, more: string): string {
    const fragments = upTo(levels).map(
      (n) =>
        `fragment F${n} on AssessmentRun { ${more} ${['a', 'b'].map((alias) => `${alias}: template { lastAssessmentRun { ...F${n + 1} } }`).join(' ')} }`,
    );
    return `${ofRun('...F0')} ${fragments.join(' ')} fragment F${levels} on AssessmentRun { name }`;
  }

  test.each([
    ['by their fields', createDocument(18, '')],
    [
      'by fragments that say the same',
      `${createDocument(9, Array(150).fill('...S').join(' '))} fragment S on AssessmentRun { arn }`,
    ],
  ])('%s', async (_title, query) => {
    const { errors, calls } = await ask(query);
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'OPERATION_TOO_COSTLY' } })]);
    expect(errors[0].message).toContain('asks for more than 20000 selections');
    expect(Object.values(calls).flat()).toEqual([]);
  });
});

/** Every field of a run that is not a page of its own, with its template, target, packages, tags and telemetry. */
const EVERY_FIELD = `${selectionOf('AssessmentRun')} ${ROWS('telemetry')} telemetryTotal { count dataSize }
  telemetryResult { __typename
    ... on Telemetry { ${ROWS('telemetryMetadata')} total { count dataSize } }
    ... on ServiceError { ${selectionOf('ServiceError')} }
  }
  template { ${selectionOf('AssessmentTemplate')} tags { key value } } tags { key value }
  target { ${selectionOf('AssessmentTarget')} resourceGroup { ${selectionOf('ResourceGroup')} } }
  rulesPackages { ${selectionOf('RulesPackage')} } report { status url }`;

function ROWS(field: string): string {
  return `${field} { messageType count dataSize }`;
}

describe('An operation whose fields multiply', () => {
  const fields = (count: number, field: string) =>
    upTo(count)
      .map((n) => `f${n}: ${field}`)
      .join(' ');
  const ofRuns = (selection: string, first = 100) => `{ assessmentRuns(first: ${first}) { nodes { ${selection} } } }`;

  async function askGraph(query: string, limits: Parameters<typeof createTestGraph>[1] = {}, variables = {}) {
    const { inspector, calls } = createFullInspector();
    const { data, errors } = await createTestGraph(inspector, limits).query(query, variables);
    return { data, errors, calls };
  }

  test.each<[string, string, RegExp, Record<string, unknown>?]>([
    ['by their places', ofRuns(fields(600, 'dataCollected')), /at least \d+ fields, .* at most 50000 /],
    [
      'by pages under aliases',
      `{ ${fields(10, 'assessmentRuns(first: 100) { nodes { ...F } }')} } fragment F on AssessmentRun { ${fields(90, 'state')} }`,
      /at most 50000 /,
    ],
    ['by rows of telemetry', ofRuns(fields(60, 'telemetry { messageType count dataSize }')), /at most 50000 /],
    [
      'by rows of the telemetry of agents',
      ofRuns(`agents { nodes { ${fields(9, 'telemetry { count }')} } }`),
      /at most 50000 /,
    ],
    [
      'by rows to put in an order',
      ofRuns(fields(90, 'telemetry(first: 1, orderBy: COUNT_DESC) { count }')),
      /at most 50000 /,
    ],
    ['by lists without pages', ofRuns(fields(50, 'stateChanges { state stateChangedAt }')), /at most 50000 /],
    [
      'by arguments that are lists',
      `query ($types: [String!]) ${ofRuns('telemetry(messageTypes: $types) { count }')}`,
      /at most 50000 /,
      { types: Array(600).fill('Total') },
    ],
    [
      'by arguments that are long',
      `query ($after: String) ${ofRuns('findings(first: 1, after: $after) { totalCount }')}`,
      /at most 50000 /,
      { after: 'A'.repeat(60_000) },
    ],
    [
      'by introspection',
      `{ ${fields(30, '__schema { types { name fields { name args { name type { name } } type { name ofType { name } } } } }')} }`,
      /at least 50001 fields/,
    ],
    [
      'by the introspection of one type',
      `{ ${fields(250, '__type(name: "Finding") { fields { ...F } }')} } fragment F on __Field { ${fields(20, 'name')} }`,
      /at least 50001 fields/,
    ],
    [
      'by long names at many places',
      ofRuns(`${'a'.repeat(100_000)}: name`),
      /an answer of about 10\d{6} bytes, and at most 8388608 are expected/,
    ],
    [
      'by long names in rows',
      ofRuns(`telemetry { ${'a'.repeat(100_000)}: count }`, 3),
      /an answer of about 9\d{6} bytes/,
    ],
  ])('%s is refused before any call', async (_title, query, message, variables = {}) => {
    const { data, errors, calls } = await askGraph(query, {}, variables);
    expect(data).toBeUndefined();
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'OPERATION_TOO_COSTLY' } })]);
    expect(errors[0].message).toMatch(message);
    expect(Object.values(calls).flat()).toEqual([]);
  });

  test('stays far below the limits with every field of a hundred runs', async () => {
    const { data, errors } = await askGraph(ofRuns(EVERY_FIELD), {
      maxFieldsPerOperation: 25_000,
      maxAnswerBytes: 2 ** 24,
    });
    expect(errors).toBeUndefined();
    expect(data.assessmentRuns.nodes).toHaveLength(100);
  });

  test('may have the totals of three lists beside each of a hundred runs', async () => {
    const totals = ['findings', 'agents', 'exclusions'].map((list) => `${list}(first: 1) { totalCount }`);
    const { data, errors } = await askGraph(ofRuns(totals.join(' ')));
    expect(errors).toBeUndefined();
    expect(data.assessmentRuns.nodes).toHaveLength(100);
  });

  test('is admitted with the introspection of clients', async () => {
    const { data } = await askGraph(getIntrospectionQuery({ inputValueDeprecation: true }), {
      maxFieldsPerOperation: 25_000,
    });
    expect(data.__schema.types.length).toBeGreaterThan(50);
  });

  test('has a fraction of the maximum of tokens with every field of every type', () => {
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => isObjectType(type) && !type.name.startsWith('__'),
    );
    const text = types.map(({ name }) => selectionOf(name)).join(' ') + EVERY_FIELD;
    expect(scanDocument(text, MAX_TOKENS).tokens).toBeLessThan(MAX_TOKENS / 3);
  });
});

describe('An answer that becomes longer than estimated', () => {
  const rows = upTo(5000).map((n) => ({ messageType: `Type ${n}`, count: n, dataSize: n }));
  const TELEMETRY = '{ assessmentRuns(first: 20) { nodes { telemetry { messageType count dataSize } } } }';

  test('by rows is refused where it is too long', async () => {
    const { inspector } = createScriptedInspectorApi({
      list: toPages(upTo(20).map((n) => arnOf('assessmentRun', n))),
      telemetry: () => rows,
    });
    const graph = createTestGraph(inspector, { maxAnswerBytes: 2 ** 20 });
    const { data, errors } = await graph.query(TELEMETRY);
    expect(data).toBeNull();
    expect(errors).toEqual([
      {
        message: expect.stringMatching(/longer than 1048576 bytes/),
        extensions: { code: 'OPERATION_TOO_COSTLY' },
      },
    ]);
  });

  test('by text is refused, and counted in bytes of JSON', async () => {
    const ask = (maxAnswerBytes: number) => {
      const { inspector } = createScriptedInspectorApi({
        list: toPages(upTo(20).map((n) => arnOf('assessmentRun', n))),
        details: (arn) => ({ ...entityOf.assessmentRun(arn), name: '\u0001é'.repeat(1000) }),
      });
      return createTestGraph(inspector, { maxAnswerBytes }).query('{ assessmentRuns(first: 20) { nodes { name } } }');
    };
    expect((await ask(20 * 8000)).errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_COSTLY' } }]);
    expect((await ask(20 * 8000 + 3000)).errors).toBeUndefined();
  });

  test('by lists is refused by the number of its fields', async () => {
    const { inspector } = createScriptedInspectorApi({
      details: (arn) => ({
        ...entityOf.assessmentRun(arn),
        userAttributesForFindings: upTo(2000).map((n) => ({ key: `${n}`, value: null })),
      }),
    });
    const { data, errors } = await createTestGraph(inspector, { maxFieldsPerOperation: 1000 }).query(
      ofRun('userAttributesForFindings { key value }'),
    );
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ message: expect.stringMatching(/more than 2000 fields/) }]);
  });

  test('by failures is refused by the number of its errors', async () => {
    const { inspector } = createScriptedInspectorApi();
    const { data, errors } = await createTestGraph(inspector).query(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      { ids: Array(6000).fill('nothing') },
    );
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_COSTLY' } }]);
  });
});

test('No answered operation reads more runs or entities than its limits', async () => {
  const maxRuns = 2;
  const first = fc.integer({ min: 1, max: 4 });
  const number = fc.integer({ min: 1, max: 9 });
  let aliases = 0;
  const alias = (field: string) => {
    aliases += 1;
    return `a${aliases}: ${field}`;
  };
  const { fields } = fc.letrec<{ fields: string; run: string; template: string; target: string; finding: string }>(
    (tie) => {
      const selection = (maxLength: number, ...options: fc.Arbitrary<string>[]) =>
        fc
          .array(fc.oneof({ depthSize: 'small' }, ...options), { minLength: 1, maxLength })
          .map((all) => `{ ${all.map(alias).join(' ')} }`);
      const leaf = (name: string) => fc.constant(name);
      const page = (name: string, node: fc.Arbitrary<string>) =>
        fc
          .tuple(first, fc.constantFrom('nodes NODE', 'edges { node NODE }'), node)
          .map(([size, shape, fields]) => `${name}(first: ${size}) { ${shape.replace('NODE', fields)} }`);
      const below = (name: string, node: fc.Arbitrary<string>) => node.map((fields) => `${name} ${fields}`);
      const arn = (field: string, kind: 'assessmentRun' | 'finding', node: fc.Arbitrary<string>) =>
        fc.tuple(number, node).map(([n, fields]) => `${field.replace('ARN', `"${arnOf(kind, n)}"`)} ${fields}`);
      return {
        target: selection(3, leaf('name'), below('resourceGroup', leaf('{ createdAt }'))),
        template: selection(
          3,
          leaf('name'),
          leaf('tags { key }'),
          below('target', tie('target')),
          below('lastAssessmentRun', tie('run')),
        ),
        finding: selection(3, leaf('title'), below('assessmentRun', tie('run')), leaf('rulesPackage { id }')),
        run: selection(
          3,
          leaf('name'),
          leaf('telemetryTotal { count }'),
          fc.constantFrom('PDF', 'HTML').map((format) => `report(format: ${format}) { url }`),
          below('template', tie('template')),
          below('target', tie('target')),
          page('findings', tie('finding')),
          page('agents', fc.constantFrom('{ agentId }', '{ host { hostname } }')),
          page('exclusions', fc.constantFrom('{ title }', '{ assessmentRun { name } }')),
        ),
        // Many fields of one kind, since a gap in the count of one would not show among others.
        fields: fc.oneof(
          ...[
            arn('assessmentRun(arn: ARN)', 'assessmentRun', tie('run')),
            arn('finding(arn: ARN)', 'finding', tie('finding')),
            page('assessmentRuns', tie('run')),
            page('assessmentTemplates', tie('template')),
            page('assessmentTargets', tie('target')),
            arn(
              'node(id: ARN)',
              'assessmentRun',
              tie('run').map((fields) => `{ ... on AssessmentRun ${fields} }`),
            ),
            arn(
              'node(id: ARN)',
              'finding',
              tie('finding').map((fields) => `{ ... on Finding ${fields} }`),
            ),
          ].map((field) => selection(8, field)),
        ),
      };
    },
  );
  const { inspector, calls } = createFullInspector();
  const graph = createTestGraph(inspector, { maxRunsPerOperation: maxRuns });
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(fields, async (query) => {
      for (const asked of Object.values(calls)) asked.length = 0;
      const { errors } = await graph.query(query);
      if (errors !== undefined) {
        expect(errors[0].extensions.code).toBe('OPERATION_TOO_COSTLY');
        expect(Object.values(calls).flat()).toEqual([]);
        return;
      }
      answered += 1;
      const runs = new Set([...calls.getTelemetryMetadata, ...calls.describeAssessmentRuns.flat()]);
      expect(runs.size).toBeLessThanOrEqual(maxRuns);
      const packages = calls.describe.filter(({ kind }) => kind === 'rulesPackage');
      expect(packages.length).toBeLessThanOrEqual(1);
      const others = calls.describe.filter(({ kind }) => kind !== 'rulesPackage').flatMap(({ arns }) => arns);
      expect(others.length + calls.getAssessmentReport.length).toBeLessThanOrEqual(20 * maxRuns);
    }),
    { numRuns: 300 },
  );
  // With another mix of queries this test would be empty.
  expect(answered).toBeGreaterThan(30);
});
