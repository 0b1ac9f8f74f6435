import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { freshArn, runArn, toRunNumber } from './helpers/runs.js';
import { answerLikeInspector, startScriptedUpstream } from './helpers/scripted-upstream.js';

const QUERY = 'query ($arn: ID!) { assessmentRun(arn: $arn) { name telemetry { count } } }';

async function start(environment: Record<string, string>, nodeOptions: string[] = []) {
  const gateway = await startGateway(environment, nodeOptions);
  endAfterAll(gateway.kill);
  return gateway;
}

/** A port that was free a moment ago. */
async function takeClosedPort(): Promise<string> {
  const upstream = await startScriptedUpstream();
  await upstream.stop();
  return upstream.url;
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

describe('An upstream that', () => {
  test('refuses connections is SERVICE_UNAVAILABLE', async () => {
    const gateway = await start({ INSPECTOR_ENDPOINT: await takeClosedPort() });
    const { data, errors } = await gateway.query(QUERY, { arn: runArn(1) });
    expect(data.assessmentRun).toEqual({ name: null, telemetry: null });
    expect(errors).toHaveLength(2);
    for (const { message, extensions } of errors) {
      expect(extensions).toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        errorCode: null,
        canRetry: true,
        requestId: null,
      });
      expect(message).not.toMatch(/127|ECONN/);
    }
  });

  test('accepts connections and never answers is TIMEOUT at the deadline, and cached runs are answered', async () => {
    const upstream = await startScriptedUpstream((call, response) => {
      if (JSON.stringify(call.input).includes(runArn(1))) answerLikeInspector(call, response);
    });
    endAfterAll(upstream.stop);
    const gateway = await start({
      INSPECTOR_ENDPOINT: upstream.url,
      INSPECTOR_DEADLINE_MS: '400',
      INSPECTOR_CONCURRENCY: '3',
    });
    const known = await gateway.query(QUERY, { arn: runArn(1) });

    upstream.calls.length = 0;

    // More reads than slots: those that wait for a slot have the same deadline.
    const arns = [runArn(1), ...Array.from({ length: 20 }, () => freshArn())];
    const { data, errors } = await gateway.query(
      'query ($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { name telemetry { count } } }',
      { arns },
    );

    expect(data.assessmentRunsByArn[0]).toEqual(known.data.assessmentRun);
    expect(errors).toHaveLength(40);
    for (const { extensions } of errors) expect(extensions).toMatchObject({ code: 'TIMEOUT', canRetry: true });
    // Each call was aborted: none stays open.
    await upstream.idle();
    // The deadline includes the wait for a slot: 22 calls would be sent if it began with the slot. Some more than
    // the first 3 may be, where a slot is released in the same millisecond.
    expect(upstream.calls.length).toBeLessThan(22);
  });

  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux('does not accept connections is SERVICE_UNAVAILABLE when the connect timeout has passed', async () => {
    const child = spawn(process.execPath, [fixture('never-accepts.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
    endAfterAll(async () => child.kill('SIGKILL'));
    const port = Number(String((await once(child.stdout, 'data'))[0]));
    // The kernel's queue takes two.
    for (const _ of [1, 2])
      await once(
        connect(port, '127.0.0.1').on('error', () => {}),
        'connect',
      );
    const gateway = await start({
      INSPECTOR_ENDPOINT: `http://127.0.0.1:${port}`,
      INSPECTOR_CONNECT_TIMEOUT_MS: '100',
    });

    const { errors } = await gateway.query(QUERY, { arn: runArn(1) });

    for (const { extensions } of errors)
      expect(extensions).toMatchObject({ code: 'SERVICE_UNAVAILABLE', canRetry: true });
  });
});

describe('INSPECTOR_ENDPOINT=aws', () => {
  const aws = { INSPECTOR_ENDPOINT: 'aws', INSPECTOR_REGIONS: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true' };
  const credentials = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
  const onLoopback = ['--import', fixture('resolve-to-loopback.mjs')];

  test('asks the region of the ARN, not an ambient AWS_ENDPOINT_URL, and says that AWS ended the service', async () => {
    const ambient = await startScriptedUpstream();
    endAfterAll(ambient.stop);
    const gateway = await start(
      { ...aws, ...credentials, AWS_ENDPOINT_URL: ambient.url, AWS_REGION: 'us-east-2' },
      onLoopback,
    );

    for (const region of ['eu-north-1', 'us-gov-west-1']) {
      const { errors } = await gateway.query(QUERY, { arn: runArn(1, region) });
      expect(errors).toHaveLength(2);
      for (const { message, extensions } of errors) {
        expect(extensions).toMatchObject({ code: 'SERVICE_UNAVAILABLE', canRetry: true });
        expect(message).toMatch(
          /AWS ended Amazon Inspector Classic on 20 May 2026.*archive.*INSPECTOR_ENDPOINT=embedded/,
        );
      }
    }
    const names = new Set(gateway.log().flatMap(({ lookup }) => lookup ?? []));
    names.delete('127.0.0.1');
    expect([...names]).toEqual(['inspector.eu-north-1.amazonaws.com', 'inspector.us-gov-west-1.amazonaws.com']);
    expect(ambient.calls).toHaveLength(0);
  });

  test('with credentials that cannot be read is ACCESS_DENIED', async () => {
    const missing = { AWS_WEB_IDENTITY_TOKEN_FILE: '/nonexistent', AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/x' };
    const gateway = await start({ ...aws, ...missing }, onLoopback);
    const { errors } = await gateway.query(QUERY, { arn: freshArn() });
    expect(errors).toHaveLength(2);
    for (const { extensions } of errors) expect(extensions).toMatchObject({ code: 'ACCESS_DENIED', canRetry: false });
  });

  test('without credentials is ACCESS_DENIED, and nothing is looked up', async () => {
    const gateway = await start(aws, onLoopback);
    const { errors } = await gateway.query(QUERY, { arn: runArn(toRunNumber(freshArn())) });
    for (const { extensions } of errors) {
      expect(extensions).toMatchObject({ code: 'ACCESS_DENIED', errorCode: null, canRetry: false });
    }
    expect(gateway.log().filter(({ lookup }) => lookup?.includes('inspector'))).toEqual([]);
  });
});
