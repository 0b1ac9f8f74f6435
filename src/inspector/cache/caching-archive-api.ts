import type { Scope } from '../../domain/scope.js';
import type { CacheStats } from '../../metrics.js';
import type { Waiters } from '../../shared-abort.js';
import type { ArchiveApi, Searches, SearchKind, SearchPage } from '../archive-api.js';
import {
  ArchiveAnswer,
  type ArchiveCalls,
  type ArchiveRequest,
  type SharedAnswer,
  toAgentsRequest,
  toComparisonRequest,
  toDescriptionRequest,
  toHostTelemetryRequest,
  toSearchRequest,
  toSummaryRequest,
} from '../archive-requests.js';
import type { AssessmentRun, Finding, ReadOptions } from '../inspector-api.js';
import { InspectorFailure } from '../inspector-failure.js';
import { createReadThrough } from './read-through.js';
import { type CacheEntry, type FetchTime, type SharedCache, toError, toFetchTime } from './shared-cache.js';

/** Answers as JSON; what they are made to takes up to four times as much. Pages have some 50 KB. */
const MAX_CHARACTERS = 16 * 2 ** 20;

/** What an entry takes beside its key and its answer. */
const OVERHEAD_CHARACTERS = 500;

/** What the answers are kept in and for how long, and what else keeps parts of them. */
interface CachingOptions {
  readonly shared: SharedCache;
  readonly ttls: { ttlMs: number; negativeTtlMs: number; staleMs: number; toRevision(): string | null };
  readonly stats: CacheStats;
  /** Keeps a document of a search as if it had been described. */
  addEntity(
    kind: 'assessmentRun' | 'finding',
    entry: CacheEntry<AssessmentRun | Finding>,
    revision: string | null,
  ): void;
  readonly batchGetTelemetryMetadata: ArchiveApi['batchGetTelemetryMetadata'];
}

/** When something was asked, and the revision that was known then. */
interface AskedAt {
  readonly fetchTime: FetchTime;
  readonly revision: string | null;
}

/** ArchiveApi over calls. Answers are cached by what was asked, until the archive has another revision, or their TTL is over. */
export function createCachingArchiveApi(
  calls: ArchiveCalls,
  { shared, ttls, stats, addEntity, batchGetTelemetryMetadata }: CachingOptions,
): ArchiveApi {
  const { ttlMs, toRevision, ...others } = ttls;
  const answers = createReadThrough<string, ArchiveAnswer<unknown>>(
    {
      maxSize: MAX_CHARACTERS,
      sizeCalculation: (entry, key) =>
        OVERHEAD_CHARACTERS + key.length + ('failure' in entry ? 0 : entry.value.text.length),
    },
    { ...others, toRevision, ttlMs: () => ttlMs },
    stats,
    'archive',
  );

  /** `onRead` gets what the archive answered, unless it was kept. */
  async function read<T>(
    request: ArchiveRequest<T>,
    options: ReadOptions | undefined,
    onRead: (value: T, askedAt: AskedAt) => void = () => {},
  ): Promise<T> {
    const { operation, input, scope, parse } = request;
    // At a revision that is not known nothing is kept.
    if (!calls.isDetected) await calls.isSupported(options);
    const askedAt = { revision: toRevision(), fetchTime: toFetchTime() };
    const load = async (key: string, { signal }: Waiters) => {
      const [result] = await shared.readThrough<ArchiveAnswer<T>>(
        [key],
        (entry) => answers.isFresh(key, entry),
        async () => {
          const answer = await calls.call(request, { signal }).catch(toError);
          if (answer instanceof ArchiveAnswer) onRead(answer.value, askedAt);
          return [answer];
        },
        (value) => {
          const { output } = value as SharedAnswer;
          return new ArchiveAnswer(parse(JSON.parse(output), { operation, requestId: undefined }), output);
        },
      );
      return result as NonNullable<typeof result>;
    };
    const answer = await answers.read(toKey(operation, scope, input), load, options);
    return answer.value as T;
  }

  /** Caches the documents on a page. */
  function addEntities<K extends SearchKind>(
    kind: K,
    { items }: SearchPage<Searches[K]['item']>,
    { fetchTime, revision }: AskedAt,
  ): void {
    if (kind === 'host') return;
    for (const { item } of items) {
      const { entity } = item as Searches['assessmentRun' | 'finding']['item'];
      if (entity === null || entity instanceof InspectorFailure) continue;
      addEntity(kind, { value: entity, ...fetchTime }, revision);
    }
  }

  return {
    get revision() {
      return calls.revision;
    },
    get isDetected() {
      return calls.isDetected;
    },
    isSupported: (options) => calls.isSupported(options),
    describeArchive: (options, scope) => read(toDescriptionRequest(scope), options),
    search: (kind, query, options) =>
      read(toSearchRequest(kind, query), options, (page, askedAt) => addEntities(kind, page, askedAt)),
    summarize: (kind, query, options) => read(toSummaryRequest(kind, query), options),
    compareRuns: (arn, baseArn, options) => read(toComparisonRequest(arn, baseArn), options),
    batchGetTelemetryMetadata,
    batchGetAssessmentRunAgents: (agents, options) => read(toAgentsRequest(agents), options),
    batchGetHostTelemetry: (hosts, options) => read(toHostTelemetryRequest(hosts), options),
  };
}

/** Answers of different scopes are different answers. */
function toKey(operation: string, scope: Scope | undefined, input: object): string {
  return `${operation} ${scope === undefined ? '' : `${JSON.stringify(scope)} `}${JSON.stringify(input)}`;
}
