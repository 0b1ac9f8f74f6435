import { describe, expect, test } from '@jest/globals';
import { type GraphQLObjectType, isObjectType } from 'graphql';
import type { InspectorApi } from '../src/inspector/inspector-api.js';
import type { ArnKind } from '../src/inspector/inspector-arn.js';
import { arnOf } from './helpers/entities.js';
import type { Json } from './helpers/gateway.js';
import { createTestGraph } from './helpers/graph.js';
import { createFailure, createScriptedInspectorApi } from './helpers/scripted-inspector-api.js';
import { schema, typeOf } from './helpers/selection.js';

/** The fields of a type whose nulls come with errors only. */
function findFields(type: GraphQLObjectType): string[] {
  const isMarked = (name: string) => type.getFields()[name]?.astNode?.directives?.some(isSemanticNonNull) === true;
  return Object.keys(type.getFields()).filter(isMarked);
}

const isSemanticNonNull = ({ name }: { name: { value: string } }) => name.value === 'semanticNonNull';
const marked = (type: string) => findFields(schema.getType(type) as GraphQLObjectType);
const select = (type: string) =>
  marked(type)
    .map((name) => `${name} { __typename }`)
    .join(' ');

/** The types that have an ARN and such fields, by the names that they have in an answer. */
const kinds: Record<string, ArnKind> = {
  run: 'assessmentRun',
  template: 'assessmentTemplate',
  target: 'assessmentTarget',
  rulesPackage: 'rulesPackage',
};
const QUERY = `{ ${Object.entries(kinds)
  .map(
    ([name, kind]) => `${name}: node(id: "${arnOf(kind, 1)}") { ... on ${typeOf(kind)} { ${select(typeOf(kind))} } }`,
  )
  .join(' ')} }`;
const HOSTS = `{ hosts(first: 1) { nodes { ${select('Host')} } } }`;

/** An Inspector that leaves out all optional members. */
const { inspector: laconic } = createScriptedInspectorApi({
  telemetry: () => [],
  details: (arn) => ({ arn }) as Json,
  describe: { assessmentTemplate: (arn) => ({ arn }) as Json },
  archive: {
    searches: {
      host: () => ({
        items: [{ cursor: '1', item: { agentId: 'i-1' } as Json }],
        hasNextPage: false,
        hasPreviousPage: false,
        totalCount: null,
      }),
    },
  },
});

const fail = () => Promise.reject(createFailure());
/** An Inspector that fails. */
const broken: InspectorApi = {
  getTelemetryMetadata: fail,
  describe: fail,
  list: fail,
  listTagsForResource: fail,
  getAssessmentReport: fail,
};

describe('A field with @semanticNonNull', () => {
  test('is one of these', () => {
    const types = Object.values(schema.getTypeMap()).filter(isObjectType);
    const fields = types.flatMap((type) => findFields(type).map((name) => `${type.name}.${name}`));
    expect(fields.filter((name) => !name.startsWith('Query.'))).toEqual([
      ...Object.values(kinds).flatMap((kind) => marked(typeOf(kind)).map((name) => `${typeOf(kind)}.${name}`)),
      ...marked('Host').map((name) => `Host.${name}`),
    ]);
    expect(marked('Query')).toEqual(['assessmentRun', 'assessmentRunsByArn', 'archive', 'finding', 'node', 'nodes']);
    expect(fields.length).toBeGreaterThan(12);
  });

  test('is not null where Inspector leaves out all that it may', async () => {
    const { data, errors } = await createTestGraph(laconic).query(QUERY);
    expect(errors).toBeUndefined();
    for (const [name, kind] of Object.entries(kinds)) {
      expect(Object.entries(data[name]).filter(([, value]) => value === null)).toEqual([]);
      expect(Object.keys(data[name])).toEqual(marked(typeOf(kind)));
    }
  });

  test('of a host or an archive is not null either', async () => {
    const { data, errors } = await createTestGraph(laconic).query(HOSTS);
    expect(errors).toBeUndefined();
    expect(Object.values(data.hosts.nodes[0])).not.toContain(null);
    const described = await createTestGraph(laconic).query('{ archive { lastChangedAt } }');
    expect(described).toEqual({ data: { archive: { lastChangedAt: null } } });
  });

  test('is null with an error at its path where Inspector fails', async () => {
    const { data, errors } = await createTestGraph(broken).query(QUERY);
    const nulls = Object.keys(kinds).flatMap((name) =>
      Object.entries(data[name]).flatMap(([field, value]) => (value === null ? [`${name}.${field}`] : [])),
    );
    expect(nulls).toEqual(
      expect.arrayContaining(['run.telemetry', 'run.findings', 'template.tags', 'rulesPackage.findings']),
    );
    expect(errors.map(({ path }: Json) => path.join('.')).sort()).toEqual(nulls.sort());
  });

  test('at the root is null with an error at its path for an invalid ARN', async () => {
    const { data, errors } = await createTestGraph(laconic).query(`{
      assessmentRun(arn: "x") { arn }
      finding(arn: "x") { arn }
      node(id: "x") { id }
      assessmentRunsByArn(arns: ["x"]) { arn }
      nodes(ids: ["x"]) { id }
    }`);
    const ofOne = { assessmentRun: null, finding: null, node: null };
    expect(data).toEqual({ ...ofOne, assessmentRunsByArn: [null], nodes: [null] });
    expect(errors.map(({ path }: Json) => path.join('.')).sort()).toEqual(
      [...Object.keys(ofOne), 'assessmentRunsByArn.0', 'nodes.0'].sort(),
    );
  });
});
