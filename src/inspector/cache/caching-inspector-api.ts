import { createWaiters, type Waiters } from '../../shared-abort.js';
import type { Signal } from '../../signal.js';
import {
  type AssessmentRun,
  type Entities,
  type InspectorApi,
  type ReadOptions,
  type TelemetryMetadata,
  terminalStates,
} from '../inspector-api.js';
import { type ArnKind, type AssessmentRunArn, arnKinds, type InspectorArn } from '../inspector-arn.js';
import { toFailure } from '../inspector-failure.js';
import { parseKeptEntity, parseKeptTelemetry } from '../upstream-response.js';
import { createReadThrough, type ReadThrough } from './read-through.js';
import { type Outcome, type SharedCache, unsharedCache } from './shared-cache.js';

/** `ttlMs` 0 remembers nothing, whatever the others are, and still lets simultaneous readers share one call. */
export interface CacheLimits {
  ttlMs: number;
  /** Of runs that are known to have ended. */
  terminalTtlMs: number;
  /** Of runs that are known to go on. */
  runningTtlMs: number;
  /** For how long beyond its time what is known stands in for an upstream that fails. */
  staleMs: number;
  maxRuns: number;
}

// A run has some 30 rows, and at most 5,000: bounding rows as well as runs keeps memory in proportion.
const ROWS_PER_RUN = 50;
const MAX_ROWS_OF_A_RUN = 5000;

/** What is described has 2,000 characters mostly, and a finding up to 20,000 in each of its texts. */
const CHARACTERS_PER_ENTITY = 8192;
/** That one thing may have, and still be kept. */
const MAX_CHARACTERS_OF_AN_ENTITY = 1024 * 1024;

/**
 * Remembers telemetry and what was described by ARN for the whole process, and joins whoever asks for what is being read.
 * NoSuchEntity is remembered for a tenth of the time, since a run may be imported; no other failure is remembered, nor any
 * with canRetry. Lists, tags and reports are passed
 * through. What is not remembered here may be known to others, by the SharedCache.
 */
export function createCachingInspectorApi(
  inspector: InspectorApi,
  limits: CacheLimits,
  shared: SharedCache = unsharedCache,
): InspectorApi {
  const { ttlMs, maxRuns, staleMs } = limits;
  const missingLifetimeMs = ttlMs / 10;
  const telemetry = createReadThrough<AssessmentRunArn, readonly TelemetryMetadata[]>(
    {
      max: maxRuns,
      maxSize: MAX_ROWS_OF_A_RUN + maxRuns * ROWS_PER_RUN,
      sizeCalculation: (entry) => ('missing' in entry ? 1 : 1 + entry.value.length),
    },
    {
      lifetimeMs: (arn, { readAt }) => toLifetimeMs(details.assessmentRun.peek(arn), readAt, limits),
      missingLifetimeMs,
      staleMs,
    },
  );
  const details = Object.fromEntries(
    arnKinds.map((kind) => [
      kind,
      createReadThrough<InspectorArn, Entities[ArnKind]>(
        {
          max: maxRuns,
          maxSize: MAX_CHARACTERS_OF_AN_ENTITY + maxRuns * CHARACTERS_PER_ENTITY,
          sizeCalculation: (entry) => ('missing' in entry ? 1 : 1 + countCharacters(entry.value)),
        },
        {
          lifetimeMs: (_arn, { value, readAt }) =>
            kind === 'assessmentRun' ? toLifetimeMs(value as AssessmentRun, readAt, limits) : ttlMs,
          missingLifetimeMs,
          staleMs,
        },
      ),
    ]),
  ) as unknown as { readonly [K in ArnKind]: ReadThrough<InspectorArn<K>, Entities[K]> };

  async function loadTelemetry(
    arn: AssessmentRunArn,
    waiters: Waiters,
  ): Promise<Outcome<readonly TelemetryMetadata[]>> {
    const [outcome] = await shared.readThrough<readonly TelemetryMetadata[]>(
      [`telemetry:${arn}`],
      (dated) => telemetry.isFresh(arn, dated),
      async () => [await inspector.getTelemetryMetadata(arn, { signal: waiters.signal }).catch(toError)],
      parseKeptTelemetry,
    );
    return outcome as Outcome<readonly TelemetryMetadata[]>;
  }

  async function describe<K extends ArnKind>(kind: K, arns: readonly InspectorArn<K>[], options?: ReadOptions) {
    // What is neither known nor being read gathers here before the batch is asked for, a microtask later.
    const missing: InspectorArn<K>[] = [];
    let batch: Promise<readonly Outcome<Entities[K]>[]> | undefined;
    let batchWaiters: Waiters | undefined;
    const toWaiters = () => {
      batchWaiters ??= createWaiters();
      return batchWaiters;
    };
    const load = async (arn: InspectorArn<K>, waiters: Waiters) => {
      const place = missing.push(arn) - 1;
      batch ??= Promise.resolve().then(() => describeBatch(kind, missing, waiters.signal));
      return (await batch)[place] as Outcome<Entities[K]>;
    };
    return Promise.all(arns.map((arn) => details[kind].read(arn, load, options, toWaiters).catch(toFailure)));
  }

  function describeBatch<K extends ArnKind>(kind: K, arns: readonly InspectorArn<K>[], signal: Signal) {
    const toArn = (key: string) => key.slice(kind.length + 1) as InspectorArn<K>;
    return shared.readThrough<Entities[K]>(
      arns.map((arn) => `${kind}:${arn}`),
      (dated) => details[kind].isFresh(dated.value.arn as InspectorArn<K>, dated),
      async (keys) => {
        const results = await inspector.describe(kind, keys.map(toArn), { signal }).catch(toError);
        return results instanceof Error ? keys.map(() => results) : results;
      },
      (value, key) => parseKeptEntity(kind, value, toArn(key)),
    );
  }

  return {
    getTelemetryMetadata: (arn, options) => telemetry.read(arn, loadTelemetry, options),
    describe,
    async list(kind, query, options) {
      const page = await inspector.list(kind, query, options);
      options?.onFreshness?.({ maxAgeMs: 0, staleAgeMs: null });
      return page;
    },
    async listTagsForResource(arn, options) {
      const tags = await inspector.listTagsForResource(arn, options);
      options?.onFreshness?.({ maxAgeMs: 0, staleAgeMs: null });
      return tags;
    },
    async getAssessmentReport(query, options) {
      const report = await inspector.getAssessmentReport(query, options);
      options?.onFreshness?.({ maxAgeMs: 0, staleAgeMs: null });
      return report;
    },
    known: {
      telemetryMetadata: (arn, options) => telemetry.known(arn, options),
      entity: (kind, arn, options) => details[kind].known(arn, options),
    },
  };
}

/**
 * What was read before a run ended may have changed until then. A run that does not say that and when it ended, or is in a
 * state that nobody knows, counts as one that goes on.
 */
function toLifetimeMs(run: AssessmentRun | undefined, readAt: number, limits: CacheLimits): number {
  if (run === undefined || limits.ttlMs === 0) return limits.ttlMs;
  const { state, stateChangedAt } = run;
  const hasEnded = terminalStates.has(state) && stateChangedAt !== null && stateChangedAt.getTime() <= readAt;
  return hasEnded ? limits.terminalTtlMs : limits.runningTtlMs;
}

/** Of all texts in a value. */
function countCharacters(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  const members: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return members.reduce<number>((sum, member) => sum + countCharacters(member), 0);
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('Something that is no Error was thrown.', { cause: thrown });
}
