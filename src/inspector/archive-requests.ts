import { z } from 'zod';
import type { Scope } from '../domain/scope.js';
import {
  type AgentId,
  ARCHIVE_API_VERSION,
  type ArchiveApi,
  type ArchiveDescription,
  type AssessmentRunComparison,
  type HostId,
  type Searches,
  type SearchKind,
  type SearchPage,
  type SearchQuery,
  type Summaries,
  type Summary,
  type SummaryKind,
  type SummaryQuery,
  searchOperations,
  summaryOperations,
} from './archive-api.js';
import type { AssessmentRunAgent, Entities, ReadOptions, TelemetryMetadata } from './inspector-api.js';
import type { AssessmentRunArn, InspectorArn } from './inspector-arn.js';
import { catchFailure, createBadResponseFailure, type InspectorFailure, toResultFailure } from './inspector-failure.js';
import {
  arnOf,
  type CallId,
  findingCounts,
  nullable,
  parse,
  parseAgent,
  parseEntity,
  parseTelemetryMetadata,
  timestamp,
} from './upstream-response.js';

/*
 * The archive's own operations as they are on the wire (docs/archive-api.md). Identities and JSON types have to be those of
 * the page; a document that is odd is a failure of its own place.
 */

/** A request of the archive: its operation and input on the wire, and the check of its output. */
export interface ArchiveRequest<T> {
  readonly operation: string;
  readonly input: object;
  /** What the archive may look at; absent for all. */
  readonly scope?: Scope | undefined;
  /** Throws BAD_UPSTREAM_RESPONSE. */
  parse(output: unknown, callId: CallId): T;
}

/** An answer of the archive. A shared cache has its output as it came, which is checked by whoever reads it there. */
export class ArchiveAnswer<T> {
  constructor(
    readonly value: T,
    /** The output as JSON. */
    readonly text: string,
  ) {}

  toJSON(): SharedAnswer {
    return { output: this.text };
  }
}

/** An answer in a shared cache. Its output is text there, so that its members are nobody else's. */
export interface SharedAnswer {
  readonly output: string;
}

/** The archive's own operations as calls, below the cache; see ArchiveApi. */
export interface ArchiveCalls
  extends Pick<ArchiveApi, 'revision' | 'isSupported' | 'isDetected' | 'batchGetTelemetryMetadata'> {
  call<T>(request: ArchiveRequest<T>, options?: ReadOptions): Promise<ArchiveAnswer<T>>;
}

/** Items on a page of a search. */
const MAX_ITEMS = 100;

const arn = { run: arnOf('assessmentRun'), finding: arnOf('finding') };
const revision = z.object({ apiVersion: z.literal(Number(ARCHIVE_API_VERSION)), revision: z.string().min(1) });
const count = z.int();
const sizes = z.object({ count, dataSize: nullable(z.int()) });

const description = z.object({
  softwareVersion: z.string(),
  revision: z.string(),
  lastChangedAt: nullable(timestamp),
  counts: z.object({
    assessmentRuns: count,
    assessmentTemplates: count,
    assessmentTargets: count,
    findings: count,
    hosts: count,
    rulesPackages: count,
    agents: count,
    exclusions: count,
    telemetry: count,
  }),
  accounts: z.array(z.object({ accountId: z.string(), assessmentRunCount: count, findingCount: count })),
  regions: z.array(z.object({ region: z.string(), assessmentRunCount: count, findingCount: count })),
  firstRunAt: nullable(timestamp),
  lastRunAt: nullable(timestamp),
});

/** A member that was not asked for. */
const absent = z
  .unknown()
  .optional()
  .transform(() => null);

const cursor = z.string();
const wireItems = {
  assessmentRun: z.object({ cursor, assessmentRunArn: arn.run, assessmentRun: z.unknown().optional() }),
  finding: z.object({ cursor, findingArn: arn.finding, assessmentRunArn: arn.run, finding: z.unknown().optional() }),
  host: z.object({
    cursor,
    agentId: z.string(),
    hostname: nullable(z.string()),
    accountId: z.string(),
    region: z.string(),
    firstSeenAt: nullable(timestamp),
    lastSeenAt: nullable(timestamp),
    assessmentRunCount: count,
    latestAssessmentRunArn: nullable(arn.run),
    findingCounts: nullable(findingCounts).transform((counts) => counts ?? []),
  }),
};

const toItem: {
  readonly [K in SearchKind]: (item: z.output<(typeof wireItems)[K]>, callId: CallId) => Searches[K]['item'];
} = {
  assessmentRun: ({ assessmentRunArn, assessmentRun }, callId) => ({
    arn: assessmentRunArn,
    entity: toEntity('assessmentRun', assessmentRunArn, assessmentRun, callId),
  }),
  finding: ({ findingArn, assessmentRunArn, finding }, callId) => ({
    arn: findingArn,
    assessmentRunArn,
    entity: toEntity('finding', findingArn, finding, callId),
  }),
  host: ({ cursor: _, ...host }) => host,
};

const sums: { readonly [K in SummaryKind]: z.ZodType<Summaries[K]['sums']> } = {
  findings: z.object({ count }),
  telemetry: sizes.extend({ assessmentRunCount: count }),
  assessmentRuns: z.object({ count }),
};

const comparison = z.object({
  baseAssessmentRunArn: nullable(arn.run),
  newFindings: z.array(arn.finding).default([]),
  goneFindings: z.array(arn.finding).default([]),
  remainingFindings: z.array(z.object({ findingArn: arn.finding, baseFindingArn: arn.finding })).default([]),
  telemetry: z
    .array(z.object({ messageType: z.string(), base: nullable(sizes), compared: nullable(sizes) }))
    .default([]),
  newAgentIds: z.array(z.string()).default([]),
  goneAgentIds: z.array(z.string()).default([]),
  remainingAgentIds: z.array(z.string()).default([]),
});

/** A request for the archive's revision. It fails for a version of these operations that is not known. */
export const revisionRequest: ArchiveRequest<string> = {
  operation: 'GetArchiveRevision',
  input: {},
  parse: (output, callId) => parse(revision, output, '', callId).revision,
};

/** A request for what the archive is and has. */
export function toDescriptionRequest(scope?: Scope): ArchiveRequest<ArchiveDescription> {
  return {
    operation: 'DescribeArchive',
    input: {},
    scope,
    parse: (output, callId) => parse(description, output, '', callId),
  };
}

/** A request for a page of a search. */
export function toSearchRequest<K extends SearchKind>(
  kind: K,
  { scope, ...query }: SearchQuery<K>,
): ArchiveRequest<SearchPage<Searches[K]['item']>> {
  const page = z.object({
    items: z.array(wireItems[kind] as z.ZodType<{ cursor: string }>).max(MAX_ITEMS),
    hasNextPage: z.boolean(),
    hasPreviousPage: z.boolean(),
    totalCount: query.includeTotalCount ? count : absent,
  });
  return {
    operation: searchOperations[kind],
    input: toWire(query),
    scope,
    parse(output, callId) {
      const { items, ...rest } = parse(page, output, '', callId);
      const toThisItem = toItem[kind] as (item: { cursor: string }, callId: CallId) => Searches[K]['item'];
      return { ...rest, items: items.map((item) => ({ cursor: item.cursor, item: toThisItem(item, callId) })) };
    },
  };
}

/** A request for statistics. */
export function toSummaryRequest<K extends SummaryKind>(
  kind: K,
  { scope, ...query }: SummaryQuery<K>,
): ArchiveRequest<Summary<Summaries[K]['sums']>> {
  const total = sums[kind] as z.ZodType<Summaries[K]['sums']>;
  const bucket = z.looseObject({ start: z.string().nullable() }).transform(({ start, ...members }, context) => {
    const parsed = total.safeParse(members);
    if (parsed.success) return { start, sums: parsed.data };
    context.addIssue({ code: 'custom', message: parsed.error.issues[0]?.message ?? '' });
    return z.NEVER;
  });
  const summary = z.object({
    groups: z.array(
      z.object({
        keys: z.array(z.string().nullable()).length(query.groupBy.length),
        total,
        buckets: query.interval === undefined ? absent : z.array(bucket),
      }),
    ),
    groupCount: count,
    total,
  });
  return {
    operation: summaryOperations[kind],
    input: toWire(query),
    scope,
    parse: (output, callId) => parse(summary, output, '', callId),
  };
}

/** A request for the comparison of a run with a base, or with the run before it. */
export function toComparisonRequest(
  assessmentRunArn: AssessmentRunArn,
  baseAssessmentRunArn: AssessmentRunArn | null,
): ArchiveRequest<AssessmentRunComparison | null> {
  return {
    operation: 'CompareAssessmentRuns',
    input: toWire({ assessmentRunArn, baseAssessmentRunArn: baseAssessmentRunArn ?? undefined }),
    parse(output, callId) {
      const parsed = parse(comparison, output, '', callId);
      return parsed.baseAssessmentRunArn === null
        ? null
        : { ...parsed, baseAssessmentRunArn: parsed.baseAssessmentRunArn };
    },
  };
}

/** A request for the telemetry of up to a hundred different runs. */
export function toBatchRequest(
  arns: readonly AssessmentRunArn[],
): ArchiveRequest<readonly (readonly TelemetryMetadata[] | InspectorFailure)[]> {
  const result = z.looseObject({ assessmentRunArn: z.string() });
  const batch = z.object({ results: z.array(result).length(arns.length) });
  return {
    operation: 'BatchGetTelemetryMetadata',
    input: { assessmentRunArns: arns },
    parse(output, callId) {
      const { results } = parse(batch, output, '', callId);
      return results.map(({ assessmentRunArn, telemetryMetadata, error }, index) => {
        if (assessmentRunArn !== arns[index]) {
          throw createBadResponseFailure('its results are not those of the runs', callId.operation, callId.requestId);
        }
        if (error !== undefined && error !== null) return toResultFailure(error, callId.operation, callId.requestId);
        return catchFailure(() => parseTelemetryMetadata(telemetryMetadata, callId));
      });
    },
  };
}

/** A request for agents of runs. */
export function toAgentsRequest(
  agents: readonly AgentId[],
): ArchiveRequest<readonly (AssessmentRunAgent | InspectorFailure | null)[]> {
  const result = z.looseObject({ assessmentRunArn: z.string(), agentId: z.string() });
  const batch = z.object({ results: z.array(result).length(agents.length) });
  return {
    operation: 'BatchGetAssessmentRunAgents',
    input: { agents },
    parse(output, callId) {
      const { results } = parse(batch, output, '', callId);
      return results.map(({ assessmentRunArn, agentId, assessmentRunAgent }, index) => {
        const asked = agents[index] as AgentId;
        if (assessmentRunArn !== asked.assessmentRunArn || agentId !== asked.agentId) {
          throw createBadResponseFailure('its results are not those of the agents', callId.operation, callId.requestId);
        }
        return assessmentRunAgent == null ? null : catchFailure(() => parseAgent(assessmentRunAgent, callId));
      });
    },
  };
}

/** A request for the telemetry of hosts. */
export function toHostTelemetryRequest(
  hosts: readonly HostId[],
): ArchiveRequest<readonly (readonly TelemetryMetadata[] | InspectorFailure | null)[]> {
  const result = z.looseObject({ accountId: z.string(), region: z.string(), agentId: z.string() });
  const batch = z.object({ results: z.array(result).length(hosts.length) });
  return {
    operation: 'BatchGetHostTelemetry',
    input: { hosts },
    parse(output, callId) {
      const { results } = parse(batch, output, '', callId);
      return results.map(({ accountId, region, agentId, telemetryMetadata }, index) => {
        const asked = hosts[index] as HostId;
        if (accountId !== asked.accountId || region !== asked.region || agentId !== asked.agentId) {
          throw createBadResponseFailure('its results are not those of the hosts', callId.operation, callId.requestId);
        }
        // A sum past 2^53-1 is the failure of this host alone.
        return telemetryMetadata == null ? null : catchFailure(() => parseTelemetryMetadata(telemetryMetadata, callId));
      });
    },
  };
}

/** The document of an entity; null without one. */
function toEntity<K extends 'assessmentRun' | 'finding'>(
  kind: K,
  arn: InspectorArn<K>,
  document: unknown,
  callId: CallId,
): Entities[K] | InspectorFailure | null {
  if (document === null || document === undefined) return null;
  return catchFailure(() => {
    const entity = parseEntity(kind, document, callId);
    if (entity.arn === arn) return entity;
    throw createBadResponseFailure('a document has another ARN than its item', callId.operation, callId.requestId);
  });
}

/** Members on the wire: times as epoch seconds, none for what is undefined or an empty list. */
function toWire(members: object): object {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => {
      if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
      if (value instanceof Date) return [[name, value.getTime() / 1000]];
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      return [[name, isObject ? toWire(value) : value]];
    }),
  );
}
