import { type RawBuilder, sql } from 'kysely';
import { type EntityKind, entities } from './entities.js';
import type { Database } from './store/database.js';
import { type Snapshot, startSnapshot } from './store/snapshot.js';
import { UNDESCRIBED } from './store/writer.js';

/** What an archive holds. Rows are ordered by what they are grouped by; none of them is of nothing. */
export interface ArchiveStats {
  readonly entities: readonly {
    kind: EntityKind;
    account: string;
    /** Empty for what is in no region. */
    region: string;
    number: number;
    /** Of how many of them a list has named the ARN, and nothing else is known. */
    byArnAlone: number;
  }[];
  /** The year is that of `createdAt`, in UTC. */
  readonly runs: readonly {
    account: string;
    region: string;
    /** Null for a run that does not say when it was created, as the state for one that does not say that. */
    year: number | null;
    state: string | null;
    number: number;
  }[];
  /** The first ones by their order in lists, and how many there are. */
  readonly runsWithoutTelemetry: { readonly number: number; readonly arns: readonly string[] };
}

/** Counts what the archive holds, all at one moment, and names at most so many runs without telemetry. */
export async function fetchStats(database: Database, maxArns: number): Promise<ArchiveStats> {
  const snapshot = await startSnapshot(database);
  try {
    return {
      entities: await countEntities(snapshot),
      runs: await countRuns(snapshot),
      runsWithoutTelemetry: await findRunsWithoutTelemetry(snapshot, maxArns),
    };
  } finally {
    await snapshot.rollback().execute();
  }
}

async function countEntities(snapshot: Snapshot): Promise<ArchiveStats['entities']> {
  const counted: ArchiveStats['entities'][number][] = [];
  for (const { kind, listed } of entities) {
    // The narrow table of the kind, where there is one, is much less to read.
    const query =
      listed === undefined
        ? snapshot.selectFrom('documents').where('kind', '=', kind)
        : snapshot.selectFrom(listed.table as 'rules_packages');
    const rows = await (query as ReturnType<typeof snapshot.selectFrom<'rules_packages'>>)
      .select(({ fn }) => ['account', 'region', fn.countAll().as('number')])
      .groupBy(['account', 'region'])
      .orderBy('account')
      .orderBy('region')
      .execute();
    const byArnAlone = await countByArnAlone(snapshot, kind);
    for (const { account, region, number } of rows) {
      const named = byArnAlone.find((row) => row.account === account && row.region === region);
      counted.push({ kind, account, region, number: Number(number), byArnAlone: Number(named?.number ?? 0) });
    }
  }
  return counted;
}

/** By an index of these alone, which needs the value in the statement itself. */
async function countByArnAlone(snapshot: Snapshot, kind: EntityKind) {
  return snapshot
    .selectFrom('documents')
    .select(({ fn }) => ['account', 'region', fn.countAll().as('number')])
    .where('kind', '=', kind)
    .where('document', '=', sql.lit(UNDESCRIBED))
    .groupBy(['account', 'region'])
    .execute();
}

async function countRuns(snapshot: Snapshot): Promise<ArchiveStats['runs']> {
  const { first, last } = await snapshot
    .selectFrom('assessment_runs')
    .select(({ fn }) => [fn.min('created_at').as('first'), fn.max('created_at').as('last')])
    .executeTakeFirstOrThrow();
  const year = first === null || last === null ? sql<null>`null` : toYear(toUtcYear(first), toUtcYear(last));
  const rows = await snapshot
    .selectFrom((builder) =>
      builder
        .selectFrom('assessment_runs')
        .select(['account', 'region', 'state', year.as('year')])
        .as('dated'),
    )
    .select(({ fn }) => ['account', 'region', 'year', 'state', fn.countAll().as('number')])
    .groupBy(['account', 'region', 'year', 'state'])
    .orderBy('account')
    .orderBy('region')
    .orderBy('year')
    .orderBy('state')
    .execute();
  return rows.map((row) => ({ ...row, number: Number(row.number) }));
}

/** The engines have no function for the year of epoch seconds in common; where each year ends is known here. */
function toYear(first: number, last: number): RawBuilder<number | null> {
  const years = Array.from({ length: last - first }, (_, index) => first + index);
  const cases = years.map((year) => sql`when created_at < ${sql.lit(Date.UTC(year + 1) / 1000)} then ${sql.lit(year)}`);
  return sql`case when created_at is null then null ${sql.join(cases, sql` `)} else ${sql.lit(last)} end`;
}

function toUtcYear(seconds: number): number {
  return new Date(seconds * 1000).getUTCFullYear();
}

async function findRunsWithoutTelemetry(
  snapshot: Snapshot,
  maxArns: number,
): Promise<ArchiveStats['runsWithoutTelemetry']> {
  const query = snapshot
    .selectFrom('assessment_runs as run')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('documents')
            .select('documents.id')
            .where('documents.kind', '=', 'telemetryMetadata')
            .whereRef('documents.key', '=', 'run.arn'),
        ),
      ),
    );
  const { number } = await query.select(({ fn }) => fn.countAll().as('number')).executeTakeFirstOrThrow();
  const rows = await query
    .select('run.arn')
    .orderBy('run.id')
    .limit(Math.min(maxArns, 2 ** 31 - 1))
    .execute();
  return { number: Number(number), arns: rows.map(({ arn }) => arn) };
}
