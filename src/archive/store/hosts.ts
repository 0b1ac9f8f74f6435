import { type Kysely, sql } from 'kysely';
import { toSortKey } from './facts.js';
import { type Columns, selectJsonRows } from './json-rows.js';
import { isAmong } from './predicates.js';
import type { Engine, HostsTable, Tables } from './tables.js';

const columns: Columns = {
  account: 'integer',
  region: 'integer',
  agent: 'integer',
  agent_id: 'text',
  agent_id_key: 'text',
  hostname: 'text',
  first_seen_at: 'double precision',
  last_seen_at: 'double precision',
  run_count: 'integer',
  latest_run: 'integer',
};

const AGENTS_PER_WRITE = 1000;
const TERMS_PER_READ = 20_000;

type FoundHost = Omit<HostsTable, 'id' | 'agent_id_key'> & { account_value: string; region_value: string };

/**
 * Brings the hosts of these agents up to date with `agent_facts`, runs and findings. New ones come in the order of their
 * texts, which no other account has a part in.
 */
export async function writeHosts(tables: Kysely<Tables>, engine: Engine, touched: readonly number[]): Promise<void> {
  const agents = await sortByText(tables, engine, touched);
  for (let start = 0; start < agents.length; start += AGENTS_PER_WRITE) {
    const part = agents.slice(start, start + AGENTS_PER_WRITE).map((agent) => [agent]);
    const given = selectJsonRows(engine, { agent: 'integer' }, part);
    // The latest run is the last one seen, of several the last one to come; one without a time counts as before all others.
    const { rows } = await sql<FoundHost>`
      with touched as (${given}),
      seen as (
        select pair.account, pair.region, pair.agent, pair.run, coalesce(run.created_at, run.started_at) as seen_at,
          row_number() over (
            partition by pair.account, pair.region, pair.agent
            order by coalesce(run.created_at, run.started_at) desc nulls last, run.id desc nulls last, pair.run desc
          ) as place
        from touched
        join agent_facts as pair on pair.agent = touched.agent
        left join run_facts as run on run.run = pair.run
      )
      select seen.account, seen.region, seen.agent,
        (select value from terms where id = seen.agent) as agent_id,
        (select value from terms where id = seen.account) as account_value,
        (select value from terms where id = seen.region) as region_value,
        (select hostname.value from finding_facts as finding
          join terms as hostname on hostname.id = finding.hostname
          where finding.agent = seen.agent and finding.account = seen.account and finding.region = seen.region
          order by finding.created_at desc nulls last, finding.id desc limit 1) as hostname,
        min(seen.seen_at) as first_seen_at, max(seen.seen_at) as last_seen_at, count(*) as run_count,
        min(case when seen.place = 1 then seen.run end) as latest_run
      from seen
      group by seen.account, seen.region, seen.agent`.execute(tables);
    rows.sort(byTexts);
    const hosts = rows.map((host) => {
      const row: Record<string, unknown> = {
        ...host,
        agent_id_key: toSortKey(host.agent_id),
        run_count: Number(host.run_count),
      };
      return Object.keys(columns).map((name) => row[name] as string | number | null);
    });
    await sql`delete from hosts where agent in (select agent from (${given}) as touched) and not exists (
      select 1 from agent_facts as pair
      where pair.agent = hosts.agent and pair.account = hosts.account and pair.region = hosts.region)`.execute(tables);
    const names = Object.keys(columns).map((name) => sql.ref(name));
    const changed = Object.keys(columns)
      .slice(3)
      .map((name) => sql`${sql.ref(name)} = excluded.${sql.ref(name)}`);
    await sql`insert into hosts (${sql.join(names)}) select * from (${selectJsonRows(engine, columns, hosts)}) as given where true
      on conflict (account, region, agent) do update set ${sql.join(changed)}`.execute(tables);
  }
}

async function sortByText(tables: Kysely<Tables>, engine: Engine, terms: readonly number[]): Promise<number[]> {
  const found: { id: number; value: string }[] = [];
  for (let start = 0; start < terms.length; start += TERMS_PER_READ) {
    const part = terms.slice(start, start + TERMS_PER_READ);
    found.push(
      ...(await tables
        .selectFrom('terms')
        .select(['id', 'value'])
        .where(isAmong(engine, sql.ref('id'), part))
        .execute()),
    );
  }
  return found.sort((a, b) => compare(a.value, b.value)).map(({ id }) => id);
}

function byTexts(a: FoundHost, b: FoundHost): number {
  return (
    compare(a.agent_id, b.agent_id) ||
    compare(a.account_value, b.account_value) ||
    compare(a.region_value, b.region_value)
  );
}

const compare = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);
