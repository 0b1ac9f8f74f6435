import { readFileSync } from 'node:fs';
import { ApolloClient, CombinedGraphQLErrors, type FieldPolicy, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { possibleTypes, typePolicies } from '@inspector-gateway/client/apollo';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { buildSchema, type FragmentDefinitionNode, isAbstractType, isObjectType, parse } from 'graphql';
import { endAfterAll } from './helpers/cleanup.js';
import { answerInFull } from './helpers/full-upstream.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { freshArn, runArn } from './helpers/runs.js';
import { sendJson, startScriptedUpstream } from './helpers/scripted-upstream.js';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

const schema = buildSchema(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'));
const createCache = () => new InMemoryCache({ possibleTypes, typePolicies });

/** A query of the README. */
function fromReadme(name: string) {
  const [, text] = new RegExp(`\`\`\`graphql\n(query ${name}\\b[\\s\\S]*?)\`\`\``).exec(README) ?? [];
  if (text === undefined) throw new Error(`The README has no query ${name}.`);
  return gql(text);
}

const failingArn = runArn(666);
let url = '';

beforeAll(async () => {
  const answer = answerInFull({ rows: 3, characters: 10 });
  const upstream = await startScriptedUpstream((call, response) => {
    if (call.input.assessmentRunArn !== failingArn) return answer(call, response);
    const body = { __type: 'AccessDeniedException', errorCode: 'ACCESS_DENIED_TO_ASSESSMENT_RUN', canRetry: false };
    sendJson(response, 400, { ...body, message: 'No' });
  });
  endAfterAll(upstream.stop);
  const gateway = await startGateway({ INSPECTOR_ENDPOINT: upstream.url });
  endAfterAll(gateway.kill);
  url = `${gateway.url}/graphql`;
});

function createClient(cache = new InMemoryCache()) {
  const client = new ApolloClient({ cache, link: new HttpLink({ uri: url }) });
  return {
    client,
    /** The data, which may be partial. */
    async query(query: ReturnType<typeof gql>, variables: object = {}): Promise<Json> {
      const { data, error } = await client.query<Json>({ query, variables, errorPolicy: 'all' });
      return { data, error };
    },
  };
}

describe('Apollo Client with its defaults', () => {
  test('gets what it asks for', async () => {
    const arn = freshArn();
    const { query } = createClient();
    const { data } = await query(
      gql`query ($arn: ID!) { assessmentRun(arn: $arn) { id name telemetryTotal { count } } }`,
      {
        arn,
      },
    );
    expect(data.assessmentRun).toMatchObject({ id: arn, name: `Run ${arn.slice(-8)}`, telemetryTotal: { count: 3 } });
  });

  test('throws errors that carry what happened in extensions', async () => {
    const { client } = createClient();
    const query = gql`query ($arn: ID!) { assessmentRun(arn: $arn) { id name telemetry { count } } }`;
    const thrown = await client.query({ query, variables: { arn: failingArn } }).catch((error: unknown) => error);
    if (!CombinedGraphQLErrors.is(thrown)) throw thrown;
    expect(thrown.errors[0]).toMatchObject({
      path: ['assessmentRun', 'telemetry'],
      extensions: { code: 'ACCESS_DENIED', errorCode: 'ACCESS_DENIED_TO_ASSESSMENT_RUN', canRetry: false },
    });
    expect(thrown.data).toMatchObject({ assessmentRun: { name: 'Run 00000666', telemetry: null } });
  });

  test("loses nothing of the README's union", async () => {
    const { query } = createClient();
    const { data } = await query(fromReadme('Telemetry'), { arn: failingArn });
    expect(data.assessmentRun.telemetryResult).toEqual({
      __typename: 'AccessDeniedError',
      code: 'ACCESS_DENIED',
      errorCode: 'ACCESS_DENIED_TO_ASSESSMENT_RUN',
      canRetry: false,
      message: expect.any(String),
    });
    const { data: known } = await query(fromReadme('Telemetry'), { arn: freshArn() });
    expect(known.assessmentRun.telemetryResult).toMatchObject({
      telemetryMetadata: [{ count: 0 }, { count: 1 }, { count: 2, dataSize: 2000 }],
      total: { count: 3, dataSize: 3000 },
    });
  });
});

describe('Pages of runs in Apollo Client', () => {
  test("are put together by relayStylePagination, from the README's query", async () => {
    const { client } = createClient(
      new InMemoryCache({ typePolicies: { Query: { fields: { assessmentRuns: relayStylePagination() } } } }),
    );
    const query = fromReadme('Page');
    const watched = client.watchQuery<Json>({ query });
    let page = await new Promise<Json>((resolve) => {
      watched.subscribe(({ data, loading }) => loading || resolve(data));
    });
    for (let pages = 1; pages < 3; pages += 1) {
      const { data } = await watched.fetchMore({ variables: { after: page.assessmentRuns.pageInfo.endCursor } });
      page = data;
    }

    const { edges, pageInfo } = client.readQuery<Json>({ query }).assessmentRuns;
    expect(edges.map(({ node }: Json) => node.id)).toEqual(Array.from({ length: 60 }, (_, number) => runArn(number)));
    expect(edges[59].node).toMatchObject({ name: 'Run 00000059', telemetryTotal: { count: 3, dataSize: 3000 } });
    expect(pageInfo.hasNextPage).toBe(true);
  });
});

describe("The package's cache policies", () => {
  test.each([
    ['telemetryTotal { count }', 'telemetryTotal { dataSize }'],
    ['telemetry { messageType count }', 'telemetry { messageType dataSize }'],
    ['findingCounts { severity count }', 'findingCounts { severity }'],
    [
      'telemetryResult { ... on Telemetry { total { count } telemetryMetadata { messageType count } } }',
      'telemetryResult { ... on Telemetry { total { dataSize } telemetryMetadata { messageType dataSize } } }',
    ],
  ])('keeps %s when %s of the same run comes in', async (first, second) => {
    const arn = freshArn();
    const queries = [first, second].map((fields) =>
      gql(`query ($arn: ID!) { assessmentRun(arn: $arn) { id ${fields} } }`),
    );
    const { client, query } = createClient(createCache());
    const answers: Json[] = [];
    for (const document of queries) answers.push((await query(document, { arn })).data);
    expect(queries.map((document) => client.readQuery({ query: document, variables: { arn } }))).toEqual(answers);
    expect(answers[0]).not.toBeNull();
  });

  test('forgets of a row what was said of another one at its place', () => {
    const cache = createCache();
    const write = (row: object) =>
      cache.writeQuery({
        query: gql(`{ assessmentRun(arn: "a") { id telemetry { ${Object.keys(row).join(' ')} } } }`),
        data: { assessmentRun: { __typename: 'AssessmentRun', id: 'a', telemetry: [row] } },
      });
    write({ __typename: 'TelemetryMetadata', messageType: 'A', count: 1 });
    write({ __typename: 'TelemetryMetadata', messageType: 'B', dataSize: 2 });
    const rows = gql`{ assessmentRun(arn: "a") { id telemetry { messageType count } } }`;
    expect(cache.readQuery({ query: rows })).toBeNull();
  });

  test('takes a fragment on the interface for each of its types', async () => {
    const { query } = createClient(createCache());
    const { data } = await query(
      gql`query ($arn: ID!) { assessmentRun(arn: $arn) { id telemetryResult { ... on InspectorError { code canRetry } } } }`,
      { arn: failingArn },
    );
    expect(data.assessmentRun.telemetryResult).toMatchObject({ code: 'ACCESS_DENIED', canRetry: false });
  });

  const PAGE_ARGUMENTS = new Set(['first', 'after', 'last', 'before']);

  test("put the pages of each of the schema's lists together, by whatever tells lists apart", () => {
    const paged = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type: type.name, field })))
      .filter(({ field }) => String(field.type).endsWith('Connection!') || String(field.type).endsWith('Connection'));
    expect(paged.length).toBeGreaterThan(6);
    for (const { type, field } of paged) {
      const policy = typePolicies[type]?.fields?.[field.name] as FieldPolicy | undefined;
      const keys = field.args.map(({ name }) => name).filter((name) => !PAGE_ARGUMENTS.has(name));
      expect([type, field.name, policy?.keyArgs]).toEqual([type, field.name, keys.length > 0 ? keys : false]);
    }
  });

  test("knows each of the schema's interfaces and unions", () => {
    const cache = createCache();
    for (const type of Object.values(schema.getTypeMap()).filter(isAbstractType)) {
      for (const { name } of schema.getPossibleTypes(type)) {
        const [fragment] = parse(`fragment Any on ${type.name} { __typename }`).definitions;
        const matches = cache.fragmentMatches(fragment as FragmentDefinitionNode, name);
        expect([type.name, name, matches]).toEqual([type.name, name, true]);
      }
    }
  });
});
