import type { GraphQLResolveInfo } from 'graphql';
import type { FindingSearchFilter } from '../../../inspector/archive-api.js';
import {
  type AssessmentRunArn,
  type InspectorArn,
  parseUpstreamArn,
  toAssessmentRunArn,
  toAssessmentTargetArn,
} from '../../../inspector/inspector-arn.js';
import { createNotSupportedFailure } from '../../../inspector/inspector-failure.js';
import type { EntityParent, GraphQLContext } from '../../context.js';
import type { Loaders } from '../../loaders.js';
import { selectsField } from '../../selection.js';
import { type Connection, type Edge, toConnection } from '../connection.js';
import { toParent } from '../entity-types.js';
import { MAX_PAGE_SIZE, type PageArguments, parsePageSize } from '../page-arguments.js';

/** Pages to read at most: one more where findings of the own run are left out of a full page. */
const MAX_PAGES = 2;

/**
 * Creates a connection of the same finding in other runs of its target, the earliest first; null for a finding that lacks what
 * it is known by. An archive finds it in its own run as well, and that is left out here.
 */
export async function connectHistory(
  arn: InspectorArn<'finding'>,
  args: PageArguments,
  { loaders, archive }: GraphQLContext,
  info: GraphQLResolveInfo,
): Promise<Connection<EntityParent<'finding'>> | null> {
  const first = parsePageSize(args.first);
  // Before the finding is read.
  if (!(await archive.isSupported())) throw createNotSupportedFailure('SearchFindings');
  const { findingId, rulesPackageArn, assetAttributes } = await loaders.entities.finding.load(arn);
  const agentId = assetAttributes?.agentId ?? null;
  if (findingId === null || rulesPackageArn === null || agentId === null) return null;
  const ownRun = toAssessmentRunArn(arn);
  const filter = {
    agentIds: [agentId],
    ruleNames: [findingId],
    rulesPackageArns: [parseUpstreamArn('rulesPackage', rulesPackageArn)],
    assessmentTargetArns: [toAssessmentTargetArn(ownRun)],
  };
  const edges: Edge<EntityParent<'finding'>>[] = [];
  let after = args.after ?? undefined;
  let hasMore = true;
  for (let pages = 0; hasMore && edges.length <= first && pages < MAX_PAGES; pages += 1) {
    const page = await loaders.searches.finding.load({
      filter,
      orderBy: 'CREATED_AT_ASC',
      first: Math.min(MAX_PAGE_SIZE, first + 1),
      after,
      includeTotalCount: false,
    });
    for (const { cursor, item } of page.items) {
      if (item.assessmentRunArn !== ownRun) edges.push({ node: toParent('finding', item.arn), cursor });
    }
    after = page.items.at(-1)?.cursor;
    hasMore = page.hasNextPage;
  }
  const shown = edges.slice(0, first);
  const hasNextPage = hasMore || edges.length > first;
  const lastRead = edges.length > first ? shown.at(-1)?.cursor : after;
  const endCursor = shown.length > 0 || hasNextPage ? (lastRead ?? null) : null;
  const totalCount = selectsField(info, 'totalCount') ? await countOthers(filter, ownRun, loaders) : null;
  return toConnection(shown, endCursor, hasNextPage, totalCount);
}

/** How many findings fit the filter in other runs than this one. */
async function countOthers(filter: FindingSearchFilter, run: AssessmentRunArn, loaders: Loaders): Promise<number> {
  const query = { orderBy: 'CREATED_AT_ASC', first: 1, includeTotalCount: true } as const;
  const [all, own] = await Promise.all([
    loaders.searches.finding.load({ ...query, filter }),
    loaders.searches.finding.load({ ...query, filter: { ...filter, assessmentRunArns: [run] } }),
  ]);
  return (all.totalCount ?? 0) - (own.totalCount ?? 0);
}
