import { createRetryFetch } from '@inspector-gateway/client/relay';
import { Environment, type FetchFunction, type GraphQLResponse, Network, RecordSource, Store } from 'relay-runtime';

export function createEnvironment(url: string): Environment {
  const fetchGraphQL: FetchFunction = async ({ text }, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: text, variables }),
    });
    return (await response.json()) as GraphQLResponse;
  };
  return new Environment({
    network: Network.create(createRetryFetch(fetchGraphQL)),
    store: new Store(new RecordSource()),
  });
}
