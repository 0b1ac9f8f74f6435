import { createHash } from 'node:crypto';
import { isInScope, type Scope, type ScopeEntry } from '../domain/scope.js';

/** What a group or a key may see. */
export interface RightsEntry extends ScopeEntry {
  /** Whether the schema may be asked for. */
  readonly schema: boolean;
}

/** What a caller may see. */
export interface Rights {
  readonly scope: Scope;
  /** Whether that is everything. */
  readonly isAll: boolean;
  /** Whether the schema may be asked for, by introspection or at its own path. */
  readonly maySeeSchema: boolean;
  /** The same for the same rights, in whatever order they are written: part of the keys of kept answers. */
  readonly digest: string;
}

/** Rights of entries in any order. */
export function createRights(entries: readonly RightsEntry[]): Rights {
  const maySeeSchema = entries.some(({ schema }) => schema);
  const isAll = entries.some(({ accounts, regions }) => accounts.includes('*') && regions.includes('*'));
  const texts = entries.map(({ accounts, regions }) =>
    JSON.stringify({ accounts: toSortedSet(accounts), regions: toSortedSet(regions) }),
  );
  const sorted = toSortedSet(isAll ? [ALL] : texts);
  const digest = createHash('sha256')
    .update([maySeeSchema, ...sorted].join('\n'))
    .digest('base64url')
    .slice(0, 22);
  return { scope: sorted.map((text) => JSON.parse(text) as ScopeEntry), isAll, maySeeSchema, digest };
}

const ALL = JSON.stringify({ accounts: ['*'], regions: ['*'] });

/** Whether the resource of a valid ARN, of any kind but a rules package, may be seen. */
export function mayReadArn({ scope, isAll }: Rights, arn: string): boolean {
  if (isAll) return true;
  const [, , , region = '', account = ''] = arn.split(':', 5);
  return isInScope(scope, account, region);
}

function toSortedSet(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
