import { type AssessmentRunArn, inspectorRegions, toRegion } from '../inspector-arn.js';
import { createInvalidInputFailure } from '../inspector-failure.js';
import type { InspectorSource } from './inspector-source.js';

/** A place in a list: a region, whose lists are read one after the other, and Inspector's token in it. */
export interface Place {
  readonly region: string;
  readonly token: string | null;
}

/** The way through the places of a list. */
export interface RegionPager {
  /** Whether each region is listed by itself, in a request that says which. */
  readonly isRegional: boolean;
  /**
   * A token that toToken gave, or undefined for the beginning, to its place. Throws INVALID_INPUT for another region than
   * those of the list: the token comes back from a client, and its region must never reach a host name unchecked.
   */
  parse(nextToken: string | undefined): Place;
  /** The place behind a page that ended with this token: the beginning of the next region after the last page of one. */
  next(place: Place): Place | null;
  /** A place as a token: Inspector's own, and its region where there are several. */
  toToken(place: Place): string;
}

/** Names no endpoint: the SDK wants a region even where the endpoint is given and nothing is signed. */
const ANY_REGION = 'us-east-1';

/**
 * The way through a list of all regions of the source, through those that are asked for, or through the one of its owner.
 * Throws INVALID_INPUT for regions that this gateway cannot list.
 */
export function createRegionPager(
  source: InspectorSource,
  asked: readonly string[] | undefined,
  owner: AssessmentRunArn | undefined,
): RegionPager {
  if (owner !== undefined) return createSinglePlace(toRegion(owner));
  const listable = source.regions.length === 0 ? inspectorRegions : source.regions;
  const unknown = asked?.find((region) => !listable.includes(region));
  if (unknown !== undefined) {
    throw createInvalidInputFailure(
      null,
      `Expected regions among those that this gateway can list (${listable.join(', ')}), but got ${JSON.stringify(unknown)}.`,
    );
  }
  // In the order of the source, whatever the order in which they were asked for, so that tokens fit.
  const regions = asked === undefined ? source.regions : listable.filter((region) => asked.includes(region));
  return regions.length === 0 ? createSinglePlace(ANY_REGION) : createRegionalPlaces(regions);
}

/** One endpoint gives the whole list. */
function createSinglePlace(region: string): RegionPager {
  return {
    isRegional: false,
    parse: (nextToken) => ({ region, token: nextToken ?? null }),
    next: (place) => (place.token === null ? null : place),
    toToken: ({ token }) => token ?? '',
  };
}

function createRegionalPlaces(regions: readonly string[]): RegionPager {
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
