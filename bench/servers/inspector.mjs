// What the resolvers of all peers share: the AWS SDK, unsigned as the product's own, and what the process knows of runs.
import { Agent } from 'node:http';
import { DescribeAssessmentRunsCommand, GetTelemetryMetadataCommand, InspectorClient } from '@aws-sdk/client-inspector';
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
const telemetry = new LRUCache({ max: 10_000, fetchMethod: (arn) => fetchTelemetry(arn) });
const details = new LRUCache({ max: 10_000, fetchMethod: (arn) => fetchDetails(arn) });

/** The rows of a run, from the upstream. */
export async function fetchTelemetry(assessmentRunArn) {
  const output = await client.send(new GetTelemetryMetadataCommand({ assessmentRunArn }));
  return output.telemetryMetadata;
}

/** What describes a run, from the upstream; its dates are text, so that nothing is left to do when it is sent. */
export async function fetchDetails(arn) {
  const output = await client.send(new DescribeAssessmentRunsCommand({ assessmentRunArns: [arn] }));
  const members = Object.entries(output.assessmentRuns[0]);
  return Object.fromEntries(
    members.map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
  );
}

/** The rows of a run: at once where the process knows them, otherwise as a promise, one for all who ask. */
export function findTelemetry(arn) {
  return telemetry.get(arn) ?? telemetry.fetch(arn);
}

/** What describes a run, likewise. */
export function findDetails(arn) {
  return details.get(arn) ?? details.fetch(arn);
}

/** All rows together: Inspector's own row. */
export function toTotal(rows) {
  return rows.find(({ messageType }) => messageType === 'Total');
}
