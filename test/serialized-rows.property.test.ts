import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildSchema, type GraphQLObjectType } from 'graphql';
import { createTestGraph } from './helpers/graph.js';
import { runArn, toRunNumber } from './helpers/runs.js';
import { createFailure, createScriptedInspectorApi } from './helpers/scripted-inspector-api.js';

const typeDefs = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
const rowType = buildSchema(typeDefs).getType('TelemetryMetadata') as GraphQLObjectType;
const name = fc.constantFrom(...Object.keys(rowType.getFields()), '__typename');
const condition = fc.constantFrom('', '@include(if: $yes)', '@skip(if: $yes)', '@include(if: $no)', '@skip(if: false)');
/** Fields with different aliases, so that they do not conflict. */
const field = fc.record({ name, condition, isAliased: fc.boolean() });
const toField = ({ name: of, condition: when, isAliased }: { name: string; condition: string; isAliased: boolean }) =>
  `${isAliased ? `${of.replace('__', 'x')}Too: ` : ''}${of} ${when}`;
const selection = fc
  .array(
    fc.oneof(
      field.map(toField),
      fc
        .tuple(fc.array(field, { minLength: 1, maxLength: 3 }), condition)
        .map(([fields, when]) => `... on TelemetryMetadata ${when} { ${fields.map(toField).join(' ')} }`),
      fc.constantFrom('...Row', '... { ...Row }'),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join(' '));
const rowsArguments = fc.constantFrom(
  '',
  '(first: 2)',
  '(first: $first)',
  '(orderBy: COUNT_DESC)',
  '(messageTypes: ["Total", "\\"\\u2028"])',
);
const place = fc.oneof(
  fc.tuple(rowsArguments, selection).map(([args, rows]) => `telemetry${args} { ${rows} }`),
  selection.map(
    (rows) => `telemetryResult { ... on Telemetry { telemetryMetadata { ${rows} } total { count } } __typename }`,
  ),
  fc.constant('telemetryTotal { count dataSize }'),
  // The same field twice: their selections are one.
  fc.tuple(selection, selection).map(([a, b]) => `telemetry { ${a} } ... on AssessmentRun { telemetry { ${b} } }`),
);
const run = fc.record({
  number: fc.integer({ min: 1, max: 4 }),
  places: fc.array(place, { minLength: 1, maxLength: 2 }),
});
const row = fc.record({
  messageType: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('Total', '"\u2028', '\ud800', '__proto__')),
  count: fc.oneof(fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER)),
  dataSize: fc.option(fc.nat()),
});

// createTestGraph itself compares with graphql-js.
test('Any selection of any rows is the same text that graphql-js makes', async () => {
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(run, { minLength: 1, maxLength: 4 }),
      fc.array(row, { maxLength: 5 }),
      async (runs, rows) => {
        const { inspector } = createScriptedInspectorApi({
          telemetry: async (arn) => {
            if (toRunNumber(arn) === 4) throw createFailure({ code: 'NO_SUCH_ENTITY', canRetry: false });
            return rows;
          },
        });
        // Aliases, since the same run may be selected with other arguments.
        const fields = runs.flatMap(({ number, places }, index) =>
          places.map((text, nth) => `r${index}n${nth}: assessmentRun(arn: "${runArn(number)}") { ${text} }`),
        );
        const query = `query ($yes: Boolean! = true, $no: Boolean! = false, $first: Int = 1) {
        ${fields.join('\n')} unused: __typename @include(if: $yes) @skip(if: $no) first: node(id: "${runArn(1)}") { ... on AssessmentRun { telemetry(first: $first) { ...Row } } }
      } fragment Row on TelemetryMetadata { messageType sizeOfIt: dataSize ...Count } fragment Count on TelemetryMetadata { count }`;
        const { data } = await createTestGraph(inspector).query(query);
        if (data != null) answered += 1;
      },
    ),
    { numRuns: 150 },
  );
  expect(answered).toBeGreaterThan(100);
});

test('Introspection shows the rows of the public schema, also beside rows', async () => {
  const { inspector } = createScriptedInspectorApi();
  const { data } = await createTestGraph(inspector).query(
    `{ assessmentRun(arn: "${runArn(1)}") { telemetry { count } }
       __type(name: "AssessmentRun") { fields { name type { name ofType { ofType { name } } } } } }`,
  );
  expect(data.assessmentRun).toEqual({ telemetry: [{ count: 1 }] });
  const field = data.__type.fields.find(({ name: of }: { name: string }) => of === 'telemetry');
  expect(JSON.stringify(field)).toContain('TelemetryMetadata');
});
