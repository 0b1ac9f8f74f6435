import DataLoader from 'dataloader';
import type {
  AssessmentReport,
  AssessmentReportQuery,
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

/*
 * DataLoader in front of an API that has no batch operation
 *
 * DataLoader collects the keys that resolvers ask for while the current run of promise jobs lasts, and hands them to one
 * batch function. DescribeAssessmentRuns is made for that: up to ten runs in one call. GetTelemetryMetadata is not, it
 * answers for one run at a time, and yet three things come from going through a loader all the same:
 *
 * - `telemetry`, `telemetryTotal` and `telemetryResult` of a run, under as many aliases as a query likes, are one key
 *   and therefore one read, which succeeds or fails the same way for all of them.
 * - A run reads the same everywhere in one response, whatever expires in the shared cache while it is made.
 * - The batch function is the one place that sees all the runs of a query, should Inspector ever offer more.
 *
 * What it does not give is a limit: a batch of a hundred runs is a hundred calls, and DataLoader's maxBatchSize would
 * only cut it into pieces that start together. How many calls are in flight is therefore decided where calls are made,
 * for the whole process, and who is asking for the same run at the same moment in the cache behind this.
 *
 * A batch function must answer for each key: with a value, or with an Error that fails this key alone. DataLoader keeps
 * such an Error like a value, for as long as the loader lives. That suits a run that does not exist; a failure that may
 * be gone a moment later is cleared, so that a field further down the same query may try again.
 */

/** What is known already needs neither a batch nor a promise: with fifty runs in a query those are what it costs. */
export interface Loader<Key, T> {
  /** What is known at once, and otherwise a promise by DataLoader. The same for the same key all through a request. */
  load(key: Key): T | Promise<T>;
}

/** The loaders of one request. They reject with an InspectorFailure. */
export interface Loaders {
  readonly telemetry: Loader<AssessmentRunArn, readonly TelemetryMetadata[]>;
  readonly tags: Loader<InspectorArn<'assessmentTemplate'>, readonly KeyValue[]>;
  /** Null for a report that the upstream does not have. */
  readonly reports: Loader<AssessmentReportQuery, AssessmentReport | null>;
  /** What is described by ARN, by its kind. */
  readonly entities: { readonly [K in ArnKind]: Loader<InspectorArn<K>, Entities[K]> };
  /** Pages of lists, by what is listed. */
  readonly pages: { readonly [K in ListKind]: Loader<ListQuery<K>, ListPage<Lists[K]['item']>> };
}

/** What `use` makes of a value that is there or will be. */
export function whenLoaded<T, U>(loaded: T | Promise<T>, use: (value: T) => U): U | Promise<U> {
  return loaded instanceof Promise ? loaded.then(use) : use(loaded);
}

/** Loaders for one request: sharing them between requests would keep what they hold for ever. The options go with each read. */
export function createLoaders(inspector: InspectorApi, options?: ReadOptions): Loaders {
  const describe = <K extends ArnKind>(kind: K) =>
    createLoader<InspectorArn<K>, Entities[K]>(
      (arns) => inspector.describe(kind, arns, options),
      (arn) => inspector.known?.entity(kind, arn, options),
    );
  const list = <K extends ListKind>(kind: K) =>
    createLoader<ListQuery<K>, ListPage<Lists[K]['item']>>(oneByOne((query) => inspector.list(kind, query, options)));
  return {
    telemetry: createLoader(
      oneByOne((arn) => inspector.getTelemetryMetadata(arn, options)),
      (arn) => inspector.known?.telemetryMetadata(arn, options),
    ),
    tags: createLoader(oneByOne((arn) => inspector.listTagsForResource(arn, options))),
    reports: createLoader(oneByOne((query) => inspector.getAssessmentReport(query, options))),
    entities: {
      assessmentRun: describe('assessmentRun'),
      assessmentTemplate: describe('assessmentTemplate'),
      assessmentTarget: describe('assessmentTarget'),
      resourceGroup: describe('resourceGroup'),
      rulesPackage: describe('rulesPackage'),
      finding: describe('finding'),
      exclusion: describe('exclusion'),
    },
    pages: {
      assessmentRun: list('assessmentRun'),
      assessmentTemplate: list('assessmentTemplate'),
      assessmentTarget: list('assessmentTarget'),
      rulesPackage: list('rulesPackage'),
      finding: list('finding'),
      exclusion: list('exclusion'),
      assessmentRunAgent: list('assessmentRunAgent'),
    },
  };
}

/** Of an operation that answers for one key at a time; a failure stands at the place of its key. */
function oneByOne<Key, T>(read: (key: Key) => Promise<T>) {
  return (keys: readonly Key[]) => Promise.all(keys.map((key) => read(key).catch(toError)));
}

/** Keys are the same when they are the same JSON. */
function createLoader<Key, T>(
  readAll: (keys: readonly Key[]) => Promise<readonly (T | Error)[]>,
  findKnown?: (key: Key) => T | undefined,
): Loader<Key, T> {
  // Made when they are first used: a request uses two or three of seventeen loaders.
  let given: Map<string, T> | undefined;
  let loader: DataLoader<Key, T, string> | undefined;

  function give(id: string, value: T): T {
    given ??= new Map();
    given.set(id, value);
    return value;
  }

  const createDataLoader = () =>
    new DataLoader<Key, T, string>(
      async (keys) => {
        const results = await readAll(keys);
        keys.forEach((key, place) => {
          const result = results[place];
          if (result instanceof InspectorFailure && result.canRetry) loader?.clear(key);
          if (!(result instanceof Error)) give(toId(key), result as T);
        });
        return results;
      },
      { cacheKeyFn: toId },
    );

  return {
    load(key) {
      const id = toId(key);
      const known = given?.get(id);
      if (known !== undefined) return known;
      const found = findKnown?.(key);
      if (found !== undefined) return give(id, found);
      loader ??= createDataLoader();
      return loader.load(key);
    },
  };
}

function toId(key: unknown): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('Something that is no Error was thrown.', { cause: thrown });
}
