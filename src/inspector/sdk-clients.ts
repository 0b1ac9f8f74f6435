import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { InspectorClient, type InspectorClientConfig } from '@aws-sdk/client-inspector';
import type { InspectorSource } from './inspector-source.js';
import { collectResponseBody } from './response-body.js';
import { createRetryStrategy } from './retry-strategy.js';

/**
 * The SDK's client for a region, made when it is first asked for. All share one retry strategy and the agents that keep
 * their connections; `close` ends those that are idle.
 */
export function createClients(source: InspectorSource, limits: { connectTimeoutMs: number; maxAttempts: number }) {
  const clients = new Map<string, InspectorClient>();
  // The concurrency limit is the only queue: a socket limit would count waiting time against the connect timeout.
  const httpAgent = new HttpAgent({ keepAlive: true });
  const httpsAgent = new HttpsAgent({ keepAlive: true });
  const shared: InspectorClientConfig = {
    retryStrategy: createRetryStrategy(limits.maxAttempts),
    maxAttempts: limits.maxAttempts,
    streamCollector: collectResponseBody,
    requestHandler: { connectionTimeout: limits.connectTimeoutMs, httpAgent, httpsAgent },
    // With an explicit endpoint either of these, if set in the environment, would fail every call.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    ...(source.signed ? {} : unsigned),
  };

  function clientFor(region: string): InspectorClient {
    const endpoint = source.endpointFor(region);
    let client = clients.get(endpoint);
    if (client === undefined) {
      client = new InspectorClient({ ...shared, region, endpoint });
      if (source.signed) client.config.credentials = nameFailure(client.config.credentials);
      clients.set(endpoint, client);
    }
    return client;
  }
  return Object.assign(clientFor, {
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  });
}

/** Whatever keeps the SDK from finding credentials, a missing file for example, as its CredentialsProviderError. */
function nameFailure<Args extends unknown[], T>(findCredentials: (...args: Args) => Promise<T>) {
  return (...args: Args): Promise<T> =>
    findCredentials(...args).catch((cause) => {
      throw Object.assign(new Error('No AWS credentials were found.', { cause }), { name: 'CredentialsProviderError' });
    });
}

/** Requests without an Authorization header, and with no look-up of credentials, as `aws --no-sign-request` sends them. */
const unsigned: InspectorClientConfig = {
  httpAuthSchemeProvider: () => [{ schemeId: 'smithy.api#noAuth' }],
  httpAuthSchemes: [
    {
      schemeId: 'smithy.api#noAuth',
      identityProvider: () => async () => ({}),
      signer: { sign: async (request) => request },
    },
  ],
};
