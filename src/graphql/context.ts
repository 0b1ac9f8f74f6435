import type { InspectorApi, ReadOptions, TelemetryMetadata } from '../inspector/inspector-api.js';
import type { ArnKind, InspectorArn } from '../inspector/inspector-arn.js';
import type { Waiters } from '../shared-abort.js';
import { AnswerFreshness } from './answer-freshness.js';
import { AnswerMeter } from './answer-meter.js';
import { createLoaders, type Loaders } from './loaders.js';

/** What is known of a thing before any of its fields is asked for: reading the rest is the fields' business. */
export interface EntityParent<K extends ArnKind> {
  readonly kind: K;
  readonly arn: InspectorArn<K>;
}

/** What the `Telemetry` type is resolved from. */
export interface TelemetryParent {
  readonly telemetryMetadata: readonly TelemetryMetadata[];
}

/** What resolvers share during one request, and only then. */
export interface GraphQLContext {
  /** The id of the HTTP request, as in its x-request-id header and its log line. */
  readonly requestId: string;
  readonly loaders: Loaders;
  /** What is known without waiting; undefined where nothing is kept. */
  readonly known: InspectorApi['known'];
  /** What went wrong so far, each once: in an entry of `errors` or as data. */
  readonly failures: Set<unknown>;
  /** Whether everybody who waited for the answer has gone. */
  isAbandoned(): boolean;
  /** Told of all that is read. */
  readonly freshness: AnswerFreshness;
  /** What is executed, for the log; the name is undefined before that, and where there is none. */
  readonly operation: { name: string | undefined };
  /** Told of all that is answered. */
  readonly answer: AnswerMeter;
}

/**
 * A context for one request; its loaders remember nothing beyond it. What they wait for is given up when its waiters
 * have gone, unless others wait for it too.
 */
export function createContext(inspector: InspectorApi, requestId: string, waiters?: Waiters): GraphQLContext {
  const freshness = new AnswerFreshness();
  const options: ReadOptions = {
    onFreshness: freshness.add,
    get signal() {
      return waiters?.signal;
    },
  };
  return {
    requestId,
    loaders: createLoaders(inspector, options),
    known: inspector.known,
    failures: new Set(),
    isAbandoned: () => waiters?.isGone === true,
    freshness,
    // An object: Apollo Server gives its plugins a copy of the context.
    operation: { name: undefined },
    answer: new AnswerMeter(),
  };
}
