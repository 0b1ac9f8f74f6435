import DataLoader from 'dataloader';
import type { AssessmentRunArn } from '../inspector/assessment-run-arn.js';
import type { AssessmentRun, AssessmentRunPage, InspectorApi, TelemetryMetadata } from '../inspector/inspector-api.js';
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

/** The loaders of one request. They reject with an InspectorFailure. */
export interface Loaders {
  readonly telemetry: DataLoader<AssessmentRunArn, readonly TelemetryMetadata[], string>;
  readonly assessmentRun: DataLoader<AssessmentRunArn, AssessmentRun, string>;
  readonly assessmentRunPage: DataLoader<PageKey, AssessmentRunPage, string>;
}

interface PageKey {
  readonly maxResults: number;
  readonly nextToken: string | undefined;
}

/** Loaders for one request: sharing them between requests would keep what they hold for ever. */
export function createLoaders(inspector: InspectorApi): Loaders {
  const telemetry = createLoader<AssessmentRunArn, readonly TelemetryMetadata[]>((arns) =>
    Promise.all(arns.map((arn) => inspector.getTelemetryMetadata(arn).catch(toError))),
  );
  const assessmentRun = createLoader<AssessmentRunArn, AssessmentRun>((arns) => inspector.describeAssessmentRuns(arns));
  const assessmentRunPage = createLoader<PageKey, AssessmentRunPage>((pages) =>
    Promise.all(pages.map((page) => inspector.listAssessmentRuns(page).catch(toError))),
  );
  return { telemetry, assessmentRun, assessmentRunPage };
}

/** Keys are the same when they are the same JSON. */
function createLoader<Key, T>(readAll: (keys: readonly Key[]) => Promise<readonly (T | Error)[]>) {
  const loader = new DataLoader<Key, T, string>(
    async (keys) => {
      const results = await readAll(keys);
      keys.forEach((key, place) => {
        const result = results[place];
        if (result instanceof InspectorFailure && result.canRetry) loader.clear(key);
      });
      return results;
    },
    { cacheKeyFn: (key) => JSON.stringify(key) },
  );
  return loader;
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('Something that is no Error was thrown.', { cause: thrown });
}
