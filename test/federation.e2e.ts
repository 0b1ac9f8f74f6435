import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { endAfterAll } from './helpers/cleanup.js';
import { answerInFull } from './helpers/full-upstream.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { ownersSdl, startOwnersSubgraph } from './helpers/owners-subgraph.js';
import { freshArn, runArn } from './helpers/runs.js';
import { sendJson, startScriptedUpstream } from './helpers/scripted-upstream.js';

const failingArn = runArn(666);
const watched = [...Array.from({ length: 48 }, freshArn).toReversed(), failingArn, 'no-arn'];

let upstream: Awaited<ReturnType<typeof startScriptedUpstream>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let production: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  const answer = answerInFull({ rows: 3, characters: 10 });
  upstream = await startScriptedUpstream((call, response) => {
    if (call.input.assessmentRunArn !== failingArn) return answer(call, response);
    const body = { __type: 'NoSuchEntityException', errorCode: 'ASSESSMENT_RUN_DOES_NOT_EXIST', canRetry: false };
    sendJson(response, 400, { ...body, message: 'No' });
  });
  endAfterAll(upstream.stop);
  const environment = { INSPECTOR_ENDPOINT: upstream.url };
  [gateway, production] = await Promise.all([
    startGateway(environment),
    startGateway({ ...environment, NODE_ENV: 'production' }),
  ]);
  for (const { kill } of [gateway, production]) endAfterAll(kill);
});

/** The number of calls of each operation since the last time. */
function takeCalls(): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const { operation } of upstream.calls.splice(0)) calls[operation] = (calls[operation] ?? 0) + 1;
  return calls;
}

const ENTITIES = `query ($references: [_Any!]!) {
  _entities(representations: $references) {
    __typename
    ... on AssessmentRun { arn name telemetryTotal { count } }
    ... on RulesPackage { arn name }
    ... on Finding { title assessmentRun { name } }
  }
}`;

const toReference = (arn: string) => ({ __typename: 'AssessmentRun', arn });
const toName = (arn: string) => `Run ${arn.slice(-8)}`;

describe('References of a router', () => {
  test('are answered in order, those of a kind in one batch', async () => {
    const arns = Array.from({ length: 50 }, freshArn).toReversed();
    takeCalls();
    const { data, errors } = await gateway.query(ENTITIES, { references: arns.map(toReference) });
    expect(errors).toBeUndefined();
    expect(data._entities).toEqual(
      arns.map((arn) => ({ __typename: 'AssessmentRun', arn, name: toName(arn), telemetryTotal: { count: 3 } })),
    );
    // A call describes ten runs.
    expect(takeCalls()).toEqual({ DescribeAssessmentRuns: 5, GetTelemetryMetadata: 50 });
  });

  test('may be of any kind that has an ARN, side by side', async () => {
    const run = freshArn();
    const rulesPackage = 'arn:aws:inspector:us-west-2:758058086616:rulespackage/0-00000001';
    const { data } = await gateway.query(ENTITIES, {
      references: [
        { __typename: 'Finding', arn: `${run}/finding/0-1` },
        { __typename: 'RulesPackage', arn: rulesPackage },
        toReference(run),
      ],
    });
    expect(data._entities).toEqual([
      { __typename: 'Finding', title: 'A title', assessmentRun: { name: toName(run) } },
      { __typename: 'RulesPackage', arn: rulesPackage, name: 'Package' },
      { __typename: 'AssessmentRun', arn: run, name: toName(run), telemetryTotal: { count: 3 } },
    ]);
  });

  test.each([
    ['an ARN that is none', toReference('x'), { code: 'INVALID_INPUT', errorCode: 'INVALID_ASSESSMENT_RUN_ARN' }],
    ['an ARN of another kind', { __typename: 'Finding', arn: runArn(1) }, { code: 'INVALID_INPUT', canRetry: false }],
    ['a type that is none', { __typename: 'Team', arn: runArn(1) }, { code: 'BAD_USER_INPUT' }],
    ['no ARN', { __typename: 'AssessmentRun', id: runArn(1) }, { code: 'BAD_USER_INPUT' }],
    ['text', runArn(1), { code: 'BAD_USER_INPUT' }],
  ])('fail alone by %s', async (_title, reference, extensions) => {
    const references = [toReference(runArn(1)), reference, toReference(runArn(2))];
    const { data, errors } = await gateway.query(ENTITIES, { references });
    expect(data._entities).toMatchObject([{ name: 'Run 00000001' }, null, { name: 'Run 00000002' }]);
    expect(errors).toEqual([expect.objectContaining({ path: ['_entities', 1] })]);
    expect(errors[0].extensions).toMatchObject(extensions);
  });

  test('are answered in production as well, where the schema is hidden', async () => {
    const { data } = await production.query(ENTITIES, { references: [toReference(runArn(1))] });
    expect(data._entities).toMatchObject([{ name: 'Run 00000001' }]);
    const refused = await production.query('{ _service { sdl } }');
    expect(refused.data).toBeUndefined();
    expect(refused.errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});

test('Fields of the subgraph are answered beside introspection, too', async () => {
  const { data } = await gateway.query('{ _service { __typename } __schema { queryType { name } } }');
  expect(data).toEqual({ _service: { __typename: 'SubgraphService' }, __schema: { queryType: { name: 'Query' } } });
});

describe('A supergraph with a subgraph that adds the owner of a run', () => {
  let url: string;
  let supergraphSdl: string;

  beforeAll(async () => {
    const { data } = await gateway.query('{ _service { sdl } }');
    const ownersUrl = await startOwnersSubgraph(watched);
    const composed = composeServices([
      { name: 'inspector', url: `${gateway.url}/graphql`, typeDefs: parse(data._service.sdl) },
      { name: 'owners', url: ownersUrl, typeDefs: parse(ownersSdl) },
    ]);
    expect(composed.errors ?? []).toEqual([]);
    supergraphSdl = composed.supergraphSdl as string;
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    const router = new ApolloServer({
      gateway: new ApolloGateway({ supergraphSdl, logger: silent }),
      logger: silent,
      stopOnTerminationSignals: false,
    });
    ({ url } = await startStandaloneServer(router, { listen: { host: '127.0.0.1', port: 0 } }));
    endAfterAll(() => router.stop());
  });

  async function ask(query: string): Promise<Json> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return response.json();
  }

  test('has the fields of both, and the node field of the other alone', async () => {
    const { data } = await ask(`{
      run: __type(name: "AssessmentRun") { fields { name } }
      node: __type(name: "Node") { possibleTypes { name } }
    }`);
    const names = data.run.fields.map(({ name }: Json) => name);
    expect(names).toEqual(expect.arrayContaining(['arn', 'owner', 'telemetry', 'telemetryResult']));
    expect(data.node.possibleTypes).toEqual([{ name: 'Team' }]);
  });

  test('answers a page of runs with their owners', async () => {
    takeCalls();
    const { data, errors } = await ask('{ assessmentRuns(first: 20) { edges { node { name owner } } } }');
    expect(errors).toBeUndefined();
    expect(data.assessmentRuns.edges.map(({ node }: Json) => node)).toEqual(
      Array.from({ length: 20 }, (_, n) => ({ name: toName(runArn(n)), owner: `Owner of ${runArn(n).slice(-8)}` })),
    );
    expect(takeCalls()).toEqual({ ListAssessmentRuns: 1, DescribeAssessmentRuns: 2 });
  });

  test('answers entities that the other subgraph refers to, each failure with its path and extensions', async () => {
    takeCalls();
    const { data, errors } = await ask('{ watchedRuns { owner name telemetry { messageType count } } }');
    expect(data.watchedRuns.map((run: Json) => run.owner)).toEqual(watched.map((arn) => `Owner of ${arn.slice(-8)}`));
    expect(data.watchedRuns.map((run: Json) => run.name)).toEqual([...watched.slice(0, 49).map(toName), null]);
    expect(data.watchedRuns.map((run: Json) => run.telemetry?.length ?? null)).toEqual([
      ...Array(48).fill(3),
      null,
      null,
    ]);
    // One call for a run that does not exist, none for an invalid ARN.
    expect(takeCalls()).toEqual({ DescribeAssessmentRuns: 5, GetTelemetryMetadata: 49 });
    expect(errors).toHaveLength(2);
    expect(errors.find(({ path }: Json) => path[1] === 48)).toMatchObject({
      path: ['watchedRuns', 48, 'telemetry'],
      extensions: {
        code: 'NO_SUCH_ENTITY',
        errorCode: 'ASSESSMENT_RUN_DOES_NOT_EXIST',
        canRetry: false,
        requestId: 'upstream-request-id',
      },
    });
    expect(errors.find(({ path }: Json) => path[1] === 49)).toMatchObject({
      extensions: { code: 'INVALID_INPUT', errorCode: 'INVALID_ASSESSMENT_RUN_ARN', canRetry: false },
    });
  });
});
