import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { InspectorClient, type InspectorClientConfig } from '@aws-sdk/client-inspector';
import type { InspectorSource } from './inspector-source.js';
import { collectResponseBody } from './response-body.js';

/**
 * The SDK's client for a region, made when it is first asked for. Each `send` is one attempt. All share the agents that
 * keep their connections; `close` ends those that are idle.
 */
export function createClients(source: InspectorSource, limits: { connectTimeoutMs: number }) {
  const clients = new Map<string, InspectorClient>();
  // The gate of the endpoint is the only queue: a socket limit would count waiting time against the connect timeout.
  const httpAgent = new HttpAgent({ keepAlive: true });
  const httpsAgent = new HttpsAgent({ keepAlive: true });
  const shared: InspectorClientConfig = {
    // Attempts are ours: between two of them the call gives its turn back, which the SDK knows nothing of.
    retryStrategy: { retry: (next, args) => next(args) },
    maxAttempts: 1,
    streamCollector: collectResponseBody,
    requestHandler: { connectionTimeout: limits.connectTimeoutMs, httpAgent, httpsAgent },
    // With an explicit endpoint either of these, if set in the environment, would fail every call.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
  };
  const authentication = source.signed ? {} : unsigned;

  /** `isRegional` asks for the region's own data only, also of an endpoint that holds several. */
  function clientFor(region: string, isRegional = false): InspectorClient {
    const endpoint = source.endpointFor(region);
    const isScoped = isRegional && !source.signed;
    const key = isScoped ? `${region} ${endpoint}` : endpoint;
    let client = clients.get(key);
    if (client === undefined) {
      client = new InspectorClient({ ...shared, ...(isScoped ? scoped : authentication), region, endpoint });
      // The SDK would run its rules for every call, to find the one endpoint that it was given.
      const url = new URL(endpoint);
      client.config.endpointProvider = () => ({ url });
      if (source.signed) client.config.credentials = nameFailure(client.config.credentials);
      clients.set(key, client);
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

/** Of a signature an archive looks at the region only; nothing secret is needed for it. */
const scoped: InspectorClientConfig = {
  credentials: { accessKeyId: 'inspector-gateway', secretAccessKey: 'not-a-secret' },
};

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
