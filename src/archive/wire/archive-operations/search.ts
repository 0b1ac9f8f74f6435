import { z } from 'zod';
import { sealPosition, unsealPosition } from '../../store/sealed-position.js';
import type { FoundPage, Position, SearchQuery } from '../../store/search/search-reader.js';
import type { Visibility } from '../../store/visibility.js';
import { createInvalidInputError } from '../api-error.js';
import { choice, members, NO_CODE_OF_ITS_OWN, text, violation } from '../shared/constraints.js';
import { operation } from '../shared/operation.js';
import {
  type FilterCriteria,
  findingFilter,
  hostFilter,
  runFilter,
  toFindingCriteria,
  toHostCriteria,
  toRunCriteria,
} from './search-filters.js';

const DEFAULT_SIZE = 20;
const MAX_SIZE = 100;
const MAX_CURSOR_LENGTH = 4000;
const CURSOR_VERSION = 2;

/** The columns that things are ordered by, by the names of orders without their direction; `_KEY` columns hold text. */
const runOrders = {
  CREATED_AT: 'created_at',
  STARTED_AT: 'started_at',
  COMPLETED_AT: 'completed_at',
  NAME: 'name_key',
};
const findingOrders = { CREATED_AT: 'created_at', SEVERITY: 'severity_rank', TITLE: 'title_key' };
const hostOrders = { LAST_SEEN_AT: 'last_seen_at', FIRST_SEEN_AT: 'first_seen_at', AGENT_ID: 'agent_id_key' };

export const searchAssessmentRuns = operation(
  searchInput(runFilter, runOrders),
  async ({ filter, ...page }, { reader, visibility }) => {
    const search = toSearch(
      await reader.fetchPositionKey(),
      'SearchAssessmentRuns',
      runOrders,
      page,
      visibility,
      toRunCriteria(filter ?? {}),
    );
    return search.toOutput(
      await reader.searchRuns(search.query),
      ({ arn, document }) => `"assessmentRunArn":${JSON.stringify(arn)},"assessmentRun":${document}`,
    );
  },
);

export const searchFindings = operation(
  searchInput(findingFilter, findingOrders),
  async ({ filter, ...page }, { reader, visibility }) => {
    const search = toSearch(
      await reader.fetchPositionKey(),
      'SearchFindings',
      findingOrders,
      page,
      visibility,
      toFindingCriteria(filter ?? {}),
    );
    return search.toOutput(
      await reader.searchFindings(search.query),
      ({ arn, runArn, document }) =>
        `"findingArn":${JSON.stringify(arn)},"assessmentRunArn":${JSON.stringify(runArn)},"finding":${document}`,
    );
  },
);

export const searchHosts = operation(
  searchInput(hostFilter, hostOrders),
  async ({ filter, ...page }, { reader, visibility }) => {
    const search = toSearch(
      await reader.fetchPositionKey(),
      'SearchHosts',
      hostOrders,
      page,
      visibility,
      toHostCriteria(filter ?? {}),
    );
    return search.toOutput(await reader.searchHosts(search.query), (host) => JSON.stringify(host).slice(1, -1));
  },
);

/** The members of a search's input; the first one of the orders is the default, from the latest or the first on. */
function searchInput<T extends z.ZodType>(filter: T, orders: Readonly<Record<string, string>>) {
  const sizeMessage = violation('INVALID_MAX_RESULTS', `a number from 1 to ${MAX_SIZE}`);
  const size = z.int().min(1, sizeMessage).max(MAX_SIZE, sizeMessage).nullish();
  const cursor = text('INVALID_CURSOR', 'a cursor', 1, MAX_CURSOR_LENGTH).nullish();
  const names = Object.keys(orders).flatMap((name) => [`${name}_DESC`, `${name}_ASC`]);
  return members({
    filter: filter.nullish(),
    orderBy: choice(names, 'INVALID_ORDER')
      .nullish()
      .transform((orderBy) => orderBy ?? (names[0] as string)),
    first: size,
    after: cursor,
    last: size,
    before: cursor,
    includeTotalCount: z.boolean().nullish(),
  }).refine(
    ({ first, after, last, before }) => (first == null && after == null) || (last == null && before == null),
    violation(NO_CODE_OF_ITS_OWN, 'either first and after, or last and before'),
  );
}

interface PageInput {
  readonly orderBy: string;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  readonly includeTotalCount?: boolean | null | undefined;
}

/** A search for the reader, and its output. */
function toSearch(
  key: Buffer,
  operationName: string,
  orders: Readonly<Record<string, string>>,
  { orderBy, first, after, last, before, includeTotalCount }: PageInput,
  { scope }: Visibility,
  { criteria, identity }: FilterCriteria,
) {
  const column = orders[orderBy.replace(/_(ASC|DESC)$/, '')] as string;
  const isBackward = last != null || before != null;
  const cursor = isBackward ? before : after;

  /** A position of this search; valid after a restart and at other replicas. */
  function toCursor({ value, id }: Position): string {
    const sealed = sealPosition(key, id, [operationName, orderBy, identity, value]);
    return Buffer.from(JSON.stringify([CURSOR_VERSION, sealed, value])).toString('base64url');
  }

  function parseCursor(text: string): Position {
    const [sealed, value] = splitCursor(text) ?? [];
    if (sealed !== undefined && value !== undefined) {
      const id = unsealPosition(key, sealed, [operationName, orderBy, identity, value]);
      if (id !== null && text === toCursor({ value, id })) return { value, id };
    }
    throw createInvalidInputError(
      'INVALID_CURSOR',
      `${isBackward ? 'before' : 'after'}: expected a cursor of the same search in the same order.`,
    );
  }

  const query: SearchQuery = {
    criteria,
    scope,
    orderBy: column,
    isDescending: orderBy.endsWith('_DESC'),
    limit: (isBackward ? last : first) ?? DEFAULT_SIZE,
    isBackward,
    from: cursor == null ? null : parseCursor(cursor),
    includeTotalCount: includeTotalCount === true,
  };

  return {
    query,
    toOutput<T>({ rows, hasMore, totalCount }: FoundPage<T>, toMembers: (item: T) => string): string {
      const items = rows.map(({ position, item }) => `{"cursor":"${toCursor(position)}",${toMembers(item)}}`);
      // Where a cursor was given, something lies on its other side: the item that it is of.
      const [hasNextPage, hasPreviousPage] = isBackward ? [cursor != null, hasMore] : [hasMore, cursor != null];
      const count = totalCount === null ? '' : `,"totalCount":${totalCount}`;
      return `{"items":[${items.join()}],"hasNextPage":${hasNextPage},"hasPreviousPage":${hasPreviousPage}${count}}`;
    },
  };
}

/** The sealed position and the value of a cursor, whether it was ever given or not; null for what is none. */
function splitCursor(text: string): [sealed: string, value: Position['value']] | null {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return null;
  }
  if (!Array.isArray(parts) || parts.length !== 3) return null;
  const [version, sealed, value] = parts;
  const isValue = value === null || typeof value === 'string' || typeof value === 'number';
  return version === CURSOR_VERSION && typeof sealed === 'string' && isValue ? [sealed, value] : null;
}
