import type { Generated } from 'kysely';

/**
 * What the archive keeps. `documents` holds every entity as the JSON text that the API would return for it; the other
 * tables hold, under the same id, what lists are filtered by. They are apart so that a filter reads narrow rows only.
 * Ids grow with every new entity and are never used again: they are the order of all lists. Times are epoch seconds.
 * A column is null where the document does not have the member.
 */
export interface Tables {
  documents: DocumentsTable;
  assessment_runs: AssessmentRunsTable;
  assessment_run_filters: AssessmentRunFiltersTable;
  assessment_run_groups: AssessmentRunGroupsTable;
  assessment_templates: AssessmentTemplatesTable;
  assessment_targets: NamedTable;
  rules_packages: ListedTable;
  findings: FindingsTable;
  exclusions: OfRunTable;
  assessment_run_agents: AssessmentRunAgentsTable;
  event_subscriptions: ListedTable & { resource_arn: string };
  agent_previews: ListedTable & { assessment_target_arn: string };
  exclusion_previews: ListedTable & { assessment_template_arn: string; preview_token: string };
  /** The files of assessment reports, under the ids of their documents. */
  report_files: { id: number; content: Uint8Array };
  /** Which rules packages a run or a template has. */
  evaluated_rules_packages: { id: number; rules_package_arn: string };
  /** One row, which every writer changes first: so writers follow each other, on every engine. */
  writers: { id: number; last_written_at: number };
}

/** The tables that entities are kept in, all of which an archive without any has empty. */
export const entityTables = [
  'documents',
  'assessment_runs',
  'assessment_run_filters',
  'assessment_run_groups',
  'assessment_templates',
  'assessment_targets',
  'rules_packages',
  'findings',
  'exclusions',
  'assessment_run_agents',
  'event_subscriptions',
  'agent_previews',
  'exclusion_previews',
  'report_files',
  'evaluated_rules_packages',
] as const satisfies readonly (keyof Tables)[];

/** An entity as a document; `kind` and `key` together are unique. */
export interface DocumentsTable {
  id: Generated<number>;
  kind: string;
  /** The entity's ARN, or what stands for it where it has none; see entities.ts. */
  key: string;
  account: string;
  region: string;
  /** `null`, which is JSON too, where a list has named the entity and nothing has described it. */
  document: string;
}

/** The columns of every table that is listed: the ARN to answer with, or the key where there is none. */
export interface ListedTable {
  id: number;
  arn: string;
  account: string;
  region: string;
}

interface NamedTable extends ListedTable {
  name: string | null;
}

interface AssessmentTemplatesTable extends NamedTable {
  assessment_target_arn: string;
  duration_in_seconds: number | null;
}

interface AssessmentRunsTable extends ListedTable {
  /** The last part of the ARN, by which file names call a run. */
  short_id: string;
  assessment_template_arn: string;
  state: string | null;
  created_at: number | null;
}

/**
 * What the list of runs is filtered by, in rows so narrow that reading those of 50,000 runs in order takes a few
 * milliseconds, whatever the filter.
 */
export interface AssessmentRunFiltersTable {
  /** The run's. */
  id: number;
  group_id: number;
  duration_in_seconds: number | null;
  started_at: number | null;
  completed_at: number | null;
  state_changed_at: number | null;
  /** See name-signature.ts. */
  name_signature: number;
  state: string | null;
  name: string | null;
}

/** What many runs have in common, once: the runs of a template are a group, in general. */
export interface AssessmentRunGroupsTable {
  id: Generated<number>;
  /** A digest of the other columns, which may be longer than what an index takes. */
  key: string;
  region: string;
  assessment_template_arn: string;
  /** A JSON array, sorted and without duplicates. */
  rules_package_arns: string;
}

interface OfRunTable extends ListedTable {
  assessment_run_arn: string;
}

interface FindingsTable extends OfRunTable {
  agent_id: string | null;
  auto_scaling_group: string | null;
  rule_name: string | null;
  severity: string | null;
  rules_package_arn: string | null;
  created_at: number | null;
}

interface AssessmentRunAgentsTable extends OfRunTable {
  agent_health: string | null;
  agent_health_code: string | null;
}
