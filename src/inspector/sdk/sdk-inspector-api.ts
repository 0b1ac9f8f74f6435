import {
  GetAssessmentReportCommand,
  GetTelemetryMetadataCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-inspector';
import type { AbortSignal as CallSignal } from '@smithy/types';
import type { Signal } from '../../signal.js';
import type { ArchiveCalls } from '../archive-requests.js';
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
import { type ArnKind, type AssessmentRunArn, type InspectorArn, toAccount, toRegion } from '../inspector-arn.js';
import {
  catchFailure,
  createBadResponseFailure,
  InspectorFailure,
  isUnsupportedFeature,
  toFailedItemFailure,
  toFailure,
} from '../inspector-failure.js';
import type { GuardCounts } from '../resilience/circuit-breaker.js';
import { backOff, toBackoffMs } from '../resilience/retries.js';
import {
  type CallId,
  parseAssessmentReport,
  parseDescribed,
  parseEntity,
  parsePage,
  parseTags,
  parseTelemetryMetadata,
} from '../upstream-response.js';
import { createArchiveCalls } from './archive-calls.js';
import { createGuardedCalls, createUpstreamStats, type SdkLimits } from './guarded-calls.js';
import type { InspectorSource } from './inspector-source.js';
import { createRegionPager, isListedAt, type ListPlace, type ListPosition, toListedAccounts } from './region-pager.js';
import { createClients, type InspectorSender, type UncheckedOutput, withScope } from './sdk-clients.js';
import { describeOperations, listOperations } from './sdk-operations.js';

/** Inspector's pages that one read of a list takes at most; its nextToken continues the list. */
const MAX_PAGES_PER_READ = 10;

/** An upstream by the AWS SDK. `close` ends idle connections. */
export interface SdkInspectorApi extends InspectorApi {
  readonly archiveCalls: ArchiveCalls;
  countGuards(): GuardCounts;
  close(): void;
}

/**
 * InspectorApi over HTTP, by the AWS SDK. The deadline of a read covers all its calls, with their waits for slots and their
 * backoffs. A read ends when its caller's signal is aborted.
 */
export function createSdkInspectorApi(
  source: InspectorSource,
  limits: SdkLimits,
  stats = createUpstreamStats(),
): SdkInspectorApi {
  const clientFor = createClients(source, limits, () => archiveCalls.onArchiveSeen());
  const guards = createGuardedCalls(source, limits, () => archiveCalls.onAway(), stats);
  const archiveCalls = createArchiveCalls(source, clientFor, guards, getTelemetryMetadata, () => {
    stats.revisionChanges += 1;
  });
  const { withDeadline } = guards;

  return {
    getTelemetryMetadata,
    describe,
    list,
    listTagsForResource,
    getAssessmentReport,
    archiveCalls,
    countGuards: guards.countGuards,
    close() {
      archiveCalls.close();
      clientFor.close();
    },
  };

  async function getTelemetryMetadata(arn: AssessmentRunArn, options?: ReadOptions) {
    const operation = 'GetTelemetryMetadata';
    return withDeadline(operation, options, async (signal) => {
      const output = await send(operation, toPlace(arn), signal, (client, callSignal) =>
        client.send(GetTelemetryMetadataCommand, { assessmentRunArn: arn }, callSignal),
      );
      return parseTelemetryMetadata(output.telemetryMetadata, toCallId(operation, output));
    });
  }

  async function listTagsForResource(arn: InspectorArn<'assessmentTemplate'>, options?: ReadOptions) {
    const operation = 'ListTagsForResource';
    return withDeadline(operation, options, async (signal) => {
      const output = await send(operation, toPlace(arn), signal, (client, callSignal) =>
        client.send(ListTagsForResourceCommand, { resourceArn: arn }, callSignal),
      );
      return parseTags(output.tags, toCallId(operation, output));
    });
  }

  async function getAssessmentReport(
    { assessmentRunArn, format, type }: AssessmentReportQuery,
    options?: ReadOptions,
  ): Promise<AssessmentReport | null> {
    const operation = 'GetAssessmentReport';
    const input = { assessmentRunArn, reportFileFormat: format, reportType: type };
    return withDeadline(operation, options, async (signal) => {
      try {
        const output = await send(operation, toPlace(assessmentRunArn), signal, (client, callSignal) =>
          client.send(GetAssessmentReportCommand, input, callSignal),
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
    await withDeadline(name, options, (signal) =>
      Promise.all(
        toChunks(new Set(arns), maxArns, toBatchKey).map((chunk) => describeChunk(kind, chunk, results, signal)),
      ),
    );
    return arns.map((arn) => results.get(arn) as Entities[K] | InspectorFailure);
  }

  /**
   * ARNs with the same key are described in one call. AWS's endpoint of a region knows only that region's, so a key is an
   * endpoint, and the account where that has a role. A region whose circuit is open has a key of its own, so that others do not fail with it.
   */
  function toBatchKey(arn: InspectorArn): string {
    const { endpoint, name } = toCircuit(toPlace(arn));
    return guards.breakerFor(endpoint, name).isClosed ? endpoint : `${name} ${endpoint}`;
  }

  /** Describes a chunk of one endpoint; retries those of its failedItems that AWS calls retryable. */
  async function describeChunk<K extends ArnKind>(
    kind: K,
    chunk: readonly InspectorArn<K>[],
    results: Map<InspectorArn<K>, Entities[K] | InspectorFailure>,
    signal: Signal,
  ): Promise<void> {
    let pending = chunk;
    for (let attempt = 1; ; attempt += 1) {
      const described = await describeOnce(kind, pending, signal).catch(toFailure);
      // The failed items of the call before say more of these items than a failed call does.
      if (described instanceof InspectorFailure && attempt > 1) return;
      for (const arn of pending) results.set(arn, described instanceof InspectorFailure ? described : described(arn));
      if (described instanceof InspectorFailure || attempt === limits.maxAttempts) return;
      pending = pending.filter((arn) => isRetryable(results.get(arn)));
      if (pending.length === 0) return;
      await backOff(toBackoffMs(attempt), signal).catch(() => {});
      // At the deadline each of these items keeps the failure that Inspector gave it.
      if (signal.aborted) return;
    }
  }

  /** Makes one Describe call. The result gives the entity or the failure of an ARN. */
  async function describeOnce<K extends ArnKind>(
    kind: K,
    arns: readonly InspectorArn<K>[],
    signal: Signal,
  ): Promise<(arn: InspectorArn<K>) => Entities[K] | InspectorFailure> {
    const operation = describeOperations[kind];
    const output = await send(operation.name, toPlace(arns[0] as InspectorArn<K>), signal, (client, callSignal) =>
      operation.send(client, callSignal, [...arns]),
    );
    const callId = toCallId(operation.name, output);
    const { itemsByArn, failedItems } = parseDescribed(output, operation.member, callId);
    return (arn) => {
      const item = itemsByArn.get(arn);
      if (item !== undefined) return catchFailure(() => parseEntity(kind, item, callId));
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

  /** Fills a page from several of Inspector's, which may be short, or even empty, without being the last. */
  async function list<K extends ListKind>(
    kind: K,
    query: ListQuery<K>,
    options?: ReadOptions,
  ): Promise<ListPage<Lists[K]['item']>> {
    const { name, toParentRun, toNamed, isShared } = listOperations[kind];
    const parentRun = toParentRun?.(query.criteria);
    const regions = parentRun === undefined ? query.regions : undefined;
    const accounts = isShared ? [null] : toListedAccounts(source, toNamed?.(query.criteria) ?? []);
    const regionPager = createRegionPager(source, regions, parentRun, accounts);
    let position: ListPosition | null = regionPager.parse(query.nextToken);
    return withDeadline(name, options, async (signal) => {
      const items: Lists[K]['item'][] = [];
      for (let pages = 0; position !== null && pages < MAX_PAGES_PER_READ; pages += 1) {
        const maxResults = query.maxResults - items.length;
        if (maxResults <= 0) break;
        const page = await listOnce(kind, query, position, regionPager.isRegional, maxResults, signal);
        items.push(...page.items);
        position = regionPager.next({ ...position, token: page.nextToken });
      }
      return { items, nextToken: position && regionPager.toToken(position) };
    });
  }

  /** Makes one List call, or none where nothing in the region can match. */
  async function listOnce<K extends ListKind>(
    kind: K,
    query: ListQuery<K>,
    { token, ...place }: ListPosition,
    isRegional: boolean,
    maxResults: number,
    signal: Signal,
  ): Promise<ListPage<Lists[K]['item']>> {
    const { name, member, toPlace: narrow, send: sendList } = listOperations[kind];
    const isListed = isListedAt(source, place, isRegional);
    const criteria = narrow === undefined ? query.criteria : narrow(query.criteria, isListed);
    if (criteria === null) return { items: [], nextToken: null };
    const output = await send(
      name,
      place,
      signal,
      (client, callSignal) =>
        sendList(withScope(client, query.scope), callSignal, criteria, {
          maxResults,
          ...(token === null ? {} : { nextToken: token }),
        }),
      isRegional,
    );
    const callId = toCallId(name, output);
    const page = parsePage(kind, output, member, callId);
    if (page.nextToken !== null && page.nextToken === token) {
      throw createBadResponseFailure('its nextToken leads back to the same page', name, callId.requestId);
    }
    return page;
  }

  /** Where an ARN is read. */
  function toPlace(arn: InspectorArn): ListPlace {
    return { region: toRegion(arn), account: toAccount(arn) };
  }

  /** What fails and is limited together: a region of an endpoint, for each account that has a role. */
  function toCircuit({ region, account }: ListPlace): { endpoint: string; name: string } {
    const endpoint = source.endpointFor(region);
    const hasRole = account !== null && source.roles?.current.has(account) === true;
    return { endpoint: hasRole ? `${endpoint} ${account}` : endpoint, name: region };
  }

  function send<T>(
    operation: string,
    place: ListPlace,
    signal: Signal,
    call: (client: InspectorSender, callSignal: CallSignal) => Promise<T>,
    isRegional = false,
  ): Promise<T> {
    return guards.send(operation, toCircuit(place), signal, (callSignal) =>
      call(clientFor(place.region, place.account, isRegional), callSignal),
    );
  }
}

/** Chunks of ARNs with the same batch key. */
function toChunks<K extends ArnKind>(
  arns: Iterable<InspectorArn<K>>,
  maxArns: number,
  toBatchKey: (arn: InspectorArn<K>) => string,
): InspectorArn<K>[][] {
  const chunks: InspectorArn<K>[][] = [];
  const lastChunks = new Map<string, InspectorArn<K>[]>();
  for (const arn of arns) {
    const key = toBatchKey(arn);
    const last = lastChunks.get(key);
    if (last !== undefined && last.length < maxArns) {
      last.push(arn);
      continue;
    }
    const chunk = [arn];
    chunks.push(chunk);
    lastChunks.set(key, chunk);
  }
  return chunks;
}

function toCallId(operation: string, output: UncheckedOutput): CallId {
  return { operation, requestId: output.$metadata.requestId };
}

function isRetryable(result: object | undefined): boolean {
  return result instanceof InspectorFailure && result.canRetry;
}
