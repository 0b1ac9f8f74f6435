import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { isUnavailable, openDatabase } from '../src/archive/store/database.js';
import { engines, POSTGRES_URL } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { call, importRecords, startEndpoint } from './helpers/endpoint.js';
import { startGateway } from './helpers/gateway.js';
import { createHistory, toRecords } from './helpers/histories.js';
import { startTcpProxy } from './helpers/tcp-proxy.js';

const engine = engines.find(({ name }) => name === 'PostgreSQL');
const { run, telemetry } = createHistory(1);
const input = { assessmentRunArn: run.arn };

const outOfReach = {
  status: 500,
  body: { __type: 'InternalException', canRetry: true, message: 'The archive is out of reach.' },
};
/** Of the reads, this one alone has the error in its model. */
const report = { ...input, reportFileFormat: 'PDF', reportType: 'FULL' };
const answer = { status: 200, body: { telemetryMetadata: telemetry } };

/** An endpoint over an archive of one run, and who can take its database away. */
async function startOverPostgres() {
  const archiveUrl = (await engine?.createUrl()) as string;
  await importRecords(archiveUrl, toRecords(createHistory(1)));
  const { url, log } = await startEndpoint(archiveUrl);
  const administrator = await connect(POSTGRES_URL);
  return { archiveUrl, name: new URL(archiveUrl).pathname.slice(1), url, log, administrator };
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  endAfterAll(() => client.end());
  return client;
}

const ask = async (url: string) => {
  const { status, body } = await call(url, 'GetTelemetryMetadata', input);
  return { status, body };
};

const terminate = 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1';

(engine === undefined ? describe.skip : describe)('Without its PostgreSQL database', () => {
  test('the endpoint says that it may be asked again, tells why in its log, and recovers by itself', async () => {
    const { name, url, administrator, log } = await startOverPostgres();
    expect(await ask(url)).toEqual(answer);
    await administrator.query(terminate, [name]);
    await administrator.query(`alter database ${name} rename to ${name}_away`);
    expect(await ask(url)).toEqual(outOfReach);
    expect((await call(url, 'ListAssessmentRuns', {})).body).toEqual(outOfReach.body);
    expect((await call(url, 'DescribeAssessmentRuns', { assessmentRunArns: [run.arn] })).body).toEqual(outOfReach.body);
    expect(await call(url, 'GetAssessmentReport', report)).toMatchObject({
      status: 503,
      body: { ...outOfReach.body, __type: 'ServiceTemporarilyUnavailableException' },
    });
    expect(JSON.stringify(log())).toContain('does not exist');
    await administrator.query(`alter database ${name}_away rename to ${name}`);
    expect(await ask(url)).toEqual(answer);
  });

  test('the endpoint still says what is wrong with an input', async () => {
    const { name, url, administrator } = await startOverPostgres();
    await administrator.query(terminate, [name]);
    await administrator.query(`alter database ${name} rename to ${name}_away`);
    expect((await call(url, 'ListAssessmentRuns', { maxResults: 0 })).body.errorCode).toBe('INVALID_MAX_RESULTS');
    await administrator.query(`alter database ${name}_away rename to ${name}`);
  });

  test('requests whose connections are lost time and again are ones to try again', async () => {
    const { archiveUrl, name, url, administrator } = await startOverPostgres();
    const locker = await connect(archiveUrl);
    await locker.query('begin');
    await locker.query('lock table documents in access exclusive mode');
    const asked = Array.from({ length: 8 }, () => ask(url));
    const waiting = `from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'`;
    let count = 0;
    while (count < asked.length)
      ({ count } = (await administrator.query(`select count(*)::int ${waiting}`, [name])).rows[0]);
    let answered = false;
    const answers = Promise.all(asked).finally(() => (answered = true));
    while (!answered) await administrator.query(`select pg_terminate_backend(pid) ${waiting}`, [name]);
    expect(await answers).toEqual(asked.map(() => outOfReach));
    await locker.query('rollback');
    expect(await ask(url)).toEqual(answer);
  });

  test('a transaction that does nothing when its connection is lost fails at its next query, and the process goes on', async () => {
    const { archiveUrl, name, administrator } = await startOverPostgres();
    const database = await openDatabase(archiveUrl);
    endAfterAll(database.close);
    const transaction = await database.tables.startTransaction().execute();
    const read = () => transaction.selectFrom('writers').selectAll().execute();
    await read();
    await administrator.query(`${terminate} and state = 'idle in transaction'`, [name]);
    const isThere = `select 1 from pg_stat_activity where datname = $1 and state = 'idle in transaction'`;
    while ((await administrator.query(isThere, [name])).rows.length > 0);
    const error = await read().catch((thrown: unknown) => thrown);
    await expect(transaction.rollback().execute()).rejects.toThrow();
    expect([error instanceof Error, isUnavailable(error)]).toEqual([true, true]);
  });

  test('connections whose other side has gone silent are replaced, in time for a gateway to be answered', async () => {
    const archiveUrl = (await engine?.createUrl()) as string;
    await importRecords(archiveUrl, toRecords(createHistory(1)));
    const proxied = new URL(archiveUrl);
    const proxy = await startTcpProxy(proxied.hostname, Number(proxied.port));
    proxied.hostname = '127.0.0.1';
    proxied.port = String(proxy.port);
    const gateway = await startGateway({ ARCHIVE_URL: proxied.href, CACHE_TTL_SECONDS: '0' });
    endAfterAll(gateway.kill);
    const query = `{ assessmentRun(arn: "${run.arn}") { telemetry { messageType } } }`;
    const askMany = () => Promise.all(Array.from({ length: 20 }, () => ask(gateway.archiveUrl)));
    const answers = await askMany();
    expect(answers).toEqual(answers.map(() => answer));
    expect(proxy.count()).toBeGreaterThan(2);

    proxy.silence();
    expect((await gateway.query(query)).errors).toBeUndefined();
    // Those that nobody has asked for anything since are not waited for, each in its turn.
    const startedAt = performance.now();
    expect(await askMany()).toEqual(answers);
    expect(performance.now() - startedAt).toBeLessThan(1500);
    gateway.child.kill('SIGTERM');
    expect((await gateway.exited).code).toBe(0);
  }, 30_000);

  test('connections that were lost while nobody asked are not noticed', async () => {
    const { name, url, administrator } = await startOverPostgres();
    expect(await ask(url)).toEqual(answer);
    await administrator.query(terminate, [name]);
    expect(await ask(url)).toEqual(answer);
  });
});
