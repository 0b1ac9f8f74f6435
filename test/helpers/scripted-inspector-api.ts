import {
  type AgentId,
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
  unsupportedArchiveApi,
} from '../../src/inspector/archive-api.js';
import type {
  AssessmentReport,
  AssessmentReportQuery,
  AssessmentRun,
  AssessmentRunAgent,
  Entities,
  InspectorApi,
  KeyValue,
  ListKind,
  ListPage,
  ListQuery,
  Lists,
  TelemetryMetadata,
} from '../../src/inspector/inspector-api.js';
import type { ArnKind, AssessmentRunArn, InspectorArn } from '../../src/inspector/inspector-arn.js';
import { InspectorFailure, toFailure } from '../../src/inspector/inspector-failure.js';
import type { Json } from './gateway.js';
import { detailsOf, telemetryOf } from './runs.js';

type RunPage = ListPage<AssessmentRunArn>;

/** The archive's own operations; what is absent is empty. */
interface ArchiveScript {
  description?: Partial<ArchiveDescription>;
  searches?: { [K in SearchKind]?: (query: SearchQuery<K>) => SearchPage<Searches[K]['item']> };
  summaries?: { [K in SummaryKind]?: (query: SummaryQuery<K>) => Summary<Summaries[K]['sums']> };
  compare?: (arn: AssessmentRunArn, baseArn: AssessmentRunArn | null) => AssessmentRunComparison | null;
  agent?: (id: AgentId) => AssessmentRunAgent | InspectorFailure | null;
  hostTelemetry?: (host: HostId) => readonly TelemetryMetadata[] | InspectorFailure | null;
}

const emptyPage = { items: [], hasNextPage: false, hasPreviousPage: false, totalCount: null };
const emptyDescription: ArchiveDescription = {
  softwareVersion: '0.0.0',
  revision: '0',
  lastChangedAt: null,
  counts: {
    assessmentRuns: 0,
    assessmentTemplates: 0,
    assessmentTargets: 0,
    findings: 0,
    hosts: 0,
    rulesPackages: 0,
    agents: 0,
    exclusions: 0,
    telemetry: 0,
  },
  accounts: [],
  regions: [],
  firstRunAt: null,
  lastRunAt: null,
};

interface Script {
  /** Where absent, the upstream is no archive. */
  archive?: ArchiveScript;
  telemetry?: (arn: AssessmentRunArn) => readonly TelemetryMetadata[] | Promise<readonly TelemetryMetadata[]>;
  details?: (arn: AssessmentRunArn) => AssessmentRun | InspectorFailure;
  /** Lists of runs. */
  list?: (query: ListQuery<'assessmentRun'>) => RunPage | Promise<RunPage>;
  /** Other entities; where absent, none exist. */
  describe?: { [K in ArnKind]?: (arn: InspectorArn<K>) => Entities[K] | InspectorFailure };
  /** Other lists; empty where absent. */
  lists?: { [K in ListKind]?: (query: ListQuery<K>) => ListPage<Lists[K]['item']> };
  tags?: (arn: InspectorArn<'assessmentTemplate'>) => readonly KeyValue[];
  /** Reports; where absent, none exist. */
  report?: (query: AssessmentReportQuery) => AssessmentReport | null;
}

/** An InspectorApi that answers by a script and records its calls. */
export function createScriptedInspectorApi(script: Script = {}) {
  const calls = {
    getTelemetryMetadata: [] as AssessmentRunArn[],
    describeAssessmentRuns: [] as AssessmentRunArn[][],
    listAssessmentRuns: [] as ListQuery<'assessmentRun'>[],
    /** Of other entities than runs. */
    describe: [] as { kind: ArnKind; arns: string[] }[],
    list: [] as { kind: ListKind; query: ListQuery<ListKind> }[],
    listTagsForResource: [] as string[],
    getAssessmentReport: [] as AssessmentReportQuery[],
    /** Of the archive's own operations, by the names of its searches and summaries. */
    archive: [] as { operation: string; input: Json }[],
  };
  const inspector: InspectorApi & { archive?: ArchiveApi } = {
    async getTelemetryMetadata(arn) {
      calls.getTelemetryMetadata.push(arn);
      return (script.telemetry ?? telemetryOf)(arn);
    },
    async describe<K extends ArnKind>(kind: K, arns: readonly InspectorArn<K>[]) {
      if (kind === 'assessmentRun') calls.describeAssessmentRuns.push([...arns] as unknown as AssessmentRunArn[]);
      else calls.describe.push({ kind, arns: [...arns] });
      const runs = kind === 'assessmentRun' ? (script.details ?? detailsOf) : undefined;
      const describe = (script.describe?.[kind] ?? runs ?? toNoSuchEntity) as (
        arn: InspectorArn<K>,
      ) => Entities[K] | InspectorFailure;
      return arns.map(describe);
    },
    async list<K extends ListKind>(kind: K, query: ListQuery<K>) {
      if (kind === 'assessmentRun') calls.listAssessmentRuns.push(query as ListQuery<'assessmentRun'>);
      else calls.list.push({ kind, query: query as ListQuery<ListKind> });
      const runs = kind === 'assessmentRun' ? script.list : undefined;
      const list = (script.lists?.[kind] ?? runs) as ((query: ListQuery<K>) => ListPage<Lists[K]['item']>) | undefined;
      return list?.(query) ?? { items: [], nextToken: null };
    },
    async listTagsForResource(arn) {
      calls.listTagsForResource.push(arn);
      return script.tags?.(arn) ?? [];
    },
    async getAssessmentReport(query) {
      calls.getAssessmentReport.push(query);
      return script.report?.(query) ?? null;
    },
    ...(script.archive && { archive: createScriptedArchive(script.archive) }),
  };

  function createScriptedArchive(archive: ArchiveScript): ArchiveApi {
    const { description, searches, summaries, compare, agent, hostTelemetry } = archive;
    const record = (operation: string, input: unknown = {}) => calls.archive.push({ operation, input });
    return {
      ...unsupportedArchiveApi,
      isDetected: true,
      isSupported: async () => true,
      async describeArchive() {
        record('describe');
        return { ...emptyDescription, ...description };
      },
      async search<K extends SearchKind>(kind: K, query: SearchQuery<K>) {
        record(kind, query);
        const search = searches?.[kind] as ((query: SearchQuery<K>) => SearchPage<Searches[K]['item']>) | undefined;
        return search?.(query) ?? emptyPage;
      },
      async summarize<K extends SummaryKind>(kind: K, query: SummaryQuery<K>) {
        record(kind, query);
        const summarize = summaries?.[kind] as ((query: SummaryQuery<K>) => Summary<Summaries[K]['sums']>) | undefined;
        return (
          summarize?.(query) ?? { groups: [], groupCount: 0, total: { count: 0, dataSize: 0, assessmentRunCount: 0 } }
        );
      },
      async compareRuns(arn, baseArn) {
        record('compare', { arn, baseArn });
        return compare?.(arn, baseArn) ?? null;
      },
      async batchGetAssessmentRunAgents(agents) {
        record('agents', agents);
        return agents.map((id) => agent?.(id) ?? null);
      },
      async batchGetHostTelemetry(hosts) {
        record('hostTelemetry', hosts);
        return hosts.map((host) => hostTelemetry?.(host) ?? null);
      },
      async batchGetTelemetryMetadata(arns) {
        record('telemetry', arns);
        return Promise.all(arns.map((arn) => Promise.resolve((script.telemetry ?? telemetryOf)(arn)).catch(toFailure)));
      },
    };
  }

  return { inspector, calls };
}

function toNoSuchEntity(): InspectorFailure {
  return createFailure({ code: 'NO_SUCH_ENTITY', errorCode: 'ITEM_DOES_NOT_EXIST', canRetry: false });
}

export function createFailure(
  fields: Partial<ConstructorParameters<typeof InspectorFailure>[0]> = {},
): InspectorFailure {
  return new InspectorFailure({ code: 'SERVICE_UNAVAILABLE', canRetry: true, message: 'Scripted failure', ...fields });
}
