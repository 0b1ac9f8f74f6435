import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Scope } from '../../domain/scope.js';
import { type EntityKind, entityOf } from '../entities.js';
import type { Database } from './database.js';
import { allOf } from './predicates.js';
import {
  isArnInScope,
  isTextInScope,
  resolveScope,
  toVisiblePredicates,
  type VisibleTerms,
} from './scope-predicates.js';
import { startSnapshot } from './snapshot.js';
import { toScope, type Visibility } from './visibility.js';

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
  fetchDescription(visibility: Visibility): Promise<Description>;
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
  const { engine } = database;
  return {
    fetchRevision: () => fetchRevision(database),
    async fetchDescription(visibility) {
      const snapshot = await startSnapshot(database);
      try {
        const visible = await resolveScope(snapshot, visibility.scope);
        const accounts = await countBy('account', visible);
        const times = await sql<{ first: number | null; last: number | null }>`
          select min(created_at) as first, max(created_at) as last from run_facts as fact
          where ${isVisible(visible)}`.execute(snapshot);
        const { first = null, last = null } = times.rows[0] ?? {};
        const sumOf = (member: 'assessmentRunCount' | 'findingCount') =>
          accounts.reduce((sum, counted) => sum + counted[member], 0);
        const counts: Record<string, number> = {
          assessmentRuns: sumOf('assessmentRunCount'),
          findings: sumOf('findingCount'),
          hosts: await countHosts(visible),
        };
        for (const [name, kind] of Object.entries(countedKinds)) {
          counts[name] = await countEntities(kind, toScope(kind, visibility));
        }
        return {
          ...(await fetchRevision({ tables: snapshot })),
          counts,
          accounts,
          regions: await countBy('region', visible),
          firstRunAt: first,
          lastRunAt: last,
        };
      } finally {
        await snapshot.rollback().execute();
      }

      /** Of rows of `fact`, which have an account and a region. */
      function isVisible(visible: VisibleTerms | null): RawBuilder<SqlBool> {
        if (visible === null) return sql`false`;
        return allOf(toVisiblePredicates(engine, visible, (column) => sql.ref(`fact.${column}`)));
      }

      async function countHosts(visible: VisibleTerms | null): Promise<number> {
        const query = snapshot.selectFrom('hosts as fact').select(({ fn }) => fn.countAll().as('count'));
        return Number((await query.where(isVisible(visible)).executeTakeFirstOrThrow()).count);
      }

      /** In the narrow table of the kind, or by the keys of its documents, which an index has. */
      async function countEntities(kind: EntityKind, scope: Scope | null): Promise<number> {
        const table = entityOf(kind).listed?.table as 'rules_packages' | undefined;
        const from =
          table === undefined
            ? sql`documents where kind = ${kind} and ${scope === null ? sql`true` : isArnInScope(engine, scope, sql.ref('documents.key'))}`
            : sql`${sql.table(table)} where ${scope === null ? sql`true` : isTextInScope(engine, scope, sql.ref('account'), sql.ref('region'))}`;
        const { rows } = await sql<{ count: number }>`select count(*) as count from ${from}`.execute(snapshot);
        return Number(rows[0]?.count ?? 0);
      }

      async function countBy(column: 'account' | 'region', visible: VisibleTerms | null): Promise<Counted[]> {
        const { rows } = await sql<{ value: string; runs: number; findings: number }>`
          select terms.value, sum(counted.runs) as runs, sum(counted.findings) as findings from (
            select ${sql.ref(column)} as term, count as runs, 0 as findings from run_counts as fact
            where ${isVisible(visible)}
            union all
            select ${sql.ref(column)} as term, 0 as runs, count as findings from finding_counts as fact
            where ${isVisible(visible)}
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
