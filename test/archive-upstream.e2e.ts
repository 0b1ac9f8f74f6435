import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { SearchQuery } from '../src/inspector/archive-api.js';
import { createCachingInspectorApi } from '../src/inspector/cache/caching-inspector-api.js';
import type { Freshness } from '../src/inspector/inspector-api.js';
import { createEndpointSource, type InspectorSource } from '../src/inspector/sdk/inspector-source.js';
import { createSdkInspectorApi } from '../src/inspector/sdk/sdk-inspector-api.js';
import { endAfterAll } from './helpers/cleanup.js';
import { cacheLimits, freshArn, runArn, telemetryOf, toRunNumber } from './helpers/runs.js';
import {
  type Answer,
  answerLikeInspector,
  sendJson,
  startScriptedUpstream,
  toWireRun,
  type UpstreamCall,
} from './helpers/scripted-upstream.js';

const limits = { connectTimeoutMs: 1000, deadlineMs: 5000, maxAttempts: 3, concurrency: 10 };
const newest: SearchQuery<'assessmentRun'> = {
  filter: {},
  orderBy: 'CREATED_AT_DESC',
  first: 2,
  includeTotalCount: false,
};
const count = { filter: {}, groupBy: [], timeZone: 'UTC', top: 20 } as const;

const notSupported = expect.objectContaining({ code: 'NOT_SUPPORTED_BY_UPSTREAM', errorCode: null, canRetry: false });
const unavailable = expect.objectContaining({ code: 'SERVICE_UNAVAILABLE', canRetry: true });
const unknownOperation: Answer = (_call, response) =>
  sendJson(response, 404, { __type: 'UnknownOperationException', message: 'No such operation.' });
const reset: Answer = (_call, response) => void response.socket?.resetAndDestroy();

/** Whether the operation is one of the archive's own. */
const isOwn = ({ operation }: UpstreamCall) => operation.startsWith('InspectorArchive.');

interface Script {
  /** Answers the archive's own operations. */
  own?: Answer;
  /** Answers Inspector's operations. */
  inspector?: Answer;
  /** Whether each response has the header of an archive. */
  hasHeader?: boolean;
}

/** A cached API over an upstream whose script may change. */
async function startUpstream(
  script: Script,
  toSource: (url: string) => InspectorSource = createEndpointSource,
  deadlineMs = limits.deadlineMs,
) {
  const upstream = await startScriptedUpstream((call, response) => {
    if (script.hasHeader) response.setHeader('x-inspector-archive', '1');
    const answer = isOwn(call) ? (script.own ?? unknownOperation) : (script.inspector ?? answerLikeInspector);
    return answer(call, response);
  });
  endAfterAll(upstream.stop);
  const sdk = createSdkInspectorApi(toSource(upstream.url), { ...limits, deadlineMs });
  endAfterAll(async () => sdk.close());
  const inspector = createCachingInspectorApi(sdk, { ...cacheLimits, maxRuns: 1000 }, undefined, sdk.archiveCalls);
  return {
    upstream,
    inspector,
    archive: inspector.archive,
    /** The calls since the last look, without those for the revision. */
    takeCalls: () =>
      upstream.calls
        .splice(0)
        .map(({ operation }) => operation.replace('InspectorArchive.', ''))
        .filter((operation) => operation !== 'GetArchiveRevision'),
    /** How often the revision was asked for. */
    countRevisions: () => upstream.callsOf('InspectorArchive.GetArchiveRevision').length,
    /** Waits until the revision is this one. */
    async untilRevision(revision: string) {
      while (inspector.archive.revision !== revision) await new Promise(setImmediate);
    },
  };
}

/** Answers as an archive does, at a revision that may change. */
function answerLikeArchive(state: { revision: string } = { revision: '1' }): Answer {
  return ({ operation, input }, response) => {
    if (operation === 'InspectorArchive.GetArchiveRevision') {
      return sendJson(response, 200, { apiVersion: 1, revision: state.revision, lastChangedAt: 1458680170.035 });
    }
    if (operation === 'InspectorArchive.BatchGetTelemetryMetadata') {
      return sendJson(response, 200, { results: input.assessmentRunArns.map(toResult) });
    }
    if (operation === 'InspectorArchive.SearchAssessmentRuns') return sendJson(response, 200, toPage([1, 2]));
    sendJson(response, 200, { groups: [], groupCount: 0, total: { count: Number(state.revision) } });
  };
}

const toResult = (arn: string) => ({
  assessmentRunArn: arn,
  telemetryMetadata: [{ messageType: 'InspectorGroup', count: toRunNumber(arn) }],
});

function toPage(numbers: number[], document: (arn: string) => unknown = toWireRun) {
  const items = numbers.map((number) => ({
    cursor: `c${number}`,
    assessmentRunArn: runArn(number),
    assessmentRun: document(runArn(number)),
  }));
  return { items, hasNextPage: true, hasPreviousPage: false };
}

describe('An upstream that is no archive', () => {
  test('is asked nothing for the telemetry of many runs but what it was asked before', async () => {
    const { inspector, archive, takeCalls, countRevisions } = await startUpstream({});
    await Promise.all([freshArn(), freshArn()].map((arn) => inspector.getTelemetryMetadata(arn)));
    expect(archive.isDetected).toBe(false);
    expect(countRevisions()).toBe(0);
    expect(takeCalls()).toEqual(['GetTelemetryMetadata', 'GetTelemetryMetadata']);
  });

  test.each<[string, Answer]>([
    ['knows no such operation', unknownOperation],
    [
      'knows none, by a name with a prefix',
      (_call, response) => sendJson(response, 400, { __type: 'com.amazon.coral.service#UnknownOperationException' }),
    ],
    ['has not implemented it', (_call, response) => sendJson(response, 501, { __type: 'NotImplemented' })],
    ['refuses it in its own way', (_call, response) => sendJson(response, 400, {})],
    ['answers something else', (_call, response) => sendJson(response, 200, { assessmentRunArns: [] })],
    [
      'has a version that is not known',
      (_call, response) => sendJson(response, 200, { apiVersion: 2, revision: '1', lastChangedAt: null }),
    ],
  ])('and %s is asked once, and then nothing', async (_title, own) => {
    const { archive, upstream, countRevisions } = await startUpstream({ own });
    await expect(archive.search('assessmentRun', newest)).rejects.toEqual(notSupported);
    await expect(archive.summarize('findings', count)).rejects.toEqual(notSupported);
    await expect(archive.compareRuns(runArn(1), null)).rejects.toEqual(notSupported);
    await expect(archive.describeArchive()).rejects.toEqual(notSupported);
    expect(await archive.isSupported()).toBe(false);
    // What may be retried is tried again.
    expect(new Set(upstream.calls.map(({ operation }) => operation))).toEqual(
      new Set(['InspectorArchive.GetArchiveRevision']),
    );
    expect(countRevisions()).toBe(_title === 'has not implemented it' ? limits.maxAttempts : 1);
    expect(archive.revision).toBe('');
  });

  test('but AWS is asked nothing at all', async () => {
    const { archive, upstream } = await startUpstream({ own: answerLikeArchive(), hasHeader: true }, (url) => ({
      ...createEndpointSource(url),
      signed: true,
    }));
    await expect(archive.search('assessmentRun', newest)).rejects.toEqual(notSupported);
    expect(await archive.isSupported()).toBe(false);
    expect(upstream.calls).toEqual([]);
  });

  test('is asked again once it was away, since another version may have started', async () => {
    const script: Script = {};
    const { archive, inspector, countRevisions } = await startUpstream(script);
    await expect(archive.search('assessmentRun', newest)).rejects.toEqual(notSupported);
    expect(countRevisions()).toBe(1);
    script.inspector = reset;
    await expect(inspector.getTelemetryMetadata(freshArn())).rejects.toEqual(unavailable);
    script.inspector = answerLikeInspector;
    script.own = answerLikeArchive();
    expect((await archive.search('assessmentRun', newest)).items).toHaveLength(2);
    expect(countRevisions()).toBe(2);
  });
});

describe('An archive', () => {
  test('that is away is unavailable, and answers when it is back', async () => {
    const script: Script = { own: reset };
    const { archive } = await startUpstream(script);
    await expect(archive.search('assessmentRun', newest)).rejects.toEqual(unavailable);
    await expect(archive.isSupported()).rejects.toEqual(unavailable);
    script.own = answerLikeArchive();
    expect(await archive.isSupported()).toBe(true);
    expect((await archive.search('assessmentRun', newest)).hasNextPage).toBe(true);
  });

  test('is known by the header of its first response', async () => {
    const { archive, inspector, untilRevision } = await startUpstream({ own: answerLikeArchive(), hasHeader: true });
    expect(archive.isDetected).toBe(false);
    await inspector.getTelemetryMetadata(freshArn());
    await untilRevision('1');
    expect(archive.isDetected).toBe(true);
  });

  test('that has the header and not the operations is asked once', async () => {
    const { inspector, archive, countRevisions } = await startUpstream({ hasHeader: true });
    for (let reads = 0; reads < 3; reads += 1) {
      await inspector.getTelemetryMetadata(freshArn());
      expect(await archive.isSupported()).toBe(false);
    }
    expect(countRevisions()).toBe(1);
  });

  test('without one of the operations has the others', async () => {
    const own = answerLikeArchive();
    const { archive } = await startUpstream({
      own: (call, response) =>
        call.operation.includes('Summarize') ? unknownOperation(call, response) : own(call, response),
    });
    await expect(archive.summarize('findings', count)).rejects.toEqual(notSupported);
    expect((await archive.search('assessmentRun', newest)).items).toHaveLength(2);
  });

  test('is asked the same question once by all who ask it', async () => {
    const { archive, takeCalls } = await startUpstream({ own: answerLikeArchive() });
    const questions = [newest, newest, { ...newest, first: 3 }, { ...newest, filter: { text: 'x' } }];
    const [first, same] = await Promise.all(questions.map((query) => archive.search('assessmentRun', query)));
    expect(same).toBe(first);
    const freshness: Freshness[] = [];
    await archive.search('assessmentRun', newest, { onFreshness: (given) => freshness.push(given) });
    expect(freshness[0]?.maxAgeMs).toBeGreaterThan(0);
    expect(takeCalls()).toEqual(Array(3).fill('SearchAssessmentRuns'));
  });

  test('gets times as epoch seconds, and only criteria that are given', async () => {
    const { archive, upstream } = await startUpstream({ own: answerLikeArchive() });
    const from = new Date('2024-01-01T00:00:00.125Z');
    await archive.search('assessmentRun', {
      ...newest,
      filter: { states: ['FAILED'], regions: [], text: undefined, createdBetween: { from } },
    });
    expect(upstream.calls.at(-1)?.input).toEqual({
      filter: { states: ['FAILED'], createdBetween: { from: 1704067200.125 } },
      orderBy: 'CREATED_AT_DESC',
      first: 2,
      includeTotalCount: false,
    });
  });

  test('has described the runs that a search found', async () => {
    const { archive, inspector, takeCalls } = await startUpstream({ own: answerLikeArchive() });
    const { items } = await archive.search('assessmentRun', newest);
    const [described] = await inspector.describe('assessmentRun', [runArn(1)]);
    expect(described).toBe(items[0]?.item.entity);
    expect(takeCalls()).toEqual(['SearchAssessmentRuns']);
  });

  test('fails one odd document alone', async () => {
    const own: Answer = (call, response) =>
      call.operation.includes('Search')
        ? sendJson(
            response,
            200,
            toPage([1, 2, 3, 4], (arn) => {
              const number = toRunNumber(arn);
              if (number === 2) return { ...toWireRun(arn), name: 7 };
              if (number === 3) return toWireRun(runArn(1));
              return number === 4 ? null : toWireRun(arn);
            }),
          )
        : answerLikeArchive()(call, response);
    const { archive } = await startUpstream({ own });
    const { items } = await archive.search('assessmentRun', newest);
    const bad = expect.objectContaining({ code: 'BAD_UPSTREAM_RESPONSE', canRetry: false });
    expect(items.map(({ item }) => item.entity)).toEqual([expect.objectContaining({ name: 'Run 1' }), bad, bad, null]);
  });

  test.each<[string, object]>([
    ['no items', { hasNextPage: false, hasPreviousPage: false }],
    [
      'an ARN that is none',
      { items: [{ cursor: 'c', assessmentRunArn: 'x' }], hasNextPage: false, hasPreviousPage: false },
    ],
    ['no word of a next page', { items: [], hasPreviousPage: false }],
  ])('that answers a page with %s has answered badly, and is asked again', async (_title, body) => {
    const own: Answer = (call, response) =>
      call.operation.includes('Search') ? sendJson(response, 200, body) : answerLikeArchive()(call, response);
    const { archive, takeCalls } = await startUpstream({ own });
    const bad = expect.objectContaining({ code: 'BAD_UPSTREAM_RESPONSE', operation: 'SearchAssessmentRuns' });
    await expect(archive.search('assessmentRun', newest)).rejects.toEqual(bad);
    await expect(archive.search('assessmentRun', newest)).rejects.toEqual(bad);
    expect(takeCalls()).toHaveLength(2);
  });

  test("gives its errors as Inspector's", async () => {
    const own: Answer = (call, response) =>
      call.operation.includes('Search')
        ? sendJson(response, 400, {
            __type: 'InvalidInputException',
            errorCode: 'INVALID_CURSOR',
            canRetry: false,
            message: 'Not a cursor of this search.',
          })
        : answerLikeArchive()(call, response);
    const { archive } = await startUpstream({ own });
    await expect(archive.search('assessmentRun', newest)).rejects.toEqual(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        errorCode: 'INVALID_CURSOR',
        message: 'Not a cursor of this search.',
      }),
    );
  });
});

describe('The telemetry of many runs of an archive', () => {
  const arns = Array.from({ length: 250 }, (_, number) => runArn(3000 + number));

  test('is a call for each hundred, and none for what is known', async () => {
    const { archive, inspector, takeCalls } = await startUpstream({ own: answerLikeArchive() });
    await archive.isSupported();
    await inspector.getTelemetryMetadata(arns[0] as (typeof arns)[0]);
    const asked = [...arns, arns[3] as (typeof arns)[0]];
    expect(await archive.batchGetTelemetryMetadata(asked)).toEqual(asked.map(telemetryOf));
    expect(takeCalls().sort()).toEqual([...Array(3).fill('BatchGetTelemetryMetadata'), 'GetTelemetryMetadata']);
    await archive.batchGetTelemetryMetadata(arns);
    expect(takeCalls()).toEqual([]);
  });

  test('fails for a run that does not exist alone; one that may be retried is asked again by itself', async () => {
    const [good, missing, busy, odd] = arns as unknown as [string, string, string, string];
    const own: Answer = (call, response) => {
      if (!call.operation.includes('Batch')) return answerLikeArchive()(call, response);
      const error = (type: string, canRetry: boolean) => ({ type, canRetry, errorCode: 'CODE', message: 'Why.' });
      sendJson(response, 200, {
        results: [
          toResult(good),
          { assessmentRunArn: missing, error: error('NoSuchEntityException', false) },
          { assessmentRunArn: busy, error: error('InternalException', true) },
          { assessmentRunArn: odd, telemetryMetadata: [{ messageType: 'x' }] },
        ],
      });
    };
    const { archive, takeCalls } = await startUpstream({ own });
    expect(await archive.batchGetTelemetryMetadata(arns.slice(0, 4))).toEqual([
      telemetryOf(good),
      expect.objectContaining({ code: 'NO_SUCH_ENTITY', errorCode: 'CODE', message: 'Why.' }),
      telemetryOf(busy),
      expect.objectContaining({ code: 'BAD_UPSTREAM_RESPONSE' }),
    ]);
    expect(takeCalls()).toEqual(['BatchGetTelemetryMetadata', 'GetTelemetryMetadata']);
  });

  test.each<[string, (call: UpstreamCall, response: ServerResponse) => void]>([
    ['is too long', (_call, response) => sendJson(response, 200, { results: [], padding: 'x'.repeat(8 * 2 ** 20) })],
    [
      'is of other runs',
      ({ input }, response) => sendJson(response, 200, { results: input.assessmentRunArns.toReversed().map(toResult) }),
    ],
    ['is refused', unknownOperation],
  ])('is read run by run where the answer %s', async (_title, answerBatch) => {
    const own: Answer = (call, response) =>
      call.operation.includes('Batch') ? answerBatch(call, response) : answerLikeArchive()(call, response);
    const { archive, takeCalls } = await startUpstream({ own });
    expect(await archive.batchGetTelemetryMetadata(arns.slice(0, 3))).toEqual(arns.slice(0, 3).map(telemetryOf));
    expect(takeCalls()).toEqual(['BatchGetTelemetryMetadata', ...Array(3).fill('GetTelemetryMetadata')]);
  });

  test('takes no longer than one read when a run of it is asked again', async () => {
    const own: Answer = async (call, response) => {
      if (!call.operation.includes('Batch')) return answerLikeArchive()(call, response);
      const error = { type: 'InternalException', canRetry: true, message: 'Why.' };
      await delay(0.75 * DEADLINE_MS);
      sendJson(response, 200, { results: [toResult(good), { assessmentRunArn: busy, error }] });
    };
    const DEADLINE_MS = 2000;
    const [good, busy] = arns as unknown as [string, string];
    const { archive } = await startUpstream({ own, inspector: () => {} }, createEndpointSource, DEADLINE_MS);
    const startedAt = performance.now();
    expect(await archive.batchGetTelemetryMetadata(arns.slice(0, 2))).toEqual([
      telemetryOf(good),
      expect.objectContaining({ code: 'TIMEOUT' }),
    ]);
    expect(performance.now() - startedAt).toBeLessThan(1.5 * DEADLINE_MS);
  });

  test('is unavailable for each run while the archive is away', async () => {
    const own: Answer = (call, response) =>
      call.operation.includes('Batch') ? reset(call, response) : answerLikeArchive()(call, response);
    const { archive, takeCalls } = await startUpstream({ own });
    expect(await archive.batchGetTelemetryMetadata(arns.slice(0, 2))).toEqual([unavailable, unavailable]);
    expect(takeCalls()).toEqual(Array(limits.maxAttempts).fill('BatchGetTelemetryMetadata'));
  });
});

describe('When an archive has changed', () => {
  /** An upstream at revision 1, which is known. */
  async function startChanging(script: Script = {}) {
    const state = { revision: '1' };
    const started = await startUpstream({ own: answerLikeArchive(state), ...script });
    await started.archive.isSupported();
    return { state, ...started };
  }

  test('nothing that was read before is given', async () => {
    const missing = freshArn();
    const present = freshArn();
    const inspectorAnswer: Answer = (call, response) =>
      call.input.assessmentRunArn === missing && state.revision === '1'
        ? sendJson(response, 400, { __type: 'NoSuchEntityException', canRetry: false })
        : answerLikeInspector(call, response);
    const { state, archive, inspector, takeCalls, untilRevision } = await startChanging({ inspector: inspectorAnswer });
    const readAll = () =>
      Promise.allSettled([
        inspector.getTelemetryMetadata(present),
        inspector.getTelemetryMetadata(missing),
        inspector.describe('assessmentRun', [present]),
        archive.search('assessmentRun', newest),
        archive.summarize('findings', count),
      ]);
    const before = await readAll();
    expect(before[1]?.status).toBe('rejected');
    takeCalls();
    expect(await readAll()).toEqual(before);
    expect(takeCalls()).toEqual([]);

    state.revision = '2';
    await untilRevision('2');
    expect(inspector.known?.telemetryMetadata(present)).toBeUndefined();
    const after = await readAll();
    expect(after[1]).toEqual({ status: 'fulfilled', value: telemetryOf(missing) });
    expect(after[4]).toMatchObject({ value: { total: { count: 2 } } });
    expect(takeCalls()).toHaveLength(5);
  });

  test('a read that was in flight is not kept, and nobody joins it', async () => {
    const arn = freshArn();
    const held: (() => void)[] = [];
    const inspectorAnswer: Answer = (call, response) => {
      if (state.revision === '1') held.push(() => void answerLikeInspector(call, response));
      else answerLikeInspector(call, response);
    };
    const { state, inspector, takeCalls, untilRevision } = await startChanging({ inspector: inspectorAnswer });
    const freshness: Freshness[] = [];
    const inFlight = inspector.getTelemetryMetadata(arn, { onFreshness: (given) => freshness.push(given) });
    while (held.length === 0) await new Promise(setImmediate);
    state.revision = '2';
    await untilRevision('2');
    await inspector.getTelemetryMetadata(arn);
    for (const answer of held) answer();
    await inFlight;
    expect(freshness).toEqual([{ maxAgeMs: 0, staleAgeMs: null }]);
    expect(takeCalls()).toEqual(['GetTelemetryMetadata', 'GetTelemetryMetadata']);
    expect(inspector.known?.telemetryMetadata(arn)).toEqual(telemetryOf(arn));
  });
});
