import { afterAll } from '@jest/globals';

const leftovers: (() => Promise<unknown>)[] = [];

/** Ends something when the test file is done, the last started first. */
export function endAfterAll(end: () => Promise<unknown>): void {
  leftovers.push(end);
}

/** To drop a database takes seconds on a busy machine. */
const LIMIT_MS = 60_000;

afterAll(async () => {
  for (const end of leftovers.reverse()) await end();
}, LIMIT_MS);
