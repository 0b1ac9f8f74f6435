import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { packTar } from 'modern-tar';
import { type Engine, engines, openEmptyArchive } from './helpers/archives.js';
import { exportText, type Files, importFiles, importPaths } from './helpers/exports.js';
import { createHistory, toRecords } from './helpers/histories.js';
import { toZip } from './helpers/zip.js';

const history = createHistory();
const { run } = history;
const records = toRecords(history);
const runs = JSON.stringify({ assessmentRuns: [run] });
const telemetry = JSON.stringify({ telemetryMetadata: history.telemetry });
const owned = `${records.split('\n').find((line) => line.includes('"GetTelemetryMetadata"'))}\n`;

/** What an import of one file gives. */
async function importOne(engine: Engine, content: string | Uint8Array, name = 'file', options = {}) {
  const archive = await openEmptyArchive(engine);
  return { ...(await importFiles(archive, { [name]: content }, options)), exported: await exportText(archive) };
}

const toTar = async (files: Record<string, string>) =>
  Buffer.from(
    await packTar(
      Object.entries(files).map(([name, body]) => ({ header: { name, size: Buffer.byteLength(body) }, body })),
    ),
  );

describe.each(engines)('An import into $name', (engine: Engine) => {
  // Telemetry that is read before the run whose ID its path holds has to be read a second time.
  const files = { 'us-west-2/0-R0000001.json': telemetry, 'us-west-2/runs.json': runs };

  test.each<[string, () => Promise<Uint8Array>]>([
    ['zip', async () => toZip(Object.entries(files).map(([name, content]) => ({ name, content })))],
    ['tar', () => toTar(files)],
    ['tar.gz', async () => gzipSync(await toTar(files))],
  ])('takes the files of an archive in %s, in whatever order they need each other', async (_, pack) => {
    const { files: number, refused, exported } = await importOne(engine, await pack());
    expect({ number, refused }).toEqual({ number: 2, refused: [] });
    expect(exported).toContain(owned);
  });

  test('refuses a file of an archive by its name there, and takes the others', async () => {
    const { refused, counts } = await importOne(
      engine,
      await toTar({ 'a/bad.json': '{', 'a/runs.json': runs }),
      'x.tar',
    );
    expect(refused).toMatchObject([{ name: expect.stringMatching(/x\.tar\/a\/bad\.json$/) }]);
    expect(counts).toEqual({ assessmentRun: { new: 1 } });
  });

  test('refuses what an archive in a pipe has too late, and says so', async () => {
    const archive = await openEmptyArchive(engine);
    const { refused, counts } = await importPaths(archive, ['-'], {}, await toTar(files));
    expect(refused).toMatchObject([{ name: 'stdin/us-west-2/0-R0000001.json' }]);
    expect(counts).toEqual({ assessmentRun: { new: 1 }, telemetryMetadata: { refused: 1 } });
  });
});

describe('A file of text', () => {
  const [engine] = engines as [Engine];

  test.each<[string, string]>([
    ['yaml', `assessmentRuns:\n- arn: ${run.arn}\n  name: Prüfung\n  createdAt: '2016-03-23T20:56:10.035000+00:00'\n`],
    ['yaml-stream', `- assessmentRuns:\n  - arn: ${run.arn}\n    name: Prüfung\n    createdAt: 1458766570.035\n`],
  ])('is imported as %s', async (_, content) => {
    const { refused, exported } = await importOne(engine, content);
    expect(refused).toEqual([]);
    expect(JSON.parse(exported).output.assessmentRuns).toEqual([
      { arn: run.arn, name: 'Prüfung', createdAt: 1458766570.035 },
    ]);
  });

  test.each<[string, string, RegExp]>([
    [
      'YAML whose entity is wrong',
      'findings:\n- arn: x\n',
      /^line 1: \$\.findings\[0\]\.arn: expected the ARN of a finding/,
    ],
    ['text that the AWS CLI wrote for people', 'ASSESSMENTRUNS\tarn:aws:x\n', /--output text/],
    [
      'a message before the output',
      `An error occurred (X) when calling the Y operation: Z\n${runs}`,
      /^line 1: .*JSON begins in line 2$/,
    ],
    ['JSON that is cut off', runs.slice(0, -10), /^line 1: expected JSON up to its end/],
    [
      'a page of an error',
      '<html><head><title>503 Service Unavailable</title></head></html>',
      /503 Service Unavailable/,
    ],
  ])('is refused in plain words when it is %s', async (_, content, problem) => {
    const { refused } = await importOne(engine, content);
    expect(refused).toMatchObject([{ problems: [expect.stringMatching(problem)] }]);
  });

  test('is read in the encoding that is said', async () => {
    const content = Buffer.from(JSON.stringify({ ...run, name: 'Prüfung' }), 'latin1');
    const { exported } = await importOne(engine, content, 'a.json', { encoding: 'windows-1252' });
    expect(JSON.parse(exported).output.assessmentRuns[0].name).toBe('Prüfung');
  });
});

describe('A report', () => {
  const [engine] = engines as [Engine];
  const pdf = Buffer.from('%PDF-1.4\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n', 'latin1');
  const sha256 = createHash('sha256').update(pdf).digest('hex');
  const document = { assessmentRunArn: run.arn, reportFileFormat: 'PDF', sizeBytes: pdf.length, sha256 };

  test.each<[string, Files, object]>([
    ['--run', { 'report.pdf': pdf }, { runArn: run.arn }],
    ['the ID in its path', { 'runs.json': runs, 'report-0-R0000001.pdf': pdf }, {}],
  ])('is kept as it is with the run that is told by %s', async (_, given, options) => {
    const archive = await openEmptyArchive(engine);
    const { refused, counts } = await importFiles(archive, given, options);
    expect(refused).toEqual([]);
    expect(counts.assessmentReport).toEqual({ new: 1 });
    const [line = ''] = (await exportText(archive)).trim().split('\n').slice(-1);
    expect(JSON.parse(line).output).toEqual({
      status: 'COMPLETED',
      report: { ...document, content: pdf.toString('base64') },
    });
    const { content } = await archive.tables.selectFrom('report_files').select('content').executeTakeFirstOrThrow();
    expect(Buffer.from(content)).toEqual(pdf);
  });

  test('comes out of an export as it went in', async () => {
    const archive = await openEmptyArchive(engine);
    await importFiles(archive, { 'full-report.pdf': pdf }, { runArn: run.arn });
    const exported = await exportText(archive);
    const other = await openEmptyArchive(engine);
    expect((await importFiles(other, { 'a.ndjson': exported })).refused).toEqual([]);
    expect(await exportText(other)).toBe(exported);
    expect((await importFiles(other, { 'full-report.pdf': pdf }, { runArn: run.arn })).counts).toEqual({
      assessmentReport: { unchanged: 1 },
    });
  });

  test('is refused when nothing tells its run', async () => {
    const { refused } = await importOne(engine, pdf, 'report.pdf');
    expect(refused).toMatchObject([
      {
        problems: [
          expect.stringMatching(/^the report: expected to be told which assessment run it belongs to, by --run ARN/),
        ],
      },
    ]);
  });

  test('is refused in a record whose content is another', async () => {
    const output = {
      status: 'COMPLETED',
      report: { ...document, content: Buffer.from('%PDF-1.5').toString('base64') },
    };
    const record = JSON.stringify({ operation: 'GetAssessmentReport', input: {}, output });
    const { refused } = await importOne(engine, record);
    expect(refused[0]?.problems[0]).toMatch(/^line 1: \$\.output\.report: expected the content whose SHA-256 is /);
  });
});
