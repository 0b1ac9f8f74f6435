import { beforeAll, describe, expect, test } from '@jest/globals';
import { engines } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { importRecords } from './helpers/endpoint.js';
import { startGateway } from './helpers/gateway.js';
import { createHistory, toLines, toRecords } from './helpers/histories.js';
import { toReportRecord } from './helpers/reports.js';
import { exampleArn } from './helpers/runs.js';
import { sendJson, startScriptedUpstream } from './helpers/scripted-upstream.js';

const history = createHistory();
const arn = history.run.arn as string;
const pdf = Buffer.from([...Buffer.from('%PDF-1.4\n'), 0, 255, 128]);
const html = '<!doctype html><script>alert(1)</script><p>findings';

describe('GET /report', () => {
  let url: string;

  beforeAll(async () => {
    const archiveUrl = await (engines[0] as (typeof engines)[number]).createUrl();
    const reports = [
      toReportRecord({ runArn: arn, format: 'PDF', type: 'FULL', name: 'Bericht.pdf', content: pdf }),
      toReportRecord({ runArn: arn, format: 'HTML', type: 'FINDING', content: html }),
    ];
    await importRecords(archiveUrl, toRecords(history) + toLines(reports));
    const gateway = await startGateway({ ARCHIVE_URL: archiveUrl, BASE_PATH: '/inspector' });
    endAfterAll(gateway.kill);
    ({ url } = gateway);
  });

  const ask = (query: Record<string, string>) => fetch(`${url}/report?${new URLSearchParams(query)}`);

  test("sends the file of an archive's report, which has an address for the gateway alone", async () => {
    const response = await ask({ arn, format: 'PDF' });
    expect(response.url).toContain(url);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(pdf.length),
      'content-disposition': 'inline; filename="Bericht.pdf"',
      'cache-control': 'private, no-cache',
    });
    expect(Buffer.from(await response.arrayBuffer())).toEqual(pdf);
  });

  test('sends a page so that nothing in it runs', async () => {
    const response = await ask({ arn, format: 'HTML', type: 'FINDING' });
    expect([response.status, await response.text()]).toEqual([200, html]);
    expect(response.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none';/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each([
    ['another type', { arn, format: 'HTML' }, 404, 'NO_SUCH_REPORT'],
    ['a run that does not exist', { arn: exampleArn, format: 'PDF' }, 404, 'NO_SUCH_ENTITY'],
    ['what is no ARN', { arn: '../../etc/passwd', format: 'PDF' }, 400, 'INVALID_INPUT'],
    ['a format that there is not', { arn, format: 'EXE' }, 400, 'BAD_USER_INPUT'],
    ['nothing', {}, 400, 'BAD_USER_INPUT'],
  ])('says that there is none of %s', async (_title, query, status, code) => {
    const response = await ask(query as unknown as Record<string, string>);
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    expect([response.status, errors[0]?.extensions.code]).toEqual([status, code]);
  });
});

describe('GET /report, over an upstream that is no archive,', () => {
  let url: string;
  let upstream: Awaited<ReturnType<typeof startScriptedUpstream>>;
  let answer: { status: number; body: object };

  beforeAll(async () => {
    upstream = await startScriptedUpstream(({ operation }, response) => {
      if (operation === 'GetAssessmentReport') sendJson(response, answer.status, answer.body);
      else sendJson(response, 500, {});
    });
    endAfterAll(upstream.stop);
    const gateway = await startGateway({ INSPECTOR_ENDPOINT: upstream.url, INSPECTOR_MAX_ATTEMPTS: '1' });
    endAfterAll(gateway.kill);
    ({ url } = gateway);
  });

  const ask = () => fetch(`${url}/report?format=PDF&arn=${exampleArn}`, { redirect: 'manual' });

  test('leads to where the report is', async () => {
    answer = { status: 200, body: { status: 'COMPLETED', url: 'https://reports.example/1?signature=x' } };
    const response = await ask();
    expect([response.status, response.headers.get('location')]).toEqual([302, 'https://reports.example/1?signature=x']);
  });

  test.each([
    ['is still being made', { status: 'WORK_IN_PROGRESS' }, 404],
    ['has a link that is none of the web', { status: 'COMPLETED', url: 'javascript:alert(1)' }, 502],
    ['has a link that is none', { status: 'COMPLETED', url: 'report.pdf' }, 502],
  ])('says that the report %s', async (_title, body, status) => {
    answer = { status: 200, body };
    expect((await ask()).status).toBe(status);
  });

  test.each([
    ['may be tried again', { __type: 'InternalException', canRetry: true }, 503],
    ['may not', { __type: 'InternalException', canRetry: false }, 502],
  ])('says of a failure whether it %s', async (_title, body, status) => {
    answer = { status: 500, body };
    expect((await ask()).status).toBe(status);
  });

  test('says that a file cannot be read that its own endpoint does not give', async () => {
    answer = { status: 200, body: { status: 'COMPLETED', url: `${upstream.url}/assessment-reports/x.pdf` } };
    expect((await ask()).status).toBe(503);
  });
});
