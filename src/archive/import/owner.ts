import type { Transaction } from 'kysely';
import { arnNouns } from '../../domain/arn.js';
import { type Entity, type Owner, toShortId } from '../entities.js';
import type { Tables } from '../store/tables.js';

/** That it cannot be told which resource an output belongs to; the message says how to tell. */
export class UnknownOwnerError extends Error {
  override readonly name = 'UnknownOwnerError';
}

type OwnerKind = Owner['kind'];

const ID = '0-[A-Za-z0-9]+';
const ids = new RegExp(ID, 'g');

/** ARNs as they stand in paths: also percent-encoded, or with `_` for what file systems do not take. */
const TARGET = `arn[:_](aws[a-z-]*)[:_]inspector[:_]([a-z0-9-]+)[:_](\\d{12})[:_]target[/_](${ID})`;
const TEMPLATE = `${TARGET}[/_]template[/_](${ID})`;
const arns: Readonly<Record<OwnerKind, RegExp>> = {
  assessmentRun: new RegExp(`${TEMPLATE}[/_]run[/_](${ID})`),
  assessmentTemplate: new RegExp(TEMPLATE),
  assessmentTarget: new RegExp(TARGET),
};

/**
 * Finds what an output of this file belongs to: `runArn` for what is a run's, the ARN in its path, or the one resource of
 * the archive whose ID is in its path; with the token in its path behind it where one is needed. Rejects with an
 * UnknownOwnerError.
 */
export function createOwnerFinder(transaction: Transaction<Tables>, path: string, runArn: string | undefined) {
  const found = new Map<OwnerKind, string>();

  /** `flush` writes what has been read of the file, for the resource may be among it. */
  return async ({ owner, operation }: Pick<Entity, 'owner' | 'operation'>, flush: () => Promise<void>) => {
    const { kind, token } = owner as Owner;
    const arn = await findOwner(kind, flush);
    if (token === undefined) return arn;
    const text = token.pattern.exec(decode(path))?.[0];
    if (text !== undefined) return `${arn} ${text}`;
    throw new UnknownOwnerError(
      `expected a record of ${operation} whose input has a ${token.member}, or the ${token.member} in the file's path`,
    );
  };

  async function findOwner(kind: OwnerKind, flush: () => Promise<void>): Promise<string> {
    const known = found.get(kind);
    if (known !== undefined) return known;
    const given = kind === 'assessmentRun' ? runArn : undefined;
    const named = findArn(path, kind);
    if (given !== undefined && named !== undefined && given !== named) {
      throw new UnknownOwnerError(
        `expected to be told one assessment run that it belongs to, but its path names ${named} and --run ${given}`,
      );
    }
    await flush();
    const owner = given ?? named ?? (await findById(transaction, path, kind));
    if (named === undefined && given !== undefined) await refuseOtherRuns(transaction, path, given);
    found.set(kind, owner);
    return owner;
  }
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
  const parts = [`target/${target}`, ...(template ? [`template/${template}`] : []), ...(run ? [`run/${run}`] : [])];
  return `arn:${partition}:inspector:${region}:${account}:${parts.join('/')}`;
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

/** Those whose ID is one of these, described or listed. */
async function select(transaction: Transaction<Tables>, shortIds: readonly string[], kind: OwnerKind) {
  if (shortIds.length === 0) return [];
  const found = new Set(await selectArns(transaction, shortIds, kind));
  // SQLite's `like` takes upper and lower case for the same.
  return [...found].filter((arn) => shortIds.includes(toShortId(arn)));
}

async function selectArns(transaction: Transaction<Tables>, shortIds: readonly string[], kind: OwnerKind) {
  if (kind === 'assessmentRun') {
    const rows = await transaction
      .selectFrom('assessment_runs')
      .select('arn')
      .where('short_id', 'in', shortIds)
      .execute();
    return rows.map(({ arn }) => arn);
  }
  const table = kind === 'assessmentTemplate' ? 'assessment_templates' : 'assessment_targets';
  const rows = await transaction
    .selectFrom(table)
    .select('arn')
    .where((where) => where.or(shortIds.map((id) => where('arn', 'like', `%/${id}`))))
    .execute();
  return rows.map(({ arn }) => arn);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
