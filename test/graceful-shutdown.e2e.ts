import { once } from 'node:events';
import { Agent, get, type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { engines } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { importRecords, startEndpoint } from './helpers/endpoint.js';
import { startGateway } from './helpers/gateway.js';
import { toReportRecord, toSha256 } from './helpers/reports.js';
import { exampleArn, freshArn } from './helpers/runs.js';
import { sendJson, startScriptedUpstream } from './helpers/scripted-upstream.js';

/** Several processes start for a test, and clients read slowly. */
jest.setTimeout(30_000);

/** Far more than the kernel's buffers of a connection. */
const ANSWER_BYTES = 9_900_000;
const RUNS = 10;
const BYTES_PER_MS = 4000;

/** Reads an answer on a kept connection at a limited rate; returns its length, and the error that ended it early. */
async function readSlowly(response: IncomingMessage) {
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += chunk.length;
      await delay(chunk.length / BYTES_PER_MS);
    }
  } catch (error) {
    return { bytes, lost: (error as NodeJS.ErrnoException).code };
  }
  return { bytes, lost: null };
}

const toExpected = ({ headers }: IncomingMessage) => ({ bytes: Number(headers['content-length']), lost: null });

describe('SIGTERM while a client reads a large answer slowly', () => {
  test.each(['1', '2'])('lets a gateway of %s processes send all of it', async (workers) => {
    const messageType = 'x'.repeat(ANSWER_BYTES / RUNS);
    const upstream = await startScriptedUpstream((_call, response) =>
      sendJson(response, 200, { telemetryMetadata: [{ messageType, count: 1 }] }),
    );
    endAfterAll(upstream.stop);
    const gateway = await startGateway({ INSPECTOR_ENDPOINT: upstream.url, WORKERS: workers });
    endAfterAll(gateway.kill);
    const post = request(`${gateway.url}/graphql`, {
      method: 'POST',
      agent: new Agent({ keepAlive: true }),
      headers: { 'content-type': 'application/json' },
    });
    const query = 'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { telemetry { messageType } } }';
    post.end(JSON.stringify({ query, variables: { arns: Array.from({ length: RUNS }, freshArn) } }));
    const [response] = (await once(post, 'response')) as [IncomingMessage];
    gateway.child.kill('SIGTERM');
    expect(await readSlowly(response)).toEqual(toExpected(response));
    expect(Number(response.headers['content-length'])).toBeGreaterThan(ANSWER_BYTES);
    expect((await gateway.exited).code).toBe(0);
  });

  test('lets the archive send all of it', async () => {
    const content = Buffer.alloc(ANSWER_BYTES, 'a report ');
    const archiveUrl = (await engines[0]?.createUrl()) as string;
    await importRecords(archiveUrl, JSON.stringify(toReportRecord({ runArn: exampleArn, format: 'PDF', content })));
    const archive = await startEndpoint(archiveUrl);
    const path = `/assessment-reports/${exampleArn}/${toSha256(content)}.pdf`;
    const got = get(archive.url + path, { agent: new Agent({ keepAlive: true }) });
    const [response] = (await once(got, 'response')) as [IncomingMessage];
    archive.child.kill('SIGTERM');
    expect(await readSlowly(response)).toEqual({ bytes: ANSWER_BYTES, lost: null });
    expect((await archive.exited).code).toBe(0);
  });
});
