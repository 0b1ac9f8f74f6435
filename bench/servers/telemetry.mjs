// What the resolvers of all peers share: the AWS SDK, unsigned as the product's own, and what the process knows of runs.
import { Agent } from 'node:http';
import { GetTelemetryMetadataCommand, InspectorClient } from '@aws-sdk/client-inspector';
import { LRUCache } from 'lru-cache';

const noAuth = {
  schemeId: 'smithy.api#noAuth',
  identityProvider: () => async () => ({}),
  signer: { sign: async (request) => request },
};
const client = new InspectorClient({
  region: 'us-west-2',
  endpoint: process.env.INSPECTOR_ENDPOINT,
  requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: 50 }) },
  httpAuthSchemeProvider: () => [{ schemeId: noAuth.schemeId }],
  httpAuthSchemes: [noAuth],
});
const known = new LRUCache({ max: 10_000, fetchMethod: (arn) => fetchTelemetry(arn) });

/** The rows of a run, from the upstream. */
export async function fetchTelemetry(assessmentRunArn) {
  const output = await client.send(new GetTelemetryMetadataCommand({ assessmentRunArn }));
  return output.telemetryMetadata;
}

/** The rows of a run: at once where the process knows them, otherwise as a promise, one for all who ask. */
export function findTelemetry(arn) {
  return known.get(arn) ?? known.fetch(arn);
}
