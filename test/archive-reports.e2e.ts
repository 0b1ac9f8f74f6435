import { request as sendRequest } from 'node:http';
import { connect } from 'node:net';
import { GetAssessmentReportCommand } from '@aws-sdk/client-inspector';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Reader } from '../src/archive/store/reader.js';
import { createArchiveServer } from '../src/archive/wire/archive-server.js';
import { listen } from '../src/process/listening-socket.js';
import { engines } from './helpers/archives.js';
import { createClient } from './helpers/aws-client.js';
import { endAfterAll } from './helpers/cleanup.js';
import { call, importRecords, startEndpoint } from './helpers/endpoint.js';
import { createHistory, toLines, toRecords } from './helpers/histories.js';
import { type Report, toReportRecord, toSha256 } from './helpers/reports.js';

const { run } = createHistory(1);
const { run: otherRun } = createHistory(2);
const { run: elsewhere } = createHistory(3, { region: 'eu-west-1' });
/** Runs of which there are reports, telemetry or nothing. */
const { run: onlyReported } = createHistory(4);
const { run: onlyMeasured, telemetry } = createHistory(5);
const { run: unknown } = createHistory(6);

const full: Report = {
  runArn: run.arn,
  format: 'PDF',
  type: 'FULL',
  name: 'exports/2019/Bericht "Ä" 2.pdf',
  // Any bytes: a file comes back as it was.
  content: Buffer.from([...'%PDF-1.4\n'].map((sign) => sign.charCodeAt(0)).concat([0, 255, 128, 10, 0])),
};
const finding: Report = { runArn: run.arn, format: 'HTML', type: 'FINDING', content: '<!doctype html><p>findings' };
const ofAnyType: Report = { runArn: run.arn, format: 'HTML', content: '<!doctype html><p>of a type that nobody knows' };
const latin: Report = {
  runArn: otherRun.arn,
  format: 'HTML',
  name: 'a\r\nb: c.html',
  content: Buffer.from(
    '<html><head><META http-equiv=Content-Type content="text/html; charset=ISO-8859-1"><p>\xdc',
    'latin1',
  ),
};
const others: Report[] = [
  { runArn: elsewhere.arn, format: 'PDF', type: 'FULL', content: '%PDF elsewhere' },
  { runArn: onlyReported.arn, format: 'PDF', type: 'FULL', content: '%PDF only' },
];

const histories = [createHistory(1), createHistory(2), createHistory(3, { region: 'eu-west-1' })];
const records =
  histories.map(toRecords).join('') +
  toLines([
    {
      operation: 'GetTelemetryMetadata',
      input: { assessmentRunArn: onlyMeasured.arn },
      output: { telemetryMetadata: telemetry },
    },
    ...[full, ofAnyType, finding, latin, ...others].map(toReportRecord),
  ]);

const toPath = ({ runArn, format, content }: Report) =>
  `/assessment-reports/${runArn}/${toSha256(content)}.${format.toLowerCase()}`;

describe.each(engines)('The reports in $name', (engine) => {
  let url: string;
  beforeAll(async () => {
    const archiveUrl = await engine.createUrl();
    await importRecords(archiveUrl, records);
    ({ url } = await startEndpoint(archiveUrl, { ALLOWED_HOSTS: '*' }));
  });

  const ask = (runArn: string, reportFileFormat: string, reportType: string, region?: string) =>
    call(url, 'GetAssessmentReport', { assessmentRunArn: runArn, reportFileFormat, reportType }, region);

  test.each<[string, string, string, Report]>([
    ['the file of its type', 'PDF', 'FULL', full],
    ['the file of its type rather than one of any', 'HTML', 'FINDING', finding],
    ['the file of a type that nobody knows', 'HTML', 'FULL', ofAnyType],
  ])('are completed, with the URL of %s', async (_title, format, type, report) => {
    const { status, body } = await ask(run.arn, format, type);
    expect([status, body]).toEqual([200, { status: 'COMPLETED', url: url + toPath(report) }]);
    const response = await fetch(body.url);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(report.content));
  });

  test('come to an AWS SDK, which follows the URL without a signature', async () => {
    const input = { assessmentRunArn: run.arn, reportFileFormat: 'PDF', reportType: 'FULL' } as const;
    const answer = await createClient(url).send(new GetAssessmentReportCommand(input));
    expect(answer).toMatchObject({ status: 'COMPLETED', url: expect.stringContaining('/assessment-reports/') });
    const response = await fetch(answer.url as string);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(full.content);
  });

  test('are kept apart by run, format and region', async () => {
    expect((await ask(otherRun.arn, 'HTML', 'FULL')).body.url).toBe(url + toPath(latin));
    expect((await ask(elsewhere.arn, 'PDF', 'FULL', 'eu-west-1')).body.status).toBe('COMPLETED');
    expect((await ask(elsewhere.arn, 'PDF', 'FULL', 'us-west-2')).body).toMatchObject({
      errorCode: 'ASSESSMENT_RUN_DOES_NOT_EXIST',
    });
  });

  test.each([
    ['another type', run.arn, 'PDF', 'FINDING'],
    ['another format', otherRun.arn, 'PDF', 'FULL'],
    ['a run of which only another report is known', onlyReported.arn, 'HTML', 'FULL'],
    ['a run of which only telemetry is known', onlyMeasured.arn, 'PDF', 'FULL'],
  ])('are a feature that an archive has not: %s', async (_title, runArn, format, type) => {
    expect((await ask(runArn, format, type, 'us-west-2')).body).toEqual({
      __type: 'UnsupportedFeatureException',
      canRetry: false,
      message: `An archive cannot generate assessment reports, and has no ${format} file of this one.`,
    });
  });

  test('are of no run that the archive does not have', async () => {
    expect((await ask(unknown.arn, 'PDF', 'FULL')).body).toMatchObject({
      __type: 'NoSuchEntityException',
      errorCode: 'ASSESSMENT_RUN_DOES_NOT_EXIST',
    });
  });

  test('make a run known to the lists of what it has', async () => {
    const ofRun = { assessmentRunArns: [onlyReported.arn] };
    expect((await call(url, 'ListFindings', ofRun, 'us-west-2')).body).toEqual({ findingArns: [] });
    expect((await call(url, 'ListFindings', ofRun, 'eu-west-1')).body.__type).toBe('NoSuchEntityException');
  });

  test('are sent so that nothing in them runs, and nobody else keeps them', async () => {
    const response = await fetch(url + toPath(finding));
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(finding.content.length),
      'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, max-age=31536000, immutable',
      'content-disposition': 'inline; filename="0-R0000001-finding-report.html"',
    });
  });

  test('have the name of the file, whatever is in it', async () => {
    const dispositionOf = async (report: Report) =>
      (await fetch(url + toPath(report))).headers.get('content-disposition');
    expect(await dispositionOf(full)).toBe(
      `inline; filename="Bericht \\"_\\" 2.pdf"; filename*=UTF-8''Bericht%20%22%C3%84%22%202.pdf`,
    );
    expect(await dispositionOf(latin)).toBe(`inline; filename="a__b: c.html"; filename*=UTF-8''a%0D%0Ab%3A%20c.html`);
  });

  test('have their own type: PDF, or the encoding that a page names', async () => {
    const typeOf = async (report: Report) => (await fetch(url + toPath(report))).headers.get('content-type');
    expect(await typeOf(full)).toBe('application/pdf');
    expect(await typeOf(latin)).toBe('text/html; charset=iso-8859-1');
  });

  test('have a head without a body', async () => {
    const response = await fetch(url + toPath(full), { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length')]).toEqual([200, String(full.content.length)]);
    expect(await response.text()).toBe('');
  });

  test('may be asked for with colons encoded, and with a query', async () => {
    expect((await fetch(`${url}${toPath(full).replaceAll(':', '%3A')}?download=1`)).status).toBe(200);
  });

  test.each([
    ['another digest', toPath({ ...full, content: 'x' })],
    ['the digest of another run', toPath({ ...full, runArn: otherRun.arn })],
    ['another format', toPath({ ...full, format: 'HTML' })],
    ['no run', `/assessment-reports/x/${toSha256(full.content)}.pdf`],
    ['a broken escape', '/assessment-reports/%'],
    ['a path upwards', '/assessment-reports/..%2f..%2fetc%2fpasswd'],
    ['nothing', '/assessment-reports/'],
  ])('are not found by %s', async (_title, path) => {
    const response = await fetch(url + path);
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'text/plain; charset=utf-8']);
    expect(await response.text()).toBe('The archive has no such assessment report.\n');
  });

  test('are posted to nobody', async () => {
    const response = await fetch(url + toPath(full), { method: 'POST' });
    expect([response.status, await response.json()]).toEqual([
      404,
      expect.objectContaining({ __type: 'UnknownOperationException' }),
    ]);
  });

  test.each([
    ['a name', 'archive.example', 'http://archive.example'],
    ['a name of Docker with a port', 'my_archive:9090', 'http://my_archive:9090'],
    ['an IPv6 address', '[2001:db8::1]:80', 'http://[2001:db8::1]:80'],
    ['one with a quote, which is none', 'a"b', null],
    ['one with a user, which is none', 'user@evil.example', null],
    ['one with a path, which is none', 'evil.example/path?', null],
    ['one with a port that there is not', 'a:99999', null],
    ['an empty one', '', null],
    ['one that is too long', `${'a'.repeat(300)}.example`, null],
  ])('have URLs at the host that a client asked for, if it is one: %s', async (_title, host, origin) => {
    const { hostname, port } = new URL(url);
    const text = await new Promise<string>((resolve, reject) => {
      const request = sendRequest({
        hostname,
        port,
        method: 'POST',
        headers: { host, 'x-amz-target': 'InspectorService.GetAssessmentReport' },
      });
      request.on('error', reject).on('response', async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve(Buffer.concat(chunks).toString());
      });
      request.end(JSON.stringify({ assessmentRunArn: run.arn, reportFileFormat: 'PDF', reportType: 'FULL' }));
    });
    expect(JSON.parse(text).url).toBe(`${origin ?? url}${toPath(full)}`);
  });

  test('have URLs at the address of the socket for a client that names no host', async () => {
    const { hostname, port } = new URL(url);
    const body = JSON.stringify({ assessmentRunArn: run.arn, reportFileFormat: 'PDF', reportType: 'FULL' });
    const text = await new Promise<string>((resolve, reject) => {
      let received = '';
      const socket = connect(Number(port), hostname, () =>
        socket.write(
          `POST / HTTP/1.0\r\nX-Amz-Target: InspectorService.GetAssessmentReport\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        ),
      );
      socket
        .on('data', (chunk) => {
          received += chunk;
        })
        .on('error', reject)
        .on('close', () => resolve(received));
    });
    expect(text).toContain(`"url":"${url}${toPath(full)}"`);
  });
});

describe('A report that cannot be read', () => {
  const lost = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  test.each([
    ['while the store is away', lost, 503, 'The archive is out of reach.\n'],
    ['for a defect', new Error('a defect'), 500, 'The archive failed inside.\n'],
  ])('says so: %s', async (_title, error, status, text) => {
    const fail = () => Promise.reject(error);
    const reader = new Proxy({} as Reader, { get: () => fail });
    const defects: unknown[] = [];
    const server = createArchiveServer({ reader, onDefect: (defect) => defects.push(defect) });
    const url = await listen(server, '127.0.0.1', 0, 'ARCHIVE_PORT');
    endAfterAll(async () => server.close());
    const response = await fetch(url + toPath(full));
    expect([response.status, await response.text(), defects]).toEqual([status, text, [error]]);
  });
});
