/*
 * A scope: the accounts and regions whose resources a caller may see. The archive reads it from a header, the gateway makes it
 * of a caller's rights.
 */

/** Accounts and regions, each by globs: a resource is in the entry when one of each matches. */
export interface ScopeEntry {
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
}

/** The union of its entries: without any it sees nothing. */
export type Scope = readonly ScopeEntry[];

/** The request header in which an archive takes a scope, as JSON. */
export const SCOPE_HEADER = 'x-inspector-archive-scope';

/** The maximum length of a scope's JSON, in characters. */
export const MAX_SCOPE_LENGTH = 64 * 1024;

/** Whether text is a glob of accounts: digits, in which `*` stands for any text. An account has 12. */
export function isAccountGlob(text: string): boolean {
  return /^[0-9*]{1,12}$/.test(text);
}

/** Whether text is a glob of regions, such as `eu-*`. */
export function isRegionGlob(text: string): boolean {
  return /^[a-z0-9*-]{1,64}$/.test(text);
}

/** Whether a resource of this account and region is in the scope. What is in no region, `''`, is where its account is. */
export function isInScope(scope: Scope, account: string, region: string): boolean {
  return scope.some(({ accounts, regions }) => {
    return (
      accounts.some((glob) => matchesGlob(glob, account)) &&
      regions.some((glob) => region === '' || matchesGlob(glob, region))
    );
  });
}

/** Whether text is what a glob says: `*` stands for any text, everything else for itself. Takes linear time. */
export function matchesGlob(glob: string, text: string): boolean {
  const [first = '', ...others] = glob.split('*');
  const last = others.pop();
  if (last === undefined) return glob === text;
  const end = text.length - last.length;
  if (first.length > end || !text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  // The first place where a part stands leaves the most room for the others.
  for (const part of others) {
    const found = text.indexOf(part, from);
    if (found === -1 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}

/** Parses the JSON of a scope; null for any other text, also for one with members that a scope does not have. */
export function parseScope(text: string): Scope | null {
  if (text.length > MAX_SCOPE_LENGTH) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return Array.isArray(value) && value.every(isEntry) ? value : null;
}

function isEntry(value: unknown): value is ScopeEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { accounts, regions, ...others } = value as Record<string, unknown>;
  return isListOf(accounts, isAccountGlob) && isListOf(regions, isRegionGlob) && Object.keys(others).length === 0;
}

function isListOf(value: unknown, isItem: (text: string) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && isItem(item));
}
