import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Insertable, Transaction } from 'kysely';
import { toRunArn, toTemplateArn } from '../../domain/arn.js';
import { isMemberOf } from '../documents.js';
import { type Entity, type EntityKind, entityOf } from '../entities.js';
import { hasFacts } from './facts.js';
import { createFactsWriter, type FactSource } from './facts-writer.js';
import { type Columns, insertRows, type JsonRow } from './json-rows.js';
import type { AssessmentRunGroupsTable, DocumentsTable, Engine, Tables } from './tables.js';

/** The text of a document of which only the key is known. */
export const UNDESCRIBED = 'null';

/** An entity to keep: its key and its document, as JSON and as text. */
export interface Entry {
  readonly entity: Entity;
  readonly key: string;
  /** Of an entity that a list has named only, no more than its ARN; its text is `UNDESCRIBED`. */
  readonly document: unknown;
  readonly text: string;
  /** The run for which a list named it. */
  readonly listedFor?: string | undefined;
  /** The file that a report is. */
  readonly file?: Uint8Array | undefined;
  /** Where it was read, for the message when it contradicts the archive. */
  readonly location: string;
}

/** What became of an entry. */
export type UpsertResult = 'new' | 'unchanged' | 'replaced';

/** Why the archive's document stays although the file has another one: it is later, or nothing says which one is. */
export type KeptReason = 'later' | 'other';

interface WriterOptions {
  readonly engine: Engine;
  /** Whether what differs replaces what the archive has where nothing says which one is later. */
  readonly replaces: boolean;
  /** `kept` is null unless an unchanged entity differs. */
  onUpsert(entry: Entry, result: UpsertResult, kept: KeptReason | null): void;
  /** An entry that can never change differs from what the archive has. */
  onContradiction(entry: Entry): void;
}

/** Entries are written in batches, which costs a fraction of one by one. */
const MAX_PENDING_ENTRIES = 500;
const MAX_PENDING_CHARACTERS = 1024 * 1024;

const documentColumns: Columns = { kind: 'text', key: 'text', account: 'text', region: 'text', document: 'text' };
const packageColumns: Columns = { id: 'integer', rules_package_arn: 'text' };

/** Columns of the listed tables that are no text. */
const typesOfListed: Columns = {
  id: 'integer',
  group_id: 'integer',
  duration_in_seconds: 'integer',
  name_signature: 'bigint',
  created_at: 'double precision',
  started_at: 'double precision',
  completed_at: 'double precision',
  state_changed_at: 'double precision',
};

/** Acquires the archive's write lock, which the transaction holds until it ends. */
export async function acquireWriteLock(transaction: Transaction<Tables>): Promise<void> {
  await transaction
    .updateTable('writers')
    .set({ last_written_at: Date.now() / 1000 })
    .execute();
}

/**
 * Upserts entries in a transaction that holds the write lock; `decide` says what becomes of a known one. `end` writes what
 * is left, and completes what is derived of it.
 */
export function createWriter(
  transaction: Transaction<Tables>,
  { engine, replaces, onUpsert, onContradiction }: WriterOptions,
) {
  const facts = createFactsWriter(transaction, engine);
  let hasChanged = false;
  const pending = new Map<EntityKind, Map<string, Entry>>();
  const knownGroupIds = new Map<string, number>();
  let entries = 0;
  let characters = 0;

  async function add(entry: Entry): Promise<void> {
    const { kind } = entry.entity;
    if (pending.get(kind)?.has(entry.key)) {
      // An ARN once more says nothing new of what comes already.
      if (entry.text === UNDESCRIBED) return onUpsert(entry, 'unchanged', null);
      // The same entity twice is written one after the other, as if it came from two files.
      await flush();
    }
    const ofKind = pending.get(kind) ?? new Map<string, Entry>();
    pending.set(kind, ofKind.set(entry.key, entry));
    entries += 1;
    characters += entry.text.length;
    if (entries >= MAX_PENDING_ENTRIES || characters >= MAX_PENDING_CHARACTERS) await flush();
  }

  async function flush(): Promise<void> {
    for (const [kind, ofKind] of pending) await write(entityOf(kind), [...ofKind.values()]);
    pending.clear();
    entries = 0;
    characters = 0;
  }

  async function end(): Promise<void> {
    await flush();
    if (!hasChanged) return;
    await facts.end();
    await transaction
      .updateTable('writers')
      .set(({ eb }) => ({ revision: eb('revision', '+', 1), changed_at: Date.now() / 1000 }))
      .execute();
  }

  async function write(entity: Entity, batch: readonly Entry[]): Promise<void> {
    const { kind } = entity;
    const keys = batch.map(({ key }) => key);
    const known = await transaction
      .selectFrom('documents')
      .select(['id', 'key', 'document'])
      .where('kind', '=', kind)
      .where('key', 'in', keys)
      .execute();
    const knownByKey = new Map(known.map((row) => [row.key, row]));
    const added = batch.filter(({ key }) => !knownByKey.has(key));
    const replaced: [number, Entry][] = [];
    for (const entry of batch) {
      const row = knownByKey.get(entry.key);
      const decision = row === undefined ? 'new' : decide(entry, row.document, replaces);
      if (decision === 'contradiction') onContradiction(entry);
      else if (decision === 'later' || decision === 'other') onUpsert(entry, 'unchanged', decision);
      else onUpsert(entry, decision === 'described' ? 'new' : decision, null);
      if (row !== undefined && (decision === 'replaced' || decision === 'described')) replaced.push([row.id, entry]);
    }
    await insert(entity, added);
    await replace(entity, replaced);
    if (entity.kind === 'finding') await moveToOwnRuns(batch, knownByKey);
  }

  /** A list of a finding's own run counts for more than one of another run, which may have come first. */
  async function moveToOwnRuns(batch: readonly Entry[], known: ReadonlyMap<string, { id: number }>): Promise<void> {
    const ids = batch.flatMap(({ key, listedFor }) => (listedFor === toRunArn(key) ? (known.get(key)?.id ?? []) : []));
    if (ids.length === 0) return;
    const rows = await transaction
      .selectFrom('findings')
      .select(['id', 'arn', 'assessment_run_arn'])
      .where('id', 'in', ids)
      .execute();
    for (const { id, arn, assessment_run_arn } of rows) {
      const runArn = toRunArn(arn);
      if (assessment_run_arn === runArn) continue;
      await facts.moveFinding(id, runArn);
      hasChanged = true;
    }
  }

  async function insert(entity: Entity, added: readonly Entry[]): Promise<void> {
    if (added.length === 0) return;
    hasChanged = true;
    const documents = added.map(toDocumentRow).map((row): JsonRow => {
      return [row.kind, row.key, row.account, row.region, row.document];
    });
    const rows = await insertRows<{ id: number; key: string }>(
      transaction,
      engine,
      'documents',
      documentColumns,
      documents,
      'id, key',
    );
    const ids = new Map(rows.map(({ id, key }) => [key, id]));
    const numbered = added.map((entry) => [ids.get(entry.key) as number, entry] as const);
    await insertListed(entity, numbered);
    await insertFiles(numbered);
    if (hasFacts(entity.kind)) await facts.insert(entity.kind, toFactSources(numbered));
  }

  async function insertFiles(numbered: readonly (readonly [number, Entry])[]): Promise<void> {
    for (const [id, { file }] of numbered) {
      if (file !== undefined) await transaction.insertInto('report_files').values({ id, content: file }).execute();
    }
  }

  async function replace(entity: Entity, replaced: readonly [number, Entry][]): Promise<void> {
    for (const [id, { text }] of replaced) {
      await transaction.updateTable('documents').set({ document: text }).where('id', '=', id).execute();
    }
    const ids = replaced.map(([id]) => id);
    if (ids.length > 0) hasChanged = true;
    if (ids.length > 0 && hasFacts(entity.kind)) {
      const sources = toFactSources(replaced);
      await facts.remove(entity.kind, sources);
      await facts.insert(entity.kind, sources);
    }
    if (ids.length > 0 && entity.kind === 'assessmentReport') {
      await transaction.deleteFrom('report_files').where('id', 'in', ids).execute();
      await insertFiles(replaced);
    }
    if (entity.listed?.toRow === undefined || ids.length === 0) return;
    await transaction.deleteFrom(entity.listed.table).where('id', 'in', ids).execute();
    await transaction.deleteFrom('evaluated_rules_packages').where('id', 'in', ids).execute();
    if (entity.listed.toFilterRow !== undefined) {
      await transaction.deleteFrom('assessment_run_filters').where('id', 'in', ids).execute();
    }
    await insertListed(entity, replaced);
  }

  async function insertListed({ listed }: Entity, numbered: readonly (readonly [number, Entry])[]): Promise<void> {
    const toRow = listed?.toRow;
    if (listed === undefined || toRow === undefined) return;
    await insertObjects(
      listed.table,
      numbered.map(([id, entry]) => {
        const { account, region } = toDocumentRow(entry);
        return { id, account, region, ...toRow(entry.document, entry.key) };
      }),
    );
    const packages = numbered.flatMap(([id, { document }]) =>
      [...new Set(listed.toRulesPackageArns?.(document))].map((arn) => [id, arn]),
    );
    await insertRows(transaction, engine, 'evaluated_rules_packages', packageColumns, packages);
    const { toFilterRow } = listed;
    if (toFilterRow === undefined) return;
    const groupIds = await fetchGroupIds(numbered.map(([, entry]) => toGroup(entry)));
    await insertObjects(
      'assessment_run_filters',
      numbered.map(([id, { document }], index) => {
        return { id, group_id: groupIds[index] as number, ...toFilterRow(document) };
      }),
    );
  }

  /** Inserts rows that have the same members in the same order. */
  async function insertObjects(table: string, rows: readonly Record<string, string | number | null>[]): Promise<void> {
    const [first = {}] = rows;
    const columns = Object.fromEntries(Object.keys(first).map((name) => [name, typesOfListed[name] ?? 'text']));
    await insertRows(
      transaction,
      engine,
      table,
      columns,
      rows.map((row) => Object.values(row)),
    );
  }

  /** The ids of the groups, each of which is created when the archive does not have it. */
  async function fetchGroupIds(groups: readonly Insertable<AssessmentRunGroupsTable>[]): Promise<number[]> {
    const added = new Map(groups.filter(({ key }) => !knownGroupIds.has(key)).map((group) => [group.key, group]));
    if (added.size > 0) {
      await transaction
        .insertInto('assessment_run_groups')
        .values([...added.values()])
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const rows = await transaction
        .selectFrom('assessment_run_groups')
        .select(['id', 'key'])
        .where('key', 'in', [...added.keys()])
        .execute();
      for (const { id, key } of rows) knownGroupIds.set(key, id);
    }
    return groups.map(({ key }) => knownGroupIds.get(key) as number);
  }

  return { add, flush, end };
}

function toFactSources(numbered: readonly (readonly [number, Entry])[]): FactSource[] {
  return numbered.map(([id, { key, document, listedFor, text }]) => {
    return { id, key, document: text === UNDESCRIBED ? null : document, listedFor };
  });
}

/**
 * What becomes of an entry whose document the archive has. A later version replaces it unless it lacks members; of the same
 * version, or of none, one that only adds members of the API. Otherwise one of an immutable kind is a contradiction.
 */
function decide(
  { entity, document, text }: Entry,
  known: string,
  replaces: boolean,
): Exclude<UpsertResult, 'new'> | KeptReason | 'described' | 'contradiction' {
  if (text === known || text === UNDESCRIBED) return 'unchanged';
  if (known === UNDESCRIBED) return 'described';
  const knownDocument = JSON.parse(known);
  const [version, knownVersion] = [entity.toVersion?.(document) ?? null, entity.toVersion?.(knownDocument) ?? null];
  const isDated = version !== null && knownVersion !== null;
  if (isDated && version < knownVersion) return 'later';
  if (replaces) return 'replaced';
  const given = JSON.parse(text);
  if (isDated && version > knownVersion)
    return Object.keys(knownDocument).every((name) => name in given) ? 'replaced' : 'other';
  if (hasAllOf(knownDocument, given)) return 'unchanged';
  if (entity.isImmutable) return 'contradiction';
  const added = Object.keys(given).filter((name) => !(name in knownDocument));
  return hasAllOf(given, knownDocument) && added.every((name) => isMemberOf(entity.kind, name)) ? 'replaced' : 'other';
}

/** Whether a document says all that another one says. */
function hasAllOf(document: Record<string, unknown>, other: Record<string, unknown>): boolean {
  if (Array.isArray(document) || Array.isArray(other)) return isDeepStrictEqual(document, other);
  return Object.entries(other).every(
    ([name, value]) => Object.hasOwn(document, name) && isDeepStrictEqual(document[name], value),
  );
}

function toDocumentRow({ entity, key, text }: Entry): Insertable<DocumentsTable> {
  // Keys have been checked where they were read.
  const { account, region } = entity.parseKey(key) ?? { account: '', region: '' };
  return { kind: entity.kind, key, account, region, document: text };
}

function toGroup(entry: Entry): Insertable<AssessmentRunGroupsTable> {
  const { region } = toDocumentRow(entry);
  const assessmentTemplateArn = toTemplateArn(entry.key);
  const packages = JSON.stringify([...new Set(entry.entity.listed?.toRulesPackageArns?.(entry.document))].sort());
  const key = createHash('sha256').update(`${region} ${assessmentTemplateArn} ${packages}`).digest('base64url');
  return { key, region, assessment_template_arn: assessmentTemplateArn, rules_package_arns: packages };
}
