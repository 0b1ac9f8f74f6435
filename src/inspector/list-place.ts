import { createInvalidInputFailure } from './inspector-failure.js';

/** A place in the list of all runs: a region, whose lists are read one after the other, and Inspector's token in it. */
export interface Place {
  region: string;
  token: string | null;
}

/** Names no endpoint: the SDK wants a region even where the endpoint is given and nothing is signed. */
const ANY_REGION = 'us-east-1';

/** The place behind a page that ended with this token: the beginning of the next region after the last page of one. */
export function toNextPlace({ region, token }: Place, regions: readonly string[]): Place | null {
  if (token !== null) return { region, token };
  const nextRegion = regions[regions.indexOf(region) + 1];
  return nextRegion === undefined ? null : { region: nextRegion, token: null };
}

/** A place as a token. Where one endpoint holds all regions it is Inspector's own; otherwise it names its region as well. */
export function toToken({ region, token }: Place, regions: readonly string[]): string {
  return regions.length === 0 ? (token ?? '') : `${region} ${token ?? ''}`;
}

/**
 * A token that toToken gave, or undefined for the beginning, to its place. Throws INVALID_INPUT for another region than
 * those that are listed: the token comes back from a client, and its region must never reach a host name unchecked.
 */
export function parsePlace(nextToken: string | undefined, regions: readonly string[]): Place {
  const [firstRegion] = regions;
  if (firstRegion === undefined) return { region: ANY_REGION, token: nextToken ?? null };
  if (nextToken === undefined) return { region: firstRegion, token: null };
  const space = nextToken.indexOf(' ');
  const region = nextToken.slice(0, space);
  if (!regions.includes(region)) {
    throw createInvalidInputFailure(
      'INVALID_PAGINATION_TOKEN',
      'Expected a cursor in one of the regions that this gateway lists, as an earlier page gave it.',
    );
  }
  return { region, token: nextToken.slice(space + 1) || null };
}
