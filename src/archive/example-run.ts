import type { EntityKind } from './entities.js';
import type { Database } from './store/database.js';

/** A run to ask for as an example, and what the archive has of it. */
export interface ExampleRun {
  readonly arn: string;
  readonly hasDetails: boolean;
  readonly hasTelemetry: boolean;
}

/** How many of the newest runs are tried for telemetry. */
const MAX_NEWEST_RUNS = 100;

/** The newest run with telemetry; else the latest telemetry, else the newest run; null for an empty archive. */
export async function findExampleRun({ tables }: Database): Promise<ExampleRun | null> {
  const runs = await tables
    .selectFrom('assessment_runs')
    .select('arn')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MAX_NEWEST_RUNS)
    .execute();
  const arns = runs.map(({ arn }) => arn);
  const withTelemetry = await findKeys('telemetryMetadata', arns);
  const newest = arns.find((arn) => withTelemetry.has(arn));
  if (newest !== undefined) return { arn: newest, hasDetails: true, hasTelemetry: true };

  const telemetry = await tables
    .selectFrom('documents')
    .select('key')
    .where('kind', '=', 'telemetryMetadata')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (telemetry !== undefined) {
    const { key: arn } = telemetry;
    return { arn, hasDetails: (await findKeys('assessmentRun', [arn])).has(arn), hasTelemetry: true };
  }
  return arns[0] === undefined ? null : { arn: arns[0], hasDetails: true, hasTelemetry: false };

  /** Those of the keys under which there is a document of the kind. */
  async function findKeys(kind: EntityKind, keys: readonly string[]): Promise<ReadonlySet<string>> {
    if (keys.length === 0) return new Set();
    const found = await tables
      .selectFrom('documents')
      .select('key')
      .where('kind', '=', kind)
      .where('key', 'in', keys)
      .execute();
    return new Set(found.map(({ key }) => key));
  }
}
