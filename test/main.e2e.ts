import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect, createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { ask, sendHalfOf, untilRefused } from './helpers/client.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { runMain } from './helpers/process.js';
import { exampleArn, freshArn, toRunNumber } from './helpers/runs.js';
import { answerLikeInspector, startScriptedUpstream } from './helpers/scripted-upstream.js';

describe('inspector-gateway', () => {
  test('prints its addresses and a query to try, and that query works', async () => {
    const gateway = await startGateway();
    endAfterAll(gateway.kill);
    expect(gateway.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(gateway.archiveUrl).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    const [, body = ''] = await gateway.stdoutMatch(/-d '(.*)'\n/);

    const { data } = (await gateway.post(JSON.parse(body))).body;

    expect(data.assessmentRun).toMatchObject({
      name: 'Run 1 for ExampleAssessmentTemplate',
      state: 'COMPLETED',
      telemetryTotal: { count: 1159, dataSize: 3146579 },
    });
    expect(data.assessmentRun.telemetry).toHaveLength(29);
    await gateway.stderrMatch(/("server":"archive".*){2}/s);
    const operations = gateway.log().flatMap((line) => (line.server === 'archive' ? [line.operation] : []));
    expect(operations.sort()).toEqual(['DescribeAssessmentRuns', 'GetTelemetryMetadata']);
  });

  test('pages through the runs of the archive', async () => {
    const gateway = await startGateway();
    endAfterAll(gateway.kill);
    const QUERY = `query ($after: String) {
      assessmentRuns(first: 20, after: $after) { nodes { arn name } pageInfo { hasNextPage endCursor } }
    }`;
    const names: (string | null)[] = [];
    let after: string | null = null;
    do {
      const { assessmentRuns }: Json = (await gateway.query(QUERY, { after })).data;
      names.push(...assessmentRuns.nodes.map((run: { name: string | null }) => run.name));
      after = assessmentRuns.pageInfo.hasNextPage ? assessmentRuns.pageInfo.endCursor : null;
    } while (after !== null);
    expect(names).toHaveLength(86);
    // One of them is known by its ARN alone.
    expect(new Set(names).size).toBe(86);
    expect(names.filter((name) => name === null)).toHaveLength(1);
  });

  test('reports every bad variable at once, exits with 2 and starts nothing', async () => {
    const { code, stdout, stderr } = await runMain([], { PORT: 'x', CACHE_MAX_RUNS: '0', LOG_LEVEL: 'loud' }).exited;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toEqual([
      'PORT: expected a whole number from 0 to 65535, but got "x"',
      'CACHE_MAX_RUNS: expected a whole number from 1 to 1000000, but got "0"',
      expect.stringMatching(/^LOG_LEVEL: expected one of fatal, .*, but got "loud"$/),
    ]);
  });

  test('shows arguments and variables escaped', async () => {
    const command = await runMain(['\u001b[31mred\u202e']).exited;
    expect(command.stderr).toMatch(/^Unknown command: \\u001b\[31mred\\u202e\n/);
    const variable = await runMain([], { LOG_LEVEL: 'loud\u202e' }).exited;
    expect(variable.stderr).toMatch(/^LOG_LEVEL: .* but got "loud\\u202e"\n$/);
  });

  test.each(['PORT', 'ARCHIVE_PORT'])(
    'says in one line that the port of %s is taken, and exits with 1',
    async (variable) => {
      const taken = createServer().listen(0, '127.0.0.1');
      endAfterAll(async () => taken.close());
      await once(taken, 'listening');
      const { port } = taken.address() as { port: number };
      const { code, stdout, stderr } = await runMain([], { PORT: '0', ARCHIVE_PORT: '0', [variable]: String(port) })
        .exited;
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toBe(
        `http://127.0.0.1:${port} is already in use: set ${variable} to another port, or 0 for a free one.\n`,
      );
    },
  );

  test('--help names every variable', async () => {
    const { code, stdout } = await runMain(['--help']).exited;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: inspector-gateway/);
    expect(stdout).toMatch(/^ {2}MAX_RUNS_PER_OPERATION .*\(100\)$/m);
    expect(stdout).toMatch(/^ {2}MAX_FIELDS_PER_OPERATION .*\(50000\)$/m);
    expect(stdout).toMatch(/^ {2}MAX_ANSWER_BYTES .*\(33554432\)$/m);
  });

  test.each([['nothing'], ['archive', 'more'], ['--nothing']])(
    'refuses %s with its usage, and exits with 2',
    async (...args) => {
      const { code, stdout, stderr } = await runMain(args).exited;
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/Usage: inspector-gateway/);
    },
  );
});

describe('SIGTERM', () => {
  test('answers requests in flight, accepts no new ones, and exits with 0', async () => {
    const release: (() => void)[] = [];
    const upstream = await startScriptedUpstream((call, response) => {
      release.push(() => void answerLikeInspector(call, response));
      if (release.length === 3) gateway.child.kill('SIGTERM');
    });
    endAfterAll(upstream.stop);
    const gateway = await startGateway({ INSPECTOR_ENDPOINT: upstream.url });
    endAfterAll(gateway.kill);
    const agent = new Agent({ keepAlive: true });

    const arns = [freshArn(), freshArn(), freshArn()];
    const asked = arns.map((arn) => ask(gateway.url, arn, agent));
    const half = await sendHalfOf('GET /readyz HTTP/1.1\r\nHost: localhost\r\n', gateway.url);
    // Refused connections show that the signal has arrived. Answers are held until then.
    await untilRefused(`${gateway.url}/readyz`);
    expect(await half.finish('\r\n')).toMatch(/^HTTP\/1.1 503 /);
    for (const go of release) go();

    expect(await Promise.all(asked)).toEqual(
      arns.map((arn) => ({
        body: expect.stringContaining(`[{"count":${toRunNumber(arn)}}]`),
        connection: 'close',
      })),
    );
    expect((await gateway.exited).code).toBe(0);
  });

  test.each([true, false])('under load loses no request, with connections that are kept: %s', async (keepAlive) => {
    const gateway = await startGateway();
    endAfterAll(gateway.kill);
    const agent = new Agent({ keepAlive });
    let answered = 0;

    /** Sends requests on kept connections until the server accepts no new ones. */
    async function keepAsking(): Promise<void> {
      for (;;) {
        const outcome = await ask(gateway.url, exampleArn, agent).catch(({ code }: NodeJS.ErrnoException) => ({
          code,
        }));
        if ('code' in outcome) {
          // A refused connection is not a lost request; an accepted one that breaks is.
          expect(outcome.code).toBe('ECONNREFUSED');
          return;
        }
        expect(outcome.body).toContain('{"count":1159}');
        answered += 1;
        if (answered === 400) gateway.child.kill('SIGTERM');
      }
    }

    await Promise.all(Array.from({ length: 40 }, keepAsking));

    expect(answered).toBeGreaterThan(400);
    expect((await gateway.exited).code).toBe(0);
  });

  test('is not held up by a connection that never had a request', async () => {
    const gateway = await startGateway();
    endAfterAll(gateway.kill);
    const { hostname, port } = new URL(gateway.url);
    const silent = connect(Number(port), hostname);
    await once(silent, 'connect');
    gateway.child.kill('SIGTERM');
    // Closed, and not cut off at the limit, which would take longer than the timeout of a test.
    await once(silent, 'close');
    expect((await gateway.exited).code).toBe(0);
  });

  test('ends the archive alone as well, and SIGINT does the same', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const archive = runMain(['archive'], { ARCHIVE_PORT: '0' });
      await archive.stdoutMatch(/http:/);
      archive.child.kill(signal);
      expect((await archive.exited).code).toBe(0);
    }
  });
});
