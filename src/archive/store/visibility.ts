import { isInScope, matchesGlob, type Scope } from '../../domain/scope.js';
import { NO_REGION } from '../arn.js';
import { type EntityKind, entityOf } from '../entities.js';

/** What a request may see. */
export interface Visibility {
  /** The region that it is signed for; null for all. */
  readonly region: string | null;
  /** Null for all accounts and regions. */
  readonly scope: Scope | null;
}

/** Of a request without signature and scope. */
export const EVERYTHING: Visibility = { region: null, scope: null };

/** The scope in which a request sees entities of a kind that are in regions; null for all. */
export function toScope(kind: EntityKind, visibility: Visibility): Scope | null {
  const { region } = visibility;
  const scope = toOwnScope(kind, visibility);
  if (region === null) return scope;
  const ofRegion = (scope ?? [{ accounts: ['*'], regions: ['*'] }]).filter(({ regions }) =>
    regions.some((glob) => matchesGlob(glob, region)),
  );
  return ofRegion.map(({ accounts }) => ({ accounts, regions: [region] }));
}

/** The predicate of what a request sees of a kind, by the keys. */
export function toVisibilityTest(kind: EntityKind, visibility: Visibility): (key: string) => boolean {
  const { region } = visibility;
  const scope = toOwnScope(kind, visibility);
  if (region === null && scope === null) return () => true;
  const { parseKey } = entityOf(kind);
  return (key) => {
    const place = parseKey(key);
    if (place === null || (region !== null && place.region !== region && place.region !== NO_REGION)) return false;
    return scope === null || isInScope(scope, place.account, place.region);
  };
}

/** Rules packages are AWS's, and everybody's. */
function toOwnScope(kind: EntityKind, { scope }: Visibility): Scope | null {
  return kind === 'rulesPackage' ? null : scope;
}
