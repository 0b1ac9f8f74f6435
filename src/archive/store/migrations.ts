import { randomBytes } from 'node:crypto';
import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { createFacts } from './migrations/0003-facts.js';
import { type Change, notNull } from './migrations/change.js';
import { POSITION_KEY_BYTES } from './sealed-position.js';
import type { Engine } from './tables.js';

/** A table with the columns of every one that is listed. */
function createListedTable({ schema }: Kysely<unknown>, name: string) {
  return schema
    .createTable(name)
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('arn', 'text', notNull)
    .addColumn('account', 'text', notNull)
    .addColumn('region', 'text', notNull);
}

/** An index on these columns of each table, named after the first one. */
async function createIndexes({ schema }: Kysely<unknown>, indexes: readonly [string, string[]][]): Promise<void> {
  for (const [table, columns] of indexes) {
    await schema.createIndex(`${table}_by_${columns[0]}`).on(table).columns(columns).execute();
  }
}

/** Every change ever made to the tables, in order. Released ones are never edited: an archive may be older than any. */
const changes: Record<string, Change> = {
  '0001-entities': async (database, engine) => {
    await database.schema
      .createTable('documents')
      .addColumn('id', 'integer', (column) =>
        // An id is never used twice, so that no page token ever points before something new.
        engine === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey().generatedByDefaultAsIdentity(),
      )
      .addColumn('kind', 'text', notNull)
      .addColumn('key', 'text', notNull)
      .addColumn('account', 'text', notNull)
      .addColumn('region', 'text', notNull)
      .addColumn('document', 'text', notNull)
      .execute();
    await database.schema.createIndex('documents_by_key').unique().on('documents').columns(['kind', 'key']).execute();
    await database.schema.createIndex('documents_by_id').on('documents').columns(['kind', 'id']).execute();

    await createListedTable(database, 'assessment_runs')
      .addColumn('short_id', 'text', notNull)
      .addColumn('assessment_template_arn', 'text', notNull)
      .addColumn('state', 'text', notNull)
      .addColumn('created_at', 'double precision', notNull)
      .execute();
    await database.schema
      .createTable('assessment_run_filters')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('group_id', 'integer', notNull)
      .addColumn('duration_in_seconds', 'integer', notNull)
      .addColumn('started_at', 'double precision')
      .addColumn('completed_at', 'double precision')
      .addColumn('state_changed_at', 'double precision', notNull)
      .addColumn('name_signature', 'bigint', notNull)
      .addColumn('state', 'text', notNull)
      .addColumn('name', 'text', notNull)
      .execute();
    await database.schema
      .createTable('assessment_run_groups')
      .addColumn('id', 'integer', (column) =>
        engine === 'sqlite' ? column.primaryKey() : column.primaryKey().generatedByDefaultAsIdentity(),
      )
      .addColumn('key', 'text', (column) => column.notNull().unique())
      .addColumn('region', 'text', notNull)
      .addColumn('assessment_template_arn', 'text', notNull)
      .addColumn('rules_package_arns', 'text', notNull)
      .execute();
    await createListedTable(database, 'assessment_templates')
      .addColumn('name', 'text', notNull)
      .addColumn('assessment_target_arn', 'text', notNull)
      .addColumn('duration_in_seconds', 'integer', notNull)
      .execute();
    await createListedTable(database, 'assessment_targets').addColumn('name', 'text', notNull).execute();
    await createListedTable(database, 'rules_packages').execute();
    await createListedTable(database, 'findings')
      .addColumn('assessment_run_arn', 'text', notNull)
      .addColumn('agent_id', 'text')
      .addColumn('auto_scaling_group', 'text')
      .addColumn('rule_name', 'text')
      .addColumn('severity', 'text')
      .addColumn('rules_package_arn', 'text')
      .addColumn('created_at', 'double precision', notNull)
      .execute();
    await createListedTable(database, 'exclusions').addColumn('assessment_run_arn', 'text', notNull).execute();
    await createListedTable(database, 'assessment_run_agents')
      .addColumn('assessment_run_arn', 'text', notNull)
      .addColumn('agent_health', 'text', notNull)
      .addColumn('agent_health_code', 'text', notNull)
      .execute();
    await database.schema
      .createTable('evaluated_rules_packages')
      .addColumn('id', 'integer', notNull)
      .addColumn('rules_package_arn', 'text', notNull)
      .addPrimaryKeyConstraint('evaluated_rules_packages_key', ['id', 'rules_package_arn'])
      .execute();

    // What singles out few rows, each with the id behind it, so that a page is read in the order of the list and ends
    // where it is full. The rest of what runs are filtered by has none: what an index finds would have to be sorted, which
    // costs more than reading the narrow rows in order (see scripts/measure-archive.mjs).
    await createIndexes(database, [
      ['assessment_runs', ['short_id']],
      ['assessment_run_filters', ['group_id', 'id']],
      ['assessment_templates', ['assessment_target_arn', 'id']],
      ['findings', ['assessment_run_arn', 'id']],
      ['findings', ['agent_id', 'id']],
      ['findings', ['severity', 'id']],
      ['exclusions', ['assessment_run_arn', 'id']],
      ['assessment_run_agents', ['assessment_run_arn', 'id']],
    ]);

    await database.schema
      .createTable('writers')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('last_written_at', 'double precision', notNull)
      .execute();
    await sql`insert into writers (id, last_written_at) values (1, 0)`.execute(database);
  },
  '0002-members-that-may-be-absent': async (database, engine) => {
    const optionalColumns: Record<string, string[]> = {
      assessment_runs: ['state', 'created_at'],
      assessment_run_filters: ['duration_in_seconds', 'state_changed_at', 'state', 'name'],
      assessment_templates: ['name', 'duration_in_seconds'],
      assessment_targets: ['name'],
      findings: ['created_at'],
      assessment_run_agents: ['agent_health', 'agent_health_code'],
    };
    for (const [table, columns] of Object.entries(optionalColumns)) {
      for (const column of columns) {
        if (engine === 'postgres') {
          await sql`alter table ${sql.table(table)} alter column ${sql.ref(column)} drop not null`.execute(database);
          continue;
        }
        // SQLite cannot take a constraint from a column: another one takes its place. None of these has an index.
        const { rows } = await sql<{
          type: string;
        }>`select type from pragma_table_info(${table}) where name = ${column}`.execute(database);
        const type = sql.raw(rows[0]?.type ?? 'text');
        await sql`alter table ${sql.table(table)} rename column ${sql.ref(column)} to ${sql.ref(`${column}_before`)}`.execute(
          database,
        );
        await sql`alter table ${sql.table(table)} add column ${sql.ref(column)} ${type}`.execute(database);
        await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${sql.ref(`${column}_before`)}`.execute(database);
        await sql`alter table ${sql.table(table)} drop column ${sql.ref(`${column}_before`)}`.execute(database);
      }
    }

    await createListedTable(database, 'event_subscriptions').addColumn('resource_arn', 'text', notNull).execute();
    await createListedTable(database, 'agent_previews').addColumn('assessment_target_arn', 'text', notNull).execute();
    await createListedTable(database, 'exclusion_previews')
      .addColumn('assessment_template_arn', 'text', notNull)
      .addColumn('preview_token', 'text', notNull)
      .execute();
    await createIndexes(database, [
      ['event_subscriptions', ['resource_arn', 'id']],
      ['agent_previews', ['assessment_target_arn', 'id']],
      ['exclusion_previews', ['assessment_template_arn', 'id']],
    ]);
    // Those that a list has named and nothing has described, which are few.
    await database.schema
      .createIndex('documents_by_arn_alone')
      .on('documents')
      .columns(['kind', 'id'])
      .where(sql.ref('document'), '=', sql.lit('null'))
      .execute();
    await database.schema
      .createTable('report_files')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('content', engine === 'postgres' ? 'bytea' : 'blob', notNull)
      .execute();
  },
  '0003-facts': createFacts,
  '0004-severity-with-time': async ({ schema }) => {
    // With the time, so that findings of a time are found in the order of severity without their rows.
    await schema.dropIndex('finding_facts_by_severity_rank').execute();
    await schema
      .createIndex('finding_facts_by_severity_rank')
      .on('finding_facts')
      .columns(['severity_rank', 'id', 'created_at'])
      .execute();
  },
  '0005-position-key': async (database) => {
    await database.schema.alterTable('writers').addColumn('position_key', 'text').execute();
    await sql`update writers set position_key = ${randomBytes(POSITION_KEY_BYTES).toString('base64')}`.execute(
      database,
    );
  },
};

/** Whether there are any of the archive's tables. */
export async function hasTables<T>(database: Kysely<T>, engine: Engine): Promise<boolean> {
  const migrations = await createMigrator(database, engine).getMigrations();
  return migrations.some(({ executedAt }) => executedAt !== undefined);
}

/** Brings the tables up to date, under a lock: any number of processes may do it at once. Rejects with what failed. */
export async function migrate<T>(database: Kysely<T>, engine: Engine): Promise<void> {
  // The lock waits for whoever writes, and an import may write for minutes: most starts can do without it.
  const migrations = await createMigrator(database, engine).getMigrations();
  if (migrations.every(({ executedAt }) => executedAt !== undefined)) return;
  if (engine === 'postgres') return migrateToLatest(database, engine);
  // Kysely takes a SQLite file for its own and does not lock it; here several processes may share one.
  await database.connection().execute(async (connection) => {
    await sql`begin immediate`.execute(connection);
    try {
      await migrateToLatest(connection, engine);
      await sql`commit`.execute(connection);
    } catch (error) {
      await sql`rollback`.execute(connection);
      throw error;
    }
  });
}

async function migrateToLatest<T>(database: Kysely<T>, engine: Engine): Promise<void> {
  const { error } = await createMigrator(database, engine).migrateToLatest();
  if (error !== undefined) throw error;
}

function createMigrator<T>(database: Kysely<T>, engine: Engine): Migrator {
  const toMigration = (change: Change): Migration => ({ up: (transaction) => change(transaction, engine) });
  const migrations = Object.entries(changes).map(([name, change]) => [name, toMigration(change)]);
  return new Migrator({ db: database, provider: { getMigrations: async () => Object.fromEntries(migrations) } });
}
