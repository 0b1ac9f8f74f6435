import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeAssessmentRunsCommand,
  GetTelemetryMetadataCommand,
  ListAssessmentRunsCommand,
} from '@aws-sdk/client-inspector';
import PQueue from 'p-queue';
import { type AssessmentRunArn, toRegion } from './assessment-run-arn.js';
import type { AssessmentRun, AssessmentRunPage, InspectorApi } from './inspector-api.js';
import {
  addToMessage,
  createBadResponseFailure,
  createTimeoutFailure,
  InspectorFailure,
  isUnreadableAnswer,
  toFailedItemFailure,
  toFailure,
  toInspectorFailure,
} from './inspector-failure.js';
import type { InspectorSource } from './inspector-source.js';
import { type Place, parsePlace, toNextPlace, toToken } from './list-place.js';
import { toBackoffMs } from './retry-strategy.js';
import { createClients } from './sdk-clients.js';
import {
  type CallId,
  parseAssessmentRun,
  parseAssessmentRunPage,
  parseDescribedRuns,
  parseTelemetryMetadata,
} from './upstream-response.js';

/** BatchDescribeArnList of the API holds 1 to 10 ARNs. */
const MAX_ARNS_PER_DESCRIBE = 10;
/** How many of Inspector's pages one read of a list may take; it then ends with what it has, and can be continued. */
const MAX_PAGES_PER_READ = 10;

/** Limits in milliseconds and in numbers of calls; `concurrency` counts the calls in flight of the whole instance. */
export interface SdkLimits {
  connectTimeoutMs: number;
  deadlineMs: number;
  maxAttempts: number;
  concurrency: number;
}

/**
 * InspectorApi over HTTP, by the AWS SDK. Every call is bounded by the deadline of its read, waiting for its turn and
 * backing off included. `close` ends idle connections.
 */
export function createSdkInspectorApi(source: InspectorSource, limits: SdkLimits): InspectorApi & { close(): void } {
  const turns = new PQueue({ concurrency: limits.concurrency });
  const clientFor = createClients(source, limits);

  return { getTelemetryMetadata, describeAssessmentRuns, listAssessmentRuns, close: () => clientFor.close() };

  async function getTelemetryMetadata(arn: AssessmentRunArn) {
    const operation = 'GetTelemetryMetadata';
    return withDeadline(operation, async (deadline) => {
      const output = await send(operation, deadline, (abortSignal) =>
        clientFor(toRegion(arn)).send(new GetTelemetryMetadataCommand({ assessmentRunArn: arn }), { abortSignal }),
      );
      return parseTelemetryMetadata(output.telemetryMetadata, toCallId(operation, output));
    });
  }

  async function describeAssessmentRuns(arns: readonly AssessmentRunArn[]) {
    const results = new Map<AssessmentRunArn, AssessmentRun | InspectorFailure>();
    await withDeadline('DescribeAssessmentRuns', (deadline) =>
      Promise.all(toChunks(new Set(arns), source).map((chunk) => describeChunk(chunk, results, deadline))),
    );
    return arns.map((arn) => results.get(arn) as AssessmentRun | InspectorFailure);
  }

  /** Describes at most 10 runs of one endpoint; what AWS calls retryable among its failedItems is asked for again. */
  async function describeChunk(
    chunk: readonly AssessmentRunArn[],
    results: Map<AssessmentRunArn, AssessmentRun | InspectorFailure>,
    deadline: AbortSignal,
  ): Promise<void> {
    let pending = chunk;
    for (let attempt = 1; ; attempt += 1) {
      const described = await describeOnce(pending, deadline).catch(toFailure);
      if (described instanceof InspectorFailure && isUnreadableAnswer(described) && pending.length > 1) {
        // The SDK gives up a whole answer for one bad run in it: asked for alone, the others are spared.
        await Promise.all(pending.map((arn) => describeChunk([arn], results, deadline)));
        return;
      }
      // A failed call says less of these runs than their failed items of the call before.
      if (described instanceof InspectorFailure && attempt > 1) return;
      for (const arn of pending) results.set(arn, described instanceof InspectorFailure ? described : described(arn));
      if (described instanceof InspectorFailure || attempt === limits.maxAttempts) return;
      pending = pending.filter((arn) => isRetryable(results.get(arn)));
      if (pending.length === 0) return;
      await delay(toBackoffMs(attempt), undefined, { signal: deadline }).catch(() => {});
      // Out of time: each of these runs keeps the failure that Inspector gave it.
      if (deadline.aborted) return;
    }
  }

  /** One DescribeAssessmentRuns call, as a function from an ARN to what the answer says of it. */
  async function describeOnce(assessmentRunArns: readonly AssessmentRunArn[], deadline: AbortSignal) {
    const operation = 'DescribeAssessmentRuns';
    const output = await send(operation, deadline, (abortSignal) => {
      const command = new DescribeAssessmentRunsCommand({ assessmentRunArns: [...assessmentRunArns] });
      return clientFor(toRegion(assessmentRunArns[0] as AssessmentRunArn)).send(command, { abortSignal });
    });
    const callId = toCallId(operation, output);
    const { runsByArn, failedItems } = parseDescribedRuns(output, callId);
    return (arn: AssessmentRunArn): AssessmentRun | InspectorFailure => {
      const run = runsByArn.get(arn);
      if (run !== undefined) return settle(() => parseAssessmentRun(run, callId));
      if (Object.hasOwn(failedItems, arn)) return toFailedItemFailure(failedItems[arn], operation, callId.requestId);
      return createBadResponseFailure('the run is in neither of its lists', operation, callId.requestId);
    };
  }

  /** Inspector's pages may be shorter than asked for, even empty, and still not be the last: several make one of ours. */
  async function listAssessmentRuns(input: {
    maxResults: number;
    nextToken?: string | undefined;
  }): Promise<AssessmentRunPage> {
    const start = parsePlace(input.nextToken, source.regions);
    return withDeadline('ListAssessmentRuns', async (deadline) => {
      const assessmentRunArns: AssessmentRunArn[] = [];
      let place: Place | null = start;
      for (let pages = 0; place !== null && pages < MAX_PAGES_PER_READ; pages += 1) {
        const maxResults = input.maxResults - assessmentRunArns.length;
        if (maxResults <= 0) break;
        const page = await listOnce(place, maxResults, deadline);
        assessmentRunArns.push(...page.assessmentRunArns);
        place = page.next;
      }
      return { assessmentRunArns, nextToken: place && toToken(place, source.regions) };
    });
  }

  /** One ListAssessmentRuns call, and the place behind its page: null when nothing follows in any region. */
  async function listOnce({ region, token }: Place, maxResults: number, deadline: AbortSignal) {
    const operation = 'ListAssessmentRuns';
    const output = await send(operation, deadline, (abortSignal) => {
      const command = new ListAssessmentRunsCommand({ maxResults, ...(token === null ? {} : { nextToken: token }) });
      return clientFor(region).send(command, { abortSignal });
    });
    const callId = toCallId(operation, output);
    const { assessmentRunArns, nextToken } = parseAssessmentRunPage(output, callId);
    if (nextToken !== null && nextToken === token) {
      throw createBadResponseFailure('its nextToken leads back to the same page', operation, callId.requestId);
    }
    return { assessmentRunArns, next: toNextPlace({ region, token: nextToken }, source.regions) };
  }

  async function withDeadline<T>(operation: string, read: (deadline: AbortSignal) => Promise<T>): Promise<T> {
    const deadline = new AbortController();
    // Every call of the read listens to it.
    setMaxListeners(0, deadline.signal);
    const timer = setTimeout(() => deadline.abort(withHint(createTimeoutFailure(operation))), limits.deadlineMs);
    try {
      return await read(deadline.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  async function send<T>(operation: string, deadline: AbortSignal, call: (signal: AbortSignal) => Promise<T>) {
    // Each call gets a signal of its own: the SDK's handler assigns signal.onabort, so that of several calls that share
    // one signal only the last would be aborted. Not AbortSignal.any, whose signals node 20 never lets go of.
    const own = new AbortController();
    const abort = () => own.abort();
    deadline.addEventListener('abort', abort, { once: true });
    try {
      // The queue rejects at the deadline, also while a call waits for its turn or backs off.
      return await turns.add(() => call(own.signal), { signal: deadline });
    } catch (thrown) {
      const failure = toInspectorFailure(thrown, operation);
      throw failure === undefined || failure === thrown ? thrown : withHint(failure);
    } finally {
      deadline.removeEventListener('abort', abort);
    }
  }

  function withHint(failure: InspectorFailure): InspectorFailure {
    const isUnreachable = failure.code === 'SERVICE_UNAVAILABLE' || failure.code === 'TIMEOUT';
    const hasAnswered = failure.requestId !== null;
    if (!isUnreachable || hasAnswered || source.unreachableHint === null) return failure;
    return addToMessage(failure, source.unreachableHint);
  }
}

/** Chunks of at most 10 ARNs, each of one endpoint, since AWS's endpoint of a region knows only its own runs. */
function toChunks(arns: Iterable<AssessmentRunArn>, source: InspectorSource): AssessmentRunArn[][] {
  const chunks: AssessmentRunArn[][] = [];
  const openChunks = new Map<string, AssessmentRunArn[]>();
  for (const arn of arns) {
    const endpoint = source.endpointFor(toRegion(arn));
    const open = openChunks.get(endpoint);
    if (open !== undefined && open.length < MAX_ARNS_PER_DESCRIBE) {
      open.push(arn);
      continue;
    }
    const chunk = [arn];
    chunks.push(chunk);
    openChunks.set(endpoint, chunk);
  }
  return chunks;
}

function toCallId(operation: string, output: { $metadata: { requestId?: string | undefined } }): CallId {
  return { operation, requestId: output.$metadata.requestId };
}

function isRetryable(result: AssessmentRun | InspectorFailure | undefined): boolean {
  return result instanceof InspectorFailure && result.canRetry;
}

function settle<T>(compute: () => T): T | InspectorFailure {
  try {
    return compute();
  } catch (thrown) {
    return toFailure(thrown);
  }
}
