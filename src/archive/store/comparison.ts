import { sql } from 'kysely';
import { toTemplateArn } from '../../domain/arn.js';
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
      const runs = tables
        .selectFrom('assessment_run_groups as group')
        .innerJoin('assessment_run_filters as filters', 'filters.group_id', 'group.id')
        .innerJoin('assessment_runs as run', 'run.id', 'filters.id')
        .where('group.assessment_template_arn', '=', toTemplateArn(runArn));
      const own = await runs.select(['run.id', 'run.created_at']).where('run.arn', '=', runArn).executeTakeFirst();
      const createdAt = own?.created_at ?? null;
      if (own === undefined || createdAt === null) return null;
      const previous = await runs
        .select('run.arn')
        .where(({ or, and, eb }) =>
          or([
            eb('run.created_at', '<', createdAt),
            and([eb('run.created_at', '=', createdAt), eb('run.id', '<', own.id)]),
          ]),
        )
        .orderBy('run.created_at', 'desc')
        .orderBy('run.id', 'desc')
        .executeTakeFirst();
      return previous?.arn ?? null;
    },

    async fetchFindingsOfRun(runArn, limit, scope) {
      const visible = await resolveScope(tables, scope);
      if (visible === null) return [];
      return tables
        .selectFrom('findings')
        .select([
          'id',
          'arn',
          'agent_id as agentId',
          'rule_name as ruleName',
          'rules_package_arn as rulesPackageArn',
          'severity',
        ])
        .where('id', 'in', ({ selectFrom }) =>
          selectFrom('finding_facts as fact')
            .where('fact.run', '=', ({ selectFrom }) =>
              selectFrom('terms').where('dimension', '=', 'run').where('key', '=', toTermKey(runArn)).select('id'),
            )
            .where(allOf(toVisiblePredicates(engine, visible, (column) => sql.ref(`fact.${column}`))))
            .select('fact.id'),
        )
        .orderBy('id')
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
