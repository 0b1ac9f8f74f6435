import { parse } from 'yaml';
import { z } from 'zod';

/** The role by which the calls for an account are signed. */
export interface AccountRole {
  /** 12 digits. */
  readonly account: string;
  readonly roleArn: string;
  readonly externalId: string | undefined;
}

/** Roles by account. */
export type AccountRoles = ReadonlyMap<string, AccountRole>;

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const role = z.strictObject({
  roleArn: z
    .string()
    .regex(/^arn:(aws|aws-us-gov):iam::\d{12}:role\/[\w+=,.@/-]{1,600}$/, 'expected the ARN of a role'),
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'expected 2 to 1224 letters, digits and _+=,.@:/-')
    .optional(),
});
const rolesFile = z.record(z.string(), role);

/**
 * Parses a file of roles, in JSON or YAML: `{ "123456789012": { "roleArn": "arn:aws:iam::123456789012:role/Inspector",
 * "externalId": "…" } }`. Throws an Error that names what is wrong and what was expected.
 */
export function parseAccountRoles(text: string): AccountRoles {
  const parsed = rolesFile.safeParse(parse(text));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
    throw new Error(problems.join('; '));
  }
  return new Map(
    Object.entries(parsed.data).map(([account, { roleArn, externalId }]) => {
      if (!/^\d{12}$/.test(account)) throw new Error(`${account}: expected the 12 digits of an account`);
      // Its calls would be of another account.
      if (roleArn.split(':')[4] !== account) throw new Error(`${account}.roleArn: expected a role of this account`);
      return [account, { account, roleArn, externalId }];
    }),
  );
}
