import { type CompiledQuery, type Kysely, type RootOperationNode, sql } from 'kysely';
import type { Database } from '../../src/archive/store/database.js';
import type { Tables } from '../../src/archive/store/tables.js';

/** An archive's tables that note every query, and how the engine reads each of them. */
export function createQueryLog({ tables, engine }: Database) {
  const nodes: RootOperationNode[] = [];
  const logged = tables.withPlugin({
    transformQuery({ node }) {
      nodes.push(node);
      return node;
    },
    transformResult: async ({ result }) => result,
  });

  /** The queries since the last call, each with its plan below it. */
  async function takePlans(): Promise<string[]> {
    const queries = nodes.splice(0).map((node) => tables.getExecutor().compileQuery(node, { queryId: 'explained' }));
    return tables.connection().execute(async (connection) => {
      // PostgreSQL reads small tables without an index.
      if (engine === 'postgres') await sql`set enable_seqscan = off`.execute(connection);
      const plans: string[] = [];
      for (const query of queries) plans.push(`${query.sql}\n${await explain(connection, query)}`);
      if (engine === 'postgres') await sql`set enable_seqscan = on`.execute(connection);
      return plans;
    });
  }

  async function explain(connection: Kysely<Tables>, query: CompiledQuery): Promise<string> {
    const prefix = engine === 'sqlite' ? 'explain query plan' : 'explain';
    const { rows } = await connection.executeQuery({ ...query, sql: `${prefix} ${query.sql}` });
    return rows.map((row) => (row as Record<string, string>)[engine === 'sqlite' ? 'detail' : 'QUERY PLAN']).join('\n');
  }

  return { tables: logged, takePlans };
}
