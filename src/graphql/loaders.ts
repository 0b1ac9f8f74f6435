import DataLoader from 'dataloader';
import {
  type AgentId,
  type ArchiveApi,
  type ArchiveDescription,
  type AssessmentRunComparison,
  type HostId,
  MAX_BATCH,
  type Searches,
  type SearchKind,
  type SearchPage,
  type SearchQuery,
  type Summaries,
  type Summary,
  type SummaryKind,
  type SummaryQuery,
} from '../inspector/archive-api.js';
import type {
  AssessmentReport,
  AssessmentReportQuery,
  AssessmentRunAgent,
  Entities,
  InspectorApi,
  KeyValue,
  ListKind,
  ListPage,
  ListQuery,
  Lists,
  ReadOptions,
  TelemetryMetadata,
} from '../inspector/inspector-api.js';
import type { ArnKind, AssessmentRunArn, InspectorArn } from '../inspector/inspector-arn.js';
import { InspectorFailure } from '../inspector/inspector-failure.js';
import { BATCH_BOUNDS, createHistograms, type Histograms } from '../metrics.js';
import { getTracing } from '../tracing.js';

/*
 * DataLoader in front of an API that has no batch operation
 *
 * DataLoader collects the keys that resolvers load within one run of promise jobs, and gives them to one batch function.
 * DescribeAssessmentRuns fits that: it takes up to ten runs. GetTelemetryMetadata takes one run at a time, unless the upstream
 * is an archive, whose own BatchGetTelemetryMetadata takes a hundred. Its loader has three uses even without:
 *
 * - `telemetry`, `telemetryTotal` and `telemetryResult` of a run, under any number of aliases, have one key. They are one
 *   read, which succeeds or fails for all of them.
 * - A run is the same everywhere in a response, even if it expires in the cache meanwhile.
 * - The batch function sees all runs of a query, which an archive answers in one call.
 *
 * A loader does not limit calls: a batch of a hundred runs is a hundred calls of Inspector, and DataLoader's maxBatchSize
 * would only cut it into batches that start together. CallLimiter limits the calls in flight of the whole process, and the
 * cache coalesces reads of the same run by several requests.
 *
 * A batch function returns for each key a value, or an Error that fails this key alone. DataLoader caches such an Error like
 * a value, for as long as the loader lives. That suits a run that does not exist. A failure that may be retried is cleared,
 * so that a field further down the query tries again.
 */

/** A DataLoader in front of which cached values need no promise: batches and promises are most of what fifty runs cost. */
export interface Loader<Key, T> {
  /** A cached value, or a promise of DataLoader. The same for the same key all through a request. */
  load(key: Key): T | Promise<T>;
}

/** A run, and the one to compare it with; null for the one before it. */
interface ComparisonQuery {
  readonly arn: AssessmentRunArn;
  readonly baseArn: AssessmentRunArn | null;
}

/** The loaders of one request. They reject with an InspectorFailure. */
export interface Loaders {
  readonly telemetry: Loader<AssessmentRunArn, readonly TelemetryMetadata[]>;
  readonly tags: Loader<InspectorArn<'assessmentTemplate'>, readonly KeyValue[]>;
  /** Null for a report that the upstream does not have. */
  readonly reports: Loader<AssessmentReportQuery, AssessmentReport | null>;
  /** Entities by ARN, by kind. */
  readonly entities: { readonly [K in ArnKind]: Loader<InspectorArn<K>, Entities[K]> };
  /** Pages of lists, by list. */
  readonly pages: { readonly [K in ListKind]: Loader<ListQuery<K>, ListPage<Lists[K]['item']>> };
  readonly archive: Loader<'archive', ArchiveDescription>;
  /** Null where the run has no such agent. */
  readonly agents: Loader<AgentId, AssessmentRunAgent | null>;
  /** Null where nothing says what the host has sent. */
  readonly hostTelemetry: Loader<HostId, readonly TelemetryMetadata[] | null>;
  /** Null where there is no run to compare with. */
  readonly comparisons: Loader<ComparisonQuery, AssessmentRunComparison | null>;
  readonly summaries: { readonly [K in SummaryKind]: Loader<SummaryQuery<K>, Summary<Summaries[K]['sums']>> };
  /** Pages of searches of the archive, whose entities need no other read. */
  readonly searches: { readonly [K in SearchKind]: Loader<SearchQuery<K>, SearchPage<Searches[K]['item']>> };
}

/** Applies `use` to a value, or to the value of a promise. */
export function whenLoaded<T, U>(loaded: T | Promise<T>, use: (value: T) => U): U | Promise<U> {
  return loaded instanceof Promise ? loaded.then(use) : use(loaded);
}

/** The sizes of batches, by loader. */
export function createBatchSizes(): Histograms {
  return createHistograms(BATCH_BOUNDS, 'loader');
}

/** Creates the loaders of one request, since they never evict. The options go with each read. */
export function createLoaders(
  inspector: InspectorApi,
  archive: ArchiveApi,
  options?: ReadOptions,
  batchSizes?: Histograms,
): Loaders {
  const tracing = getTracing();
  /** `name` is that in metrics and traces; the batch function is told of each batch. */
  function create<Key, T>(
    name: string,
    readAll: (keys: readonly Key[]) => Promise<readonly (T | Error)[]>,
    peek?: (key: Key) => T | undefined,
    maxBatchSize?: number,
  ): PrimableLoader<Key, T> {
    const readCounted = (keys: readonly Key[]) => {
      batchSizes?.observe(keys.length, name);
      if (tracing === null) return readAll(keys);
      const attributes = { 'inspector_gateway.loader': name, 'inspector_gateway.loader.batch_size': keys.length };
      return tracing.trace(`load ${name}`, { attributes }, () => readAll(keys));
    };
    return createLoader(readCounted, peek, maxBatchSize);
  }
  const getTelemetryMetadata = oneByOne((arn: AssessmentRunArn) => inspector.getTelemetryMetadata(arn, options));
  const describe = <K extends ArnKind>(kind: K) =>
    create<InspectorArn<K>, Entities[K]>(
      kind,
      (arns) => inspector.describe(kind, arns, options),
      (arn) => inspector.known?.entity(kind, arn, options),
    );
  const list = <K extends ListKind>(kind: K) =>
    create<ListQuery<K>, ListPage<Lists[K]['item']>>(
      'pages',
      oneByOne((query) => inspector.list(kind, query, options)),
    );
  const entities = {
    assessmentRun: describe('assessmentRun'),
    assessmentTemplate: describe('assessmentTemplate'),
    assessmentTarget: describe('assessmentTarget'),
    resourceGroup: describe('resourceGroup'),
    rulesPackage: describe('rulesPackage'),
    finding: describe('finding'),
    exclusion: describe('exclusion'),
  };
  const summarize = <K extends SummaryKind>(kind: K) =>
    create<SummaryQuery<K>, Summary<Summaries[K]['sums']>>(
      'summaries',
      oneByOne((query) => archive.summarize(kind, query, options)),
    );
  const search = <K extends SearchKind>(kind: K, keep: (item: Searches[K]['item']) => void) =>
    create<SearchQuery<K>, SearchPage<Searches[K]['item']>>(
      'searches',
      oneByOne(async (query) => {
        const page = await archive.search(kind, query, options);
        for (const { item } of page.items) keep(item);
        return page;
      }),
    );
  return {
    telemetry: create<AssessmentRunArn, readonly TelemetryMetadata[]>(
      'telemetry',
      (arns) =>
        arns.length > 1 && archive.isDetected
          ? archive.batchGetTelemetryMetadata(arns, options)
          : getTelemetryMetadata(arns),
      (arn) => inspector.known?.telemetryMetadata(arn, options),
    ),
    tags: create(
      'tags',
      oneByOne((arn) => inspector.listTagsForResource(arn, options)),
    ),
    reports: create(
      'reports',
      oneByOne((query) => inspector.getAssessmentReport(query, options)),
    ),
    entities,
    pages: {
      assessmentRun: list('assessmentRun'),
      assessmentTemplate: list('assessmentTemplate'),
      assessmentTarget: list('assessmentTarget'),
      rulesPackage: list('rulesPackage'),
      finding: list('finding'),
      exclusion: list('exclusion'),
      assessmentRunAgent: list('assessmentRunAgent'),
    },
    archive: create(
      'archive',
      oneByOne(() => archive.describeArchive(options)),
    ),
    agents: create<AgentId, AssessmentRunAgent | null>(
      'agents',
      (agents) => archive.batchGetAssessmentRunAgents(agents, options),
      undefined,
      MAX_BATCH,
    ),
    hostTelemetry: create<HostId, readonly TelemetryMetadata[] | null>(
      'hostTelemetry',
      (hosts) => archive.batchGetHostTelemetry(hosts, options),
      undefined,
      MAX_BATCH,
    ),
    comparisons: create(
      'comparisons',
      oneByOne(({ arn, baseArn }) => archive.compareRuns(arn, baseArn, options)),
    ),
    summaries: {
      findings: summarize('findings'),
      telemetry: summarize('telemetry'),
      assessmentRuns: summarize('assessmentRuns'),
    },
    searches: {
      assessmentRun: search('assessmentRun', ({ arn, entity }) => {
        if (entity !== null) entities.assessmentRun.prime(arn, entity);
      }),
      finding: search('finding', ({ arn, entity }) => {
        if (entity !== null) entities.finding.prime(arn, entity);
      }),
      host: search('host', () => {}),
    },
  };
}

/** The batch function of an operation that takes one key at a time. */
function oneByOne<Key, T>(read: (key: Key) => Promise<T>) {
  return (keys: readonly Key[]) => Promise.all(keys.map((key) => read(key).catch(toError)));
}

/** A loader that can be given what something else has read. */
interface PrimableLoader<Key, T> extends Loader<Key, T> {
  /** Is loaded from now on, unless something else was loaded before. */
  prime(key: Key, value: T | InspectorFailure): void;
}

/** Keys are compared as JSON. */
function createLoader<Key, T>(
  readAll: (keys: readonly Key[]) => Promise<readonly (T | Error)[]>,
  peek?: (key: Key) => T | undefined,
  maxBatchSize = Number.POSITIVE_INFINITY,
): PrimableLoader<Key, T> {
  // Created on first use: a request uses two or three of seventeen loaders.
  let loaded: Map<string, T> | undefined;
  let loader: DataLoader<Key, T, string> | undefined;

  function store(id: string, value: T): T {
    loaded ??= new Map();
    loaded.set(id, value);
    return value;
  }

  const createDataLoader = () =>
    new DataLoader<Key, T, string>(
      async (keys) => {
        const results = await readAll(keys);
        keys.forEach((key, index) => {
          const result = results[index];
          if (result instanceof InspectorFailure && result.canRetry) loader?.clear(key);
          if (!(result instanceof Error)) store(toId(key), result as T);
        });
        return results;
      },
      { cacheKeyFn: toId, maxBatchSize },
    );

  return {
    load(key) {
      const id = toId(key);
      const earlier = loaded?.get(id);
      if (earlier !== undefined) return earlier;
      const cached = peek?.(key);
      if (cached !== undefined) return store(id, cached);
      loader ??= createDataLoader();
      return loader.load(key);
    },
    prime(key, value) {
      if (value instanceof InspectorFailure) {
        loader ??= createDataLoader();
        loader.prime(key, value);
      } else if (loaded?.has(toId(key)) !== true) {
        store(toId(key), value);
      }
    },
  };
}

function toId(key: unknown): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('Something that is no Error was thrown.', { cause: thrown });
}
