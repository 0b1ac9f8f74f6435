import { relative } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { type Engine, engines } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { importRecords } from './helpers/endpoint.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { createHistory, toLines, toRecords } from './helpers/histories.js';
import { runMain } from './helpers/process.js';

// Several processes take a while to start.
jest.setTimeout(30_000);

const sqlite = engines[0] as Engine;

const exampleQuery = (arn: string, fields: string) =>
  `query Telemetry { assessmentRun( arn: "${arn}" ) { ${fields} } }`;
const TELEMETRY = 'telemetry { messageType count dataSize } telemetryTotal { count dataSize }';

/** A gateway over an archive with these records, its example query, and the answer to it. */
async function startOver(records: string, environment: Record<string, string> = {}) {
  const archiveUrl = environment.ARCHIVE_URL ?? (await sqlite.createUrl());
  await importRecords(archiveUrl, records);
  const gateway = await startGateway({ ARCHIVE_URL: archiveUrl, ...environment });
  endAfterAll(gateway.kill);
  const [, body = ''] = await gateway.stdoutMatch(/\nTry:\n.* -d '(.*)'\n/);
  const { query } = JSON.parse(body);
  return { gateway, archiveUrl, query, answer: await gateway.query(query) };
}

describe.each(engines)('The first lines over an archive on $name', (engine) => {
  test('name the archive and the number of its runs, and ask for its newest run with telemetry', async () => {
    const [first, second, third] = [1, 3, 2].map((number) => createHistory(number)) as [Json, Json, Json];
    const withoutTelemetry = createHistory(9);
    const archiveUrl = await engine.createUrl();
    const { gateway, query, answer } = await startOver(
      [first, second, third].map(toRecords).join('') + toLines([{ assessmentRuns: [withoutTelemetry.run] }]),
      { ARCHIVE_URL: archiveUrl },
    );

    const shown = archiveUrl.replace(/\/\/.*@/, '//');
    await gateway.stdoutMatch(
      new RegExp(
        `^Archive  http://\\S+  \\(its upstream: Inspector Classic's protocol; 4 assessment runs in ${shown}\\)$`,
        'm',
      ),
    );
    expect(query).toBe(exampleQuery(second.run.arn, `name state ${TELEMETRY}`));
    expect(answer.errors).toBeUndefined();
    expect(answer.data.assessmentRun).toMatchObject({ name: 'Run 3', telemetry: [{ count: 3 }, {}] });
  });

  test('show no password, and a path that is absolute', async () => {
    const archiveUrl = await engine.createUrl();
    await importRecords(archiveUrl, toRecords(createHistory()));
    const isFile = engine.name === 'SQLite';
    const written = isFile
      ? `sqlite:${relative(process.cwd(), archiveUrl.slice('sqlite:'.length))}`
      : archiveUrl.replace('postgres@', 'postgres:secret@');
    const archive = runMain(['archive'], { ARCHIVE_URL: written, ARCHIVE_PORT: '0' });
    endAfterAll(archive.kill);
    const [line] = await archive.stdoutMatch(/.*\n/);
    expect(line).toMatch(/ {2}\(Inspector Classic's protocol; 1 assessment run in /);
    expect(line).toContain(` in ${archiveUrl.replace(/\/\/.*@/, '//')})\n`);
  });

  test('say how to import into an archive that is empty', async () => {
    const gateway = await startGateway({ ARCHIVE_URL: await engine.createUrl(), ARCHIVE_CREATE: '1' });
    endAfterAll(gateway.kill);
    const [, hint] = await gateway.stdoutMatch(/; 0 assessment runs in .*\n\n(.*)\n\n$/);
    expect(hint).toBe(
      'There is nothing to ask for yet. Import your exports with `inspector-gateway archive import PATH...`; ' +
        'in a checkout: `npm start -- archive import PATH...`.',
    );
    expect(await (await fetch(`${gateway.url}/sandbox`)).text()).toContain('query Runs');
  });
});

describe('The query to try', () => {
  const { run, telemetry } = createHistory();

  test('has only telemetry for a run without details', async () => {
    const record = { operation: 'GetTelemetryMetadata', input: { assessmentRunArn: run.arn } };
    const { query, answer } = await startOver(toLines([{ ...record, output: { telemetryMetadata: telemetry } }]));
    expect(query).toBe(exampleQuery(run.arn, TELEMETRY));
    expect(answer.errors).toBeUndefined();
    expect(answer.data.assessmentRun.telemetry).toHaveLength(2);
  });

  test('has only details for a run without telemetry', async () => {
    const { query, answer } = await startOver(toLines([{ assessmentRuns: [run] }]));
    expect(query).toBe(`query Run { assessmentRun( arn: "${run.arn}" ) { name state } }`);
    expect(answer).toEqual({ data: { assessmentRun: { name: 'Run 1', state: 'COMPLETED' } } });
  });

  test('finds the telemetry of an old run among many that have none', async () => {
    const newer = Array.from({ length: 120 }, (_, place) => createHistory(place + 2).run);
    const { gateway, query, answer } = await startOver(
      toRecords(createHistory()) + toLines([{ assessmentRuns: newer }]),
    );
    expect(query).toBe(exampleQuery(run.arn, `name state ${TELEMETRY}`));
    expect(answer.errors).toBeUndefined();
    await gateway.stdoutMatch(/; 121 assessment runs in /);
  });

  test('is the same with several processes, and the page of each opens with it', async () => {
    const { gateway, query, answer } = await startOver(toRecords(createHistory(7)), { WORKERS: '2' });
    expect(query).toContain(createHistory(7).run.arn);
    expect(answer.data.assessmentRun.name).toBe('Run 7');
    for (let page = 0; page < 4; page += 1) {
      const text = await (await fetch(`${gateway.url}/sandbox`)).text();
      expect(text).toContain(createHistory(7).run.arn);
    }
  });

  test.each([[{ INSPECTOR_ENDPOINT: 'http://127.0.0.1:9' }], [{ INSPECTOR_ENDPOINT: 'aws', AWS_REGION: 'us-west-2' }]])(
    'names no run over the upstream %j',
    async (environment) => {
      const gateway = await startGateway(environment);
      endAfterAll(gateway.kill);
      const [, body = ''] = await gateway.stdoutMatch(/\nTry:\n.* -d '(.*)'\n/);
      expect(JSON.parse(body).query).toBe('query Runs { assessmentRuns(first: 1) { nodes { arn name } } }');
    },
  );
});

test('A number of runs is written with commas', async () => {
  const archiveUrl = await sqlite.createUrl();
  const runs = Array.from({ length: 1234 }, (_, place) => createHistory(place + 1).run);
  await importRecords(archiveUrl, toLines([{ assessmentRuns: runs }]));
  const archive = runMain(['archive'], { ARCHIVE_URL: archiveUrl, ARCHIVE_PORT: '0' });
  endAfterAll(archive.kill);
  await archive.stdoutMatch(/; 1,234 assessment runs in sqlite:\//);
});
