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
    ['nothing but its rows', telemetry, /^line 1: expected to be told whose telemetry these rows are/],
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
    const { refused, exported } = await importOne(content, '0-R0000001.json');
    expect(refused[0]?.problems[0]).toMatch(problem);
    expect(exported).toBe('');
  });
});

describe('What an import tells besides', () => {
  test('is what entities were wrapped in, and what was passed over', async () => {
    const { refused, wrappers, ignoredPaths, unrelatedDocuments } = await importOne(
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
    expect(ignoredPaths).toEqual({
      took: 1,
      'hits.total': 1,
      'hits.hits[]._index': 2,
    });
    expect(unrelatedDocuments).toEqual({
      number: 1,
      files: 1,
      first: expect.stringMatching(/file\.json, line 2: .* but got an object of level, message$/),
    });
  });

  test('is which files have nothing in them', async () => {
    for (const content of ['', '\n \n', '\ufeff', '[]']) {
      const { refused, emptyFiles } = await importOne(content);
      expect({ refused, emptyFiles }).toEqual({ refused: [], emptyFiles: [expect.stringMatching(/file\.json$/)] });
    }
  });
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

describe('Whatever lies in something else', () => {
  const output = { telemetryMetadata: telemetry };
  const { assessmentRunArn, ...agentAlone } = agent;
  const encoded = { encoding: 'base64', text: Buffer.from(JSON.stringify(output)).toString('base64') };
  const input = { assessmentRunArn: run.arn };

  test.each<[string, unknown]>([
    ['an output that a script has put into its run', { ...run, telemetry: output }],
    ['an output as text in its run', { ...run, telemetry: JSON.stringify(output) }],
    ['columns of JSON', { arn: run.arn, run: JSON.stringify(run), telemetry: JSON.stringify(output) }],
    ['a map by ARNs', { [run.arn]: output, runs: [run] }],
    ['a text that is the ARN of its run', { of: run.arn, result: output, run }],
    [
      'beside a record',
      { operation: 'DescribeAssessmentRuns', input: {}, output: { assessmentRuns: [run] }, further: { input, output } },
    ],
    ['the answer of a recording in base64', { run, response: { content: encoded } }],
    [
      'a record of the CLI whose output is text',
      [run, { operation: 'get-telemetry-metadata', input, output: JSON.stringify(output) }],
    ],
  ])('is taken: %s', async (_, content) => {
    const { refused, counts } = await importOne(content);
    expect(refused).toEqual([]);
    expect(counts).toEqual({ assessmentRun: { new: 1 }, telemetryMetadata: { new: 1 } });
  });

  test.each<[string, unknown]>([
    ['rows of telemetry in a run', { ...run, telemetry }],
    ['agents of a run that do not say so', { ...run, agents: [agentAlone] }],
    ['the telemetry of an agent by its ID', { ...input, agents: { 'i-49113b93': output } }],
    ['the telemetry beside an agent', { ...input, agent: { agentId: 'x' }, result: output }],
    [
      'a further output in the output of a record',
      { operation: 'GetTelemetryMetadata', input, output: { ...output, tags } },
    ],
  ])('is refused where it is in doubt: %s', async (_, content) => {
    const { refused, exported } = await importOne(content);
    expect(refused).toHaveLength(1);
    expect(exported).toBe('');
  });

  test('is named where it is of nothing that is known', async () => {
    const { ignoredPaths } = await importOne({ results: [{ assessmentRuns: [run] }, { more: 1 }, 'text'] });
    expect(ignoredPaths).toEqual({ 'results[]': 2 });
  });
});

test('What is refused is named in a few words, however long its names and numbers are', async () => {
  const long = 'x'.repeat(100_000);
  const digits = '1'.repeat(100_000);
  for (const content of [
    { [long]: 1 },
    { ...run, arn: undefined, [long]: 1 },
    JSON.stringify([run]).replace(/"durationInSeconds":\d+/, `"durationInSeconds":${digits}`),
  ]) {
    const { refused } = await importOne(content);
    expect(refused).toHaveLength(1);
    expect(JSON.stringify(refused).length).toBeLessThan(1500);
  }
});

describe('What has an ARN and is something else', () => {
  test.each<[string, unknown]>([
    ['a target of EventBridge', { Targets: [{ Id: '1', Arn: target.arn, RoleArn: 'x' }] }],
    ['a line of a log', { level: 'info', agentId: 'i-1', assessmentRunArn: run.arn, msg: 'x', pid: 7 }],
    [
      'an item of an inventory',
      { Arn: finding.arn, ResourceType: 'x', OwningAccountId: '1', Region: 'r', Service: 's' },
    ],
    ['the state of a job', { status: 'COMPLETED' }],
  ])('is not taken: %s', async (_, content) => {
    expect((await importOne(content)).exported).toBe('');
  });
});

test('Rows of telemetry by themselves are those of the run that --run names', async () => {
  const rows = telemetry.map((row) => ({ MessageType: row.messageType, Count: row.count, DataSize: row.dataSize }));
  const { refused, exported } = await importOne(rows, 'a.json', { runArn: run.arn });
  expect(refused).toEqual([]);
  expect(exported).toBe(record('GetTelemetryMetadata'));
});

describe('Of two documents of the same thing', () => {
  const { description, ...slice } = history.rulesPackage;
  const later = { arn: run.arn, state: 'CANCELED', stateChangedAt: run.stateChangedAt + 60 };
  const own = { ...history.rulesPackage, own: 1 };

  test.each<[string, object, object, object, string]>([
    ['the fuller one stays, when it comes first', history.rulesPackage, slice, { unchanged: 1 }, 'first'],
    ['the fuller one stays, when it comes second', slice, history.rulesPackage, { replaced: 1 }, 'second'],
    ['one that has members of its own stays out', history.rulesPackage, own, { unchanged: 1 }, 'first'],
    ['the order of members is nothing', { ...slice, a: 1, b: 2 }, { ...slice, b: 2, a: 1 }, { unchanged: 1 }, 'first'],
    ['a later one that has lost members stays out', run, later, { unchanged: 1 }, 'first'],
  ])('%s', async (_, first, second, outcome, winner) => {
    const archive = await openEmptyArchive(engine);
    await importFiles(archive, { 'a.json': JSON.stringify(first) });
    const before = await exportText(archive);
    const { counts } = await importFiles(archive, { 'b.json': JSON.stringify(second) });
    expect(Object.values(counts)).toEqual([outcome]);
    if (winner === 'first') expect(await exportText(archive)).toBe(before);
    else expect(await exportText(archive)).toContain(JSON.stringify(second));
  });

  test('an earlier one never replaces a later one', async () => {
    const archive = await openEmptyArchive(engine);
    await importFiles(archive, { 'a.json': JSON.stringify(run) });
    const earlier = JSON.stringify({ ...run, state: 'COLLECTING_DATA', stateChangedAt: run.createdAt });
    const { counts, kept } = await importFiles(archive, { 'b.json': earlier }, { replaces: true });
    expect(counts).toEqual({ assessmentRun: { unchanged: 1 } });
    expect(kept).toEqual({ assessmentRun: { later: 1, other: 0 } });
  });
});

test('Numbers as MongoDB exports them are numbers', async () => {
  const createdAt = { $date: { $numberLong: '1458766570035' } };
  const { exported } = await importOne({ ...run, durationInSeconds: { $numberInt: '3600' }, createdAt });
  expect(exported).toBe(record('DescribeAssessmentRuns'));
});

test('YAML that breaks off in its last value is refused', async () => {
  const { refused } = await importOne(`assessmentRuns:\n- arn: ${run.arn}\n  durationInSeconds: 36`);
  expect(refused[0]?.problems).toEqual([expect.stringMatching(/^line 3: expected a line end behind the last value/)]);
});

test('What PowerShell cuts off is told with the way on', async () => {
  const cut = { ...finding, AssetAttributes: 'Amazon.Inspector.Model.AssetAttributes', assetAttributes: undefined };
  const { refused } = await importOne(cut);
  expect(refused[0]?.problems).toEqual([
    'line 1: $.assetAttributes: expected an object, but got "Amazon.Inspector.Model.AssetAttributes" (ConvertTo-Json -Depth 9 writes all of it)',
  ]);
});
