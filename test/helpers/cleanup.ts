import { afterAll } from '@jest/globals';

const leftovers: (() => Promise<unknown>)[] = [];

/** Stops something after all tests of the file, in the reverse order of starts. */
export function endAfterAll(end: () => Promise<unknown>): void {
  leftovers.push(end);
}

/** Dropping a database takes seconds on a busy machine. */
const LIMIT_MS = 60_000;

afterAll(async () => {
  for (const end of leftovers.reverse()) await end();
}, LIMIT_MS);
