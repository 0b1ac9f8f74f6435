import { afterAll } from '@jest/globals';

const leftovers: (() => Promise<unknown>)[] = [];

/** Ends something when the test file is done, the last started first. */
export function endAfterAll(end: () => Promise<unknown>): void {
  leftovers.push(end);
}

afterAll(async () => {
  for (const end of leftovers.reverse()) await end();
});
