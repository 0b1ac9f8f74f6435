import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createSample } from '../src/archive/sample.js';
import { createFolder } from './helpers/archives.js';
import { importRecords } from './helpers/endpoint.js';
import type { Json } from './helpers/gateway.js';
import { runMain } from './helpers/process.js';

// Each command takes most of a second to start.
jest.setTimeout(60_000);

const WEB_RUN = 'arn:aws:inspector:eu-west-1:111122223333:target/0-SynTgWeb/template/0-SynTpWeb/run/0-SynWeb';
const EXAMPLE_RUN = 'arn:aws:inspector:us-west-2:123456789012:target/0-0kFIPusq/template/0-4r1V2mAw/run/0-MKkpXXPE';

/** An archive with the built-in sample in it. */
let url: string;
beforeAll(async () => {
  url = `sqlite:${await createFolder()}/archive.db`;
  await importRecords(
    url,
    createSample()
      .map((record) => JSON.stringify(record))
      .join('\n'),
  );
});

const runArchive = (...args: string[]) => runMain(['archive', ...args], { ARCHIVE_URL: url }).exited;

describe('archive compare', () => {
  test.concurrent('shows findings, telemetry and agents of a run and the one of its template before it', async () => {
    const { code, stdout, stderr } = await runArchive('compare', `${WEB_RUN}16`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(readFileSync(new URL('fixtures/archive-compare.txt', import.meta.url), 'utf8'));
  });

  test.concurrent('shows what is gone since the run that is named', async () => {
    const { stdout } = await runArchive('compare', `${WEB_RUN}17`, `${WEB_RUN}09`);
    expect(stdout).toMatch(/^base {2}Synthetic web servers, 2024-12 {2}arn:\S+09$/m);
    expect(stdout).toMatch(/^gone {12}0 {4}2 {14}0 {4}2$/m);
    expect(stdout).toMatch(/^gone findings .*\n(Low .* Recognized port reachable from internet .*\n){2}\n/m);
  });

  test.concurrent('gives scripts the output of CompareAssessmentRuns', async () => {
    const { code, stdout } = await runArchive('compare', '--json', `${WEB_RUN}16`);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      baseAssessmentRunArn: `${WEB_RUN}15`,
      newFindings: [1, 2, 3, 4].map((number) => `${WEB_RUN}16/finding/0-SynFnd0${number}`),
      goneFindings: [],
    });
  });

  test.concurrent('says that a run has none before it', async () => {
    expect(await runArchive('compare', `${WEB_RUN}01`)).toEqual({
      code: 0,
      stdout: 'The template has no earlier run to compare with.\n',
      stderr: '',
    });
  });

  test.concurrent.each([
    ['a run that is not there', [`${WEB_RUN}99`], 1, `The assessment run ${WEB_RUN}99 does not exist.\n`],
    [
      'a run of another target',
      [`${WEB_RUN}16`, EXAMPLE_RUN],
      2,
      'baseAssessmentRunArn: expected a run of the same target.\n',
    ],
  ])('fails for %s', async (_title, args, code, stderr) => {
    expect(await runArchive('compare', ...args)).toEqual({ code, stdout: '', stderr });
  });

  test.concurrent.each([
    ['no run', [], 'Expected one RUN and at most one BASE, but got 0 arguments.'],
    ['something else than a run', ['x\u001b'], 'Expected the ARN of an assessment run, but got "x\\u001b".'],
  ])('expects a run, and says so for %s', async (_title, args, message) => {
    const { code, stderr } = await runArchive('compare', ...args);
    expect({ code, line: stderr.split('\n')[0] }).toEqual({ code: 2, line: message });
  });
});

describe('archive search', () => {
  test.concurrent('shows the newest runs, how many there are, and how to go on', async () => {
    const { code, stdout, stderr } = await runArchive('search', '--first', '2');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [head, newest, second, ...rest] = stdout.split('\n');
    expect(head).toMatch(/^created at +state +High +findings +name +assessment run$/);
    expect(newest).toMatch(
      /^2026-03-17T02:00:00Z {2}COMPLETED +0 +1 {2}Synthetic build machines, 2026-03 {2}arn:\S+24$/,
    );
    expect(second).toContain('Synthetic databases, 2026-03');
    const [, cursor = ''] = /^\n2 of 86 assessment runs; the next ones: --after (\S+)\n$/.exec(rest.join('\n')) ?? [];
    const next = await runArchive('search', '--first', '100', '--after', cursor);
    expect(next.stdout).toMatch(/\n\n84 of 86 assessment runs\n$/);
    // Of one of them nothing is known but its ARN.
    expect(next.stdout).toMatch(/^- +- +- +- +- +arn:\S+0-v5D6fI3v$/m);
  });

  test.concurrent.each([
    [
      'runs by name and time, in an order',
      [
        '--name',
        'Synthetic web*',
        '--from',
        '2024-04-01T00:00:00Z',
        '--to',
        '2024-12-31T00:00:00Z',
        '--order',
        'NAME_ASC',
      ],
      '9 of 9 assessment runs',
    ],
    [
      'runs by account, region and state',
      ['--account', '777788889999', '--account', '123456789012', '--region', 'us-east-2', '--state', 'FAILED'],
      '1 of 1 assessment runs',
    ],
    ['runs by text', ['--text', 'BUILD machines'], '20 of 24 assessment runs'],
    [
      'findings by severity and rule',
      ['--findings', '--severity', 'High', '--rule', 'CVE-2024-3094'],
      '2 of 2 findings',
    ],
    ['findings by agent and run', ['--findings', '--agent', 'i-0000a001', '--run', `${WEB_RUN}16`], '2 of 2 findings'],
    ['hosts by text', ['--hosts', '--text', 'db-', '--order', 'AGENT_ID_ASC'], '4 of 4 hosts'],
    ['nothing that fits', ['--text', 'nothing of this name'], 'There are no assessment runs that fit.'],
  ])('finds %s', async (_title, args, end) => {
    const { code, stdout, stderr } = await runArchive('search', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').at(-2)?.replace(/; .*/, '')).toBe(end);
  });

  test.concurrent('shows of findings their rule and host, and of hosts when they were seen', async () => {
    const findings = await runArchive(
      'search',
      '--findings',
      '--severity',
      'High',
      '--order',
      'SEVERITY_DESC',
      '--first',
      '1',
    );
    expect(findings.stdout).toMatch(
      /^2025-11-17T02:17:00Z {2}High +CVE-2025-32463 {2}build-1\.synthetic\.example {2}Synthetic finding of CVE-2025-32463 on build-1\.synthetic\.example$/m,
    );
    const hosts = await runArchive('search', '--hosts', '--agent', 'i-0000b002');
    expect(hosts.stdout).toMatch(
      /^i-0000b002 {2}build-2\.synthetic\.example {2}777788889999 {2}us-east-2 +2024-04-17T02:00:00Z {2}2025-09-17T02:00:00Z +18 +1 +2$/m,
    );
  });

  test.concurrent('gives scripts the output of the operation', async () => {
    const { stdout } = await runArchive('search', '--json', '--name', 'Synthetic web servers, 2025-07');
    expect(JSON.parse(stdout)).toEqual({
      items: [
        {
          cursor: expect.any(String),
          assessmentRunArn: `${WEB_RUN}16`,
          assessmentRun: expect.objectContaining({ state: 'COMPLETED' }),
        },
      ],
      hasNextPage: false,
      hasPreviousPage: false,
      totalCount: 1,
    });
  });

  test.concurrent.each([
    [['--account', '12'], /^--account: expected .*12 digits/],
    [['--order', 'x'], /^--order: expected one of CREATED_AT_DESC, /],
    [['--after', 'x'], /^--after: expected /],
    [['--first', '101'], /^Expected a whole number from 1 to 100 behind --first, but got "101"\.$/],
    [['--from', 'x'], /^--from: expected /],
    [['--hosts', '--state', 'FAILED'], /^--state is not for hosts\.$/],
    [['--hosts', '--findings'], /^Expected --findings or --hosts, but not both\.$/],
    [['x'], /^Expected options only, but got x\.$/],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await runArchive('search', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n')[0]).toMatch(message);
  });
});

describe('archive stats', () => {
  test.concurrent('shows runs and findings by month, in plain numbers where there is no terminal', async () => {
    const { code, stdout } = await runArchive('stats');
    expect(code).toBe(0);
    expect(stdout).toContain(
      '\nmonth               assessment runs\n2016-03                           1\n2016-04 to 2024-03                0\n2024-04                           3\n',
    );
    expect(stdout).toMatch(/^month +High +Medium +Low +Informational +- +findings$/m);
    expect(stdout).toMatch(/^2024-04 +7 +10 +3 +2 +0 +22$/m);
    expect(stdout).not.toContain('#');
  });

  test.concurrent('gives scripts the outputs of the operations', async () => {
    const { archive, assessmentRuns, findings } = JSON.parse((await runArchive('stats', '--json')).stdout);
    expect(archive.counts).toMatchObject({ assessmentRuns: 86, findings: 308 });
    expect(assessmentRuns.total).toEqual({ count: 86 });
    const high = findings.groups.find(({ keys }: Json) => keys[0] === 'High');
    expect(high.buckets).toContainEqual({ start: '2025-01-01', count: 4 });
  });
});
