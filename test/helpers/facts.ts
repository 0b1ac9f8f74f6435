import { type Kysely, sql } from 'kysely';
import type { Database } from '../../src/archive/store/database.js';
import { migrate } from '../../src/archive/store/migrations.js';

/** What each table of facts has, with texts in place of terms, and in an order of its own. */
export async function readFacts({ tables }: Database): Promise<Record<string, string[]>> {
  const { rows: terms } = await sql<{ id: number; value: string }>`select id, value from terms`.execute(tables);
  const values = new Map(terms.map(({ id, value }) => [id, value]));
  const facts: Record<string, string[]> = {};
  for (const [table, names] of Object.entries(termColumns)) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(tables);
    facts[table] = rows.map((row) => JSON.stringify(toReadable(row, names, values))).sort();
  }
  return facts;
}

const termColumns: Record<string, readonly string[]> = {
  run_facts: ['run', 'account', 'region', 'target', 'template', 'state'],
  run_packages: ['package'],
  finding_facts: [
    ...['run', 'account', 'region', 'target', 'template', 'agent', 'auto_scaling_group', 'hostname', 'rule', 'package'],
    ...['severity', 'title'],
  ],
  telemetry_facts: ['run', 'message_type'],
  agent_facts: ['run', 'agent', 'account', 'region'],
  hosts: ['account', 'region', 'agent', 'latest_run'],
  finding_counts: ['account', 'region', 'target', 'template', 'package', 'severity'],
  finding_slots: ['account', 'region', 'target', 'template', 'package', 'severity'],
  finding_days: ['package', 'severity'],
  telemetry_days: ['message_type'],
  telemetry_runs: ['run', 'account', 'region', 'target', 'template'],
  run_counts: ['account', 'region', 'target', 'template', 'state'],
};

function toReadable(row: Record<string, unknown>, names: readonly string[], terms: ReadonlyMap<number, string>) {
  const members = Object.entries(row).map(([name, value]) => {
    if (names.includes(name)) return [name, typeof value === 'number' ? (terms.get(value) ?? value) : value];
    return [
      name,
      /^((count|data_size)(_high|_low)?|lacking|duration_in_seconds)$/.test(name) && value !== null
        ? Number(value)
        : value,
    ];
  });
  return Object.fromEntries(members.sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1)));
}

/** Makes an archive one of before there were facts, and migrates it. */
export async function migrateAgain({ tables, engine }: Database): Promise<void> {
  // Findings had a table.
  await sql`create table findings_before as select * from findings`.execute(tables);
  await sql`drop view findings`.execute(tables);
  await sql`alter table findings_before rename to findings`.execute(tables);
  for (const table of [...Object.keys(termColumns), 'terms']) await tables.schema.dropTable(table).execute();
  for (const column of ['revision', 'changed_at', 'position_key'])
    await tables.schema.alterTable('writers').dropColumn(column).execute();
  const others = tables as unknown as Kysely<{ kysely_migration: { name: string } }>;
  await others.deleteFrom('kysely_migration').where('name', '>=', '0003').execute();
  await migrate(tables, engine);
}
