import type { AssessmentRun, AssessmentRunCriteria } from '../../inspector/inspector-api.js';
import type { AssessmentRunArn } from '../../inspector/inspector-arn.js';
import { InspectorFailure } from '../../inspector/inspector-failure.js';
import type { AssessmentRunOrder } from '../generated.js';
import type { Loaders } from '../loaders.js';
import { createUserInputError, MAX_PAGE_SIZE, parsePageSize } from './arguments.js';
import { createCursorError, type PageArguments, toConnection } from './connection.js';

/** How many runs can be put in an order; the details of all of them are read for it. */
export const MAX_ORDERED_RUNS = MAX_PAGE_SIZE;

/** Inspector's pages can be short without being the last. */
const MAX_READS = 10;

type SortKey = string | number | null;

const orders: Readonly<Record<AssessmentRunOrder, { toKey(run: AssessmentRun): SortKey; sign: 1 | -1 }>> = {
  NAME_ASC: { toKey: ({ name }) => name, sign: 1 },
  STARTED_AT_ASC: { toKey: ({ startedAt }) => startedAt?.getTime() ?? null, sign: 1 },
  STARTED_AT_DESC: { toKey: ({ startedAt }) => startedAt?.getTime() ?? null, sign: -1 },
  COMPLETED_AT_ASC: { toKey: ({ completedAt }) => completedAt?.getTime() ?? null, sign: 1 },
  COMPLETED_AT_DESC: { toKey: ({ completedAt }) => completedAt?.getTime() ?? null, sign: -1 },
};

/**
 * A connection of all runs that fit, in an order that Inspector does not have. Rejects with BAD_USER_INPUT when more than
 * MAX_ORDERED_RUNS fit: to order them, everything would have to be read.
 */
export async function createOrderedConnection(
  args: PageArguments,
  orderBy: AssessmentRunOrder,
  query: { criteria: AssessmentRunCriteria; regions: readonly string[] | undefined },
  loaders: Loaders,
) {
  const first = parsePageSize(args.first);
  const after = parseAfter(args.after, orderBy);
  const arns = await sort(await fetchAll(query, loaders), orderBy, loaders);
  const start = after === null ? 0 : arns.indexOf(after) + 1;
  if (after !== null && start === 0) throw createCursorError();
  const edges = arns.slice(start, start + first).map((arn) => ({
    node: { kind: 'assessmentRun' as const, arn },
    cursor: toCursor(orderBy, arn),
  }));
  return toConnection(edges, edges.at(-1)?.cursor ?? null, start + first < arns.length, arns.length);
}

async function fetchAll(
  query: { criteria: AssessmentRunCriteria; regions: readonly string[] | undefined },
  { pages }: Loaders,
): Promise<AssessmentRunArn[]> {
  // A list that changes while it is read may give a run twice; its cursor has to name one place.
  const arns = new Set<AssessmentRunArn>();
  let nextToken: string | undefined;
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    const page = await pages.assessmentRun.load({ ...query, maxResults: MAX_PAGE_SIZE, nextToken });
    for (const arn of page.items) arns.add(arn);
    if (arns.size > MAX_ORDERED_RUNS) break;
    if (page.nextToken === null) return [...arns];
    nextToken = page.nextToken;
  }
  throw createUserInputError(
    `\`orderBy\` expects a filter that at most ${MAX_ORDERED_RUNS} runs fit, since Inspector cannot order them: narrow it ` +
      'down, for example by `startedBetween`, or leave `orderBy` out.',
  );
}

/**
 * Runs without a key come last, also those whose details cannot be read: their fields say why. Rejects with a failure that
 * may be gone a moment later, since the next page would be one of another order.
 */
async function sort(
  arns: readonly AssessmentRunArn[],
  orderBy: AssessmentRunOrder,
  { entities }: Loaders,
): Promise<AssessmentRunArn[]> {
  const { toKey, sign } = orders[orderBy];
  const runs = await Promise.allSettled(arns.map((arn) => entities.assessmentRun.load(arn)));
  const keyed = arns.map((arn, place) => {
    const run = runs[place] as PromiseSettledResult<AssessmentRun>;
    if (run.status === 'fulfilled') return { arn, key: toKey(run.value) };
    if (!(run.reason instanceof InspectorFailure) || run.reason.canRetry) throw run.reason;
    return { arn, key: null };
  });
  keyed.sort(({ key: a }, { key: b }) => {
    if (a === b) return 0;
    if (a === null || b === null) return a === null ? 1 : -1;
    return a < b ? -sign : sign;
  });
  return keyed.map(({ arn }) => arn);
}

function toCursor(orderBy: AssessmentRunOrder, arn: AssessmentRunArn): string {
  return Buffer.from(`${orderBy} ${arn}`).toString('base64url');
}

function parseAfter(after: string | null | undefined, orderBy: AssessmentRunOrder): AssessmentRunArn | null {
  if (after === null || after === undefined) return null;
  const [itsOrder, arn] = Buffer.from(after, 'base64url').toString().split(' ');
  if (itsOrder !== orderBy || arn === undefined) throw createCursorError();
  return arn as AssessmentRunArn;
}
