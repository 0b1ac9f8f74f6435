import type { AssessmentRun, AssessmentRunCriteria } from '../../inspector/inspector-api.js';
import type { AssessmentRunArn } from '../../inspector/inspector-arn.js';
import { InspectorFailure } from '../../inspector/inspector-failure.js';
import type { AssessmentRunOrder } from '../generated.js';
import type { Loaders } from '../loaders.js';
import { type Connection, createPager } from './connection.js';
import { MAX_PAGE_SIZE, type Page } from './page-arguments.js';
import { createUserInputError } from './user-input.js';

/** How many runs can be ordered: one page of the API, since the details of all are read. */
export const MAX_ORDERED_RUNS = MAX_PAGE_SIZE;

/** Pages to read at most: Inspector's can be short without being the last. */
const MAX_PAGES = 10;

type SortKey = string | number | null;

const orders: Readonly<Record<AssessmentRunOrder, { toKey(run: AssessmentRun): SortKey; sign: 1 | -1 }>> = {
  NAME_ASC: { toKey: ({ name }) => name, sign: 1 },
  NAME_DESC: { toKey: ({ name }) => name, sign: -1 },
  CREATED_AT_ASC: { toKey: ({ createdAt }) => createdAt?.getTime() ?? null, sign: 1 },
  CREATED_AT_DESC: { toKey: ({ createdAt }) => createdAt?.getTime() ?? null, sign: -1 },
  STARTED_AT_ASC: { toKey: ({ startedAt }) => startedAt?.getTime() ?? null, sign: 1 },
  STARTED_AT_DESC: { toKey: ({ startedAt }) => startedAt?.getTime() ?? null, sign: -1 },
  COMPLETED_AT_ASC: { toKey: ({ completedAt }) => completedAt?.getTime() ?? null, sign: 1 },
  COMPLETED_AT_DESC: { toKey: ({ completedAt }) => completedAt?.getTime() ?? null, sign: -1 },
};

/**
 * Creates a connection of all matching runs, in an order that Inspector does not have. Rejects with BAD_USER_INPUT when more
 * than MAX_ORDERED_RUNS match, since all of them are read to order them.
 */
export async function createOrderedConnection(
  page: Page,
  orderBy: AssessmentRunOrder,
  query: { criteria: AssessmentRunCriteria; regions: readonly string[] | undefined },
  loaders: Loaders,
): Promise<Connection<AssessmentRunArn>> {
  const cut = createPager(page, orderBy);
  return cut(await sort(await fetchAll(query, loaders), orderBy, loaders));
}

async function fetchAll(
  query: { criteria: AssessmentRunCriteria; regions: readonly string[] | undefined },
  { pages }: Loaders,
): Promise<AssessmentRunArn[]> {
  // A list that changes while it is read may have a run twice, whose cursor would be ambiguous.
  const arns = new Set<AssessmentRunArn>();
  let nextToken: string | undefined;
  for (let read = 0; read < MAX_PAGES; read += 1) {
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
 * Runs without a key come last, also those whose details cannot be read: their fields have the failure. Rejects with a
 * failure that may be retried, since the order of the next page could be another.
 */
async function sort(
  arns: readonly AssessmentRunArn[],
  orderBy: AssessmentRunOrder,
  { entities }: Loaders,
): Promise<AssessmentRunArn[]> {
  const { toKey, sign } = orders[orderBy];
  const runs = await Promise.allSettled(arns.map((arn) => entities.assessmentRun.load(arn)));
  const keyed = arns.map((arn, index) => {
    const run = runs[index] as PromiseSettledResult<AssessmentRun>;
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
