import { parse } from 'yaml';
import { z } from 'zod';
import { isAccountGlob, isRegionGlob } from '../domain/scope.js';
import type { RightsEntry } from './rights.js';

/** The entries of each group. */
export type GroupRights = ReadonlyMap<string, RightsEntry>;

const accounts = z
  .array(
    z.string().refine(isAccountGlob, 'expected the 12 digits of an account as text, in which * stands for any digits'),
  )
  .min(1, 'expected at least one account; "*" is all of them');
const regions = z
  .array(z.string().refine(isRegionGlob, 'expected a region, in which * stands for any text'))
  .min(1, 'expected at least one region; "*" is all of them');

/** Accounts; regions, which are all when they are left out; and whether the schema may be asked for, unless that is said. */
export const rightsEntry = z.strictObject({
  accounts,
  regions: regions.default(['*']),
  schema: z.boolean().default(true),
});

const rightsFile = z.strictObject({ groups: z.record(z.string().min(1), rightsEntry) });

/**
 * Parses a rights file, in YAML or JSON: `groups: { security: { accounts: ["123456789012", "9999*"], regions: ["eu-*"] } }`.
 * Throws an Error that names what is wrong and what was expected.
 */
export function parseRightsFile(text: string): GroupRights {
  const parsed = rightsFile.safeParse(parse(text));
  if (!parsed.success) throw new Error(toProblems(parsed.error));
  return new Map(Object.entries(parsed.data.groups));
}

/** One line of all that is wrong. */
export function toProblems({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`).join('; ');
}

/** The entries of these groups; those that the file does not name have none. */
export function toEntries(rights: GroupRights, groups: readonly string[]): RightsEntry[] {
  return groups.flatMap((group) => rights.get(group) ?? []);
}
