import {
  GetAssessmentReportCommand,
  GetTelemetryMetadataCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-inspector';
import type { AbortSignal as CallSignal } from '@smithy/types';
import { createAborter, type Signal } from '../../signal.js';
import type {
  AssessmentReport,
  AssessmentReportQuery,
  Entities,
  InspectorApi,
  ListKind,
  ListPage,
  ListQuery,
  Lists,
  ReadOptions,
} from '../inspector-api.js';
import { type ArnKind, type AssessmentRunArn, type InspectorArn, toRegion } from '../inspector-arn.js';
import {
  addToMessage,
  createBadResponseFailure,
  createReaderGoneFailure,
  createTimeoutFailure,
  InspectorFailure,
  isUnsupportedFeature,
  toFailedItemFailure,
  toFailure,
} from '../inspector-failure.js';
import { createCircuitBreakers } from '../resilience/circuit-breaker.js';
import { backOff, toBackoffMs, withRetries } from '../resilience/retries.js';
import {
  type CallId,
  parseAssessmentReport,
  parseDescribed,
  parseEntity,
  parsePage,
  parseTags,
  parseTelemetryMetadata,
} from '../upstream-response.js';
import type { InspectorSource } from './inspector-source.js';
import { createRegionPager, type Place } from './multi-region-cursor.js';
import { describeOperations, listOperations } from './operations.js';
import { createClients, type UncheckedOutput } from './sdk-clients.js';

type Call<T> = (signal: CallSignal) => Promise<T>;

/** How many of Inspector's pages one read of a list may take; it then ends with what it has, and can be continued. */
const MAX_PAGES_PER_READ = 10;

/** Limits in milliseconds and in numbers of calls; `concurrency` counts the calls in flight at one endpoint. */
export interface SdkLimits {
  connectTimeoutMs: number;
  deadlineMs: number;
  maxAttempts: number;
  concurrency: number;
}

/**
 * InspectorApi over HTTP, by the AWS SDK. Every call is bounded by the deadline of its read, waiting for its turn and
 * backing off included, and given up when the reader's signal is aborted. `close` ends idle connections.
 */
export function createSdkInspectorApi(source: InspectorSource, limits: SdkLimits): InspectorApi & { close(): void } {
  const guardFor = createCircuitBreakers(limits);
  const clientFor = createClients(source, limits);

  return {
    getTelemetryMetadata,
    describe,
    list,
    listTagsForResource,
    getAssessmentReport,
    close: () => clientFor.close(),
  };

  async function getTelemetryMetadata(arn: AssessmentRunArn, options?: ReadOptions) {
    const operation = 'GetTelemetryMetadata';
    return withDeadline(operation, options, async (end) => {
      const output = await send(operation, toRegion(arn), end, (signal) =>
        clientFor(toRegion(arn)).send(GetTelemetryMetadataCommand, { assessmentRunArn: arn }, signal),
      );
      return parseTelemetryMetadata(output.telemetryMetadata, toCallId(operation, output));
    });
  }

  async function listTagsForResource(arn: InspectorArn<'assessmentTemplate'>, options?: ReadOptions) {
    const operation = 'ListTagsForResource';
    return withDeadline(operation, options, async (end) => {
      const output = await send(operation, toRegion(arn), end, (signal) =>
        clientFor(toRegion(arn)).send(ListTagsForResourceCommand, { resourceArn: arn }, signal),
      );
      return parseTags(output.tags, toCallId(operation, output));
    });
  }

  async function getAssessmentReport(
    { assessmentRunArn, format, type }: AssessmentReportQuery,
    options?: ReadOptions,
  ): Promise<AssessmentReport | null> {
    const operation = 'GetAssessmentReport';
    const region = toRegion(assessmentRunArn);
    const input = { assessmentRunArn, reportFileFormat: format, reportType: type };
    return withDeadline(operation, options, async (end) => {
      try {
        const output = await send(operation, region, end, (signal) =>
          clientFor(region).send(GetAssessmentReportCommand, input, signal),
        );
        return parseAssessmentReport(output, toCallId(operation, output));
      } catch (thrown) {
        if (isUnsupportedFeature(toFailure(thrown))) return null;
        throw thrown;
      }
    });
  }

  async function describe<K extends ArnKind>(kind: K, arns: readonly InspectorArn<K>[], options?: ReadOptions) {
    const { name, maxArns } = describeOperations[kind];
    const results = new Map<InspectorArn<K>, Entities[K] | InspectorFailure>();
    await withDeadline(name, options, (end) =>
      Promise.all(
        toChunks(new Set(arns), maxArns, toBatchKey).map((chunk) => describeChunk(kind, chunk, results, end)),
      ),
    );
    return arns.map((arn) => results.get(arn) as Entities[K] | InspectorFailure);
  }

  /**
   * What may be described together: whatever is at one endpoint, since AWS's endpoint of a region knows only what is in
   * it; but what is in a region that is left alone takes nothing else with it.
   */
  function toBatchKey(arn: InspectorArn): string {
    const region = toRegion(arn);
    const endpoint = source.endpointFor(region);
    return guardFor(endpoint, region).isOpenToCalls ? endpoint : `${region} ${endpoint}`;
  }

  /** Describes a chunk of one endpoint; what AWS calls retryable among its failedItems is asked for again. */
  async function describeChunk<K extends ArnKind>(
    kind: K,
    chunk: readonly InspectorArn<K>[],
    results: Map<InspectorArn<K>, Entities[K] | InspectorFailure>,
    end: Signal,
  ): Promise<void> {
    let pending = chunk;
    for (let attempt = 1; ; attempt += 1) {
      const described = await describeOnce(kind, pending, end).catch(toFailure);
      // A failed call says less of these items than their failed items of the call before.
      if (described instanceof InspectorFailure && attempt > 1) return;
      for (const arn of pending) results.set(arn, described instanceof InspectorFailure ? described : described(arn));
      if (described instanceof InspectorFailure || attempt === limits.maxAttempts) return;
      pending = pending.filter((arn) => isRetryable(results.get(arn)));
      if (pending.length === 0) return;
      await backOff(toBackoffMs(attempt), end).catch(() => {});
      // Out of time: each of these items keeps the failure that Inspector gave it.
      if (end.aborted) return;
    }
  }

  /** One Describe call, as a function from an ARN to what the answer says of it. */
  async function describeOnce<K extends ArnKind>(
    kind: K,
    arns: readonly InspectorArn<K>[],
    end: Signal,
  ): Promise<(arn: InspectorArn<K>) => Entities[K] | InspectorFailure> {
    const operation = describeOperations[kind];
    const region = toRegion(arns[0] as InspectorArn<K>);
    const client = clientFor(region);
    const output = await send(operation.name, region, end, (signal) => operation.send(client, signal, [...arns]));
    const callId = toCallId(operation.name, output);
    const { itemsByArn, failedItems } = parseDescribed(output, operation.member, callId);
    return (arn) => {
      const item = itemsByArn.get(arn);
      if (item !== undefined) return settle(() => parseEntity(kind, item, callId));
      if (Object.hasOwn(failedItems, arn)) {
        return toFailedItemFailure(failedItems[arn], operation.name, callId.requestId);
      }
      return createBadResponseFailure(
        'what was asked for is in neither of its lists',
        operation.name,
        callId.requestId,
      );
    };
  }

  /** Inspector's pages may be shorter than asked for, even empty, and still not be the last: several make one of ours. */
  async function list<K extends ListKind>(
    kind: K,
    query: ListQuery<K>,
    options?: ReadOptions,
  ): Promise<ListPage<Lists[K]['item']>> {
    const { name, toOwner } = listOperations[kind];
    const owner = toOwner?.(query.criteria);
    const regionPager = createRegionPager(source, owner === undefined ? query.regions : undefined, owner);
    let place: Place | null = regionPager.parse(query.nextToken);
    return withDeadline(name, options, async (end) => {
      const items: Lists[K]['item'][] = [];
      for (let pages = 0; place !== null && pages < MAX_PAGES_PER_READ; pages += 1) {
        const maxResults = query.maxResults - items.length;
        if (maxResults <= 0) break;
        const page = await listOnce(kind, query, place, regionPager.isRegional, maxResults, end);
        items.push(...page.items);
        place = regionPager.next({ region: place.region, token: page.nextToken });
      }
      return { items, nextToken: place && regionPager.toToken(place) };
    });
  }

  /** One List call; none where the criteria leave nothing in the region. */
  async function listOnce<K extends ListKind>(
    kind: K,
    query: ListQuery<K>,
    { region, token }: Place,
    isRegional: boolean,
    maxResults: number,
    end: Signal,
  ): Promise<ListPage<Lists[K]['item']>> {
    const { name, member, toRegional, send: sendList } = listOperations[kind];
    const criteria = isRegional && toRegional !== undefined ? toRegional(query.criteria, region) : query.criteria;
    if (criteria === null) return { items: [], nextToken: null };
    const client = clientFor(region, isRegional);
    const output = await send(name, region, end, (signal) =>
      sendList(client, signal, criteria, { maxResults, ...(token === null ? {} : { nextToken: token }) }),
    );
    const callId = toCallId(name, output);
    const page = parsePage(kind, output, member, callId);
    if (page.nextToken !== null && page.nextToken === token) {
      throw createBadResponseFailure('its nextToken leads back to the same page', name, callId.requestId);
    }
    return page;
  }

  /** A read with the signal that ends it: at its deadline, or when its reader has gone. */
  async function withDeadline<T>(
    operation: string,
    options: ReadOptions | undefined,
    read: (end: Signal) => Promise<T>,
  ): Promise<T> {
    const reader = options?.signal;
    if (reader?.aborted) throw createReaderGoneFailure(operation);
    const end = createAborter();
    const timer = setTimeout(() => end.abort(createTimeoutFailure(operation)), limits.deadlineMs);
    const leave = () => end.abort(createReaderGoneFailure(operation));
    reader?.addEventListener('abort', leave, { once: true });
    try {
      const result = await read(end.signal);
      // A read that is given up is no result, whatever its parts have come to.
      if (reader?.aborted) throw createReaderGoneFailure(operation);
      return result;
    } finally {
      clearTimeout(timer);
      reader?.removeEventListener('abort', leave);
    }
  }

  async function send<T>(operation: string, region: string, end: Signal, call: Call<T>): Promise<T> {
    const guard = guardFor(source.endpointFor(region), region);
    try {
      return await withRetries(limits.maxAttempts, end, () => guard.call(operation, end, call));
    } catch (thrown) {
      throw thrown instanceof InspectorFailure ? withHint(thrown) : thrown;
    }
  }

  function withHint(failure: InspectorFailure): InspectorFailure {
    const isUnreachable = failure.code === 'SERVICE_UNAVAILABLE' || failure.code === 'TIMEOUT';
    const hasAnswered = failure.requestId !== null;
    if (!isUnreachable || hasAnswered || source.unreachableHint === null) return failure;
    return addToMessage(failure, source.unreachableHint);
  }
}

/** Chunks of ARNs, each of such as may be described together. */
function toChunks<K extends ArnKind>(
  arns: Iterable<InspectorArn<K>>,
  maxArns: number,
  toBatchKey: (arn: InspectorArn<K>) => string,
): InspectorArn<K>[][] {
  const chunks: InspectorArn<K>[][] = [];
  const openChunks = new Map<string, InspectorArn<K>[]>();
  for (const arn of arns) {
    const company = toBatchKey(arn);
    const open = openChunks.get(company);
    if (open !== undefined && open.length < maxArns) {
      open.push(arn);
      continue;
    }
    const chunk = [arn];
    chunks.push(chunk);
    openChunks.set(company, chunk);
  }
  return chunks;
}

function toCallId(operation: string, output: UncheckedOutput): CallId {
  return { operation, requestId: output.$metadata.requestId };
}

function isRetryable(result: object | undefined): boolean {
  return result instanceof InspectorFailure && result.canRetry;
}

function settle<T>(compute: () => T): T | InspectorFailure {
  try {
    return compute();
  } catch (thrown) {
    return toFailure(thrown);
  }
}
