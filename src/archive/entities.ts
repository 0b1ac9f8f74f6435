import type { Insertable } from 'kysely';
import { type ParsedArn, parseArn, toRunArn } from './arn.js';
import type { DocumentOf, documents } from './documents.js';
import { toNameSignature } from './store/name-signature.js';
import type { AssessmentRunFiltersTable, ListedTable, Tables } from './store/tables.js';

/** What the archive keeps, by the name under which documents are stored. */
export type EntityKind = keyof typeof documents;

/** The tables that lists are read from. */
export type ListedTableName =
  | 'assessment_runs'
  | 'assessment_templates'
  | 'assessment_targets'
  | 'rules_packages'
  | 'findings'
  | 'exclusions'
  | 'assessment_run_agents';

/** How an entity is stored, and how it is told in the API's terms. */
interface Definition<K extends EntityKind> {
  /** What summaries call it. */
  readonly plural: string;
  /** The operation that gives it, and the member of its output that holds it. */
  readonly operation: string;
  readonly member: string;
  /** The input of that operation for the entity with this key. */
  toInput(key: string): Record<string, unknown>;
  /** The output of that operation for this document, which is JSON text already. */
  toOutput(document: string, key: string): string;
  /** Unique among its kind; absent where the document does not say what it belongs to, whose ARN the key then is. */
  toKey?(document: DocumentOf<K>): string;
  /** The resource whose ARN says which account and region the entity belongs to. */
  parseKey(key: string): ParsedArn | null;
  /** Grows whenever the service changes the entity; null where it has no such thing. */
  toVersion(document: DocumentOf<K>): number | null;
  /** Whether it never changes once it is there, so that two that differ contradict each other. */
  readonly isFixed?: true;
  /** The row that lists read, but for its id, account and region; absent where there is no list of it. */
  readonly listed?: {
    readonly table: ListedTableName;
    toRow(document: DocumentOf<K>): object;
    toRulesPackageArns?(document: DocumentOf<K>): readonly string[];
    /** The row by which runs are filtered, but for its id and the group's. */
    toFilterRow?(document: DocumentOf<K>): Omit<AssessmentRunFiltersTable, 'id' | 'group_id'>;
  };
}

type Row<T extends keyof Tables> = Omit<Insertable<Tables[T]>, keyof Omit<ListedTable, 'arn'>>;

function describedBy(operation: string, member: string, input: string) {
  return {
    operation,
    member,
    toInput: (key: string) => ({ [input]: [key] }),
    toOutput: (document: string) => `{"${member}":[${document}],"failedItems":{}}`,
    toKey: ({ arn }: { arn: string }) => arn,
  };
}

const definitions: { readonly [K in EntityKind]: Definition<K> } = {
  rulesPackage: {
    plural: 'rules packages',
    ...describedBy('DescribeRulesPackages', 'rulesPackages', 'rulesPackageArns'),
    parseKey: (key) => parseArn('rulesPackage', key),
    toVersion: () => null,
    listed: { table: 'rules_packages', toRow: ({ arn }): Row<'rules_packages'> => ({ arn }) },
  },
  resourceGroup: {
    plural: 'resource groups',
    ...describedBy('DescribeResourceGroups', 'resourceGroups', 'resourceGroupArns'),
    parseKey: (key) => parseArn('resourceGroup', key),
    toVersion: () => null,
  },
  assessmentTarget: {
    plural: 'assessment targets',
    ...describedBy('DescribeAssessmentTargets', 'assessmentTargets', 'assessmentTargetArns'),
    parseKey: (key) => parseArn('assessmentTarget', key),
    toVersion: ({ updatedAt }) => updatedAt,
    listed: { table: 'assessment_targets', toRow: ({ arn, name }): Row<'assessment_targets'> => ({ arn, name }) },
  },
  assessmentTemplate: {
    plural: 'assessment templates',
    ...describedBy('DescribeAssessmentTemplates', 'assessmentTemplates', 'assessmentTemplateArns'),
    parseKey: (key) => parseArn('assessmentTemplate', key),
    // Nothing else of a template can change.
    toVersion: ({ assessmentRunCount }) => assessmentRunCount,
    listed: {
      table: 'assessment_templates',
      toRow: (template): Row<'assessment_templates'> => ({
        arn: template.arn,
        name: template.name,
        assessment_target_arn: template.assessmentTargetArn,
        duration_in_seconds: template.durationInSeconds,
      }),
      toRulesPackageArns: ({ rulesPackageArns }) => rulesPackageArns,
    },
  },
  tags: {
    plural: 'tags',
    operation: 'ListTagsForResource',
    member: 'tags',
    toInput: (key) => ({ resourceArn: key }),
    toOutput: (document) => `{"tags":${document}}`,
    parseKey: (key) => parseArn('assessmentTemplate', key),
    toVersion: () => null,
  },
  assessmentRun: {
    plural: 'assessment runs',
    ...describedBy('DescribeAssessmentRuns', 'assessmentRuns', 'assessmentRunArns'),
    parseKey: (key) => parseArn('assessmentRun', key),
    toVersion: ({ stateChangedAt }) => stateChangedAt,
    listed: {
      table: 'assessment_runs',
      toRow: (run): Row<'assessment_runs'> => ({
        arn: run.arn,
        short_id: toShortId(run.arn),
        assessment_template_arn: run.assessmentTemplateArn,
        state: run.state,
        created_at: run.createdAt,
      }),
      toRulesPackageArns: ({ rulesPackageArns }) => rulesPackageArns,
      toFilterRow: (run) => ({
        duration_in_seconds: run.durationInSeconds,
        started_at: run.startedAt ?? null,
        completed_at: run.completedAt ?? null,
        state_changed_at: run.stateChangedAt,
        name_signature: toNameSignature(run.name),
        state: run.state,
        name: run.name,
      }),
    },
  },
  telemetryMetadata: {
    plural: 'telemetry',
    operation: 'GetTelemetryMetadata',
    member: 'telemetryMetadata',
    toInput: (key) => ({ assessmentRunArn: key }),
    toOutput: (document) => `{"telemetryMetadata":${document}}`,
    parseKey: (key) => parseArn('assessmentRun', key),
    toVersion: () => null,
    isFixed: true,
  },
  assessmentRunAgent: {
    plural: 'assessment run agents',
    operation: 'ListAssessmentRunAgents',
    member: 'assessmentRunAgents',
    toInput: (key) => ({ assessmentRunArn: key.split(' ', 1)[0] }),
    toOutput: (document) => `{"assessmentRunAgents":[${document}]}`,
    toKey: ({ assessmentRunArn, agentId }) => `${assessmentRunArn} ${agentId}`,
    parseKey: (key) => parseArn('assessmentRun', key.split(' ', 1)[0] as string),
    toVersion: () => null,
    listed: {
      table: 'assessment_run_agents',
      toRow: (agent): Row<'assessment_run_agents'> => ({
        arn: `${agent.assessmentRunArn} ${agent.agentId}`,
        assessment_run_arn: agent.assessmentRunArn,
        agent_health: agent.agentHealth,
        agent_health_code: agent.agentHealthCode,
      }),
    },
  },
  finding: {
    plural: 'findings',
    ...describedBy('DescribeFindings', 'findings', 'findingArns'),
    parseKey: (key) => parseArn('finding', key),
    toVersion: ({ updatedAt }) => updatedAt,
    listed: {
      table: 'findings',
      toRow: (finding): Row<'findings'> => ({
        arn: finding.arn,
        assessment_run_arn: toRunArn(finding.arn),
        agent_id: finding.assetAttributes?.agentId ?? null,
        auto_scaling_group: finding.assetAttributes?.autoScalingGroup ?? null,
        rule_name: finding.id ?? null,
        severity: finding.severity ?? null,
        rules_package_arn: finding.serviceAttributes?.rulesPackageArn ?? null,
        created_at: finding.createdAt,
      }),
    },
  },
  exclusion: {
    plural: 'exclusions',
    operation: 'DescribeExclusions',
    member: 'exclusions',
    toInput: (key) => ({ exclusionArns: [key] }),
    toOutput: (document, key) => `{"exclusions":{${JSON.stringify(key)}:${document}},"failedItems":{}}`,
    toKey: ({ arn }) => arn,
    parseKey: (key) => parseArn('exclusion', key),
    toVersion: () => null,
    listed: {
      table: 'exclusions',
      toRow: ({ arn }): Row<'exclusions'> => ({ arn, assessment_run_arn: toRunArn(arn) }),
    },
  },
};

/** A definition whose document is of a kind that is known at run time only; what is given to it is that kind's. */
// biome-ignore lint/suspicious/noExplicitAny: each definition is checked against its own document above
export type Entity = Definition<any> & { readonly kind: EntityKind };

/** Every entity, those that others refer to first: the order of summaries and exports. */
export const entities: readonly Entity[] = Object.entries(definitions).map(([kind, definition]) => ({
  kind: kind as EntityKind,
  ...definition,
}));

/** The entity of a kind. */
export function entityOf(kind: EntityKind): Entity {
  return entities.find((entity) => entity.kind === kind) as Entity;
}

/** The last part of an ARN, such as `0-MKkpXXPE`. */
export function toShortId(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
