import { type ArchiveApi, unsupportedArchiveApi } from '../inspector/archive-api.js';
import type { InspectorApi, ReadOptions, TelemetryMetadata } from '../inspector/inspector-api.js';
import type { ArnKind, InspectorArn } from '../inspector/inspector-arn.js';
import type { Histograms } from '../metrics.js';
import type { Waiters } from '../shared-abort.js';
import type { CallCount } from '../signal.js';
import { AnswerMeter } from './answer-meter.js';
import type { AuditedOperation } from './audited-operation.js';
import { CachePolicy } from './cache-policy.js';
import type { OperationCost } from './execution/counted-cost.js';
import type { TextJoin } from './execution/text-join.js';
import { createLoaders, type Loaders } from './loaders.js';

/** The parent value of an entity's fields, which load the rest. */
export interface EntityParent<K extends ArnKind> {
  readonly kind: K;
  readonly arn: InspectorArn<K>;
}

/** The parent value of the fields of `Telemetry`. */
export interface TelemetryParent {
  readonly telemetryMetadata: readonly TelemetryMetadata[];
}

/** The context of one request, which its resolvers share. */
export interface GraphQLContext {
  /** The x-request-id of the HTTP request, which its log line has, too. */
  readonly requestId: string;
  readonly loaders: Loaders;
  /** Whether the upstream is an archive; what it answers comes from the loaders. */
  readonly archive: Pick<ArchiveApi, 'isSupported' | 'isDetected'>;
  /** Whether the caller may see a resource. */
  mayRead(arn: InspectorArn): boolean;
  /** Whether the caller may ask for the schema. */
  readonly maySeeSchema: boolean;
  /** Cached values; undefined without a cache. */
  readonly known: InspectorApi['known'];
  /** The failures so far, each once, in `errors` or as data. */
  readonly failures: Set<unknown>;
  /** Whether all clients that waited for the answer have disconnected. */
  isAborted(): boolean;
  /** How long the answer may be cached. */
  readonly freshness: CachePolicy;
  /**
   * The executed operation: its name, for the log, is undefined before the execution and for an anonymous one; `join` is how
   * the same is answered with other variables from kept texts, or null; `cost` is null where it was not counted; `calls` are
   * those of the upstream that it has made;
   * `audited` is null where there is no audit.
   */
  readonly operation: {
    name: string | undefined;
    join: TextJoin | null;
    cost: OperationCost | null;
    readonly calls: CallCount;
    audited: AuditedOperation | null;
  };
  /** Charges the caller's budget, see Budget; absent where callers have none. */
  readonly charge?: ((units: number) => Promise<number> | number) | undefined;
  /** The size of the answer so far. */
  readonly answer: AnswerMeter;
}

/** What a context has of its caller and its server. */
export interface ContextOptions {
  /** Absent where callers have no budget. */
  charge?: GraphQLContext['charge'];
  /** Absent where callers do not take turns at the upstream. */
  caller?: string | undefined;
  /** Whether the caller may ask for the schema: unless it is said otherwise. */
  maySeeSchema?: boolean | undefined;
  batchSizes?: Histograms;
}

/**
 * Creates the context of one request. Its reads are aborted when its waiters have left, unless other requests share them.
 * An upstream without `archive` has no operation of an archive.
 */
export function createContext(
  inspector: InspectorApi & { readonly archive?: ArchiveApi },
  requestId: string,
  waiters?: Waiters,
  { charge, caller, maySeeSchema = true, batchSizes }: ContextOptions = {},
): GraphQLContext {
  const { archive = unsupportedArchiveApi } = inspector;
  const { revision } = archive;
  const freshness = new CachePolicy(() => archive.revision !== revision);
  const calls: CallCount = { made: 0 };
  const options: ReadOptions = {
    caller,
    calls,
    onFreshness: freshness.add,
    get signal() {
      return waiters?.signal;
    },
  };
  return {
    requestId,
    loaders: createLoaders(inspector, archive, options, batchSizes),
    archive,
    mayRead: inspector.mayRead ?? (() => true),
    maySeeSchema,
    known: inspector.known,
    failures: new Set(),
    isAborted: () => waiters?.isAborted === true,
    freshness,
    // An object, since Apollo Server gives its plugins a copy of the context.
    operation: { name: undefined, join: null, cost: null, calls, audited: null },
    answer: new AnswerMeter(),
    charge,
  };
}
