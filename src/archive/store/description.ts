import { sql } from 'kysely';
import { type EntityKind, entityOf } from '../entities.js';
import type { Database } from './database.js';
import { startSnapshot } from './snapshot.js';

/** Which version of its content an archive has. */
export interface Revision {
  /** Opaque; another one after every import that changed anything. */
  readonly revision: string;
  /** Epoch seconds; null in an archive that nothing was written to. */
  readonly lastChangedAt: number | null;
}

/** How many runs and findings an account or a region has. */
export interface Counted {
  readonly value: string;
  readonly assessmentRunCount: number;
  readonly findingCount: number;
}

/** What an archive has. Times are epoch seconds, null without any run that has one. */
export interface Description extends Revision {
  readonly counts: Readonly<Record<string, number>>;
  readonly accounts: readonly Counted[];
  readonly regions: readonly Counted[];
  readonly firstRunAt: number | null;
  readonly lastRunAt: number | null;
}

/** Reads that describe the archive. */
export interface DescriptionReader {
  fetchRevision(): Promise<Revision>;
  fetchDescription(): Promise<Description>;
}

const countedKinds: Readonly<Record<string, EntityKind>> = {
  assessmentTemplates: 'assessmentTemplate',
  assessmentTargets: 'assessmentTarget',
  rulesPackages: 'rulesPackage',
  agents: 'assessmentRunAgent',
  exclusions: 'exclusion',
  telemetry: 'telemetryMetadata',
};

/** The reads over an open database. */
export function createDescriptionReader(database: Pick<Database, 'tables' | 'engine'>): DescriptionReader {
  return {
    fetchRevision: () => fetchRevision(database),
    async fetchDescription() {
      const snapshot = await startSnapshot(database);
      try {
        const accounts = await countBy('account');
        const { first, last } = await snapshot
          .selectFrom('run_facts')
          .select(({ fn }) => [fn.min('created_at').as('first'), fn.max('created_at').as('last')])
          .executeTakeFirstOrThrow();
        const sumOf = (member: 'assessmentRunCount' | 'findingCount') =>
          accounts.reduce((sum, counted) => sum + counted[member], 0);
        const counts: Record<string, number> = {
          assessmentRuns: sumOf('assessmentRunCount'),
          findings: sumOf('findingCount'),
          hosts: await countAll('hosts'),
        };
        for (const [name, kind] of Object.entries(countedKinds)) {
          const table = entityOf(kind).listed?.table;
          counts[name] = await (table === undefined ? countDocuments(kind) : countAll(table as 'rules_packages'));
        }
        return {
          ...(await fetchRevision({ tables: snapshot })),
          counts,
          accounts,
          regions: await countBy('region'),
          firstRunAt: first,
          lastRunAt: last,
        };
      } finally {
        await snapshot.rollback().execute();
      }

      async function countAll(table: 'hosts' | 'rules_packages'): Promise<number> {
        const query = snapshot.selectFrom(table).select(({ fn }) => fn.countAll().as('count'));
        return Number((await query.executeTakeFirstOrThrow()).count);
      }

      async function countDocuments(kind: EntityKind): Promise<number> {
        const query = snapshot.selectFrom('documents').select(({ fn }) => fn.countAll().as('count'));
        return Number((await query.where('kind', '=', kind).executeTakeFirstOrThrow()).count);
      }

      async function countBy(column: 'account' | 'region'): Promise<Counted[]> {
        const { rows } = await sql<{ value: string; runs: number; findings: number }>`
          select terms.value, sum(counted.runs) as runs, sum(counted.findings) as findings from (
            select ${sql.ref(column)} as term, count as runs, 0 as findings from run_counts
            union all
            select ${sql.ref(column)} as term, 0 as runs, count as findings from finding_counts
          ) as counted
          join terms on terms.id = counted.term
          group by terms.value`.execute(snapshot);
        const counted = rows.map(({ value, runs, findings }) => {
          return { value, assessmentRunCount: Number(runs), findingCount: Number(findings) };
        });
        return counted.sort((a, b) => (a.value < b.value ? -1 : 1));
      }
    },
  };
}

async function fetchRevision({ tables }: Pick<Database, 'tables'>): Promise<Revision> {
  const { revision, changed_at } = await tables
    .selectFrom('writers')
    .select(['revision', 'changed_at'])
    .executeTakeFirstOrThrow();
  // Two archives may be as many imports old, of which one takes the place of the other.
  return { revision: `${revision}.${Math.round((changed_at ?? 0) * 1000).toString(36)}`, lastChangedAt: changed_at };
}
