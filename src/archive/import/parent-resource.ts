import type { Transaction } from 'kysely';
import { type Entity, entityOf, type ParentResource, toShortId } from '../entities.js';
import type { Tables } from '../store/tables.js';

/** That it cannot be told which resource an output belongs to; the message says how to tell. */
export class UnknownParentError extends Error {
  override readonly name = 'UnknownParentError';
}

type ParentKind = ParentResource['kind'];

const ID = '0-[A-Za-z0-9]+';
const ids = new RegExp(ID, 'g');

/** ARNs as they stand in paths: also percent-encoded, or with `_` for what file systems do not take. */
const TARGET = `arn[:_](aws[a-z-]*)[:_]inspector[:_]([a-z0-9-]+)[:_](\\d{12})[:_]target[/_](${ID})`;
const TEMPLATE = `${TARGET}[/_]template[/_](${ID})`;
const arns: Readonly<Record<ParentKind, RegExp>> = {
  assessmentRun: new RegExp(`${TEMPLATE}[/_]run[/_](${ID})`),
  assessmentTemplate: new RegExp(TEMPLATE),
  assessmentTarget: new RegExp(TARGET),
};

/**
 * Resolves the parent of an output that does not name it: `runArn`, the ARN in the file's path, or the one resource of the
 * archive whose ID is there; with the token of the path where one is needed. Rejects with an UnknownParentError.
 */
export function createParentResolver(transaction: Transaction<Tables>, path: string, runArn: string | undefined) {
  const found = new Map<ParentKind, string>();

  /** `flush` writes what has been read of the file, for the resource may be among it. */
  return async ({ parent, operation }: Pick<Entity, 'parent' | 'operation'>, flush: () => Promise<void>) => {
    const { kind, token } = parent as ParentResource;
    const arn = await findParent(kind, flush);
    if (token === undefined) return arn;
    const text = token.pattern.exec(decode(path))?.[0];
    if (text !== undefined) return `${arn} ${text}`;
    throw new UnknownParentError(
      `expected a record of ${operation} whose input has a ${token.member}, or the ${token.member} in the file's path`,
    );
  };

  async function findParent(kind: ParentKind, flush: () => Promise<void>): Promise<string> {
    const known = found.get(kind);
    if (known !== undefined) return known;
    const given = kind === 'assessmentRun' ? runArn : undefined;
    const named = findArn(path, kind);
    if (given !== undefined && named !== undefined && given !== named) {
      throw new UnknownParentError(
        `expected to be told one assessment run that it belongs to, but its path names ${named} and --run ${given}`,
      );
    }
    await flush();
    const parent = given ?? named ?? (await findById(transaction, path, kind));
    if (named === undefined && given !== undefined) await refuseOtherRuns(transaction, path, given);
    found.set(kind, parent);
    return parent;
  }
}

/** A path that holds the ID of another run than `--run` is of that run more likely. */
async function refuseOtherRuns(transaction: Transaction<Tables>, path: string, given: string): Promise<void> {
  const runs = await select(transaction, path.match(ids) ?? [], 'assessmentRun');
  if (runs.length === 0 || runs.includes(given)) return;
  throw new UnknownParentError(
    `expected to be told one assessment run that it belongs to, but its path holds the ID of ${runs[0]} and --run is ${given}`,
  );
}

function findArn(path: string, kind: ParentKind): string | undefined {
  const [, partition, region, account, target, template, run] = arns[kind].exec(decode(path)) ?? [];
  if (partition === undefined) return undefined;
  const parts = [`target/${target}`, ...(template ? [`template/${template}`] : []), ...(run ? [`run/${run}`] : [])];
  return `arn:${partition}:inspector:${region}:${account}:${parts.join('/')}`;
}

async function findById(transaction: Transaction<Tables>, path: string, kind: ParentKind): Promise<string> {
  const shortIds = path.match(ids) ?? [];
  const parents = await select(transaction, shortIds, kind);
  const [parent, ...others] = parents;
  const { noun } = entityOf(kind);
  if (parent !== undefined && others.length === 0) return parent;
  const found =
    parents.length > 1
      ? `its path fits ${parents.length}: ${parents.slice(0, 3).join(', ')}`
      : shortIds.length > 0
        ? `the archive has none with the ID ${shortIds.join(' or ')}`
        : 'its path holds no ID';
  const option = kind === 'assessmentRun' ? '--run ARN, ' : '';
  throw new UnknownParentError(
    `expected to be told which ${noun} it belongs to, by ${option}the ARN or the ID of the ${noun} in the file's path, ` +
      `or a record with its input; but ${found}`,
  );
}

/** Those whose ID is one of these, described or listed. */
async function select(transaction: Transaction<Tables>, shortIds: readonly string[], kind: ParentKind) {
  if (shortIds.length === 0) return [];
  const found = new Set(await selectArns(transaction, shortIds, kind));
  // SQLite's `like` takes upper and lower case for the same.
  return [...found].filter((arn) => shortIds.includes(toShortId(arn)));
}

async function selectArns(transaction: Transaction<Tables>, shortIds: readonly string[], kind: ParentKind) {
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
