import { copyFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, jest, test } from '@jest/globals';
import Libsql from 'libsql';
import { engines } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { call, importRecords, startEndpoint } from './helpers/endpoint.js';
import { startGateway } from './helpers/gateway.js';
import { createHistory, toRecords } from './helpers/histories.js';

jest.setTimeout(30_000);

const histories = Array.from({ length: 300 }, (_, place) => createHistory(place + 1));
const records = histories.map(toRecords).join('\n');
const arnOf = (place: number) => histories[place]?.run.arn as string;

const sqlite = engines.find(({ name }) => name === 'SQLite') as (typeof engines)[number];

async function createArchive() {
  const url = await sqlite.createUrl();
  await importRecords(url, records);
  const path = url.slice('sqlite:'.length);
  // What is in the log beside the file is not lost with the file.
  const database = new Libsql(path);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
  return { url, path };
}

/** Asks for a run that nobody has asked for, until the answer is `status`; gives all answers. */
async function askUntil(url: string, status: number) {
  const answers = [];
  for (let place = 50; ; place += 1) {
    const answer = await call(url, 'GetTelemetryMetadata', { assessmentRunArn: arnOf(place) });
    answers.push({ place, status: answer.status, body: answer.body });
    if (answer.status === status) return answers;
    if (place > 150) throw new Error(`No ${status} in 10 s.`);
    await delay(100);
  }
}

const health = async (url: string, path: string) => {
  const response = await fetch(`${url}${path}`);
  return { status: response.status, body: await response.json() };
};

const damages: [string, (path: string) => void, RegExp][] = [
  ['deleted', (path) => rmSync(path), /The archive.*is not there any more: put it back/],
  ['replaced', replace, /The archive.*is another one than was opened: restart/],
  ['emptied', (path) => truncateSync(path, 0), /The archive.*(has been cut off|is damaged)/],
  ['cut off', (path) => truncateSync(path, 3 * 4096), /The archive.*(has been cut off|is damaged)/],
  ['overwritten', (path) => writeFileSync(path, Buffer.alloc(statSync(path).size, 7)), /The archive.*is damaged/],
  [
    'emptied of its tables',
    (path) => new Libsql(path).exec('drop table documents'),
    /The archive.*is damaged.*no such table/,
  ],
];

function replace(path: string): void {
  copyFileSync(path, `${path}.other`);
  renameSync(`${path}.other`, path);
}

describe('An archive whose file', () => {
  test.each(damages)(
    'is %s while it serves asks its clients to come again, and says so',
    async (_, damage, message) => {
      const { url: archiveUrl, path } = await createArchive();
      const { url, stderrMatch } = await startEndpoint(archiveUrl);
      expect(await health(url, '/readyz')).toEqual({ status: 200, body: { status: 'ready' } });
      damage(path);
      const answers = await askUntil(url, 500);
      for (const { place, status, body } of answers) {
        if (status === 200) expect(body).toEqual({ telemetryMetadata: histories[place]?.telemetry });
        else
          expect(body).toEqual({
            __type: 'InternalException',
            canRetry: true,
            message: 'The archive is out of reach.',
          });
      }
      expect(await health(url, '/readyz')).toEqual({ status: 503, body: { status: 'not ready' } });
      expect(await health(url, '/healthz')).toEqual({ status: 200, body: { status: 'alive' } });
      const [line] = await stderrMatch(message);
      expect(line).toContain(path);
    },
  );

  test('is away for a while is served again once it is back', async () => {
    const { url: archiveUrl, path } = await createArchive();
    const { url } = await startEndpoint(archiveUrl);
    renameSync(path, `${path}.away`);
    await askUntil(url, 500);
    renameSync(`${path}.away`, path);
    await askUntil(url, 200);
    expect((await health(url, '/readyz')).status).toBe(200);
  });

  test('is vacuumed is served on', async () => {
    const { url: archiveUrl, path } = await createArchive();
    const { url } = await startEndpoint(archiveUrl);
    const before = statSync(path).size;
    const other = new Libsql(path);
    other.exec("delete from documents where kind = 'finding'; vacuum");
    other.pragma('wal_checkpoint(TRUNCATE)');
    expect(statSync(path).size).toBeLessThan(before);
    await delay(1100);
    expect((await health(url, '/readyz')).status).toBe(200);
    expect((await call(url, 'GetTelemetryMetadata', { assessmentRunArn: arnOf(1) })).status).toBe(200);
    other.close();
  });

  test('is deleted does not cost a gateway what it knows', async () => {
    const { url: archiveUrl, path } = await createArchive();
    const gateway = await startGateway({
      ARCHIVE_URL: archiveUrl,
      CACHE_TTL_SECONDS: '1',
      CACHE_TERMINAL_TTL_SECONDS: '1',
    });
    endAfterAll(gateway.kill);
    const ask = async (place: number) => {
      const { data, errors } = await gateway.query(
        `{ assessmentRun(arn: "${arnOf(place)}") { name telemetry { count } } }`,
      );
      return errors?.[0].extensions ?? data.assessmentRun.name;
    };
    expect(await ask(1)).toBe('Run 2');
    rmSync(path);
    await askUntil(gateway.archiveUrl, 500);
    await delay(1100);
    expect(await ask(1)).toBe('Run 2');
    expect(await ask(2)).toMatchObject({ code: 'INTERNAL_EXCEPTION', canRetry: true });
    expect((await fetch(`${gateway.archiveUrl}/readyz`)).status).toBe(503);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  });
});

test('The sample, and an archive on any engine, say that they are ready', async () => {
  for (const url of [undefined, ...(await Promise.all(engines.map((engine) => engine.createUrl())))]) {
    if (url !== undefined) await importRecords(url, toRecords(createHistory()));
    const endpoint = await startEndpoint(url);
    expect(await health(endpoint.url, '/readyz')).toEqual({ status: 200, body: { status: 'ready' } });
    expect((await fetch(`${endpoint.url}/readyz`, { method: 'HEAD' })).status).toBe(200);
  }
});
