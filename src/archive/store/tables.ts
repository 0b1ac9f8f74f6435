import type { Generated } from 'kysely';

/** The databases that an archive can be in. */
export type Engine = 'sqlite' | 'postgres';

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
  terms: TermsTable;
  run_facts: RunFactsTable;
  /** Which rules packages a run has, as terms. */
  run_packages: { id: number; package: number };
  finding_facts: FindingFactsTable;
  telemetry_facts: TelemetryFactsTable;
  agent_facts: AgentFactsTable;
  hosts: HostsTable;
  finding_counts: FindingCountsTable;
  finding_slots: FindingSlotsTable;
  finding_days: FindingDaysTable;
  telemetry_runs: TelemetryRunsTable;
  telemetry_days: TelemetryDaysTable;
  run_counts: RunCountsTable;
  writers: WritersTable;
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
  'exclusions',
  'assessment_run_agents',
  'event_subscriptions',
  'agent_previews',
  'exclusion_previews',
  'report_files',
  'evaluated_rules_packages',
  'terms',
  'run_facts',
  'run_packages',
  'finding_facts',
  'telemetry_facts',
  'agent_facts',
  'hosts',
  'finding_counts',
  'finding_slots',
  'finding_days',
  'telemetry_runs',
  'telemetry_days',
  'run_counts',
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

/** What runs are filtered by, in rows so narrow that a scan of 50,000 takes a few milliseconds. */
export interface AssessmentRunFiltersTable {
  /** The run's. */
  id: number;
  group_id: number;
  duration_in_seconds: number | null;
  started_at: number | null;
  completed_at: number | null;
  state_changed_at: number | null;
  /** See trigram-bitmap.ts. */
  name_signature: number;
  state: string | null;
  name: string | null;
}

/** A dimension table: what many runs have in common, in general those of a template. */
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

/** A view of the facts of findings, their terms as texts: what is not selected is not read. */
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

/*
 * Facts: what searches and statistics read of the documents, in narrow rows of numbers. They are derived, by the same code
 * (facts.ts) in an import and in the migration that fills an older archive, and change in the transaction that changes the
 * documents. Texts that many rows share are terms: a column of a fact that is named after a dimension holds the id of a
 * term of that dimension, and null where the document does not say it. What is known by its ARN alone has the facts that
 * the ARN says. Nothing refers by a foreign key: the run of a finding may never have been imported, and is a term all the
 * same.
 */

/** What terms are of. `run`, `template` and `target` are ARNs; `rule` is the `id` of a finding. */
export type TermDimension =
  | 'account'
  | 'region'
  | 'target'
  | 'template'
  | 'run'
  | 'state'
  | 'rulesPackage'
  | 'severity'
  | 'rule'
  | 'agent'
  | 'autoScalingGroup'
  | 'hostname'
  | 'title'
  | 'messageType';

/** The dictionary of texts. A term stays when nothing has it any longer. */
export interface TermsTable {
  id: number;
  dimension: TermDimension;
  /** The value, or a digest of one that is longer than what an index takes; unique in its dimension. See `toTermKey`. */
  key: string;
  value: string;
  /** Of titles only: see trigram-bitmap.ts, of the value in lower case. */
  signature: number | null;
}

/** A run that has a document or was named by a list: the rows of `assessment_runs`, by the same ids. */
export interface RunFactsTable {
  id: number;
  /** The term of the run's ARN, by which findings, telemetry and agents name it; unique. */
  run: number;
  account: number;
  region: number;
  target: number;
  template: number;
  state: number | null;
  created_at: number | null;
  started_at: number | null;
  completed_at: number | null;
  duration_in_seconds: number | null;
  name: string | null;
  /** See `toSortKey`. */
  name_key: string | null;
}

/** A finding that has a document or was named by a list. */
export interface FindingFactsTable {
  id: number;
  /** The run whose list has it, which is the run of its ARN but for findings that another run's list named. */
  run: number;
  /** Of that run. */
  template: number;
  target: number;
  /** Of the finding's own ARN. */
  account: number;
  region: number;
  /** Of the document's `assetAttributes`. */
  agent: number | null;
  auto_scaling_group: number | null;
  hostname: number | null;
  rule: number | null;
  package: number | null;
  /** As the document has it, also one that nobody knows. */
  severity: number | null;
  /** Undefined 0, Informational 1, Low 2, Medium 3, High 4; null for any other one and for none. */
  severity_rank: number | null;
  title: number | null;
  /** See `toSortKey`. */
  title_key: string | null;
  created_at: number | null;
}

/**
 * The rows of telemetry that are summed up, of runs that are in `run_facts` or not. A row `Total` is here only where a run
 * has no other row: everywhere else it is the sum of the others. Nothing else is left out, so that a run may have several
 * rows of one type.
 */
export interface TelemetryFactsTable {
  run: number;
  /** The place in the document, from 0. */
  place: number;
  message_type: number;
  /** Both up to 2^53-1 each, so that a sum may be more than a number holds. */
  count: number;
  data_size: number | null;
}

/** Which agents a run's agents or findings name; each pair once. */
export interface AgentFactsTable {
  run: number;
  agent: number;
  /** Of the ARN of the run that the agent is of, or of the finding. */
  account: number;
  region: number;
}

/** The agents of `agent_facts`, kept up to date at the end of each import; an id stays as long as the host is there. */
export interface HostsTable {
  id: Generated<number>;
  account: number;
  region: number;
  agent: number;
  agent_id: string;
  /** See `toSortKey`. */
  agent_id_key: string;
  /** Of its latest finding that has one. */
  hostname: string | null;
  /** By `created_at` of its runs, or `started_at` where that is absent. */
  first_seen_at: number | null;
  last_seen_at: number | null;
  run_count: number;
  /** The term of its latest run. */
  latest_run: number;
}

/** How many findings there are of each combination; 0 stands for null. Kept up to date at the end of each import. */
export interface FindingCountsTable {
  account: number;
  region: number;
  target: number;
  template: number;
  package: number;
  severity: number;
  count: number;
}

/**
 * The same by quarters of an hour of `created_at`, for statistics over time: 0 is the slot of those without a time. Findings
 * of a run come at much the same time, so that there are far fewer of these than of findings.
 */
export interface FindingSlotsTable extends FindingCountsTable {
  slot: number;
}

/** The same by days in UTC, whatever the place: the few rows of statistics over everything. */
export interface FindingDaysTable {
  day: number;
  package: number;
  severity: number;
  count: number;
}

/** Sums of telemetry, in two halves: see summary.ts. */
interface TelemetrySums {
  count_high: number;
  count_low: number;
  data_size_high: number;
  data_size_low: number;
  /** How many rows lack a `data_size`. */
  lacking: number;
}

/** The rows of `telemetry_facts` added up for each run that has any. */
export interface TelemetryRunsTable extends TelemetrySums {
  run: number;
  /** All four are what the ARN says: the run may not be in `run_facts`. */
  account: number;
  region: number;
  target: number;
  template: number;
}

/** The same rows for each type and day in UTC of the run's `created_at`; 0 is the day of runs without one. */
export interface TelemetryDaysTable extends TelemetrySums {
  day: number;
  message_type: number;
  /** How many runs have the type. */
  runs: number;
}

/** How many runs there are of each combination. */
export interface RunCountsTable {
  account: number;
  region: number;
  target: number;
  template: number;
  state: number;
  count: number;
}

/** One row. The write lock: every import updates it first. */
export interface WritersTable {
  id: number;
  last_written_at: number;
  /** Grows with every import that changed anything; 0 in an archive that nothing was written to. */
  revision: number;
  /** When it grew. */
  changed_at: number | null;
  /** By which positions in tokens are sealed, in Base64; see sealed-position.ts. */
  position_key: string;
}
