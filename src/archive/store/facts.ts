import { createHash } from 'node:crypto';
import { toRunArn, toTargetArn, toTemplateArn } from '../../domain/arn.js';
import { severities } from '../../domain/severities.js';
import type { RegionAndAccount } from '../arn.js';
import type { DocumentOf } from '../documents.js';
import { type EntityKind, entityOf, toFirstWord } from '../entities.js';
import { toHigh, toLow } from '../summary.js';
import { toWellFormed } from './json-rows.js';
import type { TermDimension } from './tables.js';

/*
 * What searches and statistics read of a document, before its texts are terms. See tables.ts for what each one means.
 */

/** The row of an entity, by the columns of its table; texts of the columns in `dimensions` become the ids of their terms. */
export type FactRow = Readonly<Record<string, string | number | null>>;

/** The dimension of each column that holds a term. */
export const dimensions: Readonly<Record<string, TermDimension>> = {
  account: 'account',
  region: 'region',
  target: 'target',
  template: 'template',
  run: 'run',
  state: 'state',
  package: 'rulesPackage',
  severity: 'severity',
  rule: 'rule',
  agent: 'agent',
  auto_scaling_group: 'autoScalingGroup',
  hostname: 'hostname',
  title: 'title',
  message_type: 'messageType',
};

/** The kinds that have facts. */
export type FactKind = 'assessmentRun' | 'finding' | 'telemetryMetadata' | 'assessmentRunAgent';

/** Those kinds, for queries. */
export const factKinds: readonly FactKind[] = ['assessmentRun', 'finding', 'telemetryMetadata', 'assessmentRunAgent'];

/** Whether a kind has facts. */
export function hasFacts(kind: EntityKind): kind is FactKind {
  return (factKinds as readonly EntityKind[]).includes(kind);
}

/** The lowest first: its place is a severity's rank. */
const severitiesByRank: readonly string[] = severities.toReversed();

/** The rank of a severity, null for none and for one that nobody knows. */
export function toRankFact(severity: string | undefined): number | null {
  const rank = severitiesByRank.indexOf(severity ?? '');
  return rank === -1 ? null : rank;
}

const KEY_LENGTH = 250;

/** What text is ordered by: its first 250 characters, since PostgreSQL's indexes take no more than 2,700 bytes. */
export function toSortKey(text: string): string {
  const wellFormed = toWellFormed(text);
  // Characters outside the BMP are two units of a string.
  return wellFormed.length <= KEY_LENGTH
    ? wellFormed
    : [...wellFormed.slice(0, 2 * KEY_LENGTH)].slice(0, KEY_LENGTH).join('');
}

/** What a term is found by: its value, or the beginning and a digest of a long one. */
export function toTermKey(value: string): string {
  if (value.length <= KEY_LENGTH) return value;
  return `${toSortKey(value).slice(0, 100)} ${createHash('sha256').update(value).digest('base64url')}`;
}

/** The text of a term, null for none. */
function term(value: string | null | undefined): string | null {
  return value == null ? null : toWellFormed(value);
}

/** The facts of a run, or of its ARN alone. */
export function toRunFacts(arn: string, run: Partial<DocumentOf<'assessmentRun'>>) {
  const { name, state, createdAt, startedAt, completedAt, durationInSeconds } = run;
  return {
    run: term(arn),
    ...toPlace('assessmentRun', arn),
    target: term(toTargetArn(arn)),
    template: term(toTemplateArn(arn)),
    state: term(state),
    created_at: createdAt ?? null,
    started_at: startedAt ?? null,
    completed_at: completedAt ?? null,
    duration_in_seconds: durationInSeconds ?? null,
    name: name === undefined ? null : toWellFormed(name),
    name_key: name === undefined ? null : toSortKey(name),
  } satisfies FactRow;
}

/** The rules packages of a run. */
export function toRunPackages(run: Partial<DocumentOf<'assessmentRun'>>): string[] {
  return [...new Set(run.rulesPackageArns)].map(toWellFormed);
}

/** The facts of a finding, or of its ARN alone; `runArn` is the run whose list has it. */
export function toFindingFacts(arn: string, finding: Partial<DocumentOf<'finding'>>, runArn: string) {
  const { assetAttributes, serviceAttributes, id, title, severity, createdAt } = finding;
  return {
    ...toFindingRun(runArn),
    ...toPlace('finding', arn),
    agent: term(assetAttributes?.agentId),
    auto_scaling_group: term(assetAttributes?.autoScalingGroup),
    hostname: term(assetAttributes?.hostname),
    rule: term(id),
    package: term(serviceAttributes?.rulesPackageArn),
    severity: term(severity),
    severity_rank: toRankFact(severity),
    title: term(title),
    title_key: title === undefined ? null : toSortKey(title),
    created_at: createdAt ?? null,
  } satisfies FactRow;
}

/** The facts of a finding that follow from the run whose list has it. */
export function toFindingRun(runArn: string) {
  return {
    run: term(runArn),
    template: term(toTemplateArn(runArn)),
    target: term(toTargetArn(runArn)),
  } satisfies FactRow;
}

/** The rows of a run's telemetry that are summed up. */
export function toTelemetryFacts(runArn: string, telemetry: DocumentOf<'telemetryMetadata'>) {
  const rows = telemetry.map(({ messageType, count, dataSize }, place) => ({
    run: term(runArn),
    place,
    message_type: toWellFormed(messageType),
    count,
    data_size: dataSize ?? null,
  }));
  const others = rows.filter(({ message_type }) => message_type !== 'Total');
  return (others.length > 0 ? others : rows) satisfies FactRow[];
}

/** The sums of a run's telemetry in two halves; null where it has no rows. */
export function toTelemetryRun(runArn: string, telemetry: DocumentOf<'telemetryMetadata'>) {
  const rows = toTelemetryFacts(runArn, telemetry);
  if (rows.length === 0) return null;
  const add = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);
  const counts = rows.map(({ count }) => count);
  const sizes = rows.map(({ data_size }) => data_size ?? 0);
  return {
    run: term(runArn),
    ...toPlace('assessmentRun', runArn),
    target: term(toTargetArn(runArn)),
    template: term(toTemplateArn(runArn)),
    count_high: add(counts.map(toHigh)),
    count_low: add(counts.map(toLow)),
    data_size_high: add(sizes.map(toHigh)),
    data_size_low: add(sizes.map(toLow)),
    lacking: rows.filter(({ data_size }) => data_size === null).length,
  } satisfies FactRow;
}

/** The facts of an agent, by its key. */
export function toAgentFacts(key: string) {
  const runArn = toFirstWord(key);
  return {
    run: term(runArn),
    agent: term(key.slice(runArn.length + 1)),
    ...toPlace('assessmentRun', runArn),
  } satisfies FactRow;
}

/** The run of a finding's ARN unless a list of another run named it. */
export function toFindingRunArn(arn: string, listedFor: string | undefined): string {
  return listedFor ?? toRunArn(arn);
}

function toPlace(kind: 'assessmentRun' | 'finding', arn: string) {
  const { account, region } = entityOf(kind).parseKey(arn) as RegionAndAccount;
  return { account: term(account), region: term(region) };
}
