import type { GraphQLResolveInfo } from 'graphql';
import type { AssessmentRunSearchFilter } from '../../../inspector/archive-api.js';
import type { Between } from '../../../inspector/inspector-api.js';
import type { EntityParent, GraphQLContext } from '../../context.js';
import type { AssessmentRunFilter, AssessmentRunOrder } from '../../generated.js';
import { createListConnection, mapNodes, type RunConnection, toConnection } from '../connection.js';
import { parseAssessmentRunFilter } from '../criteria.js';
import { toParent } from '../entity-types.js';
import { createOrderedConnection } from '../ordered-runs.js';
import { parsePage, type TwoWayArguments } from '../page-arguments.js';
import { createUserInputError } from '../user-input.js';
import { searchConnection } from './search-connection.js';
import { parseAssessmentRunSearch } from './search-filters.js';

type RunArguments = TwoWayArguments & {
  readonly filter?: AssessmentRunFilter | null | undefined;
  readonly orderBy?: AssessmentRunOrder | null | undefined;
};

/**
 * Creates a connection of runs. The order depends on filter and `orderBy` alone, so that pages are the same in both directions:
 * without an order or a criterion that only an archive has, it is Inspector's list, which goes forwards. An archive is searched
 * for anything else; any other upstream lists up to 100 runs, which are put in order here.
 */
export async function connectRuns(
  { filter, orderBy, ...args }: RunArguments,
  context: GraphQLContext,
  info: GraphQLResolveInfo,
): Promise<RunConnection> {
  const { loaders, archive } = context;
  const page = parsePage(args);
  const search = parseAssessmentRunSearch(filter);
  const { text, assessmentTargetArns, agentIds, hasTelemetry, createdBetween } = search;
  const needsArchive = [text, assessmentTargetArns, agentIds, hasTelemetry, createdBetween].some(
    (criterion) => criterion !== undefined,
  );
  const isByAccount = search.accountIds !== undefined && search.assessmentTemplateArns === undefined;

  if (orderBy != null || needsArchive || isByAccount) {
    if (needsArchive || (await archive.isSupported())) {
      const searched = { filter: search, orderBy: orderBy ?? ('CREATED_AT_DESC' as const) };
      return mapNodes(await searchConnection('assessmentRun', searched, page, loaders, info), ({ arn }) =>
        toParent('assessmentRun', arn),
      );
    }
  }
  const query = parseAssessmentRunFilter(filter);
  if (query === null) return toConnection<EntityParent<'assessmentRun'>>([], null, false, 0);
  if (orderBy != null) {
    return mapNodes(await createOrderedConnection(page, orderBy, query, loaders), (arn) =>
      toParent('assessmentRun', arn),
    );
  }
  if ('last' in page) {
    throw createUserInputError("`last` and `before` expect `orderBy`: Inspector's own order is read forwards only.");
  }
  const listed = await createListConnection('assessmentRun', page, query, loaders);
  return { ...listed, countAll: () => countListed(search, context) };
}

/** How many runs Inspector's list has, or null where nobody knows. */
async function countListed(
  search: AssessmentRunSearchFilter,
  { loaders, archive }: GraphQLContext,
): Promise<number | null> {
  if (!(await archive.isSupported())) return null;
  const filter = {
    ...search,
    startedBetween: toWholeSeconds(search.startedBetween),
    completedBetween: toWholeSeconds(search.completedBetween),
  };
  const query = { filter, orderBy: 'CREATED_AT_DESC', first: 1, includeTotalCount: true } as const;
  return (await loaders.searches.assessmentRun.load(query)).totalCount;
}

/** The range that Inspector's list has for this one. */
function toWholeSeconds(between: Between<Date> | undefined): Between<Date> | undefined {
  const round = (time: Date | undefined, by: (seconds: number) => number) =>
    time && new Date(by(time.getTime() / 1000) * 1000);
  return between && { from: round(between.from, Math.floor), to: round(between.to, Math.ceil) };
}
