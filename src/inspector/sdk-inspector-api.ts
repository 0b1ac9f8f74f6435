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
  createBadResponseFailure,
  createInvalidInputFailure,
  createTimeoutFailure,
  InspectorFailure,
  toFailedItemFailure,
  toInspectorFailure,
} from './inspector-failure.js';
import type { InspectorSource } from './inspector-source.js';
import { toBackoffMs } from './retry-strategy.js';
import { createClients } from './sdk-clients.js';
import {
  parseAssessmentRun,
  parseAssessmentRunPage,
  parseDescribedRuns,
  parseTelemetryMetadata,
  type ResponseSource,
} from './upstream-response.js';

/** BatchDescribeArnList of the API holds 1 to 10 ARNs. */
const MAX_ARNS_PER_DESCRIBE = 10;

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
      return parseTelemetryMetadata(output.telemetryMetadata, toSource(operation, output));
    });
  }

  async function describeAssessmentRuns(arns: readonly AssessmentRunArn[]) {
    const results = new Map<AssessmentRunArn, AssessmentRun | InspectorFailure>();
    await withDeadline('DescribeAssessmentRuns', (deadline) =>
      Promise.all(toChunks(new Set(arns), source).map((chunk) => describeChunk(chunk, results, deadline))),
    );
    return arns.map((arn) => results.get(arn) as AssessmentRun | InspectorFailure);
  }

  /** Describes at most 10 runs of one region; what AWS calls retryable among its failedItems is asked for again. */
  async function describeChunk(
    chunk: readonly AssessmentRunArn[],
    results: Map<AssessmentRunArn, AssessmentRun | InspectorFailure>,
    deadline: AbortSignal,
  ) {
    let pending = chunk;
    for (let attempt = 1; pending.length > 0; attempt += 1) {
      const described = await describeOnce(pending, deadline).catch(rethrowBugs);
      for (const arn of pending) results.set(arn, described instanceof InspectorFailure ? described : described(arn));
      if (described instanceof InspectorFailure || attempt === limits.maxAttempts) return;
      pending = pending.filter((arn) => isRetryable(results.get(arn)));
      if (pending.length === 0) return;
      await delay(toBackoffMs(attempt, 'INTERNAL_EXCEPTION'), undefined, { signal: deadline }).catch(() => {});
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
    const from = toSource(operation, output);
    const { assessmentRuns, failedItems } = parseDescribedRuns(output, from);
    // The API does not promise the order of the request.
    const runsByArn = new Map(assessmentRuns.map((run) => [run.arn, run]));
    return (arn: AssessmentRunArn): AssessmentRun | InspectorFailure => {
      const run = runsByArn.get(arn);
      if (run !== undefined) return settle(() => parseAssessmentRun(run, from));
      if (Object.hasOwn(failedItems, arn))
        return toFailedItemFailure(failedItems[arn] ?? {}, operation, from.requestId);
      return createBadResponseFailure('the run is in neither of its lists', operation, from.requestId);
    };
  }

  async function listAssessmentRuns(input: {
    maxResults: number;
    nextToken?: string | undefined;
  }): Promise<AssessmentRunPage> {
    const operation = 'ListAssessmentRuns';
    const { region, token } = parseRegionToken(input.nextToken, source.regions);
    return withDeadline(operation, async (deadline) => {
      const output = await send(operation, deadline, (abortSignal) =>
        clientFor(region).send(
          new ListAssessmentRunsCommand({
            maxResults: input.maxResults,
            ...(token === '' ? {} : { nextToken: token }),
          }),
          { abortSignal },
        ),
      );
      const page = parseAssessmentRunPage(output, toSource(operation, output));
      return { ...page, nextToken: toRegionToken(region, page.nextToken, source.regions) };
    });
  }

  async function withDeadline<T>(operation: string, read: (deadline: AbortSignal) => Promise<T>): Promise<T> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(withHint(createTimeoutFailure(operation))), limits.deadlineMs);
    try {
      return await read(deadline.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  async function send<T>(operation: string, deadline: AbortSignal, call: (signal: AbortSignal) => Promise<T>) {
    try {
      // Each call gets a signal of its own: the SDK's handler assigns signal.onabort, so that of several calls that
      // share one signal only the last would be aborted. The queue rejects at the deadline, also during a backoff.
      return await turns.add(() => call(AbortSignal.any([deadline])), { signal: deadline });
    } catch (thrown) {
      const failure = toInspectorFailure(thrown, operation);
      throw failure === undefined || failure === thrown ? thrown : withHint(failure);
    }
  }

  function withHint(failure: InspectorFailure) {
    const isUnreachable =
      failure.requestId === null && (failure.code === 'SERVICE_UNAVAILABLE' || failure.code === 'TIMEOUT');
    if (!isUnreachable || source.unreachableHint === '') return failure;
    return new InspectorFailure({
      ...failure,
      message: failure.message + source.unreachableHint,
      cause: failure.cause,
    });
  }
}

/** Lists over several regions go through them in order; a token then names its region as well. */
function toRegionToken(region: string, token: string | null, regions: readonly string[]): string | null {
  if (regions.length === 0) return token;
  if (token !== null) return `${region} ${token}`;
  const next = regions[regions.indexOf(region) + 1];
  return next === undefined ? null : `${next} `;
}

function parseRegionToken(
  nextToken: string | undefined,
  regions: readonly string[],
): { region: string; token: string } {
  const [first] = regions;
  if (first === undefined) return { region: DEFAULT_REGION, token: nextToken ?? '' };
  if (nextToken === undefined) return { region: first, token: '' };
  const space = nextToken.indexOf(' ');
  const region = nextToken.slice(0, space);
  // The token comes back from a client: a region that is not configured must never reach a host name.
  if (!regions.includes(region)) {
    throw createInvalidInputFailure(
      'INVALID_PAGINATION_TOKEN',
      'Expected a cursor in one of the regions that this gateway lists, as an earlier page gave it.',
    );
  }
  return { region, token: nextToken.slice(space + 1) };
}

/** Names no endpoint: the SDK wants a region even where the endpoint is given and nothing is signed. */
const DEFAULT_REGION = 'us-east-1';

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

function toSource(operation: string, output: { $metadata: { requestId?: string | undefined } }): ResponseSource {
  return { operation, requestId: output.$metadata.requestId };
}

function isRetryable(result: AssessmentRun | InspectorFailure | undefined): boolean {
  return result instanceof InspectorFailure && result.canRetry;
}

function settle<T>(compute: () => T): T | InspectorFailure {
  try {
    return compute();
  } catch (thrown) {
    return rethrowBugs(thrown);
  }
}

/** A failure becomes a value; a bug of ours is thrown on. */
function rethrowBugs(thrown: unknown): InspectorFailure {
  if (thrown instanceof InspectorFailure) return thrown;
  throw thrown;
}
