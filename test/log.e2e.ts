import { connect } from 'node:net';
import { expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { exampleArn } from './helpers/runs.js';
import { sendJson, startScriptedUpstream } from './helpers/scripted-upstream.js';

/** What moves a cursor, turns the direction of reading or ends a line, where it is not one of JSON. */
const UNSAFE = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** Sends a request as these bytes, and waits for its end. */
async function sendBytes(url: string, text: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(Buffer.from(text, 'latin1'));
  for await (const _ of socket);
}

test('What comes from outside stands in the log with escapes for what a terminal would obey', async () => {
  const gateway = await startGateway();
  endAfterAll(gateway.kill);
  const target = 'InspectorService.\x9b2J\x90';
  await sendBytes(
    gateway.archiveUrl,
    `POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: ${target}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`,
  );
  await gateway.stderrMatch(/UnknownOperationException/);
  expect(gateway.log().map(({ operation }) => operation)).toContain(target.slice('InspectorService.'.length));

  gateway.child.kill('SIGTERM');
  const { stderr } = await gateway.exited;
  expect(stderr).not.toMatch(UNSAFE);
});

test('What an upstream says does, too', async () => {
  const message = 'turned \u202egnp.exe\u2066 \u2028 and \u009b31m red';
  const upstream = await startScriptedUpstream((_call, response) =>
    sendJson(response, 400, { __type: 'ValidationException', message }),
  );
  endAfterAll(upstream.stop);
  const gateway = await startGateway({ INSPECTOR_ENDPOINT: upstream.url });
  endAfterAll(gateway.kill);
  await gateway.query(`{ assessmentRun(arn: "${exampleArn}") { telemetry { count } } }`);
  await gateway.stderrMatch(/turned /);
  gateway.child.kill('SIGTERM');
  const { stderr } = await gateway.exited;
  expect(JSON.stringify(gateway.log())).toContain('turned \u202egnp.exe');
  expect(stderr).not.toMatch(UNSAFE);
});
