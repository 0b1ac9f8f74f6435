import { type AssessmentRunArn, inspectorRegions, toRegion } from '../inspector-arn.js';
import { createInvalidInputFailure } from '../inspector-failure.js';
import { ANY_REGION, type InspectorSource } from './inspector-source.js';

/** A position in a list that spans regions: a region, and Inspector's page token in it. */
export interface ListPosition {
  readonly region: string;
  readonly token: string | null;
}

/** Pages through a list, region by region. */
export interface RegionPager {
  /** Whether each request has to name the region that it lists. */
  readonly isRegional: boolean;
  /**
   * The position of a token that toToken made, or of the beginning. Throws INVALID_INPUT for a region that is not listed:
   * the token comes from a client, and its region must never reach a host name unchecked.
   */
  parse(nextToken: string | undefined): ListPosition;
  /** The position of the next page, given the token of this one: without a token, the beginning of the next region. */
  next(position: ListPosition): ListPosition | null;
  /** A position as a token: Inspector's own, with its region where there are several. */
  toToken(position: ListPosition): string;
}

/**
 * Pages through the region of a parent run, or else through the requested regions, or through all of the source. Throws
 * INVALID_INPUT for regions that this gateway cannot list.
 */
export function createRegionPager(
  source: InspectorSource,
  requested: readonly string[] | undefined,
  parentRun: AssessmentRunArn | undefined,
): RegionPager {
  if (parentRun !== undefined) return createSinglePager(toRegion(parentRun));
  const listable = source.regions.length === 0 ? inspectorRegions : source.regions;
  const unknown = requested?.find((region) => !listable.includes(region));
  if (unknown !== undefined) {
    throw createInvalidInputFailure(
      null,
      `Expected regions among those that this gateway can list (${listable.join(', ')}), but got ${JSON.stringify(unknown)}.`,
    );
  }
  // In the order of the source, so that the tokens are the same for any order of the requested regions.
  const regions = requested === undefined ? source.regions : listable.filter((region) => requested.includes(region));
  return regions.length === 0 ? createSinglePager(ANY_REGION) : createMultiRegionPager(regions);
}

/** For a list that one endpoint gives as a whole. */
function createSinglePager(region: string): RegionPager {
  return {
    isRegional: false,
    parse: (nextToken) => ({ region, token: nextToken ?? null }),
    next: (position) => (position.token === null ? null : position),
    toToken: ({ token }) => token ?? '',
  };
}

function createMultiRegionPager(regions: readonly string[]): RegionPager {
  return {
    isRegional: true,
    parse(nextToken) {
      if (nextToken === undefined) return { region: regions[0] as string, token: null };
      const space = nextToken.indexOf(' ');
      const region = nextToken.slice(0, space);
      if (regions.includes(region)) return { region, token: nextToken.slice(space + 1) || null };
      throw createInvalidInputFailure(
        'INVALID_PAGINATION_TOKEN',
        'Expected a cursor in one of the regions that are listed, as an earlier page gave it.',
      );
    },
    next({ region, token }) {
      if (token !== null) return { region, token };
      const nextRegion = regions[regions.indexOf(region) + 1];
      return nextRegion === undefined ? null : { region: nextRegion, token: null };
    },
    toToken: ({ region, token }) => `${region} ${token ?? ''}`,
  };
}
