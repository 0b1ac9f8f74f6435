import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createAbortableQueue } from '../src/inspector/resilience/abortable-queue.js';
import { createAborter } from '../src/signal.js';

describe('An abortable queue', () => {
  test('releases one waiter at a time, in their order, and leaves no listener behind', async () => {
    const queue = createAbortableQueue();
    const { signal } = new AbortController();
    const released: string[] = [];
    const waits = ['a', 'b', 'c'].map((name) => queue.wait(signal).then(() => released.push(name)));
    queue.releaseNext();
    await waits[0];
    expect(released).toEqual(['a']);
    expect(queue.length).toBe(2);
    queue.releaseNext();
    queue.releaseNext();
    queue.releaseNext();
    await Promise.all(waits);
    expect(released).toEqual(['a', 'b', 'c']);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('rejects at once for a signal that is aborted before', async () => {
    const queue = createAbortableQueue();
    await expect(queue.wait(AbortSignal.abort('gone'))).rejects.toBe('gone');
    expect(queue.length).toBe(0);
  });

  test('is first in, first out among the waiters that stay', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('join', 'leave', 'release'), { maxLength: 60 }), async (steps) => {
        const queue = createAbortableQueue();
        const waiting: { name: number; end: AbortController }[] = [];
        const expected: number[] = [];
        const released: number[] = [];
        let names = 0;
        for (const step of steps) {
          if (step === 'join') {
            const name = names++;
            const end = new AbortController();
            waiting.push({ name, end });
            queue.wait(end.signal).then(
              () => released.push(name),
              () => {},
            );
          } else if (step === 'leave') {
            // From the middle, as deadlines of different reads do.
            const [gone] = waiting.splice(Math.floor(waiting.length / 2), 1);
            gone?.end.abort();
          } else {
            const next = waiting.shift();
            if (next !== undefined) expected.push(next.name);
            queue.releaseNext();
          }
          expect(queue.length).toBe(waiting.length);
        }
        await Promise.resolve();
        await Promise.resolve();
        expect(released).toEqual(expected);
      }),
    );
  });
});

describe('Callers in a queue', () => {
  const of = (caller: string) => createAborter(caller).signal;

  test('take turns, however many waiters each has', async () => {
    const queue = createAbortableQueue();
    const released: string[] = [];
    const join = (caller: string, name: string) => queue.wait(of(caller)).then(() => released.push(name));
    const waits = [
      join('a', 'a1'),
      join('a', 'a2'),
      join('a', 'a3'),
      join('b', 'b1'),
      join('c', 'c1'),
      join('b', 'b2'),
    ];
    expect([queue.length, queue.callers, queue.lengthFor(of('a'))]).toEqual([6, 3, 3]);
    for (const _ of waits) queue.releaseNext();
    await Promise.all(waits);
    expect(released).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    expect([queue.length, queue.callers]).toEqual([0, 0]);
  });

  test('that still wait have been released as often as each other, give or take one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 60 }), async (callers) => {
        const queue = createAbortableQueue();
        const released = new Map<string, number>();
        for (const caller of callers) {
          queue.wait(of(caller)).then(() => released.set(caller, (released.get(caller) ?? 0) + 1));
        }
        while (queue.length > 0) {
          queue.releaseNext();
          await Promise.resolve();
          const waiting = [...new Set(callers)].filter((caller) => queue.lengthFor(of(caller)) > 0);
          const counts = waiting.map((caller) => released.get(caller) ?? 0);
          expect(Math.max(0, ...counts) - Math.min(...counts, Number.POSITIVE_INFINITY)).toBeLessThanOrEqual(1);
        }
        expect([...released.values()].reduce((sum, count) => sum + count, 0)).toBe(callers.length);
      }),
    );
  });
});
