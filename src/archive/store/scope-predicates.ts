import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import { matchesGlob, type Scope, type ScopeEntry } from '../../domain/scope.js';
import { selectJsonRows, toJson } from './json-rows.js';
import { isLike, toLikePattern } from './patterns.js';
import { allOf, anyOf, isAmong } from './predicates.js';
import type { Engine, Tables } from './tables.js';

/*
 * A scope as predicates on accounts and regions: on columns of texts by its globs, on columns of terms by the ids of the
 * terms that they match.
 */

/** Whether texts of an account and a region are in a scope. */
export function isTextInScope(
  engine: Engine,
  scope: Scope,
  account: RawBuilder<unknown>,
  region: RawBuilder<unknown>,
): RawBuilder<SqlBool> {
  return anyOf(
    simplify(scope).map(
      ({ accounts, regions }) =>
        sql<SqlBool>`(${allOf([...matchesAny(engine, account, accounts), ...matchesAny(engine, region, regions)])})`,
    ),
  );
}

/** Whether the account and the region of an ARN are in a scope: one of a target, or of what belongs to one. */
export function isArnInScope(engine: Engine, scope: Scope, arn: RawBuilder<unknown>): RawBuilder<SqlBool> {
  if (engine === 'postgres')
    return isTextInScope(engine, scope, sql`split_part(${arn}, ':', 5)`, sql`split_part(${arn}, ':', 4)`);
  // The region is all that is between `:inspector:` and the 12 digits of the account.
  const account = sql`substr(${arn}, instr(${arn}, ':target/') - 12, 12)`;
  const region = sql`substr(${arn}, instr(${arn}, ':inspector:') + 11, instr(${arn}, ':target/') - instr(${arn}, ':inspector:') - 24)`;
  return isTextInScope(engine, scope, account, region);
}

/** What a scope sees of the accounts and regions that the archive has, as ids of terms. */
export interface VisibleTerms {
  /** All of them hold: none where the scope sees everything. */
  readonly terms: readonly { readonly column: 'account' | 'region'; readonly ids: readonly number[] }[];
  /** An account and a region that are seen together, where not every such account is seen in every such region. */
  readonly pairs: readonly (readonly [account: number, region: number])[] | null;
}

/** Of a request that sees everything. */
const ALL_TERMS: VisibleTerms = { terms: [], pairs: null };

/** Finds the terms that a scope sees; null where there are none, so that it sees no facts. */
export async function resolveScope(tables: Kysely<Tables>, scope: Scope | null): Promise<VisibleTerms | null> {
  if (scope === null) return ALL_TERMS;
  const entries = simplify(scope);
  if (entries.length === 0) return null;
  if (entries.some(({ accounts, regions }) => isAll(accounts) && isAll(regions))) return ALL_TERMS;
  const known = await tables
    .selectFrom('terms')
    .select(['id', 'dimension', 'value'])
    .where('dimension', 'in', ['account', 'region'])
    .execute();
  const idsOf = (dimension: string, globs: readonly string[]) => {
    const matches = toTest(globs);
    return known.filter((term) => term.dimension === dimension && matches(term.value)).map(({ id }) => id);
  };
  const seen = entries
    .map(({ accounts, regions }) => ({ accounts: idsOf('account', accounts), regions: idsOf('region', regions) }))
    .filter(({ accounts, regions }) => accounts.length > 0 && regions.length > 0);
  if (seen.length === 0) return null;
  const [entry] = entries;
  if (entry !== undefined && entries.length === 1) {
    // What matches everything needs no predicate.
    const accounts = isAll(entry.accounts) ? [] : [{ column: 'account' as const, ids: seen[0]?.accounts ?? [] }];
    const regions = isAll(entry.regions) ? [] : [{ column: 'region' as const, ids: seen[0]?.regions ?? [] }];
    return { terms: [...accounts, ...regions], pairs: null };
  }
  return toVisibleTerms(seen);
}

function toVisibleTerms(seen: readonly { accounts: readonly number[]; regions: readonly number[] }[]): VisibleTerms {
  const regionsByAccount = new Map<number, Set<number>>();
  for (const { accounts, regions } of seen) {
    for (const account of accounts) {
      const known = regionsByAccount.get(account) ?? new Set();
      for (const region of regions) known.add(region);
      regionsByAccount.set(account, known);
    }
  }
  const accounts = [...regionsByAccount.keys()];
  const regions = [...new Set([...regionsByAccount.values()].flatMap((ofAccount) => [...ofAccount]))];
  const isProduct = [...regionsByAccount.values()].every(({ size }) => size === regions.length);
  return {
    terms: [
      { column: 'account', ids: accounts },
      { column: 'region', ids: regions },
    ],
    pairs: isProduct
      ? null
      : [...regionsByAccount].flatMap(([account, ofAccount]) =>
          [...ofAccount].map((region) => [account, region] as const),
        ),
  };
}

/** What a scope sees, as predicates on the accounts and regions of rows. */
export function toVisiblePredicates(
  engine: Engine,
  visible: VisibleTerms,
  ref: (column: string) => RawBuilder<unknown>,
): RawBuilder<SqlBool>[] {
  return [
    ...visible.terms.map(({ column, ids }) => isAmong(engine, ref(column), ids)),
    ...toPairPredicates(engine, visible, ref),
  ];
}

/** What its terms alone leave open. All pairs are one parameter. */
export function toPairPredicates(
  engine: Engine,
  { pairs }: VisibleTerms,
  ref: (column: string) => RawBuilder<unknown>,
): RawBuilder<SqlBool>[] {
  if (pairs === null) return [];
  const rows = selectJsonRows(engine, { account: 'integer', region: 'integer' }, pairs);
  return [
    sql`(${ref('account')}, ${ref('region')}) in (select visible.account, visible.region from (${rows}) as visible)`,
  ];
}

/** The entries that see anything, those of the same regions as one. */
function simplify(scope: Scope): ScopeEntry[] {
  const accountsByRegions = new Map<string, string[]>();
  for (const { accounts, regions } of scope) {
    if (accounts.length === 0 || regions.length === 0) continue;
    const key = toGlobs(regions).join();
    accountsByRegions.set(key, [...(accountsByRegions.get(key) ?? []), ...accounts]);
  }
  return [...accountsByRegions].map(([key, accounts]) => ({ accounts: toGlobs(accounts), regions: key.split(',') }));
}

/** Each glob once, in an order of its own; `*` alone where one of them matches everything. */
function toGlobs(globs: readonly string[]): string[] {
  return globs.some((glob) => /^\*+$/.test(glob)) ? ['*'] : [...new Set(globs)].sort();
}

const isAll = (globs: readonly string[]) => globs[0] === '*';

/** A predicate of texts that one of the globs matches. */
function toTest(globs: readonly string[]): (text: string) => boolean {
  const texts = new Set(globs.filter((glob) => !glob.includes('*')));
  const others = globs.filter((glob) => glob.includes('*'));
  return (text) => texts.has(text) || others.some((glob) => matchesGlob(glob, text));
}

/** The predicate that text matches one of the globs, or none where all text does. */
function matchesAny(engine: Engine, text: RawBuilder<unknown>, globs: readonly string[]): RawBuilder<SqlBool>[] {
  const [glob] = globs;
  if (glob === undefined || isAll(globs)) return [];
  if (globs.length === 1) return [isLike(engine, text, glob)];
  return engine === 'sqlite'
    ? [sql`exists (select 1 from json_each(${toJson(globs)}) as pattern where ${text} glob pattern.value)`]
    : [sql`${text} like any(${globs.map(toLikePattern)})`];
}
