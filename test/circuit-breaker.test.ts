import { getEventListeners, setMaxListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createReaderGoneFailure, createTimeoutFailure, InspectorFailure } from '../src/inspector/inspector-failure.js';
import { type CircuitBreaker, createCircuitBreakers } from '../src/inspector/resilience/circuit-breaker.js';

const OPERATION = 'GetTelemetryMetadata';
const DEADLINE_MS = 5000;
const CONCURRENCY = 40;
const PAUSE_MS = 5000;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

const failure = (code: InspectorFailure['code'], canRetry = true) =>
  new InspectorFailure({ code, canRetry, message: code, operation: OPERATION });

const leftAlone = {
  code: 'SERVICE_UNAVAILABLE',
  errorCode: null,
  canRetry: true,
  operation: OPERATION,
  requestId: null,
  message: expect.stringContaining('left alone'),
};

/** An upstream that does what `answer` says at the time, and counts. */
function createUpstream() {
  const upstream = {
    calls: 0,
    /** Those given up by whoever made them. */
    aborted: 0,
    answer: async (): Promise<string> => 'fine',
    send: (signal: { aborted: boolean; onabort: unknown }) => {
      upstream.calls += 1;
      signal.onabort = () => {
        upstream.aborted += 1;
      };
      return upstream.answer();
    },
    fail: (code: InspectorFailure['code']) => {
      upstream.answer = async () => {
        throw failure(code);
      };
    },
    recover: () => {
      upstream.answer = async () => 'fine';
    },
    hang: () => {
      upstream.answer = () => new Promise(() => {});
    },
  };
  return upstream;
}

function createGuards() {
  return createCircuitBreakers({ deadlineMs: DEADLINE_MS, concurrency: CONCURRENCY });
}

/** A call that has its deadline and, where one is given, its reader. */
function ask(guard: CircuitBreaker, upstream: ReturnType<typeof createUpstream>, end = new AbortController()) {
  const timer = setTimeout(() => end.abort(createTimeoutFailure(OPERATION)), DEADLINE_MS);
  return guard
    .call(OPERATION, end.signal, upstream.send)
    .catch((thrown: unknown) => thrown)
    .finally(() => clearTimeout(timer));
}

const askMany = (count: number, guard: CircuitBreaker, upstream: ReturnType<typeof createUpstream>) =>
  Promise.all(Array.from({ length: count }, () => ask(guard, upstream)));

/** A guard whose upstream has just failed so often that it is left alone. */
async function createLeftAlone() {
  const guard = createGuards()('http://one.invalid', 'us-east-1');
  const upstream = createUpstream();
  upstream.fail('SERVICE_UNAVAILABLE');
  await askMany(100, guard, upstream);
  expect(guard.isOpenToCalls).toBe(false);
  upstream.calls = 0;
  return { guard, upstream };
}

describe('A clock that is set by an hour', () => {
  test.each([-3_600_000, 3_600_000])('leaves an upstream alone neither longer nor shorter (%d ms)', async (stepMs) => {
    const { guard, upstream } = await createLeftAlone();
    upstream.recover();
    jest.setSystemTime(Date.now() + stepMs);
    expect(await ask(guard, upstream)).toMatchObject({ ...leftAlone, retryAfterMs: PAUSE_MS });
    await jest.advanceTimersByTimeAsync(PAUSE_MS - 1);
    expect(await ask(guard, upstream)).toMatchObject({ ...leftAlone, retryAfterMs: 1 });
    await jest.advanceTimersByTimeAsync(1);
    expect(await ask(guard, upstream)).toBe('fine');
    expect(guard.isOpenToCalls).toBe(true);
  });

  test('does not blur what is seen of an upstream', async () => {
    const guard = createGuards()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    await askMany(60, guard, upstream);
    jest.setSystemTime(Date.now() - 3_600_000);
    for (let times = 0; times < 20; times += 1) {
      await askMany(60, guard, upstream);
      await jest.advanceTimersByTimeAsync(300);
    }
    await jest.advanceTimersByTimeAsync(700);
    upstream.fail('SERVICE_UNAVAILABLE');
    await askMany(100, guard, upstream);
    expect(guard.isOpenToCalls).toBe(false);
  });
});

describe('An upstream', () => {
  test.each(['SERVICE_UNAVAILABLE', 'INTERNAL_EXCEPTION'] as const)(
    'that answers %s to everything is left alone within a second, also by those who were waiting',
    async (code) => {
      const guard = createGuards()('http://one.invalid', 'us-east-1');
      const upstream = createUpstream();
      upstream.answer = () => new Promise((_resolve, reject) => setTimeout(() => reject(failure(code)), 20));
      const outcomes = askMany(1000, guard, upstream);
      await jest.advanceTimersByTimeAsync(100);
      const failures = (await outcomes) as InspectorFailure[];
      expect(upstream.calls).toBeLessThanOrEqual(60 + CONCURRENCY);
      expect(failures.filter((it) => it.retryAfterMs === null)).toHaveLength(upstream.calls);
      expect(failures.at(-1)).toMatchObject({ ...leftAlone, retryAfterMs: PAUSE_MS });
    },
  );

  test.each(['THROTTLED', 'NO_SUCH_ENTITY', 'ACCESS_DENIED', 'INVALID_INPUT', 'BAD_UPSTREAM_RESPONSE'] as const)(
    'that answers %s to everything is asked as before',
    async (code) => {
      const guard = createGuards()('http://one.invalid', 'us-east-1');
      const upstream = createUpstream();
      upstream.fail(code);
      const failures = await askMany(1000, guard, upstream);
      expect(upstream.calls).toBe(1000);
      expect(new Set(failures.map((it) => (it as InspectorFailure).code))).toEqual(new Set([code]));
      expect(guard.isOpenToCalls).toBe(true);
    },
  );

  test('of which a minority of the calls fail is asked as before', async () => {
    const guard = createGuards()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    let calls = 0;
    upstream.answer = async () => {
      calls += 1;
      if (calls % 5 < 3) return 'fine';
      throw failure('INTERNAL_EXCEPTION');
    };
    await askMany(1000, guard, upstream);
    expect(upstream.calls).toBe(1000);
  });

  test('of which one run fails whenever it is asked for, again and again, is asked as before', async () => {
    const guard = createGuards()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    upstream.fail('INTERNAL_EXCEPTION');
    for (let call = 0; call < 500; call += 1) {
      expect(await ask(guard, upstream)).toMatchObject({ code: 'INTERNAL_EXCEPTION' });
      await jest.advanceTimersByTimeAsync(50);
    }
    expect(upstream.calls).toBe(500);
  });

  test('is not judged by failures that are long over', async () => {
    const guard = createGuards()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    upstream.fail('SERVICE_UNAVAILABLE');
    for (let page = 0; page < 10; page += 1) {
      await askMany(40, guard, upstream);
      await jest.advanceTimersByTimeAsync(60_000);
    }
    expect(upstream.calls).toBe(400);
  });

  test('that fails slowly is left alone after ten failures in a row', async () => {
    const guard = createGuards()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    upstream.answer = () =>
      new Promise((_resolve, reject) => setTimeout(() => reject(failure('SERVICE_UNAVAILABLE')), 1000));
    const outcomes = askMany(30, guard, upstream);
    await jest.advanceTimersByTimeAsync(1000);
    await outcomes;
    expect(guard.isOpenToCalls).toBe(false);
  });

  test('that hangs is left alone when the first calls have had their time, and those who wait are told then', async () => {
    const guard = createGuards()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    upstream.hang();
    const first = askMany(CONCURRENCY, guard, upstream);
    await jest.advanceTimersByTimeAsync(4000);
    const waiting = Array.from({ length: 100 }, () => ask(guard, upstream));
    await jest.advanceTimersByTimeAsync(1000);
    expect(await first).toMatchObject(Array(CONCURRENCY).fill({ code: 'TIMEOUT' }));
    expect(upstream.aborted).toBe(CONCURRENCY);
    // Some had got a turn by then.
    const sent = upstream.calls - CONCURRENCY;
    expect(sent).toBeLessThan(CONCURRENCY);
    expect(await Promise.all(waiting.slice(sent))).toMatchObject(Array(100 - sent).fill(leftAlone));
    await jest.advanceTimersByTimeAsync(4000);
    expect(await Promise.all(waiting.slice(0, sent))).toMatchObject(Array(sent).fill({ code: 'TIMEOUT' }));
  });

  test('is not judged by deadlines that pass while calls wait for us, or soon after', async () => {
    const guard = createGuards()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    // So slow that most of those who ask at once have no time left.
    upstream.answer = () => new Promise((resolve) => setTimeout(() => resolve('fine'), 900));
    const outcomes = askMany(1000, guard, upstream);
    await jest.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(((await outcomes) as InspectorFailure[]).filter((it) => it.code === 'TIMEOUT')).toHaveLength(800);
    expect(guard.isOpenToCalls).toBe(true);
  });

  test('is not judged by readers who go away', async () => {
    const guard = createGuards()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    upstream.hang();
    const ends = Array.from({ length: 200 }, () => new AbortController());
    const outcomes = ends.map((end) => ask(guard, upstream, end));
    await jest.advanceTimersByTimeAsync(4000);
    for (const end of ends) end.abort(createReaderGoneFailure(OPERATION));
    expect(await Promise.all(outcomes)).toMatchObject(Array(200).fill({ message: 'The reader has gone.' }));
    expect(upstream.aborted).toBe(upstream.calls);
    expect(guard.isOpenToCalls).toBe(true);
    for (const { signal } of ends) expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('An upstream that is left alone', () => {
  test('is not asked during the pause, and each refusal says how long that still is', async () => {
    const { guard, upstream } = await createLeftAlone();
    expect(await ask(guard, upstream)).toMatchObject({ ...leftAlone, retryAfterMs: 5000 });
    await jest.advanceTimersByTimeAsync(4900);
    expect(await ask(guard, upstream)).toMatchObject({ ...leftAlone, retryAfterMs: 100 });
    expect(upstream.calls).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('is asked by one call then, for which the others do not wait; with its success all is as before', async () => {
    const { guard, upstream } = await createLeftAlone();
    await jest.advanceTimersByTimeAsync(PAUSE_MS);
    let answer = (_text: string) => {};
    upstream.answer = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const testCall = ask(guard, upstream);
    expect(await askMany(20, guard, upstream)).toMatchObject(Array(20).fill({ ...leftAlone, retryAfterMs: 1000 }));
    expect(upstream.calls).toBe(1);
    answer('back');
    expect(await testCall).toBe('back');
    upstream.recover();
    expect(await askMany(100, guard, upstream)).toEqual(Array(100).fill('fine'));
    // What was before the pause is forgotten.
    upstream.fail('SERVICE_UNAVAILABLE');
    await askMany(20, guard, upstream);
    expect(guard.isOpenToCalls).toBe(true);
  });

  test('is left alone for as long again when that call fails', async () => {
    const { guard, upstream } = await createLeftAlone();
    await jest.advanceTimersByTimeAsync(PAUSE_MS);
    expect(await ask(guard, upstream)).toMatchObject({ message: 'SERVICE_UNAVAILABLE', retryAfterMs: null });
    expect(await ask(guard, upstream)).toMatchObject({ ...leftAlone, retryAfterMs: PAUSE_MS });
    expect(upstream.calls).toBe(1);
  });

  test('is back when that call fails for a reason of its own', async () => {
    const { guard, upstream } = await createLeftAlone();
    await jest.advanceTimersByTimeAsync(PAUSE_MS);
    upstream.fail('NO_SUCH_ENTITY');
    expect(await ask(guard, upstream)).toMatchObject({ code: 'NO_SUCH_ENTITY' });
    expect(guard.isOpenToCalls).toBe(true);
  });

  test('is asked by the next call when the reader of that one goes away', async () => {
    const { guard, upstream } = await createLeftAlone();
    await jest.advanceTimersByTimeAsync(PAUSE_MS);
    upstream.hang();
    const end = new AbortController();
    const testCall = ask(guard, upstream, end);
    await jest.advanceTimersByTimeAsync(100);
    end.abort(createReaderGoneFailure(OPERATION));
    expect(await testCall).toMatchObject({ message: 'The reader has gone.' });
    expect(guard.isOpenToCalls).toBe(false);
    upstream.recover();
    expect(await ask(guard, upstream)).toBe('fine');
    expect(guard.isOpenToCalls).toBe(true);
  });

  test('is not judged by what was sent to it before', async () => {
    const guard = createGuards()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    let failLate = () => {};
    const late = new Promise<string>((_resolve, reject) => {
      failLate = () => reject(failure('SERVICE_UNAVAILABLE'));
    });
    upstream.answer = () => late;
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const lateOnes = Array.from({ length: 20 }, () =>
      guard.call(OPERATION, signal, upstream.send).catch((thrown: unknown) => thrown),
    );
    upstream.fail('SERVICE_UNAVAILABLE');
    await askMany(100, guard, upstream);
    expect(guard.isOpenToCalls).toBe(false);
    await jest.advanceTimersByTimeAsync(PAUSE_MS);
    upstream.recover();
    expect(await ask(guard, upstream)).toBe('fine');
    failLate();
    await Promise.all(lateOnes);
    expect(guard.isOpenToCalls).toBe(true);
  });

  test('takes neither another region nor another endpoint with it', async () => {
    const guardFor = createGuards();
    const upstream = createUpstream();
    upstream.fail('SERVICE_UNAVAILABLE');
    await askMany(100, guardFor('http://one.invalid', 'us-east-1'), upstream);
    upstream.recover();
    expect(await ask(guardFor('http://one.invalid', 'us-east-1'), upstream)).toMatchObject(leftAlone);
    expect(await ask(guardFor('http://one.invalid', 'us-west-2'), upstream)).toBe('fine');
    expect(await ask(guardFor('http://two.invalid', 'us-east-1'), upstream)).toBe('fine');
  });
});

describe('The turns of an endpoint', () => {
  test('are as many as calls may be in flight, for all its regions together, and one that hangs keeps none of another', async () => {
    const guardFor = createGuards();
    const upstream = createUpstream();
    upstream.hang();
    const hanging = [
      askMany(30, guardFor('http://one.invalid', 'us-east-1'), upstream),
      askMany(30, guardFor('http://one.invalid', 'us-west-2'), upstream),
    ];
    await jest.advanceTimersByTimeAsync(0);
    expect(upstream.calls).toBe(CONCURRENCY);
    const other = createUpstream();
    expect(await ask(guardFor('http://two.invalid', 'us-east-1'), other)).toBe('fine');
    await jest.advanceTimersByTimeAsync(DEADLINE_MS);
    await Promise.all(hanging);
    upstream.recover();
    expect(await ask(guardFor('http://one.invalid', 'eu-west-1'), upstream)).toBe('fine');
  });

  test('are waited for by no more than 10,000', async () => {
    const guard = createGuards()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    upstream.hang();
    const end = new AbortController();
    setMaxListeners(0, end.signal);
    const outcomes = Array.from({ length: CONCURRENCY + 10_000 }, () =>
      guard.call(OPERATION, end.signal, upstream.send).catch((thrown: unknown) => thrown),
    );
    expect(await ask(guard, upstream)).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      canRetry: true,
      retryAfterMs: 1000,
    });
    end.abort(createReaderGoneFailure(OPERATION));
    await Promise.all(outcomes);
    upstream.recover();
    expect(await ask(guard, upstream)).toBe('fine');
    expect(upstream.calls).toBe(CONCURRENCY + 1);
  });
});

describe('An upstream that asks for fewer calls', () => {
  test('gets none for a second, then one by one in the order in which they came; who leaves costs nothing', async () => {
    const guard = createGuards()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    await askMany(40, guard, upstream);
    upstream.fail('THROTTLED');
    await askMany(10, guard, upstream);
    upstream.recover();
    upstream.calls = 0;

    const ends = Array.from({ length: 20 }, () => new AbortController());
    const sent: number[] = [];
    const outcomes = ends.map((end, place) =>
      guard
        .call(OPERATION, end.signal, () => {
          sent.push(place);
          return upstream.send({ aborted: false, onabort: null });
        })
        .catch((thrown: unknown) => thrown),
    );
    await jest.advanceTimersByTimeAsync(900);
    expect(sent).toEqual([]);
    for (const place of [0, 1, 2, 5]) ends[place]?.abort(createReaderGoneFailure(OPERATION));
    // Half of nine tenths of 40: 18 calls a second.
    await jest.advanceTimersByTimeAsync(101);
    expect(sent).toEqual([3]);
    await jest.advanceTimersByTimeAsync(56);
    expect(sent).toEqual([3, 4]);
    await jest.advanceTimersByTimeAsync(56);
    expect(sent).toEqual([3, 4, 6]);
    await jest.advanceTimersByTimeAsync(2000);
    await Promise.all(outcomes);
    expect(sent).toEqual([3, 4, ...Array.from({ length: 14 }, (_, place) => 6 + place)]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
