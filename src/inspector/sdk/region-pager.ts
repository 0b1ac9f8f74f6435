import { type AssessmentRunArn, type InspectorArn, inspectorRegions, toAccount, toRegion } from '../inspector-arn.js';
import { createInvalidInputFailure } from '../inspector-failure.js';
import { ANY_REGION, type InspectorSource } from './inspector-source.js';

/** What is listed by one client: a region, and an account that has a role; null for those that have none. */
export interface ListPlace {
  readonly region: string;
  readonly account: string | null;
}

/** A position in a list that spans regions and accounts: a place, and Inspector's page token in it. */
export interface ListPosition extends ListPlace {
  readonly token: string | null;
}

/** Pages through a list, place by place. */
export interface RegionPager {
  /** Whether each request has to name the region that it lists. */
  readonly isRegional: boolean;
  /**
   * The position of a token that toToken made, or of the beginning. Throws INVALID_INPUT for a region that is not listed:
   * the token comes from a client, and its place must never reach a host name unchecked.
   */
  parse(nextToken: string | undefined): ListPosition;
  /** The position of the next page, given the token of this one: without a token, the beginning of the next place. */
  next(position: ListPosition): ListPosition | null;
  /** A position as a token: Inspector's own, with its place where there are several. */
  toToken(position: ListPosition): string;
}

/**
 * Pages through the region of a parent run, or else through the requested regions, or through all of the source, and in each
 * through these accounts. Throws INVALID_INPUT for regions that this gateway cannot list.
 */
export function createRegionPager(
  source: InspectorSource,
  requested: readonly string[] | undefined,
  parentRun: AssessmentRunArn | undefined,
  accounts: readonly (string | null)[],
): RegionPager {
  if (parentRun !== undefined) return createSinglePager({ region: toRegion(parentRun), account: toAccount(parentRun) });
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
  const isRegional = regions.length > 0;
  const places = (isRegional ? regions : [ANY_REGION]).flatMap((region) =>
    accounts.map((account) => ({ region, account })),
  );
  const [place] = places;
  if (!isRegional && places.length === 1 && place !== undefined) return createSinglePager(place);
  return createMultiPlacePager(places, isRegional);
}

/**
 * The accounts to list, null for those without a role: those of these ARNs, or else all that have a role. In order of their
 * digits, so that the tokens are the same for any order of the file.
 */
export function toListedAccounts(
  { roles }: InspectorSource,
  named: readonly InspectorArn[],
): readonly (string | null)[] {
  if (roles === undefined || roles.current.size === 0) return [null];
  if (named.length === 0) return [...roles.current.keys()].sort();
  const accounts = named.map(toAccount).map((account) => (roles.current.has(account) ? account : null));
  return [...new Set(accounts)].sort();
}

/** Whether a resource is listed at this place. */
export function isListedAt(source: InspectorSource, { region, account }: ListPlace, isRegional: boolean) {
  const { roles } = source;
  return (arn: InspectorArn, isOfAccount: boolean): boolean => {
    if (isRegional && toRegion(arn) !== region) return false;
    if (roles === undefined || roles.current.size === 0 || !isOfAccount) return true;
    return account === null ? !roles.current.has(toAccount(arn)) : toAccount(arn) === account;
  };
}

/** For a list that one endpoint gives as a whole. */
function createSinglePager(place: ListPlace): RegionPager {
  return {
    isRegional: false,
    parse: (nextToken) => ({ ...place, token: nextToken ?? null }),
    next: (position) => (position.token === null ? null : position),
    toToken: ({ token }) => token ?? '',
  };
}

function createMultiPlacePager(places: readonly ListPlace[], isRegional: boolean): RegionPager {
  const names = places.map(({ region, account }) => (account === null ? region : `${region}/${account}`));
  const indexOf = (place: ListPlace) =>
    places.findIndex(({ region, account }) => region === place.region && account === place.account);
  return {
    isRegional,
    parse(nextToken) {
      if (nextToken === undefined) return { ...(places[0] as ListPlace), token: null };
      const space = nextToken.indexOf(' ');
      const place = places[names.indexOf(nextToken.slice(0, space))];
      if (place !== undefined) return { ...place, token: nextToken.slice(space + 1) || null };
      throw createInvalidInputFailure(
        'INVALID_PAGINATION_TOKEN',
        'Expected a cursor in one of the regions that are listed, as an earlier page gave it.',
      );
    },
    next({ token, ...place }) {
      if (token !== null) return { ...place, token };
      const nextPlace = places[indexOf(place) + 1];
      return nextPlace === undefined ? null : { ...nextPlace, token: null };
    },
    toToken: ({ token, ...place }) => `${names[indexOf(place)]} ${token ?? ''}`,
  };
}
