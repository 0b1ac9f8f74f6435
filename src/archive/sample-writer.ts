import { existsSync } from 'node:fs';
import { sql } from 'kysely';
import { entities } from './entities.js';
import type { OperationRecord } from './operation-record.js';
import { createSample } from './sample.js';
import { type Database, IN_MEMORY, openDatabase, openImmutableDatabase } from './store/database.js';
import { POSITION_KEY_BYTES } from './store/sealed-position.js';
import { acquireWriteLock, createWriter, type Entry, UNDESCRIBED } from './store/writer.js';

/**
 * Writes the built-in sample into an empty archive. Its documents stand in the code as an import would make them, which a test
 * compares: to parse, detect and check what is known would be most of a start.
 */
export async function writeSample({ tables, engine }: Database): Promise<void> {
  const transaction = await tables.startTransaction().execute();
  await acquireWriteLock(transaction);
  const writer = createWriter(transaction, { engine, replaces: false, onUpsert() {}, onContradiction() {} });
  for (const entry of createSample().flatMap(toEntries)) await writer.add(entry);
  await writer.end();
  // Each replica has a sample of its own, in which there is nothing to hide.
  const position_key = Buffer.alloc(POSITION_KEY_BYTES).toString('base64');
  await transaction.updateTable('writers').set({ position_key }).execute();
  await transaction.commit().execute();
}

/** Opens the sample from the file that a build has made of it, since to write it takes most of a start; in memory without one. */
export async function openSample(file: URL): Promise<Database> {
  if (existsSync(file)) return openImmutableDatabase(file);
  const database = await openDatabase(IN_MEMORY);
  await writeSample(database);
  return database;
}

/** Writes the sample to a new file. */
export async function writeSampleFile(path: string): Promise<void> {
  const database = await openDatabase(`sqlite:${path}`);
  await writeSample(database);
  await sql`vacuum`.execute(database.tables);
  // What is never written needs no files beside it.
  await sql`pragma journal_mode = delete`.execute(database.tables);
  await database.close();
}

type Json = Record<string, unknown>;

function toEntries({ operation, input, output }: OperationRecord): Entry[] {
  const answer = output as Json;
  const entity = entities.find((one) => one.operation === operation || one.arnList?.operation === operation);
  if (entity === undefined) throw new Error(`The sample has a record of ${operation}.`);
  const { arnList, member, parent, placed } = entity;
  if (arnList?.operation === operation) {
    const [listedFor] = ((input as Json).assessmentRunArns ?? []) as string[];
    const arns = answer[arnList.member] as string[];
    return arns.map((arn) => ({ entity, key: arn, document: { arn }, text: UNDESCRIBED, listedFor, location: '' }));
  }
  const content = placed === 'as the output' ? answer : (answer[member] as object);
  const documents = placed.startsWith('in a ') ? Object.values(content) : [content];
  const ofParent = parent === undefined ? '' : ((input as Json)[parent.member] as string);
  return documents.map((document) => ({
    entity,
    key: entity.toKey(document, ofParent),
    document,
    text: JSON.stringify(document),
    location: '',
  }));
}
