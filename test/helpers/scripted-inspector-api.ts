import type {
  AssessmentReport,
  AssessmentReportQuery,
  AssessmentRun,
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
import { InspectorFailure } from '../../src/inspector/inspector-failure.js';
import { detailsOf, telemetryOf } from './runs.js';

type RunPage = ListPage<AssessmentRunArn>;

interface Script {
  telemetry?: (arn: AssessmentRunArn) => readonly TelemetryMetadata[] | Promise<readonly TelemetryMetadata[]>;
  details?: (arn: AssessmentRunArn) => AssessmentRun | InspectorFailure;
  /** Lists of runs. */
  list?: (query: ListQuery<'assessmentRun'>) => RunPage | Promise<RunPage>;
  /** What else is described: nothing exists where it is absent. */
  describe?: { [K in ArnKind]?: (arn: InspectorArn<K>) => Entities[K] | InspectorFailure };
  /** What else is listed: empty where it is absent. */
  lists?: { [K in ListKind]?: (query: ListQuery<K>) => ListPage<Lists[K]['item']> };
  tags?: (arn: InspectorArn<'assessmentTemplate'>) => readonly KeyValue[];
  /** There is no report where it is absent. */
  report?: (query: AssessmentReportQuery) => AssessmentReport | null;
}

/** An InspectorApi that answers by a script and records what it was asked. */
export function createScriptedInspectorApi(script: Script = {}) {
  const calls = {
    getTelemetryMetadata: [] as AssessmentRunArn[],
    describeAssessmentRuns: [] as AssessmentRunArn[][],
    listAssessmentRuns: [] as ListQuery<'assessmentRun'>[],
    /** Of what is no run. */
    describe: [] as { kind: ArnKind; arns: string[] }[],
    list: [] as { kind: ListKind; query: ListQuery<ListKind> }[],
    listTagsForResource: [] as string[],
    getAssessmentReport: [] as AssessmentReportQuery[],
  };
  const inspector: InspectorApi = {
    async getTelemetryMetadata(arn) {
      calls.getTelemetryMetadata.push(arn);
      return (script.telemetry ?? telemetryOf)(arn);
    },
    async describe<K extends ArnKind>(kind: K, arns: readonly InspectorArn<K>[]) {
      if (kind === 'assessmentRun') calls.describeAssessmentRuns.push([...arns] as unknown as AssessmentRunArn[]);
      else calls.describe.push({ kind, arns: [...arns] });
      const runs = kind === 'assessmentRun' ? (script.details ?? detailsOf) : undefined;
      const describe = (script.describe?.[kind] ?? runs ?? toMissing) as (
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
  };
  return { inspector, calls };
}

function toMissing(): InspectorFailure {
  return createFailure({ code: 'NO_SUCH_ENTITY', errorCode: 'ITEM_DOES_NOT_EXIST', canRetry: false });
}

export function createFailure(
  fields: Partial<ConstructorParameters<typeof InspectorFailure>[0]> = {},
): InspectorFailure {
  return new InspectorFailure({ code: 'SERVICE_UNAVAILABLE', canRetry: true, message: 'Scripted failure', ...fields });
}
