import { isInScope, matchesGlob, type Scope } from '../../domain/scope.js';
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

/** The scope in which a request sees entities of a kind; null for all. Rules packages are AWS's, and everybody's. */
export function toScope(kind: EntityKind, { region, scope }: Visibility): Scope | null {
  const given = kind === 'rulesPackage' ? null : scope;
  if (region === null) return given;
  const ofRegion = (given ?? [{ accounts: ['*'], regions: ['*'] }]).filter(({ regions }) =>
    regions.some((glob) => matchesGlob(glob, region)),
  );
  return ofRegion.map(({ accounts }) => ({ accounts, regions: [region] }));
}

/** The predicate of what a request sees of a kind, by the keys. */
export function toVisibilityTest(kind: EntityKind, visibility: Visibility): (key: string) => boolean {
  const scope = toScope(kind, visibility);
  if (scope === null) return () => true;
  const { parseKey } = entityOf(kind);
  return (key) => {
    const place = parseKey(key);
    return place !== null && isInScope(scope, place.account, place.region);
  };
}
