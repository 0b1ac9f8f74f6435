import { describe, expect, jest, test } from '@jest/globals';
import { engines } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { importRecords, startEndpoint } from './helpers/endpoint.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { createHistory, toRecords } from './helpers/histories.js';
import { hasRedisServer, startRedisServer } from './helpers/redis-server.js';

/** Five processes start. */
jest.setTimeout(120_000);

/** How old an answer may be after an import. */
const LIMIT_MS = 5000;

const RUNS = 'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { name telemetry { messageType count } } }';
const ONE = 'query ($arn: ID!) { assessmentRun(arn: $arn) { name telemetry { count } } }';

async function startReplica(environment: Record<string, string>) {
  const gateway = await startGateway(environment);
  endAfterAll(gateway.kill);
  return gateway;
}

async function get(url: string, query: string, variables: object): Promise<Json> {
  const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  const response = await fetch(`${url}/graphql?${search}`, { headers: { 'apollo-require-preflight': 'true' } });
  return response.json();
}

/** Reads until the result fits, and returns how long that took. */
async function until(read: () => Promise<Json>, fits: (result: Json) => boolean): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const result = await read();
    if (fits(result)) return performance.now() - startedAt;
    if (performance.now() - startedAt > 4 * LIMIT_MS) throw new Error(`It is still ${JSON.stringify(result)}`);
  }
}

describe.each(engines)('An import into an archive of $name', ({ createUrl }) => {
  test('shows within 5 s in whatever the gateways keep', async () => {
    const archiveUrl = await createUrl();
    const [first, second] = [createHistory(1), createHistory(2)];
    await importRecords(archiveUrl, toRecords(first));
    const endpoint = await startEndpoint(archiveUrl);
    const redis = hasRedisServer ? await startRedisServer() : null;
    const replica = { INSPECTOR_ENDPOINT: endpoint.url, ...(redis && { REDIS_URL: redis.url }) };
    const gateways = await Promise.all([replica, replica, { ARCHIVE_URL: archiveUrl }].map(startReplica));
    const arns = [first.run.arn, second.run.arn];
    const reads = gateways.flatMap((gateway) => [
      () => gateway.query(RUNS, { arns }),
      () => gateway.query(ONE, { arn: first.run.arn }),
      () => get(gateway.url, ONE, { arn: first.run.arn }),
    ]);
    // Each is read several times, so that every cache has it that would keep it.
    for (let round = 0; round < 3; round += 1) {
      for (const read of reads) {
        const result = JSON.stringify(await read());
        expect(result).toContain('"Run 1"');
        expect(result).not.toContain('"Run 2"');
      }
    }

    // A run whose state has changed since replaces the one before.
    const renamed = { ...first.run, name: 'Renamed', stateChangedAt: first.run.stateChangedAt + 10 };
    await importRecords(archiveUrl, `${toRecords(second)}\n${toRecords({ ...first, run: renamed })}`);

    const times = await Promise.all(
      reads.map((read) => until(read, (result) => JSON.stringify(result).includes('"Renamed"'))),
    );
    expect(Math.max(...times)).toBeLessThan(LIMIT_MS);
    for (const gateway of gateways) {
      const { data } = await gateway.query(RUNS, { arns });
      expect(data.assessmentRunsByArn.map(({ name }: { name: string }) => name)).toEqual(['Renamed', 'Run 2']);
    }
  });
});
