import {
  createOperationDescriptor,
  Environment,
  type FetchFunction,
  fetchQuery,
  type GraphQLResponse,
  Network,
  RecordSource,
  Store,
} from 'relay-runtime';
import { persistedFetch } from '../snippets/persisted-fetch.js';
import { createEnvironment } from '../snippets/relay-environment.js';
import runQuery, { type relayQueriesRunQuery } from './__generated__/relayQueriesRunQuery.graphql.js';
import runsQuery, {
  type relayQueriesRunsQuery,
  type relayQueriesRunsQuery$data,
} from './__generated__/relayQueriesRunsQuery.graphql.js';
import telemetryQuery, { type relayQueriesTelemetryQuery } from './__generated__/relayQueriesTelemetryQuery.graphql.js';
import type { CreateClient } from './client-under-test.js';

/** Relay has no way of its own to send a request: an environment is given one. */
function createBare(send: (query: string, variables: object) => Promise<Response>): Environment {
  const fetchGraphQL: FetchFunction = async ({ text }, variables) =>
    (await (await send(text ?? '', variables)).json()) as GraphQLResponse;
  return new Environment({ network: Network.create(fetchGraphQL), store: new Store(new RecordSource()) });
}

export const createRelay: CreateClient = (url) => {
  const headers = { 'content-type': 'application/json' };
  const toPost = (query: string, variables: object) => ({
    method: 'POST',
    headers,
    body: JSON.stringify({ query, variables }),
  });
  const bare = createBare((query, variables) => fetch(url, toPost(query, variables)));
  const retrying = createEnvironment(url);
  const persisted = createBare((query, variables) => persistedFetch(url, toPost(query, variables)));
  const byGet = createBare((query, variables) => {
    const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
    return fetch(`${url}?${search}`, { headers: { accept: 'application/graphql-response+json' } });
  });
  const fetchRun = async (arn: string, environment: Environment) =>
    (await fetchQuery<relayQueriesRunQuery>(environment, runQuery, { arn }).toPromise())?.assessmentRun;
  return {
    fetchRun: (arn) => fetchRun(arn, bare),
    async fetchPages(pages) {
      const first = createOperationDescriptor(runsQuery, { first: 20, after: null });
      const retained = bare.retain(first);
      const readConnection = () =>
        (bare.lookup(first.fragment).data as unknown as relayQueriesRunsQuery$data).assessmentRuns;
      let after: string | null | undefined = null;
      for (let page = 0; page < pages; page += 1) {
        await fetchQuery<relayQueriesRunsQuery>(bare, runsQuery, { first: 20, after }).toPromise();
        after = readConnection().pageInfo.endCursor;
      }
      const arns = readConnection().edges.map(({ node }) => node.id);
      retained.dispose();
      return arns;
    },
    async fetchError(arn) {
      const query = fetchQuery<relayQueriesTelemetryQuery>(bare, telemetryQuery, { arn });
      return (await query.toPromise())?.assessmentRun?.telemetry;
    },
    retryRun: (arn) => fetchRun(arn, retrying),
    persistedRun: (arn) => fetchRun(arn, persisted),
    getRun: (arn) => fetchRun(arn, byGet),
  };
};
