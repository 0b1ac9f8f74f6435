import { CacheStats } from '../../metrics.js';
import { createWaiters, type Waiters } from '../../shared-abort.js';
import type { Signal } from '../../signal.js';
import { type UpstreamApi, unsupportedArchiveApi } from '../archive-api.js';
import type { ArchiveCalls } from '../archive-requests.js';
import {
  type AssessmentRun,
  type Entities,
  type Finding,
  type InspectorApi,
  type ReadOptions,
  type TelemetryMetadata,
  terminalStates,
} from '../inspector-api.js';
import { type ArnKind, type AssessmentRunArn, arnKinds, type InspectorArn } from '../inspector-arn.js';
import { type InspectorFailure, toFailure } from '../inspector-failure.js';
import { parseCachedEntity, parseCachedTelemetry } from '../upstream-response.js';
import { createCachingArchiveApi } from './caching-archive-api.js';
import { createReadThrough, type ReadThrough } from './read-through.js';
import { noSharedCache, type ReadResult, type SharedCache, toError, toFetchTime } from './shared-cache.js';

/** `ttlMs` 0 caches nothing, whatever the other TTLs are; simultaneous reads still share one call. */
export interface CacheLimits {
  ttlMs: number;
  /** Of runs that are known to have ended. */
  terminalTtlMs: number;
  /** Of runs that are known to go on. */
  runningTtlMs: number;
  /** How long beyond its TTL a value is served while the upstream fails. */
  staleMs: number;
  maxRuns: number;
}

// A run has some 30 rows, and at most 5,000: bounding rows as well as runs keeps memory in proportion.
const ROWS_PER_RUN = 50;
const MAX_ROWS_OF_A_RUN = 5000;

/** Most entities have 2,000 characters; a finding has up to 20,000 in each of its texts. */
const CHARACTERS_PER_ENTITY = 8192;
/** A larger entity is not cached. */
const MAX_CHARACTERS_OF_AN_ENTITY = 1024 * 1024;

/** Of lists. A page of 100 agents with their telemetry has 60,000. */
const MAX_LISTED_CHARACTERS = 4 * 2 ** 20;
/** What an entry takes beside its key and its texts. */
const OVERHEAD_CHARACTERS = 500;

/** What was asked of each cache. */
export interface InspectorCacheStats {
  readonly telemetry: CacheStats;
  /** Of all kinds. */
  readonly entities: CacheStats;
  /** Lists of one run, tags and reports. */
  readonly lists: CacheStats;
  readonly archive: CacheStats;
}

/** Nothing was asked yet. */
export function createInspectorCacheStats(): InspectorCacheStats {
  return {
    telemetry: new CacheStats(),
    entities: new CacheStats(),
    lists: new CacheStats(),
    archive: new CacheStats(),
  };
}

/**
 * Caches telemetry, entities and an archive's answers for the whole process, and coalesces concurrent reads of the same ones.
 * NoSuchEntity is cached for a tenth of the TTL, since a run may be imported. No other failure is cached, and no NoSuchEntity
 * with `canRetry`. Misses go to the SharedCache. When an archive has another revision, all that was read before counts as
 * expired. Without `calls` the upstream is no archive: lists, tags and reports are passed through then, since nothing tells when
 * they change. So are lists of more than one run.
 */
export function createCachingInspectorApi(
  inspector: InspectorApi,
  limits: CacheLimits,
  shared: SharedCache = noSharedCache,
  calls?: ArchiveCalls,
  stats = createInspectorCacheStats(),
): UpstreamApi {
  const { ttlMs, maxRuns, staleMs } = limits;
  const negativeTtlMs = ttlMs / 10;
  const toRevision = () => calls?.revision ?? null;
  const telemetry = createReadThrough<AssessmentRunArn, readonly TelemetryMetadata[]>(
    {
      max: maxRuns,
      maxSize: MAX_ROWS_OF_A_RUN + maxRuns * ROWS_PER_RUN,
      sizeCalculation: (entry) => ('failure' in entry ? 1 : 1 + entry.value.length),
    },
    {
      ttlMs: (arn, { fetchedAt }) => toTtlMs(entities.assessmentRun.peek(arn), fetchedAt, limits),
      negativeTtlMs,
      staleMs,
      toRevision,
    },
    stats.telemetry,
    'telemetry',
  );
  const entities = Object.fromEntries(
    arnKinds.map((kind) => [
      kind,
      createReadThrough<InspectorArn, Entities[ArnKind]>(
        {
          max: maxRuns,
          maxSize: MAX_CHARACTERS_OF_AN_ENTITY + maxRuns * CHARACTERS_PER_ENTITY,
          sizeCalculation: (entry) => ('failure' in entry ? 1 : 1 + countCharacters(entry.value)),
        },
        {
          ttlMs: (_arn, { value, fetchedAt }) =>
            kind === 'assessmentRun' ? toTtlMs(value as AssessmentRun, fetchedAt, limits) : ttlMs,
          negativeTtlMs,
          staleMs,
          toRevision,
        },
        stats.entities,
        'entity',
      ),
    ]),
  ) as unknown as { readonly [K in ArnKind]: ReadThrough<InspectorArn<K>, Entities[K]> };

  /** Reads keys of one cache; the misses of one microtask are loaded in one batch. */
  function readBatch<Key extends string, Value extends object>(
    cache: ReadThrough<Key, Value>,
    keys: readonly Key[],
    loadBatch: (keys: readonly Key[], signal: Signal) => Promise<readonly ReadResult<Value>[]>,
    options: ReadOptions | undefined,
  ): Promise<(Value | InspectorFailure)[]> {
    const misses: Key[] = [];
    let batch: Promise<readonly ReadResult<Value>[]> | undefined;
    let batchWaiters: Waiters | undefined;
    const toWaiters = () => {
      batchWaiters ??= createWaiters(options?.caller, options?.calls);
      return batchWaiters;
    };
    const load = async (key: Key, waiters: Waiters) => {
      const index = misses.push(key) - 1;
      batch ??= Promise.resolve().then(() => loadBatch(misses, waiters.signal));
      return (await batch)[index] as ReadResult<Value>;
    };
    return Promise.all(keys.map((key) => cache.read(key, load, options, toWaiters).catch(toFailure)));
  }

  /** Reads telemetry through the shared cache. */
  function loadTelemetry(
    arns: readonly AssessmentRunArn[],
    load: (arns: readonly AssessmentRunArn[]) => Promise<readonly (readonly TelemetryMetadata[] | Error)[]>,
  ) {
    const toArn = (key: string) => key.slice('telemetry:'.length) as AssessmentRunArn;
    return shared.readThrough<readonly TelemetryMetadata[]>(
      arns.map((arn) => `telemetry:${arn}`),
      (entry, key) => telemetry.isFresh(toArn(key), entry),
      (keys) => load(keys.map(toArn)),
      parseCachedTelemetry,
    );
  }

  async function loadTelemetryOf(arn: AssessmentRunArn, waiters: Waiters) {
    const [result] = await loadTelemetry([arn], async () => [
      await inspector.getTelemetryMetadata(arn, { signal: waiters.signal }).catch(toError),
    ]);
    return result as ReadResult<readonly TelemetryMetadata[]>;
  }

  function describeBatch<K extends ArnKind>(kind: K, arns: readonly InspectorArn<K>[], signal: Signal) {
    const toArn = (key: string) => key.slice(kind.length + 1) as InspectorArn<K>;
    return shared.readThrough<Entities[K]>(
      arns.map((arn) => `${kind}:${arn}`),
      (entry) => entities[kind].isFresh(entry.value.arn as InspectorArn<K>, entry),
      async (keys) => {
        const results = await inspector.describe(kind, keys.map(toArn), { signal }).catch(toError);
        return results instanceof Error ? keys.map(() => results) : results;
      },
      (value, key) => parseCachedEntity(kind, value, toArn(key)),
    );
  }

  /** Pages of a run's lists, its reports, and its template's tags, of an archive. */
  const listed = createReadThrough<string, { readonly list: object | null }>(
    {
      maxSize: MAX_LISTED_CHARACTERS,
      sizeCalculation: (entry, key) =>
        OVERHEAD_CHARACTERS + key.length + ('failure' in entry ? 0 : countCharacters(entry.value)),
    },
    { ttlMs: () => ttlMs, negativeTtlMs, staleMs, toRevision },
    stats.lists,
    'list',
  );

  /** Reads a page, tags or a report, through the cache where the upstream is an archive. */
  async function readListed<T extends object | null>(
    operation: string,
    query: unknown,
    read: (options: ReadOptions | undefined) => Promise<T>,
    options: ReadOptions | undefined,
  ): Promise<T> {
    if (calls?.isDetected !== true) {
      const list = await read(options);
      options?.onFreshness?.({ maxAgeMs: 0, staleAgeMs: null });
      return list;
    }
    const load = async (_key: string, { signal }: Waiters) => {
      const fetchTime = toFetchTime();
      return read({ signal }).then(
        (list) => ({ entry: { value: { list }, ...fetchTime }, failure: null }),
        (thrown) => ({ entry: null, failure: toError(thrown) }),
      );
    };
    const { list } = await listed.read(`${operation} ${JSON.stringify(query)}`, load, options);
    return list as T;
  }

  function loadTelemetryBatch(calls: ArchiveCalls, arns: readonly AssessmentRunArn[], signal: Signal) {
    return loadTelemetry(arns, (missing) => calls.batchGetTelemetryMetadata(missing, { signal }));
  }

  const archive =
    calls === undefined
      ? unsupportedArchiveApi
      : createCachingArchiveApi(calls, {
          shared,
          ttls: { ttlMs, negativeTtlMs, staleMs, toRevision },
          stats: stats.archive,
          addEntity: (kind, entry, revision) =>
            (entities[kind] as ReadThrough<InspectorArn, AssessmentRun | Finding>).add(
              entry.value.arn,
              entry,
              revision,
            ),
          batchGetTelemetryMetadata: (arns, options) =>
            readBatch(telemetry, arns, (misses, signal) => loadTelemetryBatch(calls, misses, signal), options),
        });

  return {
    getTelemetryMetadata: (arn, options) => telemetry.read(arn, loadTelemetryOf, options),
    describe: (kind, arns, options) =>
      readBatch(entities[kind], arns, (misses, signal) => describeBatch(kind, misses, signal), options),
    async list(kind, query, options) {
      const read = (readOptions: ReadOptions | undefined) => inspector.list(kind, query, readOptions);
      if ('assessmentRunArn' in query.criteria) return readListed(kind, query, read, options);
      const page = await read(options);
      options?.onFreshness?.({ maxAgeMs: 0, staleAgeMs: null });
      return page;
    },
    listTagsForResource: (arn, options) =>
      readListed('tags', arn, (readOptions) => inspector.listTagsForResource(arn, readOptions), options),
    getAssessmentReport: (query, options) =>
      readListed('report', query, (readOptions) => inspector.getAssessmentReport(query, readOptions), options),
    archive,
    known: {
      telemetryMetadata: (arn, options) => telemetry.getFresh(arn, options),
      entity: (kind, arn, options) => entities[kind].getFresh(arn, options),
    },
  };
}

/**
 * The TTL of a run's telemetry or details. The longer one is for what was fetched after the run ended: before, it may
 * have changed. A run that does not say when it ended, or whose state is unknown, counts as one that goes on.
 */
function toTtlMs(run: AssessmentRun | undefined, fetchedAt: number, limits: CacheLimits): number {
  if (run === undefined || limits.ttlMs === 0) return limits.ttlMs;
  const { state, stateChangedAt } = run;
  const hasEnded = terminalStates.has(state) && stateChangedAt !== null && stateChangedAt.getTime() <= fetchedAt;
  return hasEnded ? limits.terminalTtlMs : limits.runningTtlMs;
}

/** Characters of all texts in a value. */
function countCharacters(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  const members: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return members.reduce<number>((sum, member) => sum + countCharacters(member), 0);
}
