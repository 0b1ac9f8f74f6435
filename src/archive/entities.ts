import { createHash } from 'node:crypto';
import type { Insertable } from 'kysely';
import { type ArnKind, matchArn, toRunArn, toTargetArn, toTemplateArn } from '../domain/arn.js';
import { matchRoleArn, type RegionAndAccount } from './arn.js';
import type { DocumentOf, DocumentTypes } from './documents.js';
import type { AssessmentRunFiltersTable, ListedTable, Tables } from './store/tables.js';
import { toNameBitmap } from './store/trigram-bitmap.js';

/** What the archive keeps, by the name under which documents are stored. */
export type EntityKind = keyof DocumentTypes;

/** The tables that lists are read from. */
export type ListedTableName = {
  [T in keyof Tables]: Tables[T] extends ListedTable ? T : never;
}[keyof Tables];

/** The kinds of resource that an output can belong to without saying so, and the member of the input that names it. */
export interface ParentResource {
  readonly kind: 'assessmentRun' | 'assessmentTemplate' | 'assessmentTarget';
  readonly member: string;
  /** A second member of the input that is part of the key, by what its text looks like. */
  readonly token?: { readonly member: string; readonly pattern: RegExp };
}

/** How an entity is stored, and how it is told in the API's terms. */
interface Definition<K extends EntityKind> {
  /** What people call it; the plural is with an s where it is absent. */
  readonly noun: string;
  readonly plural?: string;
  /** The operation that gives it, and the member of its output that holds it. */
  readonly operation: string;
  readonly member: string;
  /** How it lies in that member: among others in a list or a map, as the whole of it, or in place of it. */
  readonly placed: 'in a list' | 'in a map' | 'as the member' | 'as the output';
  /** The input of that operation for the entity with this key. */
  toInput(key: string): Record<string, unknown>;
  /** The output of that operation for this document, which is JSON text already. */
  toOutput(document: string, key: string): string;
  /** Unique among its kind; `parent` is what it belongs to where the document does not say that. */
  toKey(document: DocumentOf<K>, parent: string): string;
  /** Absent where the document says itself what it belongs to. */
  readonly parent?: ParentResource;
  /** The resource whose ARN says which account and region the entity belongs to. */
  parseKey(key: string): RegionAndAccount | null;
  /** Grows whenever the service changes the entity; null where this one does not tell it, absent where none does. */
  toVersion?(document: DocumentOf<K>): number | null;
  /** Whether it never changes once it is there, so that two that differ contradict each other. */
  readonly isImmutable?: true;
  /** The list of ARNs that names such an entity without describing it. */
  readonly arnList?: { readonly operation: string; readonly member: string; readonly arnKind: ArnKind };
  /** Members that are entities of their own where somebody has put them into this one. */
  readonly joined?: Readonly<Record<string, EntityKind>>;
  /** The row that lists read, but for its id, account and region; absent where there is no list of it. */
  readonly listed?: {
    readonly table: ListedTableName;
    /** Absent where nothing is written to the table. An entity known by its key alone has a document of its ARN. */
    toRow?(document: DocumentOf<K>, key: string): object;
    toRulesPackageArns?(document: DocumentOf<K>): readonly string[];
    /** The row by which runs are filtered, but for its id and the group's. */
    toFilterRow?(document: DocumentOf<K>): Omit<AssessmentRunFiltersTable, 'id' | 'group_id'>;
  };
}

type Row<T extends keyof Tables> = Omit<Insertable<Tables[T]>, keyof Omit<ListedTable, 'arn'>>;

/** An entity with an ARN of its own, by the API's names: DescribeFindings takes `findingArns` and gives `findings`. */
function described(kind: ArnKind) {
  const member = `${kind}s`;
  return {
    operation: `Describe${capitalize(member)}`,
    member,
    placed: 'in a list' as const,
    toInput: (key: string) => ({ [`${kind}Arns`]: [key] }),
    toOutput: (document: string) => `{"${member}":[${document}],"failedItems":{}}`,
    toKey: ({ arn }: { arn: string }) => arn,
    parseKey: (key: string) => matchArn(kind, key),
  };
}

/** The same where an operation lists the ARNs: ListFindings gives `findingArns`. */
function describedAndListed(kind: ArnKind) {
  const arnList = { operation: `List${capitalize(kind)}s`, member: `${kind}Arns`, arnKind: kind };
  return { ...described(kind), arnList };
}

const capitalize = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Of a key that begins with the ARN of its parent. */
const parseParentKey = (kind: ArnKind) => (key: string) => matchArn(kind, toFirstWord(key));

/** Those that are filtered by are valid; what else stands in such a list is kept in the document alone. */
const toRulesPackageArns = ({ rulesPackageArns = [] }: { rulesPackageArns?: string[] | undefined }) =>
  rulesPackageArns.filter((arn) => matchArn('rulesPackage', arn) !== null);

/** A number as the engines' integers take it, which have 32 bits. */
const toInt32 = (number: number | undefined) => (number !== undefined && Math.abs(number) < 2 ** 31 ? number : null);

/** The first word of a key that consists of several: an ARN. */
export const toFirstWord = (key: string) => key.split(' ', 1)[0] as string;

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

const definitions: { readonly [K in EntityKind]: Definition<K> } = {
  rulesPackage: {
    noun: 'rules package',
    ...describedAndListed('rulesPackage'),
    listed: { table: 'rules_packages', toRow: ({ arn }): Row<'rules_packages'> => ({ arn }) },
  },
  resourceGroup: {
    noun: 'resource group',
    ...described('resourceGroup'),
  },
  crossAccountAccessRole: {
    noun: 'cross-account role',
    operation: 'DescribeCrossAccountAccessRole',
    member: 'roleArn',
    placed: 'as the output',
    toInput: () => ({}),
    toOutput: (document) => document,
    toKey: ({ roleArn }) => roleArn,
    parseKey: matchRoleArn,
    toVersion: ({ registeredAt }) => registeredAt ?? null,
  },
  assessmentTarget: {
    noun: 'assessment target',
    ...describedAndListed('assessmentTarget'),
    toVersion: ({ updatedAt }) => updatedAt ?? null,
    listed: {
      table: 'assessment_targets',
      toRow: ({ arn, name = null }): Row<'assessment_targets'> => ({ arn, name }),
    },
  },
  agentPreview: {
    noun: 'agent preview',
    operation: 'PreviewAgents',
    member: 'agentPreviews',
    placed: 'in a list',
    toInput: (key) => ({ previewAgentsArn: toFirstWord(key) }),
    toOutput: (document) => `{"agentPreviews":[${document}]}`,
    toKey: ({ agentId }, parent) => `${parent} ${agentId}`,
    parent: { kind: 'assessmentTarget', member: 'previewAgentsArn' },
    parseKey: parseParentKey('assessmentTarget'),
    listed: {
      table: 'agent_previews',
      toRow: (_preview, key): Row<'agent_previews'> => ({ arn: key, assessment_target_arn: toFirstWord(key) }),
    },
  },
  assessmentTemplate: {
    noun: 'assessment template',
    ...describedAndListed('assessmentTemplate'),
    // Nothing else of a template can change.
    toVersion: ({ assessmentRunCount }) => assessmentRunCount ?? null,
    joined: { tags: 'tags' },
    listed: {
      table: 'assessment_templates',
      toRow: ({ arn, name = null, durationInSeconds }): Row<'assessment_templates'> => ({
        arn,
        name,
        assessment_target_arn: toTargetArn(arn),
        duration_in_seconds: toInt32(durationInSeconds),
      }),
      toRulesPackageArns,
    },
  },
  tags: {
    noun: 'tags',
    plural: 'tags',
    operation: 'ListTagsForResource',
    member: 'tags',
    placed: 'as the member',
    toInput: (key) => ({ resourceArn: key }),
    toOutput: (document) => `{"tags":${document}}`,
    toKey: (_tags, parent) => parent,
    parent: { kind: 'assessmentTemplate', member: 'resourceArn' },
    parseKey: (key) => matchArn('assessmentTemplate', key),
  },
  eventSubscription: {
    noun: 'event subscription',
    operation: 'ListEventSubscriptions',
    member: 'subscriptions',
    placed: 'in a list',
    toInput: (key) => ({ resourceArn: toFirstWord(key) }),
    toOutput: (document) => `{"subscriptions":[${document}]}`,
    toKey: ({ resourceArn, topicArn }) => `${resourceArn} ${topicArn}`,
    parseKey: parseParentKey('assessmentTemplate'),
    listed: {
      table: 'event_subscriptions',
      toRow: ({ resourceArn }, key): Row<'event_subscriptions'> => ({ arn: key, resource_arn: resourceArn }),
    },
  },
  exclusionPreview: {
    noun: 'exclusion preview',
    operation: 'GetExclusionsPreview',
    member: 'exclusionPreviews',
    placed: 'in a list',
    toInput(key) {
      const [assessmentTemplateArn, previewToken] = key.split(' ');
      return { assessmentTemplateArn, previewToken };
    },
    toOutput: (document) => `{"previewStatus":"COMPLETED","exclusionPreviews":[${document}]}`,
    // A preview has no name of its own: two of the same content are one.
    toKey: (preview, parent) => `${parent} ${toDigest(JSON.stringify(preview))}`,
    parent: {
      kind: 'assessmentTemplate',
      member: 'assessmentTemplateArn',
      token: { member: 'previewToken', pattern: UUID },
    },
    parseKey: parseParentKey('assessmentTemplate'),
    listed: {
      table: 'exclusion_previews',
      toRow(_preview, key): Row<'exclusion_previews'> {
        const [templateArn = '', token = ''] = key.split(' ');
        return { arn: key, assessment_template_arn: templateArn, preview_token: token };
      },
    },
  },
  assessmentRun: {
    noun: 'assessment run',
    ...describedAndListed('assessmentRun'),
    toVersion: ({ stateChangedAt }) => stateChangedAt ?? null,
    joined: { telemetryMetadata: 'telemetryMetadata' },
    listed: {
      table: 'assessment_runs',
      toRow: ({ arn, state = null, createdAt = null }): Row<'assessment_runs'> => ({
        arn,
        short_id: toShortId(arn),
        assessment_template_arn: toTemplateArn(arn),
        state,
        created_at: createdAt,
      }),
      toRulesPackageArns,
      toFilterRow: ({ durationInSeconds, startedAt, completedAt, stateChangedAt, state = null, name = null }) => ({
        duration_in_seconds: toInt32(durationInSeconds),
        started_at: startedAt ?? null,
        completed_at: completedAt ?? null,
        state_changed_at: stateChangedAt ?? null,
        name_signature: toNameBitmap(name ?? ''),
        state,
        name,
      }),
    },
  },
  telemetryMetadata: {
    noun: 'telemetry',
    plural: 'telemetry',
    operation: 'GetTelemetryMetadata',
    member: 'telemetryMetadata',
    placed: 'as the member',
    toInput: (key) => ({ assessmentRunArn: key }),
    toOutput: (document) => `{"telemetryMetadata":${document}}`,
    toKey: (_rows, parent) => parent,
    parent: { kind: 'assessmentRun', member: 'assessmentRunArn' },
    parseKey: (key) => matchArn('assessmentRun', key),
    isImmutable: true,
  },
  assessmentRunAgent: {
    noun: 'assessment run agent',
    operation: 'ListAssessmentRunAgents',
    member: 'assessmentRunAgents',
    placed: 'in a list',
    toInput: (key) => ({ assessmentRunArn: toFirstWord(key) }),
    toOutput: (document) => `{"assessmentRunAgents":[${document}]}`,
    toKey: ({ assessmentRunArn, agentId }) => `${assessmentRunArn} ${agentId}`,
    parseKey: parseParentKey('assessmentRun'),
    listed: {
      table: 'assessment_run_agents',
      toRow: ({ assessmentRunArn, agentHealth = null, agentHealthCode = null }, key): Row<'assessment_run_agents'> => ({
        arn: key,
        assessment_run_arn: assessmentRunArn,
        agent_health: agentHealth,
        agent_health_code: agentHealthCode,
      }),
    },
  },
  finding: {
    noun: 'finding',
    ...describedAndListed('finding'),
    toVersion: ({ updatedAt }) => updatedAt ?? null,
    listed: {
      // A view of its facts.
      table: 'findings',
    },
  },
  exclusion: {
    noun: 'exclusion',
    ...describedAndListed('exclusion'),
    placed: 'in a map',
    toOutput: (document, key) => `{"exclusions":{${JSON.stringify(key)}:${document}},"failedItems":{}}`,
    listed: {
      table: 'exclusions',
      toRow: ({ arn }): Row<'exclusions'> => ({ arn, assessment_run_arn: toRunArn(arn) }),
    },
  },
  assessmentReport: {
    noun: 'assessment report',
    operation: 'GetAssessmentReport',
    member: 'report',
    placed: 'as the member',
    toInput(key) {
      const [assessmentRunArn, reportFileFormat, reportType] = key.split(' ');
      return { assessmentRunArn, reportFileFormat, ...(reportType === undefined ? {} : { reportType }) };
    },
    toOutput: (document) => `{"status":"COMPLETED","report":${document}}`,
    toKey: ({ assessmentRunArn, reportFileFormat, reportType }) =>
      [assessmentRunArn, reportFileFormat, ...(reportType === undefined ? [] : [reportType])].join(' '),
    parseKey: parseParentKey('assessmentRun'),
    isImmutable: true,
  },
};

/** A definition whose document is of a kind that is known at run time only; what is given to it is that kind's. */
// biome-ignore lint/suspicious/noExplicitAny: each definition is checked against its own document above
export type Entity = Definition<any> & { readonly kind: EntityKind; readonly plural: string };

/** Every entity, those that others refer to first: the order of summaries and exports. */
export const entities: readonly Entity[] = Object.entries(definitions).map(([kind, definition]) => ({
  kind: kind as EntityKind,
  plural: `${definition.noun}s`,
  ...definition,
}));

const entitiesByKind = new Map(entities.map((entity) => [entity.kind, entity]));

/** The entity of a kind. */
export function entityOf(kind: EntityKind): Entity {
  return entitiesByKind.get(kind) as Entity;
}

/** The keys that the reports of a run may have: each format, of each type or of one that is not known. */
export function toReportKeys(runArn: string): string[] {
  return ['HTML', 'PDF'].flatMap((format) => ['', ' FINDING', ' FULL'].map((type) => `${runArn} ${format}${type}`));
}

/** The last part of an ARN, such as `0-MKkpXXPE`. */
export function toShortId(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function toDigest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
