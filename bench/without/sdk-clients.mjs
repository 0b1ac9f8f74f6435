// The SDK's own send: it puts its middlewares together for each call, and reads the response by its model.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { InspectorClient } from '@aws-sdk/client-inspector';

// A scope is not sent: this is measured where nobody is asked who they are.
export { withScope } from './sdk-clients.js';

const unsigned = {
  httpAuthSchemeProvider: () => [{ schemeId: 'smithy.api#noAuth' }],
  httpAuthSchemes: [
    {
      schemeId: 'smithy.api#noAuth',
      identityProvider: () => async () => ({}),
      signer: { sign: async (request) => request },
    },
  ],
};

export function createClients(source, { connectTimeoutMs }) {
  const senders = new Map();
  const httpAgent = new HttpAgent({ keepAlive: true });
  const httpsAgent = new HttpsAgent({ keepAlive: true });

  function clientFor(region) {
    const endpoint = source.endpointFor(region);
    if (!senders.has(endpoint)) {
      const client = new InspectorClient({
        ...(source.signed ? {} : unsigned),
        region,
        endpoint,
        maxAttempts: 1,
        requestHandler: { connectionTimeout: connectTimeoutMs, httpAgent, httpsAgent },
      });
      senders.set(endpoint, {
        send: (Command, input, signal) => client.send(new Command(input), { abortSignal: signal }),
      });
    }
    return senders.get(endpoint);
  }
  return Object.assign(clientFor, {
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  });
}
