import { sql } from 'kysely';
import type { Scope } from '../../domain/scope.js';
import type { ComparedFinding } from '../comparison.js';
import type { Database } from './database.js';
import { toTermKey } from './facts.js';
import { allOf } from './predicates.js';
import { resolveScope, toVisiblePredicates } from './scope-predicates.js';

/** Reads of what is compared of two runs. */
export interface ComparisonReader {
  /** The run of the same template before this one, by createdAt; null where there is none or nothing says when it was. */
  findPreviousRun(runArn: string): Promise<string | null>;
  /** The first findings of a run that a scope sees, in the order of arrival: a list may name findings of other accounts. */
  fetchFindingsOfRun(runArn: string, limit: number, scope: Scope | null): Promise<readonly ComparedFinding[]>;
  /** The agents of a run, in the order of arrival. */
  fetchAgentIds(runArn: string): Promise<readonly string[]>;
}

/** The reads over an open database. */
export function createComparisonReader({ tables, engine }: Pick<Database, 'tables' | 'engine'>): ComparisonReader {
  return {
    async findPreviousRun(runArn) {
      const own = await tables
        .selectFrom('run_facts as fact')
        .innerJoin('terms as run', 'run.id', 'fact.run')
        .select(['fact.id', 'fact.template', 'fact.created_at'])
        .where('run.dimension', '=', 'run')
        .where('run.key', '=', toTermKey(runArn))
        .executeTakeFirst();
      if (own === undefined || own.created_at === null) return null;
      // By the index of all three, with the template in the order so that PostgreSQL sees that.
      const { rows } = await sql<{ arn: string }>`select documents.key as arn from (
          select id from run_facts
          where template = ${own.template} and (created_at, id) < (${own.created_at}, ${own.id})
          order by template desc, created_at desc, id desc limit 1
        ) as previous join documents on documents.id = previous.id`.execute(tables);
      return rows[0]?.arn ?? null;
    },

    async fetchFindingsOfRun(runArn, limit, scope) {
      const visible = await resolveScope(tables, scope);
      if (visible === null) return [];
      return tables
        .selectFrom('finding_facts as fact')
        .innerJoin('documents', 'documents.id', 'fact.id')
        .select([
          'fact.id',
          'documents.key as arn',
          'fact.agent',
          'fact.rule',
          'fact.package',
          'fact.severity_rank as severityRank',
        ])
        .where('fact.run', '=', ({ selectFrom }) =>
          selectFrom('terms').where('dimension', '=', 'run').where('key', '=', toTermKey(runArn)).select('id'),
        )
        .where(allOf(toVisiblePredicates(engine, visible, (column) => sql.ref(`fact.${column}`))))
        .orderBy('fact.id')
        .limit(limit)
        .execute();
    },

    async fetchAgentIds(runArn) {
      const rows = await tables
        .selectFrom('assessment_run_agents')
        .select('arn')
        .where('assessment_run_arn', '=', runArn)
        .orderBy('id')
        .execute();
      // The key of an agent: its run and its ID.
      return rows.map(({ arn }) => arn.slice(runArn.length + 1));
    },
  };
}
