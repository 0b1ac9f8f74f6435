import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { CachePolicy } from '../src/graphql/cache-policy.js';
import { createCachingInspectorApi } from '../src/inspector/cache/caching-inspector-api.js';
import { type CacheEntry, type SharedCache, toFetchTime } from '../src/inspector/cache/shared-cache.js';
import type { Freshness, TelemetryMetadata } from '../src/inspector/inspector-api.js';
import type { AssessmentRunArn } from '../src/inspector/inspector-arn.js';
import type { InspectorFailure } from '../src/inspector/inspector-failure.js';
import { createTestGraph } from './helpers/graph.js';
import { detailsOf, runArn, telemetryOf } from './helpers/runs.js';
import { createFailure, createScriptedInspectorApi } from './helpers/scripted-inspector-api.js';

beforeEach(() => {
  jest.useFakeTimers({ now: new Date('2026-01-01T00:00:00Z'), doNotFake: ['nextTick', 'setImmediate'] });
});

const limits = { ttlMs: 100_000, terminalTtlMs: 1_000_000, runningTtlMs: 5000, staleMs: 50_000, maxRuns: 100 };
const [one, two] = [runArn(1), runArn(2)];
const outage = createFailure({ code: 'SERVICE_UNAVAILABLE', canRetry: true });

/** A cache over an upstream that fails with `failure`, unless that is null. */
function createCache(details = detailsOf, shared?: SharedCache) {
  const state: { failure: InspectorFailure | null } = { failure: null };
  const { inspector, calls } = createScriptedInspectorApi({
    details,
    telemetry: async (arn) => {
      if (state.failure !== null) throw state.failure;
      return telemetryOf(arn);
    },
  });
  const cached = createCachingInspectorApi(inspector, limits, shared);
  const read = async (arn: AssessmentRunArn) => {
    const told: Freshness[] = [];
    const rows = await cached
      .getTelemetryMetadata(arn, { onFreshness: (freshness) => told.push(freshness) })
      .catch((failure: InspectorFailure) => failure.code);
    return { rows, told };
  };
  return { state, calls, cached, read, inspector };
}

/** Lets pending promises settle. */
const settle = async () => {
  for (let turns = 0; turns < 20; turns += 1) await Promise.resolve();
};

const fresh = (maxAgeMs: number) => ({ rows: telemetryOf(one), told: [{ maxAgeMs, staleAgeMs: null }] });
const stale = (staleAgeMs: number) => ({ rows: telemetryOf(one), told: [{ maxAgeMs: 0, staleAgeMs }] });

describe('Telemetry is cached', () => {
  test('for the usual TTL while its run is not cached, with the time that is left', async () => {
    const { read, calls } = createCache();
    expect(await read(one)).toEqual(fresh(100_000));
    jest.advanceTimersByTime(40_000);
    expect(await read(one)).toEqual(fresh(60_000));
    jest.advanceTimersByTime(60_000);
    expect(await read(one)).toEqual(fresh(100_000));
    expect(calls.getTelemetryMetadata).toHaveLength(2);
  });

  test('for the terminal TTL once its run is known to have ended before', async () => {
    const { read, cached } = createCache();
    await cached.describe('assessmentRun', [one]);
    expect(await read(one)).toEqual(fresh(1_000_000));
  });

  test('for the running TTL while its run goes on, or if it was read before the run ended', async () => {
    const { read, cached } = createCache((arn) => ({
      ...detailsOf(arn),
      state: arn === one ? 'COLLECTING_DATA' : 'COMPLETED',
      stateChangedAt: new Date('2026-01-01T00:00:01Z'),
    }));
    await read(two);
    jest.advanceTimersByTime(2000);
    await cached.describe('assessmentRun', [one, two]);
    expect(await read(one)).toEqual(fresh(5000));
    expect((await read(two)).told).toEqual([{ maxAgeMs: 3000, staleAgeMs: null }]);
  });

  test.each([{ state: null }, { stateChangedAt: null }, { state: null, stateChangedAt: null }, { state: 'PAUSED' }])(
    'for the running TTL while it is unknown whether its run has ended: %j',
    async (change) => {
      const { read, cached } = createCache((arn) => ({ ...detailsOf(arn), ...change }));
      await cached.describe('assessmentRun', [one]);
      expect(await read(one)).toEqual(fresh(5000));
    },
  );
});

describe('While the upstream fails', () => {
  test('a stale value is returned at once with its age, and refreshed once a second in the background', async () => {
    const { read, state, calls } = createCache();
    await read(one);
    state.failure = outage;
    jest.advanceTimersByTime(120_000);
    expect(await Promise.all([read(one), read(one)])).toEqual([stale(120_000), stale(120_000)]);
    expect(calls.getTelemetryMetadata).toHaveLength(2);
    expect(await read(one)).toEqual(stale(120_000));
    expect(calls.getTelemetryMetadata).toHaveLength(2);
    jest.advanceTimersByTime(1000);
    expect(await Promise.all([read(one), read(one), read(one)])).toEqual(Array(3).fill(stale(121_000)));
    expect(calls.getTelemetryMetadata).toHaveLength(3);
  });

  test('a value is fresh again as soon as the upstream answers', async () => {
    const { read, state } = createCache();
    await read(one);
    state.failure = outage;
    jest.advanceTimersByTime(120_000);
    await read(one);
    state.failure = null;
    jest.advanceTimersByTime(1000);
    expect(await read(one)).toEqual(stale(121_000));
    // The next read gets the value of the refresh.
    await settle();
    expect(await read(one)).toEqual(fresh(100_000));
  });

  test('a value older than the TTL and the stale time is not returned', async () => {
    const { read, state } = createCache();
    await read(one);
    state.failure = outage;
    jest.advanceTimersByTime(150_000);
    expect(await read(one)).toEqual({ rows: 'SERVICE_UNAVAILABLE', told: [] });
  });

  test.each(['ACCESS_DENIED', 'NO_SUCH_ENTITY'] as const)('no stale value replaces %s', async (code) => {
    const { read, state } = createCache();
    await read(one);
    jest.advanceTimersByTime(120_000);
    state.failure = createFailure({ code, canRetry: false });
    expect((await read(one)).rows).toBe(code);
    jest.advanceTimersByTime(20_000);
    state.failure = outage;
    expect((await read(one)).rows).toBe('SERVICE_UNAVAILABLE');
  });

  test('an answer has the age of its stale values, and a fresh one no extensions', async () => {
    const { state, cached } = createCache();
    const graph = createTestGraph(cached);
    const query = `{ assessmentRun(arn: "${one}") { telemetry { count } } }`;
    expect(await graph.query(query)).not.toHaveProperty('extensions');
    state.failure = outage;
    jest.advanceTimersByTime(120_999);
    expect(await graph.query(query)).toEqual({
      data: { assessmentRun: { telemetry: [{ count: 1 }] } },
      extensions: { stale: { ageSeconds: 120 } },
    });
  });
});

describe('A read', () => {
  /** An upstream that never answers, and records its options. */
  function createHanging() {
    const { inspector, calls } = createScriptedInspectorApi();
    const signals: AbortSignal[] = [];
    inspector.getTelemetryMetadata = (arn, options) => {
      calls.getTelemetryMetadata.push(arn);
      signals.push(options?.signal as AbortSignal);
      return new Promise<readonly TelemetryMetadata[]>(() => {});
    };
    inspector.describe = (_kind, arns, options) => {
      calls.describeAssessmentRuns.push([...arns] as unknown as AssessmentRunArn[]);
      signals.push(options?.signal as AbortSignal);
      return new Promise(() => {});
    };
    return { cached: createCachingInspectorApi(inspector, limits), calls, signals };
  }
  test('is aborted when its last waiter leaves, and started again by the next', async () => {
    const { cached, signals } = createHanging();
    const readers = [new AbortController(), new AbortController()];
    for (const { signal } of readers) void cached.getTelemetryMetadata(one, { signal });
    await settle();
    readers[0]?.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    readers[1]?.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    void cached.getTelemetryMetadata(one, { signal: new AbortController().signal });
    await settle();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  test('goes on for a waiter without a signal', async () => {
    const { cached, signals } = createHanging();
    const reader = new AbortController();
    void cached.getTelemetryMetadata(one, { signal: reader.signal });
    void cached.getTelemetryMetadata(one);
    await settle();
    reader.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });

  test('of several runs goes on while one of them has a waiter', async () => {
    const { cached, signals, calls } = createHanging();
    const readers = [new AbortController(), new AbortController()] as const;
    void cached.describe('assessmentRun', [one, two], { signal: readers[0].signal });
    void cached.describe('assessmentRun', [two], { signal: readers[1].signal });
    await settle();
    expect(calls.describeAssessmentRuns).toEqual([[one, two]]);
    readers[0].abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    readers[1].abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('A clock that is set by an hour', () => {
  const HOUR_MS = 3_600_000;
  test.each([-HOUR_MS, HOUR_MS])('changes no TTL (%d ms)', async (stepMs) => {
    const { read, calls } = createCache();
    expect(await read(one)).toEqual(fresh(100_000));
    jest.setSystemTime(Date.now() + stepMs);
    expect(await read(one)).toEqual(fresh(100_000));
    jest.advanceTimersByTime(99_999);
    expect(await read(one)).toEqual(fresh(1));
    jest.advanceTimersByTime(1);
    expect(await read(one)).toEqual(fresh(100_000));
    expect(calls.getTelemetryMetadata).toHaveLength(2);
  });

  test.each([-HOUR_MS, HOUR_MS])('changes no age of a stale value (%d ms)', async (stepMs) => {
    const { read, state, calls } = createCache();
    await read(one);
    state.failure = outage;
    jest.advanceTimersByTime(120_000);
    jest.setSystemTime(Date.now() + stepMs);
    expect(await read(one)).toEqual(stale(120_000));
    jest.setSystemTime(Date.now() + stepMs);
    jest.advanceTimersByTime(1000);
    expect(await read(one)).toEqual(stale(121_000));
    expect(calls.getTelemetryMetadata).toHaveLength(3);
    await settle();
    jest.advanceTimersByTime(29_000);
    expect((await read(one)).rows).toBe('SERVICE_UNAVAILABLE');
  });

  test('changes no expiry of an answer', () => {
    const freshness = new CachePolicy();
    freshness.add({ maxAgeMs: 5000, staleAgeMs: null });
    jest.setSystemTime(Date.now() - HOUR_MS);
    expect(freshness.maxAgeMs).toBe(5000);
    jest.advanceTimersByTime(4000);
    expect(freshness.maxAgeMs).toBe(1000);
  });
});

describe('A shared cache', () => {
  /** A shared cache that has one run, fetched at this time, and loads the others. */
  const createShared = (fetchedAt: number): SharedCache => ({
    async readThrough<T>(
      keys: readonly string[],
      isFresh: (entry: CacheEntry<T>, key: string) => boolean,
      load: (keys: readonly string[]) => Promise<readonly (T | Error)[]>,
    ) {
      const entry = { value: telemetryOf(one) as T, ...toFetchTime(fetchedAt) };
      if (keys[0] === `telemetry:${one}` && isFresh(entry, keys[0])) return [{ entry, failure: null }];
      const [result] = await load(keys);
      return [
        result instanceof Error
          ? { entry, failure: result }
          : { entry: { value: result as T, ...toFetchTime() }, failure: null },
      ];
    },
  });

  test('is read before Inspector, and its values keep their age', async () => {
    const { read, calls } = createCache(detailsOf, createShared(Date.now() - 30_000));
    expect(await read(one)).toEqual(fresh(70_000));
    expect((await read(two)).rows).toEqual(telemetryOf(two));
    expect(calls.getTelemetryMetadata).toEqual([two]);
  });

  test('has stale values for an upstream that fails, too', async () => {
    const { read, state } = createCache(detailsOf, createShared(Date.now() - 120_000));
    state.failure = outage;
    expect(await read(one)).toEqual(stale(120_000));
  });
});
