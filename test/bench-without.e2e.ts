import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { startGateway } from './helpers/gateway.js';

const ROOT = new URL('..', import.meta.url);
const REGISTER = ['--import', new URL('bench/without/register.mjs', ROOT).href];
const BENCH = fileURLToPath(new URL('bench/run.mjs', ROOT));
const { MECHANISMS } = (await import(new URL('bench/without/mechanisms.mjs', ROOT).href)) as {
  readonly MECHANISMS: readonly { name: string; file: string; loads?: string[] }[];
};
const removable = MECHANISMS.filter(({ loads }) => loads !== undefined);
const run = promisify(execFile);

const QUERY =
  '{ assessmentRuns(first: 1) { nodes { arn telemetryTotal { count } telemetry(first: 1) { messageType } } } }';

/** What the gateway of these options answers, which then ends. */
async function askGateway(environment: Record<string, string> = {}, options: string[] = []) {
  const gateway = await startGateway(environment, options);
  try {
    return await gateway.query(QUERY);
  } finally {
    await gateway.kill();
  }
}

const answered = askGateway();

describe('The gateway without a mechanism', () => {
  test.each(removable)('runs what stands in its place: $name', async ({ name, file }) => {
    const url = new URL(file.replace('src/', 'build/').replace(/ts$/, 'js'), ROOT).href;
    const program = `const url = ${JSON.stringify(url)};
      console.log(JSON.stringify([import.meta.resolve(url), Object.keys(await import(url))]));`;
    const words = [...REGISTER, '--input-type=module', '-e', program];
    const { stdout } = await run(process.execPath, words, { env: { ...process.env, BENCH_WITHOUT: name } });
    const substitute = new URL(`bench/without/${name}.mjs`, ROOT).href;
    expect(JSON.parse(stdout)).toEqual([substitute, Object.keys(await import(url))]);
  });

  test.each(removable)('answers the same: $name', async ({ name }) => {
    const expected = await answered;
    expect(expected.data.assessmentRuns.nodes[0].telemetry).toHaveLength(1);
    expect(await askGateway({ BENCH_WITHOUT: name }, REGISTER)).toEqual(expected);
  });
});

test.each([
  [['--without'], 0],
  [['--without', 'hot'], 2],
])('The bench lists for %j what can be left out', async (words, code) => {
  const { stdout, ...ended } = await run(process.execPath, [BENCH, ...words]).catch((error) => error);
  expect(ended.code ?? 0).toBe(code);
  for (const { name } of removable) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
});
