import { describe, expect, test } from '@jest/globals';
import type { ArchiveCalls } from '../src/inspector/archive-requests.js';
import { createCachingInspectorApi } from '../src/inspector/cache/caching-inspector-api.js';
import type { Freshness } from '../src/inspector/inspector-api.js';
import { toAssessmentTemplateArn } from '../src/inspector/inspector-arn.js';
import { InspectorFailure } from '../src/inspector/inspector-failure.js';
import { cacheLimits, detailsOf, runArn, telemetryOf } from './helpers/runs.js';
import { createFailure, createScriptedInspectorApi } from './helpers/scripted-inspector-api.js';

const [one, two, three] = [runArn(1), runArn(2), runArn(3)];

describe('The cache of telemetry', () => {
  test('reads a run once, when it is cached and when it is being read', async () => {
    const { inspector, calls } = createScriptedInspectorApi();
    const cached = createCachingInspectorApi(inspector, cacheLimits);
    const together = await Promise.all([cached.getTelemetryMetadata(one), cached.getTelemetryMetadata(one)]);
    expect([...together, await cached.getTelemetryMetadata(one)]).toEqual(Array(3).fill(telemetryOf(one)));
    expect(calls.getTelemetryMetadata).toEqual([one]);
  });

  test('shares the failure of a read in flight, and caches none that may be retried', async () => {
    const failure = createFailure({ canRetry: true });
    const { inspector, calls } = createScriptedInspectorApi({ telemetry: () => Promise.reject(failure) });
    const cached = createCachingInspectorApi(inspector, cacheLimits);
    const outcomes = await Promise.allSettled([cached.getTelemetryMetadata(one), cached.getTelemetryMetadata(one)]);
    expect(outcomes).toEqual(Array(2).fill({ status: 'rejected', reason: failure }));
    await expect(cached.getTelemetryMetadata(one)).rejects.toBe(failure);
    expect(calls.getTelemetryMetadata).toHaveLength(2);
  });

  test.each([
    ['NoSuchEntity', createFailure({ code: 'NO_SUCH_ENTITY', canRetry: false }), 1],
    ['NoSuchEntity that AWS calls retryable', createFailure({ code: 'NO_SUCH_ENTITY', canRetry: true }), 2],
    ['AccessDenied, which a policy may lift', createFailure({ code: 'ACCESS_DENIED', canRetry: false }), 2],
    ['a bug', new TypeError('bug'), 2],
  ])('reads a run again after %s, unless that is cached: %#', async (_title, failure, asked) => {
    const { inspector, calls } = createScriptedInspectorApi({ telemetry: () => Promise.reject(failure) });
    const cached = createCachingInspectorApi(inspector, cacheLimits);
    for (const _ of [1, 2]) await expect(cached.getTelemetryMetadata(one)).rejects.toBe(failure);
    expect(calls.getTelemetryMetadata).toHaveLength(asked);
  });

  test('holds at most its maximum of runs, and still answers all of them', async () => {
    const { inspector, calls } = createScriptedInspectorApi();
    const cached = createCachingInspectorApi(inspector, { ...cacheLimits, maxRuns: 2 });
    // More runs in flight than it can hold.
    const all = [one, two, three, runArn(4), runArn(5)];
    const read = await Promise.all(all.map((arn) => cached.getTelemetryMetadata(arn)));
    expect(read).toEqual(all.map(telemetryOf));
    for (const arn of all) await cached.getTelemetryMetadata(arn);
    expect(calls.getTelemetryMetadata).toHaveLength(10);
  });

  test('coalesces reads of a run in flight, even when more runs are in flight than it holds', async () => {
    const { inspector, calls } = createScriptedInspectorApi();
    const cached = createCachingInspectorApi(inspector, { ...cacheLimits, maxRuns: 1 });
    const all = [one, two, three, one, two, three];
    await Promise.all([...all.map((arn) => cached.getTelemetryMetadata(arn)), cached.describe('assessmentRun', all)]);
    expect(calls).toMatchObject({
      getTelemetryMetadata: [one, two, three],
      describeAssessmentRuns: [[one, two, three]],
    });
  });

  test('holds fewer runs where they have many rows', async () => {
    const rows = Array.from({ length: 5000 }, (_, n) => ({ messageType: `Type${n}`, count: 1, dataSize: 1 }));
    const { inspector, calls } = createScriptedInspectorApi({ telemetry: () => rows });
    const cached = createCachingInspectorApi(inspector, { ...cacheLimits, maxRuns: 100 });
    for (const arn of [one, two, three, one]) await cached.getTelemetryMetadata(arn);
    expect(calls.getTelemetryMetadata).toEqual([one, two, three, one]);
  });
});

describe('The read of', () => {
  const what = ['a list of runs', 'a list of one run', 'tags', 'a report'] as const;

  /** Reads twice over an upstream, which is an archive where it has a revision; what was told, and how often it was asked. */
  async function readTwice(kind: (typeof what)[number], upstream?: { revisions: string[] }) {
    const { inspector, calls } = createScriptedInspectorApi();
    let revision = upstream?.revisions[0] ?? '';
    const archiveCalls = {
      isDetected: true,
      isSupported: async () => true,
      get revision() {
        return revision;
      },
    };
    const cached = createCachingInspectorApi(
      inspector,
      { ...cacheLimits, ttlMs: 60_000 },
      undefined,
      upstream && (archiveCalls as unknown as ArchiveCalls),
    );
    const told: Freshness[] = [];
    const options = { onFreshness: (freshness: Freshness) => told.push(freshness) };
    const read = {
      'a list of runs': () => cached.list('assessmentRun', { criteria: {}, maxResults: 1 }, options),
      'a list of one run': () =>
        cached.list('finding', { criteria: { assessmentRunArn: one }, maxResults: 1 }, options),
      tags: () => cached.listTagsForResource(toAssessmentTemplateArn(one), options),
      'a report': () => cached.getAssessmentReport({ assessmentRunArn: one, format: 'PDF', type: 'FULL' }, options),
    }[kind];
    const first = await read();
    revision = upstream?.revisions[1] ?? revision;
    expect(await read()).toEqual(first);
    return { told, asked: Object.values(calls).flat().length };
  }

  test.each(what)('%s says that it may not be cached, where nothing tells when it changes', async (kind) => {
    expect(await readTwice(kind)).toEqual({ told: Array(2).fill({ maxAgeMs: 0, staleAgeMs: null }), asked: 2 });
  });

  test.each(what)('%s is made once for an archive, unless it is of more than one run', async (kind) => {
    const { told, asked } = await readTwice(kind, { revisions: ['1', '1'] });
    expect(asked).toBe(kind === 'a list of runs' ? 2 : 1);
    expect(told.map(({ maxAgeMs }) => maxAgeMs > 0)).toEqual(Array(2).fill(kind !== 'a list of runs'));
  });

  test.each(what)('%s is made again when the archive has changed', async (kind) => {
    expect((await readTwice(kind, { revisions: ['1', '2'] })).asked).toBe(2);
  });
});

describe('The cache of details', () => {
  test('reads the runs that are neither cached nor in flight in one batch', async () => {
    const { inspector, calls } = createScriptedInspectorApi();
    const cached = createCachingInspectorApi(inspector, cacheLimits);
    const first = cached.describe('assessmentRun', [one, two]);
    const second = cached.describe('assessmentRun', [two, three, two]);
    expect(await first).toEqual([one, two].map(detailsOf));
    expect(await second).toEqual([two, three, two].map(detailsOf));
    await cached.describe('assessmentRun', [three, one]);
    expect(calls.describeAssessmentRuns).toEqual([[one, two], [three]]);
  });

  test('holds fewer runs where their texts are long', async () => {
    const { inspector, calls } = createScriptedInspectorApi({
      details: (arn) => ({ ...detailsOf(arn), name: 'n'.repeat(500_000) }),
    });
    const cached = createCachingInspectorApi(inspector, { ...cacheLimits, maxRuns: 100 });
    for (const arn of [one, two, three, runArn(4), one]) await cached.describe('assessmentRun', [arn]);
    expect(calls.describeAssessmentRuns).toEqual([[one], [two], [three], [runArn(4)], [one]]);
  });

  test('fails only the run that failed', async () => {
    const failure = createFailure();
    const { inspector, calls } = createScriptedInspectorApi({
      details: (arn) => (arn === two ? failure : detailsOf(arn)),
    });
    const cached = createCachingInspectorApi(inspector, cacheLimits);
    for (const _ of [1, 2]) {
      expect(await cached.describe('assessmentRun', [one, two, three])).toEqual([
        detailsOf(one),
        failure,
        detailsOf(three),
      ]);
    }
    expect(calls.describeAssessmentRuns).toEqual([[one, two, three], [two]]);
  });

  test('fails each run of a call that failed as a whole', async () => {
    const failure = createFailure({ code: 'ACCESS_DENIED' });
    const { inspector } = createScriptedInspectorApi();
    inspector.describe = () => Promise.reject(failure);
    const cached = createCachingInspectorApi(inspector, cacheLimits);
    const results = await cached.describe('assessmentRun', [one, two]);
    expect(results).toEqual([failure, failure]);
    expect(results[0]).toBeInstanceOf(InspectorFailure);
  });
});
