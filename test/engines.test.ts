import { expect, test } from '@jest/globals';
import { engines, POSTGRES_URL } from './helpers/archives.js';

test('The archive is tested on PostgreSQL as well, where a server answers', () => {
  const names = engines.map(({ name }) => name);
  if (process.env.CI === 'true') expect(names).toEqual(['SQLite', 'PostgreSQL']);
  if (names.includes('PostgreSQL')) return;
  const server = POSTGRES_URL.replace(/\/\/[^/@]*@/, '//***@');
  process.stderr.write(`Left out: the tests of the archive on PostgreSQL, since no server answers at ${server}.\n`);
});
