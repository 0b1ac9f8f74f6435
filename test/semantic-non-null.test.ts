import { describe, expect, test } from '@jest/globals';
import { type GraphQLObjectType, isObjectType } from 'graphql';
import type { InspectorApi } from '../src/inspector/inspector-api.js';
import { arnOf } from './helpers/entities.js';
import type { Json } from './helpers/gateway.js';
import { createTestGraph } from './helpers/graph.js';
import { createFailure, createScriptedInspectorApi } from './helpers/scripted-inspector-api.js';
import { schema } from './helpers/selection.js';

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

const QUERY = `{
  run: assessmentRun(arn: "${arnOf('assessmentRun', 1)}") { ${select('AssessmentRun')} }
  template: node(id: "${arnOf('assessmentTemplate', 1)}") { ... on AssessmentTemplate { ${select('AssessmentTemplate')} } }
}`;

/** An Inspector that left out whatever may be left out. */
const { inspector: laconic } = createScriptedInspectorApi({
  telemetry: () => [],
  details: (arn) => ({ arn }) as Json,
  describe: { assessmentTemplate: (arn) => ({ arn }) as Json },
});

const fail = () => Promise.reject(createFailure());
/** An Inspector that is out of order. */
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
      ...marked('AssessmentRun').map((name) => `AssessmentRun.${name}`),
      ...marked('AssessmentTemplate').map((name) => `AssessmentTemplate.${name}`),
    ]);
    expect(marked('Query')).toEqual(['assessmentRun', 'assessmentRunsByArn', 'finding', 'node', 'nodes']);
    expect(fields.length).toBeGreaterThan(12);
  });

  test('is not null where Inspector left out what it could', async () => {
    const { data, errors } = await createTestGraph(laconic).query(QUERY);
    expect(errors).toBeUndefined();
    for (const fields of [data.run, data.template]) {
      expect(Object.entries(fields).filter(([, value]) => value === null)).toEqual([]);
    }
    expect(Object.keys(data.run)).toEqual(marked('AssessmentRun'));
    expect(Object.keys(data.template)).toEqual(marked('AssessmentTemplate'));
  });

  test('is null with an error at its path where Inspector fails', async () => {
    const { data, errors } = await createTestGraph(broken).query(QUERY);
    const nulls = ['run', 'template'].flatMap((name) =>
      Object.entries(data[name]).flatMap(([field, value]) => (value === null ? [`${name}.${field}`] : [])),
    );
    expect(nulls).toEqual(expect.arrayContaining(['run.telemetry', 'run.findings', 'template.tags']));
    expect(errors.map(({ path }: Json) => path.join('.')).sort()).toEqual(nulls.sort());
  });

  test('at the root is null with an error at its path for what names nothing', async () => {
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
