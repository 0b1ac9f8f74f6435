import { expect, jest, test } from '@jest/globals';
import { cacheLimits, runArn, telemetryOf } from './helpers/runs.js';
import { createFailure, createScriptedInspectorApi } from './helpers/scripted-inspector-api.js';

// lru-cache takes its clock when it is loaded, so that the fake clock has to be installed before.
jest.useFakeTimers();
// It also takes a start at 0 for no start.
jest.advanceTimersByTime(1000);
const { createCachingInspectorApi } = await import('../src/inspector/cache/caching-inspector-api.js');

const [one, two] = [runArn(1), runArn(2)];

test('A cached value expires after the TTL, and the answer that a run does not exist after a tenth of it', async () => {
  const unknown = createFailure({ code: 'NO_SUCH_ENTITY', canRetry: false });
  const { inspector, calls } = createScriptedInspectorApi({
    telemetry: (arn) => (arn === one ? telemetryOf(one) : Promise.reject(unknown)),
  });
  const cached = createCachingInspectorApi(inspector, { ...cacheLimits, ttlMs: 10_000 });
  const askedAfter = async (ms: number) => {
    jest.advanceTimersByTime(ms);
    calls.getTelemetryMetadata.length = 0;
    await Promise.allSettled([cached.getTelemetryMetadata(one), cached.getTelemetryMetadata(two)]);
    return [...calls.getTelemetryMetadata];
  };

  expect(await askedAfter(0)).toEqual([one, two]);
  expect(await askedAfter(990)).toEqual([]);
  expect(await askedAfter(20)).toEqual([two]);
  expect(await askedAfter(8980)).toEqual([two]);
  expect(await askedAfter(20)).toEqual([one]);
});

test('A TTL of 0 caches nothing, and concurrent reads are still coalesced', async () => {
  const { inspector, calls } = createScriptedInspectorApi();
  const cached = createCachingInspectorApi(inspector, { ...cacheLimits, ttlMs: 0 });
  await Promise.all([cached.getTelemetryMetadata(one), cached.getTelemetryMetadata(one)]);
  jest.advanceTimersByTime(2);
  await cached.getTelemetryMetadata(one);
  expect(calls.getTelemetryMetadata).toHaveLength(2);
});
