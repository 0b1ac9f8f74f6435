import { describe, expect, test } from '@jest/globals';
import { type Engine, engines, openEmptyArchive } from './helpers/archives.js';
import { exportText, type Files, importFiles } from './helpers/exports.js';
import { createHistory, type Structure, toLines, toRecords } from './helpers/histories.js';

const [engine] = engines as [Engine];
const history = createHistory();
const { run, template, target, agent, finding, resourceGroup, telemetry, tags } = history;
const record = (operation: string) =>
  `${toRecords(history)
    .split('\n')
    .find((line) => line.includes(`"${operation}"`))}\n`;

/** What an import of one file gives. */
async function importOne(content: unknown, name = 'file.json', options = {}) {
  const archive = await openEmptyArchive(engine);
  const files: Files = { [name]: typeof content === 'string' ? content : JSON.stringify(content) };
  return { ...(await importFiles(archive, files, options)), exported: await exportText(archive) };
}

describe('An entity is told by its own identity', () => {
  test.each<[string, Structure | Structure[], string]>([
    ['a run', run, record('DescribeAssessmentRuns')],
    ['a run in an array', [run], record('DescribeAssessmentRuns')],
    ['a template', template, record('DescribeAssessmentTemplates')],
    ['an agent', [agent], record('ListAssessmentRunAgents')],
    ['a resource group', [resourceGroup], record('DescribeResourceGroups')],
    ['a finding', finding, record('DescribeFindings')],
    ['a run under another name', { items: [run] }, record('DescribeAssessmentRuns')],
  ])('alone: %s', async (_, content, expected) => {
    // Of the same name as a run and a template, so that its rows or tags could pass for theirs.
    const { refused, exported } = await importOne(content, '0-R0000001-0-L0000001.json', { runArn: run.arn });
    expect(refused).toEqual([]);
    expect(exported).toBe(expected);
  });

  test('and never by what it has in common with an output', async () => {
    const { refused, exported, counts } = await importOne({ ...agent, agentId: undefined }, 'agents.json', {
      runArn: run.arn,
    });
    expect({ exported, counts }).toEqual({ exported: '', counts: {} });
    expect(refused[0]?.problems).toEqual([
      'line 1: expected what tells which assessment run agent it is, since it looks like one: its agentId and its assessmentRunArn',
    ]);
  });

  test('also of others that somebody has put into it', async () => {
    const joined = { ...run, telemetryMetadata: telemetry, findings: [finding], further: { agents: [agent, 7] } };
    const { refused, exported, counts } = await importOne(joined);
    expect(refused).toEqual([]);
    expect(counts).toEqual({
      assessmentRun: { new: 1 },
      telemetryMetadata: { new: 1 },
      finding: { new: 1 },
      assessmentRunAgent: { new: 1 },
    });
    expect(JSON.parse(exported.split('\n')[0] as string).output.assessmentRuns[0]).toEqual({
      ...run,
      further: { agents: [7] },
    });
  });

  test('and the tags that somebody has put into a template are the template’s', async () => {
    const { refused, exported } = await importOne({ assessmentTemplates: [{ ...template, tags }] });
    expect(refused).toEqual([]);
    expect(exported).toBe(record('DescribeAssessmentTemplates') + record('ListTagsForResource'));
  });
});

describe('An output that does not say whose it is', () => {
  const owned = record('GetTelemetryMetadata');
  const output = { telemetryMetadata: telemetry };
  const input = { assessmentRunArn: run.arn };

  test.each<[string, unknown]>([
    ['its own input beside it', { ...output, ...input }],
    ['a request beside it', { request: input, response: { body: output } }],
    ['a request as text beside it', { request: { body: JSON.stringify(input) }, response: JSON.stringify(output) }],
    ['the agents of one run beside it', { agents: { assessmentRunAgents: [agent] }, telemetry: output }],
    [
      'a request next to it and others further away',
      { calls: [{ input, result: output }, { input: { assessmentRunArn: 'x' } }] },
    ],
  ])('is of what %s names', async (_, content) => {
    const { refused, exported } = await importOne(content);
    expect(refused).toEqual([]);
    expect(exported).toContain(owned);
  });

  test('is refused where what stands around it names two', async () => {
    const other = createHistory(2).run.arn;
    const { refused } = await importOne({ telemetry: output, runs: [input, { assessmentRunArn: other }] });
    expect(refused[0]?.problems).toEqual([
      'line 1: $.telemetry.telemetryMetadata: expected one resource that it belongs to, but what stands around it at line 1 names several',
    ]);
  });

  test.each<[string, unknown, RegExp]>([
    [
      'something beside it',
      { ...output, more: 1 },
      /^line 1: expected the output of GetTelemetryMetadata and nothing beside it/,
    ],
    ['nothing but its rows', telemetry, /^line 1: expected rows of telemetry as {"telemetryMetadata": \[…\]}/],
    ['a status that is none', { status: 503 }, /^line 1: .*/],
    [
      'the members of a run without its ARN',
      { ...run, arn: undefined },
      /^line 1: expected what tells which assessment run it is/,
    ],
    [
      'the ARN of a region that there never was',
      { ...run, arn: run.arn.replace('us-west-2', 'mars-1') },
      /^line 1: expected the ARN of something/,
    ],
  ])('is refused with %s', async (_, content, problem) => {
    const { refused, exported } = await importOne(content, 'a.json', { runArn: run.arn });
    expect(refused[0]?.problems[0]).toMatch(problem);
    expect(exported).toBe('');
  });
});

describe('What an import tells besides', () => {
  test('is what entities were wrapped in, and what was passed over', async () => {
    const { refused, wrappers, passedOver } = await importOne(
      toLines([
        {
          took: 3,
          hits: {
            total: 2,
            hits: [
              { _index: 'a', _source: run },
              { _index: 'a', _source: finding },
            ],
          },
        },
        { level: 'info', message: 'the end' },
      ]),
    );
    expect(refused).toEqual([]);
    expect(wrappers).toEqual({ 'hits.hits[]._source': 2 });
    expect(passedOver).toEqual({
      took: 1,
      'hits.total': 1,
      'hits.hits[]._index': 2,
      [`documents of something else (the first one, at line 2: ${SOMETHING_ELSE} an object of level, message)`]: 1,
    });
  });

  test('is which files have nothing in them', async () => {
    for (const content of ['', '\n \n', '\ufeff', '[]']) {
      const { refused, emptyFiles } = await importOne(content);
      expect({ refused, emptyFiles }).toEqual({ refused: [], emptyFiles: [expect.stringMatching(/file\.json$/)] });
    }
  });

  const SOMETHING_ELSE =
    'expected what a read operation of Inspector Classic answers, such as {"assessmentRuns": […]}, one thing of it, ' +
    'or a record {"operation": …, "input": …, "output": …}, but got';
});

describe('What differs from the archive', () => {
  test.each<[string, (other: ReturnType<typeof createHistory>) => void, string]>([
    ['tags', (other) => Object.assign(other.tags[0] as Structure, { value: 'another' }), 'tags'],
    ['an agent', (other) => Object.assign(other.agent, { agentHealth: 'UNHEALTHY' }), 'assessmentRunAgent'],
    ['a run of the same moment', (other) => Object.assign(other.run, { name: 'another' }), 'assessmentRun'],
  ])('stays out and is named, unless it is to replace it: %s', async (_, change, kind) => {
    const archive = await openEmptyArchive(engine);
    await importFiles(archive, { 'a.json': toRecords(history) });
    const before = await exportText(archive);
    const other = createHistory();
    change(other);
    const files = { 'b.json': toRecords(other) };

    const { counts, kept } = await importFiles(archive, files);
    expect(counts[kind]).toEqual({ unchanged: 1 });
    expect(kept).toEqual({ [kind]: { later: 0, other: 1 } });
    expect(await exportText(archive)).toBe(before);

    expect((await importFiles(archive, files, { replaces: true })).counts[kind]).toEqual({ replaced: 1 });
    expect(await exportText(archive)).toBe(toRecords(other));
  });

  test('is telemetry, which is refused, unless it is to replace it', async () => {
    const archive = await openEmptyArchive(engine);
    await importFiles(archive, { 'a.json': toRecords(history) });
    const other = createHistory();
    Object.assign(other.telemetry[0] as Structure, { count: 7 });
    const files = { 'b.json': toRecords(other) };
    expect((await importFiles(archive, files)).refused).toHaveLength(1);
    expect((await importFiles(archive, files, { replaces: true })).refused).toEqual([]);
    expect(await exportText(archive)).toBe(toRecords(other));
  });

  test('is an earlier state, which is named as one', async () => {
    const archive = await openEmptyArchive(engine);
    await importFiles(archive, { 'a.json': JSON.stringify(target) });
    const { kept } = await importFiles(archive, {
      'b.json': JSON.stringify({ ...target, updatedAt: target.updatedAt - 1 }),
    });
    expect(kept).toEqual({ assessmentTarget: { later: 1, other: 0 } });
  });
});

describe('A time without an offset', () => {
  const content = { ...resourceGroup, createdAt: '2016-07-01 12:00:00.250' };

  test('is refused with the way on', async () => {
    const { refused } = await importOne(content);
    expect(refused[0]?.problems[0]).toMatch(
      /^line 1: \$\.createdAt: expected .*--timezone UTC.*"2016-07-01 12:00:00\.250"$/,
    );
  });

  test.each([
    ['UTC', Date.UTC(2016, 6, 1, 12) / 1000 + 0.25],
    ['Europe/Berlin', Date.UTC(2016, 6, 1, 10) / 1000 + 0.25],
    ['America/New_York', Date.UTC(2016, 6, 1, 16) / 1000 + 0.25],
  ])('is one of the time zone that is given: %s', async (timeZone, seconds) => {
    const { exported } = await importOne(content, 'a.json', { timeZone });
    expect(JSON.parse(exported).output.resourceGroups[0].createdAt).toBe(seconds);
  });
});
