import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { runMain } from './helpers/process.js';
import { exampleArn } from './helpers/runs.js';

const folder = mkdtempSync(join(tmpdir(), 'keys-command-'));
endAfterAll(async () => rmSync(folder, { recursive: true }));
const path = join(folder, 'keys.ndjson');

const run = (...args: string[]) => runMain(['keys', ...args], { API_KEYS_FILE: path }).exited;

describe('API keys', () => {
  test('are made, shown without themselves, taken by a gateway, and revoked', async () => {
    writeFileSync(path, '# Of the portals, without a line break at the end');
    const created = await run(
      'create',
      '--name',
      'portal',
      '--account',
      '1234*',
      '--region',
      'us-*',
      '--expires',
      '2099-01-31',
    );
    expect(created).toMatchObject({ code: 0, stderr: '' });
    const key = created.stdout.trim();
    expect(key).toMatch(/^igk_[0-9a-f]{56}$/);
    expect(readFileSync(path, 'utf8')).not.toMatch(key);
    await run('create', '--name', 'other', '--account', '*', '--no-schema');

    const listed = await run('list');
    expect(listed.stdout.split('\n')[1]).toMatch(/^[0-9a-f]{8} +portal +1234\* +us-\* +yes +2099-01-31T00:00:00.000Z$/);
    expect(listed.stdout.split('\n')[2]).toMatch(/^[0-9a-f]{8} +other +\* +\* +no +never$/);

    const gateway = await startGateway({ AUTH: 'keys', API_KEYS_FILE: path });
    endAfterAll(gateway.kill);
    const ask = () =>
      gateway.post({ query: `{ assessmentRun(arn: "${exampleArn}") { name } }` }, { authorization: `Bearer ${key}` });
    expect((await ask()).body.data.assessmentRun.name).toBe('Run 1 for ExampleAssessmentTemplate');

    const id = listed.stdout.split('\n')[1]?.split(' ')[0] as string;
    expect(await run('revoke', id)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    await gateway.stderrMatch(/file was read again/);
    expect((await ask()).status).toBe(401);
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/^# Of the portals/);
    expect(text.match(/sha256/g)).toHaveLength(1);
  });

  test('are in a file that nobody else may read', async () => {
    const own = join(folder, 'new.ndjson');
    await runMain(['keys', 'create', '--name', 'a', '--account', '*'], { API_KEYS_FILE: own }).exited;
    expect(statSync(own).mode & 0o777).toBe(0o600);
  });

  test.each([
    [['create', '--name', 'x'], /Expected --account/],
    [['create', '--account', '*'], /Expected --name/],
    [['create', '--name', 'x', '--account', '12345678901a'], /accounts\.0: expected the 12 digits of an account/],
    [['create', '--name', 'x', '--account', '*', '--region', 'EU'], /regions\.0: expected a region/],
    [['create', '--name', '\u001b[31m', '--account', '*'], /name: expected up to 100 characters of ASCII/],
    [['create', '--name', 'x', '--account', '*', '--expires', 'tomorrow'], /--expires: expected a date such as/],
    [
      ['create', '--name', 'x', '--account', '*', '--expires', '2001-01-01'],
      /--expires: expected a date in the future/,
    ],
    [['revoke', 'nobody'], /Expected the id of a key/],
    [['revoke'], /Expected keys create, list or revoke/],
    [['rotate'], /Expected keys create, list or revoke/],
    [['list', '--all'], /Unknown option '--all'/],
  ])('are not changed by %j, which fails by a line that says why', async (args, expected) => {
    const before = readFileSync(path, 'utf8');
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(expected);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('need a file to be in', async () => {
    const { code, stderr } = await runMain(['keys', 'list']).exited;
    expect([code, stderr]).toEqual([2, 'API_KEYS_FILE: expected the file of keys.\n']);
  });
});
