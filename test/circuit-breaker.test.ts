import { getEventListeners, setMaxListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  createCallerAbortedFailure,
  createTimeoutFailure,
  InspectorFailure,
} from '../src/inspector/inspector-failure.js';
import { type CircuitBreaker, createCircuitBreakers } from '../src/inspector/resilience/circuit-breaker.js';

const OPERATION = 'GetTelemetryMetadata';
const DEADLINE_MS = 5000;
const CONCURRENCY = 40;
const HALF_OPEN_AFTER_MS = 5000;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

const failure = (code: InspectorFailure['code'], canRetry = true) =>
  new InspectorFailure({ code, canRetry, message: code, operation: OPERATION });

const circuitOpen = {
  code: 'SERVICE_UNAVAILABLE',
  errorCode: null,
  canRetry: true,
  operation: OPERATION,
  requestId: null,
  message: expect.stringContaining('left alone'),
};

/** An upstream that answers with `answer` and counts its calls. */
function createUpstream() {
  const upstream = {
    calls: 0,
    /** Calls whose signal was aborted. */
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

function createBreakers() {
  return createCircuitBreakers({ deadlineMs: DEADLINE_MS, concurrency: CONCURRENCY });
}

/** A call with a deadline; `end` aborts it, as its caller would. */
function call(breaker: CircuitBreaker, upstream: ReturnType<typeof createUpstream>, end = new AbortController()) {
  const timer = setTimeout(() => end.abort(createTimeoutFailure(OPERATION)), DEADLINE_MS);
  return breaker
    .call(OPERATION, end.signal, upstream.send)
    .catch((thrown: unknown) => thrown)
    .finally(() => clearTimeout(timer));
}

const callMany = (count: number, breaker: CircuitBreaker, upstream: ReturnType<typeof createUpstream>) =>
  Promise.all(Array.from({ length: count }, () => call(breaker, upstream)));

/** A breaker whose circuit has just opened, and its upstream. */
async function createOpenCircuit() {
  const breaker = createBreakers()('http://one.invalid', 'us-east-1');
  const upstream = createUpstream();
  upstream.fail('SERVICE_UNAVAILABLE');
  await callMany(100, breaker, upstream);
  expect(breaker.isClosed).toBe(false);
  upstream.calls = 0;
  return { breaker, upstream };
}

describe('A clock that is set by an hour', () => {
  test.each([-3_600_000, 3_600_000])('keeps the circuit open neither longer nor shorter (%d ms)', async (stepMs) => {
    const { breaker, upstream } = await createOpenCircuit();
    upstream.recover();
    jest.setSystemTime(Date.now() + stepMs);
    expect(await call(breaker, upstream)).toMatchObject({ ...circuitOpen, retryAfterMs: HALF_OPEN_AFTER_MS });
    await jest.advanceTimersByTimeAsync(HALF_OPEN_AFTER_MS - 1);
    expect(await call(breaker, upstream)).toMatchObject({ ...circuitOpen, retryAfterMs: 1 });
    await jest.advanceTimersByTimeAsync(1);
    expect(await call(breaker, upstream)).toBe('fine');
    expect(breaker.isClosed).toBe(true);
  });

  test('does not add old calls to the sample', async () => {
    const breaker = createBreakers()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    await callMany(60, breaker, upstream);
    jest.setSystemTime(Date.now() - 3_600_000);
    for (let times = 0; times < 20; times += 1) {
      await callMany(60, breaker, upstream);
      await jest.advanceTimersByTimeAsync(300);
    }
    await jest.advanceTimersByTimeAsync(700);
    upstream.fail('SERVICE_UNAVAILABLE');
    await callMany(100, breaker, upstream);
    expect(breaker.isClosed).toBe(false);
  });
});

describe('An upstream', () => {
  test.each(['SERVICE_UNAVAILABLE', 'INTERNAL_EXCEPTION'] as const)(
    'that answers %s to everything opens the circuit within a second, also for calls that wait',
    async (code) => {
      const breaker = createBreakers()('http://one.invalid', 'us-east-1');
      const upstream = createUpstream();
      upstream.answer = () => new Promise((_resolve, reject) => setTimeout(() => reject(failure(code)), 20));
      const outcomes = callMany(1000, breaker, upstream);
      await jest.advanceTimersByTimeAsync(100);
      const failures = (await outcomes) as InspectorFailure[];
      expect(upstream.calls).toBeLessThanOrEqual(60 + CONCURRENCY);
      expect(failures.filter((it) => it.retryAfterMs === null)).toHaveLength(upstream.calls);
      expect(failures.at(-1)).toMatchObject({ ...circuitOpen, retryAfterMs: HALF_OPEN_AFTER_MS });
    },
  );

  test.each(['THROTTLED', 'NO_SUCH_ENTITY', 'ACCESS_DENIED', 'INVALID_INPUT', 'BAD_UPSTREAM_RESPONSE'] as const)(
    'that answers %s to everything leaves the circuit closed',
    async (code) => {
      const breaker = createBreakers()('http://one.invalid', 'us-east-1');
      const upstream = createUpstream();
      upstream.fail(code);
      const failures = await callMany(1000, breaker, upstream);
      expect(upstream.calls).toBe(1000);
      expect(new Set(failures.map((it) => (it as InspectorFailure).code))).toEqual(new Set([code]));
      expect(breaker.isClosed).toBe(true);
    },
  );

  test('that fails a minority of the calls leaves the circuit closed', async () => {
    const breaker = createBreakers()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    let calls = 0;
    upstream.answer = async () => {
      calls += 1;
      if (calls % 5 < 3) return 'fine';
      throw failure('INTERNAL_EXCEPTION');
    };
    await callMany(1000, breaker, upstream);
    expect(upstream.calls).toBe(1000);
  });

  test('that fails for one run again and again leaves the circuit closed', async () => {
    const breaker = createBreakers()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    upstream.fail('INTERNAL_EXCEPTION');
    for (let times = 0; times < 500; times += 1) {
      expect(await call(breaker, upstream)).toMatchObject({ code: 'INTERNAL_EXCEPTION' });
      await jest.advanceTimersByTimeAsync(50);
    }
    expect(upstream.calls).toBe(500);
  });

  test('is not judged by old failures', async () => {
    const breaker = createBreakers()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    upstream.fail('SERVICE_UNAVAILABLE');
    for (let page = 0; page < 10; page += 1) {
      await callMany(40, breaker, upstream);
      await jest.advanceTimersByTimeAsync(60_000);
    }
    expect(upstream.calls).toBe(400);
  });

  test('that fails slowly opens the circuit after ten failures in a row', async () => {
    const breaker = createBreakers()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    upstream.answer = () =>
      new Promise((_resolve, reject) => setTimeout(() => reject(failure('SERVICE_UNAVAILABLE')), 1000));
    const outcomes = callMany(30, breaker, upstream);
    await jest.advanceTimersByTimeAsync(1000);
    await outcomes;
    expect(breaker.isClosed).toBe(false);
  });

  test('that hangs opens the circuit at the deadline of the first calls, and fails those that wait', async () => {
    const breaker = createBreakers()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    upstream.hang();
    const first = callMany(CONCURRENCY, breaker, upstream);
    await jest.advanceTimersByTimeAsync(4000);
    const waiting = Array.from({ length: 100 }, () => call(breaker, upstream));
    await jest.advanceTimersByTimeAsync(1000);
    expect(await first).toMatchObject(Array(CONCURRENCY).fill({ code: 'TIMEOUT' }));
    expect(upstream.aborted).toBe(CONCURRENCY);
    // Some of these had a slot by then.
    const sent = upstream.calls - CONCURRENCY;
    expect(sent).toBeLessThan(CONCURRENCY);
    expect(await Promise.all(waiting.slice(sent))).toMatchObject(Array(100 - sent).fill(circuitOpen));
    await jest.advanceTimersByTimeAsync(4000);
    expect(await Promise.all(waiting.slice(0, sent))).toMatchObject(Array(sent).fill({ code: 'TIMEOUT' }));
  });

  test('is not judged by deadlines that pass while calls wait for a slot, or soon after', async () => {
    const breaker = createBreakers()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    // So slow that most of the calls are past their deadline when they get a slot.
    upstream.answer = () => new Promise((resolve) => setTimeout(() => resolve('fine'), 900));
    const outcomes = callMany(1000, breaker, upstream);
    await jest.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(((await outcomes) as InspectorFailure[]).filter((it) => it.code === 'TIMEOUT')).toHaveLength(800);
    expect(breaker.isClosed).toBe(true);
  });

  test('is not judged by calls that their callers abort', async () => {
    const breaker = createBreakers()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    upstream.hang();
    const ends = Array.from({ length: 200 }, () => new AbortController());
    const outcomes = ends.map((end) => call(breaker, upstream, end));
    await jest.advanceTimersByTimeAsync(4000);
    for (const end of ends) end.abort(createCallerAbortedFailure(OPERATION));
    expect(await Promise.all(outcomes)).toMatchObject(Array(200).fill({ message: 'The reader has gone.' }));
    expect(upstream.aborted).toBe(upstream.calls);
    expect(breaker.isClosed).toBe(true);
    for (const { signal } of ends) expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('An open circuit', () => {
  test('refuses calls for 5 s, and tells each the time that is left', async () => {
    const { breaker, upstream } = await createOpenCircuit();
    expect(await call(breaker, upstream)).toMatchObject({ ...circuitOpen, retryAfterMs: 5000 });
    await jest.advanceTimersByTimeAsync(4900);
    expect(await call(breaker, upstream)).toMatchObject({ ...circuitOpen, retryAfterMs: 100 });
    expect(upstream.calls).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('lets one probe through then, for which other calls do not wait, and closes when it succeeds', async () => {
    const { breaker, upstream } = await createOpenCircuit();
    await jest.advanceTimersByTimeAsync(HALF_OPEN_AFTER_MS);
    let answer = (_text: string) => {};
    upstream.answer = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const probe = call(breaker, upstream);
    expect(await callMany(20, breaker, upstream)).toMatchObject(Array(20).fill({ ...circuitOpen, retryAfterMs: 1000 }));
    expect(upstream.calls).toBe(1);
    answer('back');
    expect(await probe).toBe('back');
    upstream.recover();
    expect(await callMany(100, breaker, upstream)).toEqual(Array(100).fill('fine'));
    // The sample from before is forgotten.
    upstream.fail('SERVICE_UNAVAILABLE');
    await callMany(20, breaker, upstream);
    expect(breaker.isClosed).toBe(true);
  });

  test('stays open for as long again when the probe fails', async () => {
    const { breaker, upstream } = await createOpenCircuit();
    await jest.advanceTimersByTimeAsync(HALF_OPEN_AFTER_MS);
    expect(await call(breaker, upstream)).toMatchObject({ message: 'SERVICE_UNAVAILABLE', retryAfterMs: null });
    expect(await call(breaker, upstream)).toMatchObject({ ...circuitOpen, retryAfterMs: HALF_OPEN_AFTER_MS });
    expect(upstream.calls).toBe(1);
  });

  test('closes when the probe fails in a way that shows a working upstream', async () => {
    const { breaker, upstream } = await createOpenCircuit();
    await jest.advanceTimersByTimeAsync(HALF_OPEN_AFTER_MS);
    upstream.fail('NO_SUCH_ENTITY');
    expect(await call(breaker, upstream)).toMatchObject({ code: 'NO_SUCH_ENTITY' });
    expect(breaker.isClosed).toBe(true);
  });

  test('takes the next call as the probe when the caller of the first one aborts it', async () => {
    const { breaker, upstream } = await createOpenCircuit();
    await jest.advanceTimersByTimeAsync(HALF_OPEN_AFTER_MS);
    upstream.hang();
    const end = new AbortController();
    const probe = call(breaker, upstream, end);
    await jest.advanceTimersByTimeAsync(100);
    end.abort(createCallerAbortedFailure(OPERATION));
    expect(await probe).toMatchObject({ message: 'The reader has gone.' });
    expect(breaker.isClosed).toBe(false);
    upstream.recover();
    expect(await call(breaker, upstream)).toBe('fine');
    expect(breaker.isClosed).toBe(true);
  });

  test('is not judged by calls that were sent before it opened', async () => {
    const breaker = createBreakers()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    let failLate = () => {};
    const late = new Promise<string>((_resolve, reject) => {
      failLate = () => reject(failure('SERVICE_UNAVAILABLE'));
    });
    upstream.answer = () => late;
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const lateOnes = Array.from({ length: 20 }, () =>
      breaker.call(OPERATION, signal, upstream.send).catch((thrown: unknown) => thrown),
    );
    upstream.fail('SERVICE_UNAVAILABLE');
    await callMany(100, breaker, upstream);
    expect(breaker.isClosed).toBe(false);
    await jest.advanceTimersByTimeAsync(HALF_OPEN_AFTER_MS);
    upstream.recover();
    expect(await call(breaker, upstream)).toBe('fine');
    failLate();
    await Promise.all(lateOnes);
    expect(breaker.isClosed).toBe(true);
  });

  test('opens neither that of another region nor that of another endpoint', async () => {
    const breakerFor = createBreakers();
    const upstream = createUpstream();
    upstream.fail('SERVICE_UNAVAILABLE');
    await callMany(100, breakerFor('http://one.invalid', 'us-east-1'), upstream);
    upstream.recover();
    expect(await call(breakerFor('http://one.invalid', 'us-east-1'), upstream)).toMatchObject(circuitOpen);
    expect(await call(breakerFor('http://one.invalid', 'us-west-2'), upstream)).toBe('fine');
    expect(await call(breakerFor('http://two.invalid', 'us-east-1'), upstream)).toBe('fine');
  });
});

describe('The slots of an endpoint', () => {
  test('are shared by its regions, and a hanging endpoint takes none of another', async () => {
    const breakerFor = createBreakers();
    const upstream = createUpstream();
    upstream.hang();
    const hanging = [
      callMany(30, breakerFor('http://one.invalid', 'us-east-1'), upstream),
      callMany(30, breakerFor('http://one.invalid', 'us-west-2'), upstream),
    ];
    await jest.advanceTimersByTimeAsync(0);
    expect(upstream.calls).toBe(CONCURRENCY);
    const other = createUpstream();
    expect(await call(breakerFor('http://two.invalid', 'us-east-1'), other)).toBe('fine');
    await jest.advanceTimersByTimeAsync(DEADLINE_MS);
    await Promise.all(hanging);
    upstream.recover();
    expect(await call(breakerFor('http://one.invalid', 'eu-west-1'), upstream)).toBe('fine');
  });

  test('are waited for by at most 10,000 calls', async () => {
    const breaker = createBreakers()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    upstream.hang();
    const end = new AbortController();
    setMaxListeners(0, end.signal);
    const outcomes = Array.from({ length: CONCURRENCY + 10_000 }, () =>
      breaker.call(OPERATION, end.signal, upstream.send).catch((thrown: unknown) => thrown),
    );
    expect(await call(breaker, upstream)).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      canRetry: true,
      retryAfterMs: 1000,
    });
    end.abort(createCallerAbortedFailure(OPERATION));
    await Promise.all(outcomes);
    upstream.recover();
    expect(await call(breaker, upstream)).toBe('fine');
    expect(upstream.calls).toBe(CONCURRENCY + 1);
  });
});

describe('An upstream that asks for fewer calls', () => {
  test('gets none for a second, then one by one in their order; aborted ones take no token', async () => {
    const breaker = createBreakers()('http://one.invalid', 'us-east-1');
    const upstream = createUpstream();
    await callMany(40, breaker, upstream);
    upstream.fail('THROTTLED');
    await callMany(10, breaker, upstream);
    upstream.recover();
    upstream.calls = 0;

    const ends = Array.from({ length: 20 }, () => new AbortController());
    const sent: number[] = [];
    const outcomes = ends.map((end, index) =>
      breaker
        .call(OPERATION, end.signal, () => {
          sent.push(index);
          return upstream.send({ aborted: false, onabort: null });
        })
        .catch((thrown: unknown) => thrown),
    );
    await jest.advanceTimersByTimeAsync(900);
    expect(sent).toEqual([]);
    for (const index of [0, 1, 2, 5]) ends[index]?.abort(createCallerAbortedFailure(OPERATION));
    // Half of nine tenths of 40: 18 calls a second.
    await jest.advanceTimersByTimeAsync(101);
    expect(sent).toEqual([3]);
    await jest.advanceTimersByTimeAsync(56);
    expect(sent).toEqual([3, 4]);
    await jest.advanceTimersByTimeAsync(56);
    expect(sent).toEqual([3, 4, 6]);
    await jest.advanceTimersByTimeAsync(2000);
    await Promise.all(outcomes);
    expect(sent).toEqual([3, 4, ...Array.from({ length: 14 }, (_, index) => 6 + index)]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
