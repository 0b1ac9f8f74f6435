import { type CreateTableBuilder, type Kysely, sql, type Transaction } from 'kysely';
import { factKinds } from '../facts.js';
import { createFactsWriter, type FactSource, type FactsWriter } from '../facts-writer.js';
import type { Engine, Tables } from '../tables.js';
import { type Change, notNull } from './change.js';

/** What runs and findings are searched by, and the counts and hosts that are derived of them. */
export const createFacts: Change = async (database, engine) => {
  const { schema } = database;
  const withId = (name: string) =>
    schema
      .createTable(name)
      .addColumn('id', 'integer', (column) =>
        engine === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey().generatedByDefaultAsIdentity(),
      );
  const terms = <T extends string, C extends string>(table: CreateTableBuilder<T, C>, ...names: string[]) =>
    names.reduce((built, name) => built.addColumn(name, 'integer'), table as CreateTableBuilder<T, string>);
  const places = <T extends string, C extends string>(table: CreateTableBuilder<T, C>) =>
    ['account', 'region', 'target', 'template'].reduce(
      (built, name) => built.addColumn(name, 'integer', notNull),
      table as CreateTableBuilder<T, string>,
    );
  // Text is ordered by code point, whatever the collation of the database is.
  const key = sql.raw(engine === 'sqlite' ? 'text' : 'text collate "C"');

  await schema
    .createTable('terms')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('dimension', 'text', notNull)
    .addColumn('key', key as never, notNull)
    .addColumn('value', 'text', notNull)
    .addColumn('signature', 'bigint')
    .addUniqueConstraint('terms_by_key', ['dimension', 'key'])
    .execute();

  await terms(places(schema.createTable('run_facts').addColumn('id', 'integer', (id) => id.primaryKey())), 'state')
    .addColumn('run', 'integer', (column) => column.notNull().unique())
    .addColumn('created_at', 'double precision')
    .addColumn('started_at', 'double precision')
    .addColumn('completed_at', 'double precision')
    .addColumn('duration_in_seconds', 'bigint')
    .addColumn('name', 'text')
    .addColumn('name_key', key as never)
    .execute();
  await schema
    .createTable('run_packages')
    .addColumn('id', 'integer', notNull)
    .addColumn('package', 'integer', notNull)
    .addPrimaryKeyConstraint('run_packages_key', ['id', 'package'])
    .execute();
  await terms(
    places(schema.createTable('finding_facts').addColumn('id', 'integer', (id) => id.primaryKey())).addColumn(
      'run',
      'integer',
      notNull,
    ),
    'agent',
    'auto_scaling_group',
    'hostname',
    'rule',
    'package',
    'severity',
    'severity_rank',
    'title',
  )
    .addColumn('title_key', key as never)
    .addColumn('created_at', 'double precision')
    .execute();
  await schema
    .createTable('telemetry_facts')
    .addColumn('run', 'integer', notNull)
    .addColumn('place', 'integer', notNull)
    .addColumn('message_type', 'integer', notNull)
    .addColumn('count', 'bigint', notNull)
    .addColumn('data_size', 'bigint')
    .addPrimaryKeyConstraint('telemetry_facts_key', ['run', 'place'])
    .modifyEnd(withoutRowid(engine))
    .execute();
  await schema
    .createTable('agent_facts')
    .addColumn('run', 'integer', notNull)
    .addColumn('agent', 'integer', notNull)
    .addColumn('account', 'integer', notNull)
    .addColumn('region', 'integer', notNull)
    .addPrimaryKeyConstraint('agent_facts_key', ['agent', 'account', 'region', 'run'])
    .modifyEnd(withoutRowid(engine))
    .execute();
  await withId('hosts')
    .addColumn('account', 'integer', notNull)
    .addColumn('region', 'integer', notNull)
    .addColumn('agent', 'integer', notNull)
    .addColumn('agent_id', 'text', notNull)
    .addColumn('agent_id_key', key as never, notNull)
    .addColumn('hostname', 'text')
    .addColumn('first_seen_at', 'double precision')
    .addColumn('last_seen_at', 'double precision')
    .addColumn('run_count', 'integer', notNull)
    .addColumn('latest_run', 'integer', notNull)
    .addUniqueConstraint('hosts_by_agent', ['account', 'region', 'agent'])
    .execute();
  await places(schema.createTable('finding_counts'))
    .addColumn('package', 'integer', notNull)
    .addColumn('severity', 'integer', notNull)
    .addColumn('count', 'integer', notNull)
    .addPrimaryKeyConstraint('finding_counts_key', ['account', 'region', 'target', 'template', 'package', 'severity'])
    .modifyEnd(withoutRowid(engine))
    .execute();

  await places(schema.createTable('finding_slots').addColumn('slot', 'integer', notNull))
    .addColumn('package', 'integer', notNull)
    .addColumn('severity', 'integer', notNull)
    .addColumn('count', 'integer', notNull)
    .addPrimaryKeyConstraint('finding_slots_key', [
      ...['slot', 'account', 'region', 'target', 'template', 'package', 'severity'],
    ] as never)
    .modifyEnd(withoutRowid(engine))
    .execute();
  await schema
    .createTable('finding_days')
    .addColumn('day', 'integer', notNull)
    .addColumn('package', 'integer', notNull)
    .addColumn('severity', 'integer', notNull)
    .addColumn('count', 'integer', notNull)
    .addPrimaryKeyConstraint('finding_days_key', ['day', 'package', 'severity'])
    .modifyEnd(withoutRowid(engine))
    .execute();
  const sums = <T extends string, C extends string>(table: CreateTableBuilder<T, C>) =>
    ['count_high', 'count_low', 'data_size_high', 'data_size_low', 'lacking'].reduce(
      (built, name) => built.addColumn(name, 'bigint', notNull),
      table as CreateTableBuilder<T, string>,
    );
  await sums(
    places(schema.createTable('telemetry_runs').addColumn('run', 'integer', (run) => run.primaryKey())),
  ).execute();
  await sums(schema.createTable('telemetry_days').addColumn('day', 'integer', notNull))
    .addColumn('message_type', 'integer', notNull)
    .addColumn('runs', 'integer', notNull)
    .addPrimaryKeyConstraint('telemetry_days_key', ['day', 'message_type'])
    .modifyEnd(withoutRowid(engine))
    .execute();

  await places(schema.createTable('run_counts'))
    .addColumn('state', 'integer', notNull)
    .addColumn('count', 'integer', notNull)
    .addPrimaryKeyConstraint('run_counts_key', ['account', 'region', 'target', 'template', 'state'])
    .modifyEnd(withoutRowid(engine))
    .execute();

  const writer = await fillFacts(database as Kysely<Tables>, engine);

  // Each with the id behind it: what is equal is in the order of ids.
  for (const [table, ...names] of [
    ['run_facts', 'created_at'],
    ['run_facts', 'started_at'],
    ['run_facts', 'completed_at'],
    ['run_facts', 'name_key'],
    ['run_facts', 'template', 'created_at'],
    ['finding_facts', 'severity_rank'],
    ['finding_facts', 'title_key'],
    ['finding_facts', 'title'],
    ['finding_facts', 'run'],
    ['finding_facts', 'template', 'created_at'],
    ['finding_facts', 'agent', 'created_at'],
    ['finding_facts', 'rule', 'created_at'],
    ['finding_facts', 'auto_scaling_group', 'created_at'],
    ['run_packages', 'package'],
    ['hosts', 'last_seen_at'],
    ['hosts', 'first_seen_at'],
    ['hosts', 'agent_id_key'],
  ] as [string, ...string[]][]) {
    await schema
      .createIndex(`${table}_by_${names[0]}`)
      .on(table)
      .columns([...names, 'id'])
      .execute();
  }
  // With what findings of a time are filtered by most, so that these are found without their rows.
  await schema
    .createIndex('finding_facts_by_created_at')
    .on('finding_facts')
    .columns(['created_at', 'id', 'severity', 'package', 'account', 'region', 'template'])
    .execute();
  // All titles are looked through for a text, by the bitmap first.
  await sql`create index terms_by_signature on terms (dimension, signature) where dimension = 'title'`.execute(
    database,
  );
  await schema.createIndex('agent_facts_by_run').on('agent_facts').columns(['run', 'agent']).execute();
  await writer.end();

  // Facts have all that the table of findings had.
  await schema.dropTable('findings').execute();
  await sql`create view findings as
    select fact.id, documents.key as arn, account.value as account, region.value as region,
      run.value as assessment_run_arn, agent.value as agent_id, auto_scaling_group.value as auto_scaling_group,
      rule.value as rule_name, severity.value as severity, package.value as rules_package_arn, fact.created_at
    from finding_facts as fact
    left join documents on documents.id = fact.id
    ${sql.join(
      ['account', 'region', 'run', 'agent', 'auto_scaling_group', 'rule', 'severity', 'package'].map((name) => {
        return sql`left join terms as ${sql.ref(name)} on ${sql.ref(`${name}.id`)} = ${sql.ref(`fact.${name}`)}`;
      }),
      sql` `,
    )}`.execute(database);

  await schema
    .alterTable('writers')
    .addColumn('revision', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await schema.alterTable('writers').addColumn('changed_at', 'double precision').execute();
  await sql`update writers set revision = 1, changed_at = last_written_at where exists (select 1 from documents)`.execute(
    database,
  );
};

/** SQLite keeps a table whose key is all that it is read by in the order of that key alone. */
function withoutRowid(engine: Engine) {
  return engine === 'sqlite' ? sql`without rowid` : sql``;
}

const DOCUMENTS_PER_READ = 500;

/** Derives the facts of all documents, in the order of their ids. */
async function fillFacts(database: Kysely<Tables>, engine: Engine): Promise<FactsWriter> {
  const writer = createFactsWriter(database as Transaction<Tables>, engine);
  for (let after = 0; ; ) {
    const rows = await database
      .selectFrom('documents')
      .leftJoin('findings', 'findings.id', 'documents.id')
      .select(['documents.id', 'kind', 'key', 'document', 'findings.assessment_run_arn as listedFor'])
      .where('documents.id', '>', after)
      .orderBy('documents.id')
      .limit(DOCUMENTS_PER_READ)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return writer;
    for (const kind of factKinds) {
      const sources = rows
        .filter((row) => row.kind === kind)
        .map(({ id, key, document, listedFor }): FactSource => {
          return { id, key, document: JSON.parse(document), listedFor: listedFor ?? undefined };
        });
      await writer.insert(kind, sources);
    }
    after = last.id;
  }
}
