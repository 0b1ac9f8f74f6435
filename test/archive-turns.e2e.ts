import { once } from 'node:events';
import { Agent, type ClientRequest, get, type IncomingMessage, request as sendRequest } from 'node:http';
import { expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';

/** It takes SQLite some 100 ms, by days that are not all as long. */
const input = JSON.stringify({ groupBy: ['RULE', 'SEVERITY'], interval: 'DAY', timeZone: 'Europe/Paris', top: 2 });
const REQUESTS = 30;

test('What clients have given up is not read when its turn comes', async () => {
  const { archiveUrl, withArchiveCalls, kill } = await startGateway();
  endAfterAll(kill);
  // Their connections are there before, so that all come at once.
  const agent = new Agent({ keepAlive: true });
  const openConnection = async () => {
    const [response] = (await once(get(`${archiveUrl}/healthz`, { agent }), 'response')) as [IncomingMessage];
    await once(response.resume(), 'end');
  };
  await Promise.all(Array.from({ length: REQUESTS }, openConnection));
  const ask = (): ClientRequest => {
    const headers = { 'x-amz-target': 'InspectorArchive.SummarizeFindings' };
    const request = sendRequest(archiveUrl, { method: 'POST', agent, headers });
    // Of those that are given up.
    request.on('error', () => {});
    return request.end(input);
  };
  const { calls } = await withArchiveCalls(async () => {
    const sent = Array.from({ length: REQUESTS }, ask);
    await Promise.race(sent.map((request) => once(request, 'response')));
    for (const request of sent) request.destroy();
    // It is read after those that came before it.
    const [last] = (await once(ask(), 'response')) as [IncomingMessage];
    await once(last.resume(), 'end');
    agent.destroy();
  });
  expect(calls.length).toBeGreaterThan(0);
  expect(calls.length).toBeLessThan(REQUESTS / 2);
  expect(new Set(calls)).toEqual(new Set(['SummarizeFindings']));
});
