import { LRUCache } from 'lru-cache';
import type { AssessmentRunArn } from './assessment-run-arn.js';
import type { AssessmentRun, InspectorApi, TelemetryMetadata } from './inspector-api.js';
import { InspectorFailure } from './inspector-failure.js';

/** `ttlMs` 0 remembers nothing, and still lets simultaneous readers share one call. */
export interface CacheLimits {
  ttlMs: number;
  maxRuns: number;
}

// A run has some 30 rows, and at most 5,000: bounding rows as well as runs keeps memory in proportion.
const ROWS_PER_RUN = 50;
const MAX_ROWS_OF_A_RUN = 5000;

type Outcome<T> = { readonly value: T } | { readonly failure: InspectorFailure };

/** The runs that one call of describeAssessmentRuns has to ask for, and the results once they are there. */
interface DescribeBatch {
  readonly arns: AssessmentRunArn[];
  readonly results: Promise<readonly (AssessmentRun | InspectorFailure)[]>;
}

/**
 * Remembers telemetry and details by run for the whole process, and joins whoever asks for a run that is being read.
 * NoSuchEntity is remembered for a tenth of the time, since the run may be imported; no other failure is remembered,
 * nor any with canRetry. Lists are passed through.
 */
export function createCachingInspectorApi(inspector: InspectorApi, { ttlMs, maxRuns }: CacheLimits): InspectorApi {
  // lru-cache takes 0 for "for ever".
  const limits = { max: maxRuns, ttl: Math.max(1, ttlMs), ignoreFetchAbort: true };

  const telemetry = new LRUCache<AssessmentRunArn, Outcome<readonly TelemetryMetadata[]>>({
    ...limits,
    maxSize: MAX_ROWS_OF_A_RUN + maxRuns * ROWS_PER_RUN,
    sizeCalculation: (outcome) => ('value' in outcome ? 1 + outcome.value.length : 1),
    fetchMethod: async (arn, _stale, { options }) =>
      remember(options, await inspector.getTelemetryMetadata(arn).catch(toFailureResult)),
  });

  const runs = new LRUCache<AssessmentRunArn, Outcome<AssessmentRun>, DescribeBatch>({
    ...limits,
    fetchMethod: async (arn, _stale, { options, context: batch }) => {
      const place = batch.arns.push(arn) - 1;
      const results = await batch.results;
      return remember(options, results[place] as AssessmentRun | InspectorFailure);
    },
  });

  function remember<T extends object>(options: { ttl?: number }, result: T | InspectorFailure): Outcome<T> {
    if (!(result instanceof InspectorFailure)) return { value: result };
    // lru-cache keeps nothing of a fetch that is rejected.
    if (result.code !== 'NO_SUCH_ENTITY' || result.canRetry) throw result;
    options.ttl = Math.max(1, ttlMs / 10);
    return { failure: result };
  }

  return {
    async getTelemetryMetadata(arn) {
      return unwrap(await telemetry.fetch(arn));
    },
    async describeAssessmentRuns(arns) {
      const batch = createDescribeBatch(inspector);
      const outcomes = arns.map((arn) => runs.fetch(arn, { context: batch }).then(unwrap).catch(toFailureResult));
      return Promise.all(outcomes);
    },
    listAssessmentRuns: (input) => inspector.listAssessmentRuns(input),
  };
}

/** lru-cache calls fetchMethod at once for a run that it does not have, so that the batch is complete a microtask later. */
function createDescribeBatch(inspector: InspectorApi): DescribeBatch {
  const arns: AssessmentRunArn[] = [];
  const results = Promise.resolve().then(() => (arns.length === 0 ? [] : inspector.describeAssessmentRuns(arns)));
  return { arns, results };
}

function unwrap<T>(outcome: Outcome<T> | undefined): T {
  if (outcome !== undefined && 'value' in outcome) return outcome.value;
  throw outcome?.failure ?? new Error('The cache gave up a read that was still wanted.');
}

function toFailureResult(thrown: unknown): InspectorFailure {
  if (thrown instanceof InspectorFailure) return thrown;
  throw thrown;
}
