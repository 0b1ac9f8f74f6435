import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createAborter, type Signal } from '../src/signal.js';

const LISTENERS = 4;

const step = fc.oneof(
  fc.record({ type: fc.constant('add' as const), listener: fc.nat(LISTENERS - 1) }),
  fc.record({ type: fc.constant('remove' as const), listener: fc.nat(LISTENERS - 1) }),
  fc.record({ type: fc.constant('abort' as const), reason: fc.nat(3) }),
);

/** What listeners hear, and what the signal says, while these steps are taken. */
function take(
  steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
  { signal, abort }: { signal: Signal; abort(reason: unknown): void },
) {
  const seen: unknown[] = [];
  const listeners = Array.from({ length: LISTENERS }, (_, number) => () => {
    seen.push({ number, aborted: signal.aborted, reason: signal.reason });
    // Those that are told later may have been taken away by then.
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

test('An aborter does what an AbortController does, to listeners that are told once', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const controller = new AbortController();
      const ofPlatform = { signal: controller.signal, abort: (reason: unknown) => controller.abort(reason) };
      expect(take(steps, createAborter())).toEqual(take(steps, ofPlatform));
    }),
    { numRuns: 500 },
  );
});

test('An aborter throws its reason once it is aborted, an AbortError if it was given none', () => {
  const { signal, abort } = createAborter();
  signal.throwIfAborted();
  abort();
  expect(() => signal.throwIfAborted()).toThrow(expect.objectContaining({ name: 'AbortError' }));
});
