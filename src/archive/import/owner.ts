import type { Transaction } from 'kysely';
import { arnNouns } from '../arn.js';
import { type Entity, toShortId } from '../entities.js';
import type { Tables } from '../store/tables.js';

/** That it cannot be told which resource an output belongs to; the message says how to tell. */
export class UnknownOwnerError extends Error {
  override readonly name = 'UnknownOwnerError';
}

/** What an output that names no resource can belong to: telemetry to a run, tags to a template. */
type OwnerKind = 'assessmentRun' | 'assessmentTemplate';

const ID = '0-[A-Za-z0-9]+';
const ids = new RegExp(ID, 'g');

/** ARNs as they stand in paths: also percent-encoded, or with `_` for what file systems do not take. */
const TEMPLATE = `arn[:_](aws[a-z-]*)[:_]inspector[:_]([a-z0-9-]+)[:_](\\d{12})[:_]target[/_](${ID})[/_]template[/_](${ID})`;
const arns: Readonly<Record<OwnerKind, RegExp>> = {
  assessmentRun: new RegExp(`${TEMPLATE}[/_]run[/_](${ID})`),
  assessmentTemplate: new RegExp(TEMPLATE),
};

/**
 * Finds the ARN of the resource that an output of this file belongs to: `runArn` for telemetry, the ARN in its path, or the
 * one resource of the archive whose ID is in its path. Rejects with an UnknownOwnerError.
 */
export function createOwnerFinder(transaction: Transaction<Tables>, path: string, runArn: string | undefined) {
  const found = new Map<OwnerKind, string>();

  /** `flush` writes what has been read of the file, for the resource may be among it. */
  return async ({ kind }: Entity, flush: () => Promise<void>): Promise<string> => {
    const ownerKind: OwnerKind = kind === 'telemetryMetadata' ? 'assessmentRun' : 'assessmentTemplate';
    const known = found.get(ownerKind);
    if (known !== undefined) return known;
    const given = ownerKind === 'assessmentRun' ? runArn : undefined;
    const named = findArn(path, ownerKind);
    if (given !== undefined && named !== undefined && given !== named) {
      throw new UnknownOwnerError(
        `expected to be told one assessment run that it belongs to, but its path names ${named} and --run ${given}`,
      );
    }
    await flush();
    const owner = given ?? named ?? (await findById(transaction, path, ownerKind));
    if (named === undefined && given !== undefined) await refuseOtherRuns(transaction, path, given);
    found.set(ownerKind, owner);
    return owner;
  };
}

/** A path that holds the ID of another run than `--run` is of that run more likely. */
async function refuseOtherRuns(transaction: Transaction<Tables>, path: string, given: string): Promise<void> {
  const owners = await select(transaction, path.match(ids) ?? [], 'assessmentRun');
  if (owners.length === 0 || owners.includes(given)) return;
  throw new UnknownOwnerError(
    `expected to be told one assessment run that it belongs to, but its path holds the ID of ${owners[0]} and --run is ${given}`,
  );
}

function findArn(path: string, kind: OwnerKind): string | undefined {
  const [, partition, region, account, target, template, run] = arns[kind].exec(decode(path)) ?? [];
  if (partition === undefined) return undefined;
  const arn = `arn:${partition}:inspector:${region}:${account}:target/${target}/template/${template}`;
  return kind === 'assessmentRun' ? `${arn}/run/${run}` : arn;
}

async function findById(transaction: Transaction<Tables>, path: string, kind: OwnerKind): Promise<string> {
  const shortIds = path.match(ids) ?? [];
  const owners = await select(transaction, shortIds, kind);
  const [owner, ...others] = owners;
  const noun = arnNouns[kind].replace(/^an? /, '');
  if (owner !== undefined && others.length === 0) return owner;
  const found =
    owners.length > 1
      ? `its path fits ${owners.length}: ${owners.slice(0, 3).join(', ')}`
      : shortIds.length > 0
        ? `the archive has none with the ID ${shortIds.join(' or ')}`
        : 'its path holds no ID';
  const option = kind === 'assessmentRun' ? '--run ARN, ' : '';
  throw new UnknownOwnerError(
    `expected to be told which ${noun} it belongs to, by ${option}the ARN or the ID of the ${noun} in the file's path, ` +
      `or a record with its input; but ${found}`,
  );
}

async function select(transaction: Transaction<Tables>, shortIds: readonly string[], kind: OwnerKind) {
  if (shortIds.length === 0) return [];
  const rows =
    kind === 'assessmentRun'
      ? await transaction.selectFrom('assessment_runs').select('arn').where('short_id', 'in', shortIds).execute()
      : await transaction
          .selectFrom('assessment_templates')
          .select('arn')
          .where((where) => where.or(shortIds.map((id) => where('arn', 'like', `%/${id}`))))
          .execute();
  // SQLite's `like` takes upper and lower case for the same.
  return rows.map(({ arn }) => arn).filter((arn) => shortIds.includes(toShortId(arn)));
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
