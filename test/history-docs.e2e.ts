import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const [, section = ''] = /\n## Ask the history\n(.*?)\n## /s.exec(readme) ?? [];
const shown = [...section.matchAll(/```graphql\n(query (\w+).*?)```\n\n```json\n(.*?)```/gs)];

let gateway: Awaited<ReturnType<typeof startGateway>>;
beforeAll(async () => {
  gateway = await startGateway();
  endAfterAll(gateway.kill);
});

test("The README's section on history has queries and their answers", () => {
  expect(shown.map(([, , name]) => name)).toEqual(['Newest', 'Trend', 'Change']);
  expect(section.match(/```graphql/g)).toHaveLength(shown.length);
});

test.each(shown.map(([, query, name, answer]) => ({ query, name, answer })))(
  'Over the built-in sample, the query $name of the README is answered as it says',
  async ({ query, answer }) => {
    expect(await gateway.query(query as string)).toEqual(JSON.parse(answer as string));
  },
);
