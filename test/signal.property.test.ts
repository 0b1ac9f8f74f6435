import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createAborter, type Signal } from '../src/signal.js';

const LISTENERS = 4;

const step = fc.oneof(
  fc.record({ type: fc.constant('add' as const), listener: fc.nat(LISTENERS - 1) }),
  fc.record({ type: fc.constant('remove' as const), listener: fc.nat(LISTENERS - 1) }),
  fc.record({ type: fc.constant('abort' as const), reason: fc.nat(3) }),
);

/** The calls of listeners and the state of the signal during these steps. */
function take(
  steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
  { signal, abort }: { signal: Signal; abort(reason: unknown): void },
) {
  const seen: unknown[] = [];
  const listeners = Array.from({ length: LISTENERS }, (_, number) => () => {
    seen.push({ number, aborted: signal.aborted, reason: signal.reason });
    // Later listeners may have been removed by then.
    if (number === 1) signal.removeEventListener('abort', listeners[2] as () => void);
  });
  for (const { type, ...rest } of steps) {
    if (type === 'abort') abort((rest as { reason: number }).reason);
    else {
      const listener = listeners[(rest as { listener: number }).listener] as () => void;
      if (type === 'add') signal.addEventListener('abort', listener, { once: true });
      else signal.removeEventListener('abort', listener);
    }
    seen.push({ aborted: signal.aborted, reason: signal.reason });
  }
  return seen;
}

test('An aborter calls listeners as an AbortController does, once each', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const controller = new AbortController();
      const ofPlatform = { signal: controller.signal, abort: (reason: unknown) => controller.abort(reason) };
      expect(take(steps, createAborter())).toEqual(take(steps, ofPlatform));
    }),
    { numRuns: 500 },
  );
});

test('An aborted signal throws its reason, by default an AbortError', () => {
  const { signal, abort } = createAborter();
  signal.throwIfAborted();
  abort();
  expect(() => signal.throwIfAborted()).toThrow(expect.objectContaining({ name: 'AbortError' }));
});
