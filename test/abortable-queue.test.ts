import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createAbortableQueue } from '../src/inspector/resilience/abortable-queue.js';

describe('A waiting line', () => {
  test('serves one at a time, in the order of coming, and leaves no listener behind', async () => {
    const line = createAbortableQueue();
    const { signal } = new AbortController();
    const served: string[] = [];
    const waits = ['a', 'b', 'c'].map((name) => line.wait(signal).then(() => served.push(name)));
    line.serve();
    await waits[0];
    expect(served).toEqual(['a']);
    expect(line.length).toBe(2);
    line.serve();
    line.serve();
    line.serve();
    await Promise.all(waits);
    expect(served).toEqual(['a', 'b', 'c']);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('rejects at once for a signal that is aborted before', async () => {
    const line = createAbortableQueue();
    await expect(line.wait(AbortSignal.abort('gone'))).rejects.toBe('gone');
    expect(line.length).toBe(0);
  });

  test('is first come, first served among those who stay, whoever leaves', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('come', 'leave', 'serve'), { maxLength: 60 }), async (steps) => {
        const line = createAbortableQueue();
        const waiting: { name: number; end: AbortController }[] = [];
        const expected: number[] = [];
        const served: number[] = [];
        let names = 0;
        for (const step of steps) {
          if (step === 'come') {
            const name = names++;
            const end = new AbortController();
            waiting.push({ name, end });
            line.wait(end.signal).then(
              () => served.push(name),
              () => {},
            );
          } else if (step === 'leave') {
            // From the middle, as deadlines of different reads do.
            const [gone] = waiting.splice(Math.floor(waiting.length / 2), 1);
            gone?.end.abort();
          } else {
            const next = waiting.shift();
            if (next !== undefined) expected.push(next.name);
            line.serve();
          }
          expect(line.length).toBe(waiting.length);
        }
        await Promise.resolve();
        await Promise.resolve();
        expect(served).toEqual(expected);
      }),
    );
  });
});
