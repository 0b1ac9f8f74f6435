import { LRUCache } from 'lru-cache';
import type { AssessmentRunArn } from './assessment-run-arn.js';
import type { AssessmentRun, InspectorApi, TelemetryMetadata } from './inspector-api.js';
import { InspectorFailure, toFailure } from './inspector-failure.js';

/** `ttlMs` 0 remembers nothing, and still lets simultaneous readers share one call. */
export interface CacheLimits {
  ttlMs: number;
  maxRuns: number;
}

// A run has some 30 rows, and at most 5,000: bounding rows as well as runs keeps memory in proportion.
const ROWS_PER_RUN = 50;
const MAX_ROWS_OF_A_RUN = 5000;

/**
 * Remembers telemetry and details by run for the whole process, and joins whoever asks for a run that is being read.
 * NoSuchEntity is remembered for a tenth of the time, since the run may be imported; no other failure is remembered,
 * nor any with canRetry. Lists are passed through.
 */
export function createCachingInspectorApi(inspector: InspectorApi, { ttlMs, maxRuns }: CacheLimits): InspectorApi {
  const telemetry = createReadThrough<readonly TelemetryMetadata[]>(
    new LRUCache({
      max: maxRuns,
      maxSize: MAX_ROWS_OF_A_RUN + maxRuns * ROWS_PER_RUN,
      sizeCalculation: (known) => (known instanceof InspectorFailure ? 1 : 1 + known.length),
    }),
    ttlMs,
  );
  const details = createReadThrough<AssessmentRun>(new LRUCache({ max: maxRuns }), ttlMs);

  return {
    getTelemetryMetadata: (arn) => telemetry(arn, () => inspector.getTelemetryMetadata(arn)),
    describeAssessmentRuns(arns) {
      // The runs that are neither known nor being read gather here before the batch is asked for, a microtask later.
      const missing: AssessmentRunArn[] = [];
      const batch = Promise.resolve().then(() =>
        missing.length === 0 ? [] : inspector.describeAssessmentRuns(missing),
      );
      const read = async (arn: AssessmentRunArn) => {
        const place = missing.push(arn) - 1;
        const result = (await batch)[place] as AssessmentRun | InspectorFailure;
        if (result instanceof InspectorFailure) throw result;
        return result;
      };
      return Promise.all(arns.map((arn) => details(arn, () => read(arn)).catch(toFailure)));
    },
    listAssessmentRuns: (input) => inspector.listAssessmentRuns(input),
  };
}

/**
 * A read through a cache. Reads in the making are kept beside it, and not in it as lru-cache's own fetch does: what is
 * evicted there while it is being read would be read twice.
 */
function createReadThrough<Value extends object>(
  cache: LRUCache<AssessmentRunArn, Value | InspectorFailure>,
  ttlMs: number,
) {
  const reading = new Map<AssessmentRunArn, Promise<Value>>();

  async function readAndRemember(arn: AssessmentRunArn, read: () => Promise<Value>): Promise<Value> {
    try {
      const value = await read();
      if (ttlMs > 0) cache.set(arn, value, { ttl: ttlMs });
      return value;
    } catch (failure) {
      const isLasting = failure instanceof InspectorFailure && failure.code === 'NO_SUCH_ENTITY' && !failure.canRetry;
      if (isLasting && ttlMs > 0) cache.set(arn, failure, { ttl: ttlMs / 10 });
      throw failure;
    } finally {
      reading.delete(arn);
    }
  }

  return async (arn: AssessmentRunArn, read: () => Promise<Value>): Promise<Value> => {
    const known = cache.get(arn);
    if (known instanceof InspectorFailure) throw known;
    if (known !== undefined) return known;
    const joined = reading.get(arn);
    if (joined !== undefined) return joined;
    const promise = readAndRemember(arn, read);
    reading.set(arn, promise);
    return promise;
  };
}
