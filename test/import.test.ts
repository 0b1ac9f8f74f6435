import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { importSources, type RefusedFile } from '../src/archive/import/importer.js';
import type { Database } from '../src/archive/store/database.js';
import { createFolder, type Engine, engines, openEmptyArchive } from './helpers/archives.js';
import { exportText, type Files, importFiles, importPaths } from './helpers/exports.js';
import {
  clients,
  createHistory,
  type History,
  type Structure,
  toLines,
  toOutputs,
  toRecords,
} from './helpers/histories.js';

const history = createHistory();
const { run, template } = history;

/** The outputs as files, as a client prints them. */
function toFiles(printed: History, print: (output: Structure) => string): Files {
  return Object.fromEntries(Object.entries(toOutputs(printed)).map(([name, output]) => [name, print(output)]));
}

const EVERY_KIND = {
  rulesPackage: { new: 1 },
  resourceGroup: { new: 1 },
  assessmentTarget: { new: 1 },
  assessmentTemplate: { new: 1 },
  tags: { new: 1 },
  assessmentRun: { new: 1 },
  telemetryMetadata: { new: 1 },
  assessmentRunAgent: { new: 1 },
  finding: { new: 1 },
  exclusion: { new: 1 },
};

const withDocument = (document: Structure) => ({ assessmentRuns: [{ ...run, ...document }], failedItems: {} });
const telemetryOutput = JSON.stringify({ telemetryMetadata: history.telemetry });

describe.each(engines)('An import into $name', (engine: Engine) => {
  const open = () => openEmptyArchive(engine);

  test.each(Object.entries(clients))(
    'takes every kind of entity as %s prints it, to the same bytes',
    async (_, print) => {
      const archive = await open();
      const { counts, refused } = await importFiles(archive, toFiles(history, print));
      expect({ counts, refused }).toEqual({ counts: EVERY_KIND, refused: [] });
      expect(await exportText(archive)).toBe(toRecords(history));
    },
  );

  test('takes pages of a list with and without NextToken, in whichever case clients write it', async () => {
    const archive = await open();
    const agents = [1, 2, 3].map((number) => ({ ...history.agent, agentId: `i-${number}` }));
    const { counts, refused } = await importFiles(archive, {
      'page-1.json': JSON.stringify({ NextToken: 'abc', assessmentRunAgents: [agents[0]] }),
      'page-2.json': JSON.stringify({ assessmentRunAgents: [agents[1]], nextToken: 'def' }),
      'page-3.json': JSON.stringify({ assessmentRunAgents: [agents[2]], nextToken: null }),
    });
    expect({ counts, refused }).toEqual({ counts: { assessmentRunAgent: { new: 3 } }, refused: [] });
  });

  const outputs = Object.values(toOutputs(history)).filter(
    (output) => !('telemetryMetadata' in output || 'tags' in output),
  );
  const texts = outputs.map((output) => JSON.stringify(output));
  test.each<[string, string | Uint8Array]>([
    ['one after the other in lines', texts.join('\n')],
    ['one after the other with nothing between', texts.join('')],
    [
      'one after the other in many lines each',
      outputs.map((output) => JSON.stringify(output, null, 4)).join('\r\n\r\n'),
    ],
    ['in an array', JSON.stringify(outputs, null, 1)],
    ['in one object', JSON.stringify(Object.assign({}, ...outputs))],
    ['behind a byte order mark', `\ufeff${texts.join('\n')}`],
    ['in gzip, whatever the name', gzipSync(texts.join('\n'))],
    ['in gzip members one after the other', Buffer.concat(texts.map((text) => gzipSync(text)))],
    ['in UTF-16 as PowerShell writes it', Buffer.from(`\ufeff${texts.join('\r\n')}`, 'utf16le')],
    ['in UTF-16 of the other byte order', Buffer.from(`\ufeff${texts.join('\r\n')}`, 'utf16le').swap16()],
    ['in gzip of UTF-16', gzipSync(Buffer.from(`\ufeff${texts.join('\r\n')}`, 'utf16le'))],
  ])('takes documents %s', async (_, content) => {
    const archive = await open();
    const { counts, refused } = await importFiles(archive, { 'history.txt': content });
    const { tags, telemetryMetadata, ...expected } = EVERY_KIND;
    expect({ counts, refused }).toEqual({ counts: expected, refused: [] });
    const lines = toRecords(history).split('\n');
    expect(await exportText(archive)).toBe(
      lines.filter((line) => !/"(GetTelemetryMetadata|ListTagsForResource)"/.test(line)).join('\n'),
    );
  });

  test('takes folders with everything in them, and stdin', async () => {
    const archive = await open();
    const folder = await createFolder();
    await mkdir(join(folder, 'a', 'b'), { recursive: true });
    await writeFile(join(folder, 'a', 'b', 'runs.json'), JSON.stringify(withDocument({})));
    await writeFile(join(folder, 'a', 'targets'), JSON.stringify({ assessmentTargets: [history.target] }));
    await writeFile(join(folder, 'a', '.DS_Store'), 'no JSON');
    const { files, counts, refused } = await importPaths(archive, [folder, '-'], {}, toRecords(createHistory(2)));
    expect({ files, refused }).toEqual({ files: 3, refused: [] });
    expect(counts).toEqual({ ...EVERY_KIND, assessmentRun: { new: 2 }, assessmentTarget: { new: 2 } });
  });

  test('keeps the ARNs that lists name, and describes none of them', async () => {
    const archive = await open();
    const unknown = run.arn.replace(/.$/, 'X');
    const { counts, arns, refused } = await importFiles(archive, {
      'runs.json': JSON.stringify({ assessmentRuns: [run], failedItems: {} }),
      'lists.json': toLines([
        { assessmentRunArns: [run.arn, unknown], nextToken: 'abc' },
        { operation: 'ListAssessmentRuns', input: {}, output: { assessmentRunArns: [unknown] } },
        { assessmentTemplateArns: [template.arn] },
        { AssessmentTargetArns: [history.target.arn] },
        { finding_arns: [history.finding.arn] },
        { exclusionArns: [history.exclusion.arn] },
        { rulesPackageArns: [history.rulesPackage.arn] },
      ]),
      'query.json': JSON.stringify([unknown]),
    });
    expect({ counts, refused }).toEqual({ counts: { assessmentRun: { new: 1 } }, refused: [] });
    expect(arns).toEqual({
      assessmentRun: { named: 4, new: 1 },
      assessmentTemplate: { named: 1, new: 1 },
      assessmentTarget: { named: 1, new: 1 },
      finding: { named: 1, new: 1 },
      exclusion: { named: 1, new: 1 },
      rulesPackage: { named: 1, new: 1 },
    });
    const exported = await exportText(archive);
    expect(exported).toContain(
      `{"operation":"ListAssessmentRuns","input":{},"output":{"assessmentRunArns":["${unknown}"]}}\n`,
    );
    const again = await open();
    expect((await importFiles(again, { 'export.ndjson': exported })).refused).toEqual([]);
    expect(await exportText(again)).toBe(exported);
  });

  test('describes in its place what a list has named before', async () => {
    const archive = await open();
    const runs = [1, 2].map((number) => createHistory(number).run);
    await importFiles(archive, { 'list.json': JSON.stringify({ assessmentRunArns: runs.map(({ arn }) => arn) }) });
    const { counts } = await importFiles(archive, {
      'runs.json': JSON.stringify({ assessmentRuns: [runs[1], runs[0]] }),
    });
    expect(counts).toEqual({ assessmentRun: { new: 2 } });
    const documents = (await exportText(archive))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(documents.map(({ output }) => output.assessmentRuns[0])).toEqual(runs);
  });

  test('counts outputs that hold nothing to keep, as files and as records', async () => {
    const archive = await open();
    const { counts, notKept, refused } = await importFiles(archive, {
      'lists.json': toLines([
        { assessmentRunArns: [] },
        { subscriptions: [] },
        { agentPreviews: [] },
        { previewStatus: 'COMPLETED', exclusionPreviews: [] },
        { previewStatus: 'WORK_IN_PROGRESS' },
        { status: 'COMPLETED', url: 'https://example.com' },
        { operation: 'GetAssessmentReport', input: {}, output: { status: 'FAILED' } },
        { operation: 'DeleteAssessmentRun', input: { assessmentRunArn: run.arn }, output: {} },
      ]),
    });
    expect({ counts, refused }).toEqual({ counts: {}, refused: [] });
    expect(notKept).toEqual({
      'ListAssessmentRuns, whose list is empty': 1,
      'ListEventSubscriptions, whose list is empty': 1,
      'PreviewAgents, whose list is empty': 1,
      'GetExclusionsPreview, whose list is empty': 1,
      'GetAssessmentReport, whose URL has expired': 2,
      'GetExclusionsPreview, which was in progress': 1,
      'DeleteAssessmentRun, which changes something and tells nothing': 1,
    });
  });

  describe('finds the run of telemetry', () => {
    const OWNED = toRecords(history)
      .split('\n')
      .find((line) => line.includes('"GetTelemetryMetadata"'));
    const runs = JSON.stringify(withDocument({}));
    const [, partition = '', region = '', account = ''] = /^arn:(.*):inspector:(.*):(\d+):/.exec(run.arn) ?? [];
    const resource = run.arn.slice(run.arn.indexOf('target/'));

    test.each<[string, Files, string | undefined]>([
      ['by --run', { 'telemetry.json': telemetryOutput }, run.arn],
      ['by a record', { 'telemetry.json': OWNED ?? '' }, undefined],
      ['by a record, whatever --run says', { 'telemetry.json': OWNED ?? '' }, createHistory(2).run.arn],
      [
        'by the ARN in its name, percent-encoded',
        { [`${encodeURIComponent(run.arn)}.json`]: telemetryOutput },
        undefined,
      ],
      [
        'by the ARN in its name, with _ for what names cannot hold',
        {
          [`${`arn:${partition}:inspector:${region}:${account}:${resource}`.replace(/[:/]/g, '_')}.json`]:
            telemetryOutput,
        },
        undefined,
      ],
      ['by the ID in its name', { 'runs.json': runs, '0-R0000001.json': telemetryOutput }, undefined],
      ['by the ID in its name, of a later file', { '0-R0000001.json': telemetryOutput, 'runs.json': runs }, undefined],
      ['by the ID in its name, of the same file', { '0-R0000001.json': `${runs}${telemetryOutput}` }, undefined],
    ])('%s', async (_, files, runArn) => {
      const archive = await open();
      const { refused } = await importFiles(archive, files, { runArn });
      expect(refused).toEqual([]);
      expect(await exportText(archive)).toContain(`${OWNED}\n`);
    });

    test('by the ARN in the folders of its path', async () => {
      const archive = await open();
      const folder = join(await createFolder(), run.arn);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'telemetry.json'), telemetryOutput);
      expect((await importPaths(archive, [folder])).refused).toEqual([]);
      expect(await exportText(archive)).toBe(`${OWNED}\n`);
    });

    const other = createHistory(1, { account: '210987654321' });
    test.each<[string, Files, string | undefined, RegExp]>([
      ['nothing tells it', { 'telemetry.json': telemetryOutput }, undefined, /by --run ARN.* its path holds no ID$/],
      [
        'there is none with that ID',
        { '0-R0000009.json': telemetryOutput },
        undefined,
        /has none with the ID 0-R0000009$/,
      ],
      [
        'two accounts have one with that ID',
        {
          'runs.json': toLines([withDocument({}), { assessmentRuns: [other.run] }]),
          '0-R0000001.json': telemetryOutput,
        },
        undefined,
        /its path fits 2: arn:aws:inspector:.*, arn:aws:inspector:/,
      ],
      [
        'the path and --run name different ones',
        { [`${encodeURIComponent(run.arn)}.json`]: telemetryOutput },
        createHistory(2).run.arn,
        /its path names arn:aws:.*0-R0000001 and --run arn:aws:.*0-R0000002$/,
      ],
      [
        'the path holds the ID of another run than --run',
        {
          'runs.json': toLines([withDocument({}), { assessmentRuns: [createHistory(2).run] }]),
          '0-R0000001.json': telemetryOutput,
        },
        createHistory(2).run.arn,
        /its path holds the ID of arn:aws:.*0-R0000001 and --run is arn:aws:.*0-R0000002$/,
      ],
      [
        'its ID has letters of another case',
        { 'runs.json': JSON.stringify(withDocument({})), '0-r0000001.json': telemetryOutput },
        undefined,
        /has none with the ID 0-r0000001$/,
      ],
      [
        'a record does not name it',
        {
          'a.json': JSON.stringify({
            operation: 'GetTelemetryMetadata',
            input: {},
            output: JSON.parse(telemetryOutput),
          }),
        },
        run.arn,
        /^line 1: \$\.output\.telemetryMetadata: expected its input to name the resource that it belongs to, but got ""$/,
      ],
      [
        'two outputs for it differ',
        { 'a.json': telemetryOutput, 'b.json': telemetryOutput.replace('345', '346') },
        run.arn,
        /^line 1: \$\.telemetryMetadata: expected the telemetry of arn:aws:.*0-R0000001 that the archive has already \(--replace takes those of the file\)$/,
      ],
      [
        'two outputs for it differ in one file',
        { 'b.json': `\n${telemetryOutput}\n${telemetryOutput.replace('345', '346')}` },
        run.arn,
        /^line 3: \$\.telemetryMetadata: expected the telemetry of arn:aws:.*0-R0000001 that the archive has already \(--replace takes those of the file\)$/,
      ],
    ])('or refuses it with the reason when %s', async (_, files, runArn, reason) => {
      const archive = await open();
      const { refused } = await importFiles(archive, files, { runArn });
      expect(refused).toEqual([
        { name: expect.stringMatching(/json$/), problems: [expect.stringMatching(reason)], hasFurtherProblems: false },
      ]);
    });
  });

  test('leaves nothing of a file with one bad record, while the others go on', async () => {
    const archive = await open();
    const bad = createHistory(2);
    // So many that some have been written when the bad one comes.
    const findings = Array.from({ length: 700 }, (_, number) => ({
      ...bad.finding,
      arn: `${bad.finding.arn}${number}`,
    }));
    bad.finding.severity = 7;
    const { counts, refused, files } = await importFiles(archive, {
      '1.json': toRecords(history),
      '2.json': `${toLines([{ findings }])}${toRecords(bad)}`,
      '3.json': toRecords(createHistory(3)),
    });
    expect(files).toBe(3);
    expect(refused).toEqual([
      {
        name: expect.stringMatching(/2\.json$/),
        problems: ['line 10: $.output.findings[0].severity: expected text, but got 7'],
        hasFurtherProblems: false,
      },
    ]);
    expect(counts.finding).toEqual({ new: 2, refused: 701 });
    expect(counts.assessmentRun).toEqual({ new: 2, refused: 1 });
    expect(await exportText(archive)).toBe(await exportOf(engine, [history, createHistory(3)]));
  });

  const asFile = (document: Structure) => JSON.stringify(withDocument(document));
  test.each<[string, string | Uint8Array, string | RegExp]>([
    ['a member of the wrong type', asFile({ name: 7 }), 'line 1: $.assessmentRuns[0].name: expected text, but got 7'],
    [
      'an ARN that is missing',
      asFile({ arn: undefined }),
      'line 1: $.assessmentRuns[0].arn: expected text, but got nothing',
    ],
    [
      'a member that stands there twice',
      '{"assessmentRuns": [], "assessmentRuns": []}',
      'line 1: expected each member of an object once, but got "assessmentRuns" twice',
    ],
    [
      'a number that would be rounded in a member that the API does not have',
      asFile({ further: { id: 0 } }).replace('"id":0', '"id":12345678901234567890'),
      'line 1: $.assessmentRuns[0]: expected numbers of at most 2^53-1, but got 12345678901234567890',
    ],
    [
      'a wrong ARN',
      asFile({ arn: 'arn:aws:inspector:us-west-2:1:run/0-a' }),
      'line 1: $.assessmentRuns[0].arn: expected the ARN of an assessment run, but got "arn:aws:inspector:us-west-2:1:run/0-a"',
    ],
    [
      'a count past 2^53-1',
      '{"telemetryMetadata": [\n{"count": 9007199254740992, "messageType": "Total"}]}',
      'line 1: $.telemetryMetadata[0].count: expected a whole number between -(2^53-1) and 2^53-1, but got 9007199254740992',
    ],
    [
      'a data size past 2^53-1 as text',
      '{"telemetryMetadata": [{"count": 1, "dataSize": "18446744073709551615", "messageType": "Total"}]}',
      'line 1: $.telemetryMetadata[0].dataSize: expected a whole number between -(2^53-1) and 2^53-1, but got "18446744073709551615"',
    ],
    [
      'a time far away in a record',
      `\n\n${JSON.stringify({ operation: 'DescribeAssessmentRuns', input: {}, output: withDocument({ createdAt: 0 }) })}`,
      'line 3: $.output.assessmentRuns[0].createdAt: expected a moment as epoch seconds or milliseconds, or as ISO 8601 text with its offset, between 2015 and 2026, but got 0',
    ],
    [
      'an object of something else',
      '{"Reservations": [], "x": 1}',
      /^line 1: expected an output of Inspector Classic, but got the output of another service of AWS \(aws ec2 /,
    ],
    [
      'text in Latin-1',
      Buffer.from(
        `${JSON.stringify(withDocument({}))}\n${JSON.stringify(withDocument({ name: 'Prüfung' }))}`,
        'latin1',
      ),
      /^line 2: expected text in UTF-8, but got another encoding: with --encoding windows-1252 it would read "Prüfung"/,
    ],
    ['a list that is text', '{"assessmentRuns": "x"}', 'line 1: $.assessmentRuns: expected a list, but got "x"'],
    [
      'a list that is null',
      '{"NextToken": "x", "findings": null}',
      'line 1: $.findings: expected a list, but got null',
    ],
    ['an empty object', ' {}', /but got an empty object$/],
    ['what is no object', '\n"text"', /^line 2: .*but got something else than an object: "text"$/],
    [
      'an unknown operation',
      '{"operation": "ListBuckets", "input": {}, "output": {}}',
      'line 1: $.operation: expected a read operation of Inspector Classic, but got "ListBuckets"',
    ],
    [
      'a list that is none',
      '{"operation": "DescribeFindings", "input": {}, "output": {"findings": 1}}',
      'line 1: $.output.findings: expected a list, but got 1',
    ],
    [
      'broken JSON',
      `${JSON.stringify(withDocument({}), null, 2)}\n{"a": tru }\n`,
      'line 46: expected JSON, but this line is none, or does not follow from the one before: "{\\"a\\": tru }"; take out what is no JSON, or look for an export of the same as JSON',
    ],
    [
      'JSON that ends too early',
      '{"assessmentRuns": [\n\n',
      /^line 3: expected JSON up to its end, but the file is cut off here/,
    ],
    [
      'text that is no JSON',
      'Ein Fehler',
      'line 1: expected JSON, but this line is none, or does not follow from the one before: "Ein Fehler"; take out what is no JSON, or look for an export of the same as JSON',
    ],
    [
      'gzip that is cut off',
      gzipSync(asFile({})).subarray(0, 200),
      /^expected gzip data up to its end: it is cut off, so get the whole file again$/,
    ],
    [
      'gzip that is broken',
      Buffer.concat([gzipSync(asFile({})).subarray(0, 100), Buffer.alloc(100, 0xff)]),
      /^expected gzip data up to its end: it is broken there \(invalid /,
    ],
    [
      'text with U+0000',
      asFile({ name: 'a\0b' }),
      'line 1: $.assessmentRuns[0].name: expected text without U+0000, but got "a\\u0000b"',
    ],
  ])('names the place and what was expected for %s', async (_, content, problem) => {
    const archive = await open();
    const { refused } = await importFiles(archive, { 'file.json': content }, { runArn: run.arn });
    expect(refused).toEqual([
      {
        name: expect.stringMatching(/file\.json$/),
        problems: [typeof problem === 'string' ? problem : expect.stringMatching(problem)],
        hasFurtherProblems: false,
      },
    ]);
    expect(await exportText(archive)).toBe('');
  });

  test('names what is wrong before the place where a file breaks off, and that place', async () => {
    const archive = await open();
    const bad = JSON.stringify(withDocument({ state: 7 }));
    const { refused } = await importFiles(archive, { 'file.json': `${bad}\n{oops` });
    expect(refused[0]?.problems).toEqual([
      'line 1: $.assessmentRuns[0].state: expected text, but got 7',
      'line 2: expected JSON, but this line is none, or does not follow from the one before: "{oops"; take out what is no JSON, or look for an export of the same as JSON',
    ]);
  });

  test('goes on with the other files where one is not UTF-8', async () => {
    const archive = await open();
    const { refused } = await importFiles(archive, {
      'a.json': Buffer.from([0x22, 0xfc, 0x22]),
      'b.json': asFile({}),
    });
    expect(refused.map(({ name }) => name)).toEqual([expect.stringMatching(/a\.json$/)]);
    expect(await exportText(archive)).toContain(run.arn);
  });

  test('names the line of what is broken, however long the file is', async () => {
    const archive = await open();
    const lines = Array.from({ length: 30_000 }, () => `{"assessmentRunArns": ["${run.arn}"]}`);
    lines[23_456] = '{"assessmentRunArns" ["x"]}';
    const { refused } = await importFiles(archive, { 'file.json': lines.join('\n') });
    expect(refused[0]?.problems).toEqual([expect.stringMatching(/^line 23457: expected JSON, but this line is none/)]);
  });

  test('names the first five problems of a file, and says that there are further ones', async () => {
    const archive = await open();
    const assessmentRuns = Array.from({ length: 12 }, () => ({ ...run, name: 7 }));
    const { refused } = await importFiles(archive, { 'file.json': JSON.stringify({ assessmentRuns }, null, 1) });
    expect(refused[0]?.problems).toEqual(
      [0, 1, 2, 3, 4].map((place) => `line 1: $.assessmentRuns[${place}].name: expected text, but got 7`),
    );
    expect(refused[0]?.hasFurtherProblems).toBe(true);
    const five = { assessmentRuns: assessmentRuns.slice(0, 5) };
    const again = await importFiles(archive, { 'file.json': JSON.stringify(five) });
    expect(again.refused[0]).toMatchObject({ problems: { length: 5 }, hasFurtherProblems: false });
  });

  test('reads a file no further than to the first problem that it does not name', async () => {
    const archive = await open();
    let lines = 0;
    let isClosed = false;
    const source = {
      name: 'endless.ndjson',
      sizeBytes: null,
      isRepeatable: true,
      async *read() {
        try {
          for (;;) {
            lines += 1;
            yield Buffer.from(`${JSON.stringify({ ...run, name: 7 })}\n`);
            if (lines > 100_000) throw new Error('It was read on and on.');
          }
        } finally {
          isClosed = true;
        }
      },
    };
    const refused: RefusedFile[] = [];
    await importSources(archive, [source], { onRefusedFile: (file) => refused.push(file) });
    expect(refused).toMatchObject([{ problems: { length: 5 }, hasFurtherProblems: true }]);
    expect({ isClosed, isEarly: lines < 5000 }).toEqual({ isClosed: true, isEarly: true });
  });

  test('changes nothing with --dry-run, and tells the same', async () => {
    const archive = await open();
    await importFiles(archive, { '1.json': toRecords(history) });
    const before = await exportText(archive);
    const newer = createHistory();
    newer.run.stateChangedAt += 1;
    const files: Files = {
      '0-R0000002.json': JSON.stringify({ telemetryMetadata: [] }),
      'broken.json': `${toRecords(createHistory(3))}{`,
      'newer.json': `${toRecords(newer)}${toRecords(createHistory(2)).replace(/\n[^\n]*"GetTelemetryMetadata[^\n]*/, '')}`,
    };
    const told = await importFiles(archive, files, { isDryRun: true });
    expect(await exportText(archive)).toBe(before);
    const done = await importFiles(archive, files);
    expect(done.counts).toEqual(told.counts);
    expect(told.counts.assessmentRun).toEqual({ new: 1, replaced: 1, refused: 1 });
    expect(told.counts.telemetryMetadata).toEqual({ new: 1, unchanged: 1, refused: 1 });
    expect(await exportText(archive)).not.toBe(before);
  });

  test('changes nothing when it is done again', async () => {
    const archive = await open();
    const files = { '1.json': toRecords(history), '2.json': toRecords(createHistory(2)) };
    await importFiles(archive, files);
    const before = await exportText(archive);
    const { counts } = await importFiles(archive, files);
    expect(Object.values(counts)).toEqual(Array(10).fill({ unchanged: 2 }));
    expect(await exportText(archive)).toBe(before);
  });

  test('replaces what has a newer stateChangedAt in its place, and keeps it from an older one', async () => {
    const archive = await open();
    const assessmentRuns = [1, 2, 3].map((number) => createHistory(number).run);
    const changed: Structure = { ...assessmentRuns[1], state: 'FAILED', rulesPackageArns: [] };
    const importRun = (document: Structure) =>
      importFiles(archive, { 'runs.json': JSON.stringify({ assessmentRuns: [document] }) });
    await importFiles(archive, { 'runs.json': JSON.stringify({ assessmentRuns }) });

    const newer = { ...changed, stateChangedAt: changed.stateChangedAt + 0.001 };
    expect((await importRun(newer)).counts.assessmentRun).toEqual({ replaced: 1 });
    expect((await importRun(changed)).counts.assessmentRun).toEqual({ unchanged: 1 });

    const documents = (await exportText(archive)).split('\n').slice(0, 3);
    expect(documents.map((line) => JSON.parse(line).output.assessmentRuns[0])).toEqual([
      assessmentRuns[0],
      newer,
      assessmentRuns[2],
    ]);
    // What lists are filtered by follows.
    const rows = await archive.tables.selectFrom('assessment_runs').select(['arn', 'state']).orderBy('id').execute();
    expect(rows.map(({ state }) => state)).toEqual(['COMPLETED', 'FAILED', 'COMPLETED']);
    const packages = await archive.tables.selectFrom('evaluated_rules_packages').selectAll().execute();
    expect(packages).toHaveLength(2);
  });

  test('keeps what it has where another state of the same moment is told', async () => {
    const archive = await open();
    const [one, another] = ['one', 'another'].map((name) => JSON.stringify(withDocument({ name })));
    const files = { 'a.json': one as string, 'b.json': another as string };
    expect((await importFiles(archive, files)).counts.assessmentRun).toEqual({ new: 1, unchanged: 1 });
    expect((await importFiles(archive, files)).counts.assessmentRun).toEqual({ unchanged: 2 });
    expect(await exportText(archive)).toContain('"name":"one"');
  });

  test.each<[string, Structure, RegExp]>([
    [
      'a region that Inspector Classic never had',
      { arn: run.arn.replace('us-west-2', 'mars-1') },
      /\.arn: expected the ARN/,
    ],
    [
      'a partition of other regions',
      { arn: run.arn.replace('arn:aws:', 'arn:aws-us-gov:') },
      /\.arn: expected the ARN/,
    ],
  ])('refuses a run with %s, and takes the files behind it', async (_title, members, problem) => {
    const archive = await open();
    const { counts, refused } = await importFiles(archive, {
      'a.json': JSON.stringify(withDocument(members)),
      'b.json': JSON.stringify(withDocument({})),
    });
    expect(refused).toMatchObject([{ problems: [expect.stringMatching(problem)] }]);
    expect(counts.assessmentRun).toEqual({ new: 1, refused: 1 });
  });

  test('refuses an agent whose ID is longer than the API allows, and telemetry of less than nothing', async () => {
    const archive = await open();
    const { refused } = await importFiles(archive, {
      'a.json': JSON.stringify({ assessmentRunAgents: [{ ...history.agent, agentId: 'i'.repeat(9000) }] }),
      'b.json': JSON.stringify({
        assessmentRunAgents: [{ ...history.agent, telemetryMetadata: [{ messageType: 'a', count: -1 }] }],
      }),
    });
    expect(refused.map(({ problems }) => problems[0])).toEqual([
      expect.stringMatching(/\.agentId: expected at most 128 characters/),
      expect.stringMatching(/\.telemetryMetadata\[0\]\.count: expected a whole number from 0 on, but got -1$/),
    ]);
  });

  test('counts what Inspector could not describe, as files and as records', async () => {
    const archive = await open();
    const failedItems = { [run.arn]: { failureCode: 'ACCESS_DENIED', retryable: false }, other: {} };
    const output = { assessmentRuns: [], failedItems };
    const { notKept } = await importFiles(archive, {
      'a.json': JSON.stringify(output),
      'b.json': JSON.stringify({ operation: 'DescribeAssessmentRuns', input: {}, output }),
    });
    expect(notKept).toEqual({ 'failedItems, which Inspector could not describe': 4 });
  });

  test('takes the newest of several states in one file', async () => {
    const archive = await open();
    const states = [0, 2, 1].map((seconds) => ({ ...run, stateChangedAt: run.stateChangedAt + seconds }));
    const { counts } = await importFiles(archive, { 'runs.json': JSON.stringify({ assessmentRuns: states }) });
    expect(counts.assessmentRun).toEqual({ new: 1, replaced: 1, unchanged: 1 });
    expect(await exportText(archive)).toContain(JSON.stringify(states[1]));
  });

  test('keeps two accounts and two regions with the same IDs apart', async () => {
    const archive = await open();
    const histories = [
      history,
      createHistory(1, { account: '210987654321' }),
      createHistory(1, { region: 'eu-west-1' }),
    ] as const;
    for (const one of histories) await importFiles(archive, { 'a.json': toRecords(one) });
    expect(await exportText(archive, { accounts: ['210987654321'] })).toBe(await exportOf(engine, [histories[1]]));
    expect(await exportText(archive, { regions: ['eu-west-1'] })).toBe(await exportOf(engine, [histories[2]]));
  });

  test('drops what is null, and keeps members that the API does not have', async () => {
    const archive = await open();
    const { startedAt, ...withoutStart } = run;
    const document = { ...withoutStart, startedAt: null, further: { a: [1.5, null, 'x'] } };
    await importFiles(archive, { 'runs.json': JSON.stringify({ assessmentRuns: [document] }) });
    const [line = ''] = (await exportText(archive)).split('\n');
    expect(JSON.parse(line).output.assessmentRuns[0]).toEqual({ ...withoutStart, further: { a: [1.5, null, 'x'] } });
  });

  test('is refused for telemetry that is told twice with different content, until then the first one stays', async () => {
    const archive = await open();
    await importFiles(archive, { 'a.json': toRecords(history) });
    const before = await exportText(archive);
    const other = createHistory();
    (other.telemetry[0] as Structure).count += 1;
    const { refused, counts } = await importFiles(archive, { 'b.json': toRecords(other) });
    expect(refused).toHaveLength(1);
    expect(Object.values(counts)).toEqual(Array(10).fill({ refused: 1 }));
    expect(await exportText(archive)).toBe(before);
  });
});

/** The export of an archive into which the histories came in this order. */
async function exportOf(engine: Engine, histories: readonly History[]): Promise<string> {
  const archive: Database = await openEmptyArchive(engine);
  for (const one of histories) await importFiles(archive, { 'a.json': toRecords(one) });
  return exportText(archive);
}

test('The template that tags belong to is found by its ID', async () => {
  const archive = await openEmptyArchive(engines[0] as Engine);
  const tags = JSON.stringify({ tags: history.tags });
  const { refused } = await importFiles(archive, {
    '0-L0000001-tags.json': tags,
    'tags.json': tags,
    'templates.json': JSON.stringify({ assessmentTemplates: [template] }),
  });
  expect(refused).toEqual([
    {
      name: expect.stringMatching(/tags\.json$/),
      problems: [
        expect.stringMatching(
          /^line 1: \$\.tags: expected to be told which assessment template .* its path holds no ID$/,
        ),
      ],
      hasFurtherProblems: false,
    },
  ]);
  expect(await exportText(archive)).toContain(`{"resourceArn":"${template.arn}"},"output":${tags}`);
});
