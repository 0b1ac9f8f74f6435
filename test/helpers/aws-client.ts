import { InspectorClient } from '@aws-sdk/client-inspector';
import { endAfterAll } from './cleanup.js';

const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };

/** A client that signs for a region, without retries. */
export function createClient(endpoint: string, region = 'us-west-2'): InspectorClient {
  const client = new InspectorClient({ endpoint, region, credentials, maxAttempts: 1 });
  endAfterAll(async () => client.destroy());
  return client;
}

/** A client that does not sign. */
export function createUnsignedClient(endpoint: string): InspectorClient {
  const signer = { sign: async <T>(request: T) => request };
  const client = new InspectorClient({ endpoint, region: 'us-west-2', credentials, maxAttempts: 1, signer });
  endAfterAll(async () => client.destroy());
  return client;
}
