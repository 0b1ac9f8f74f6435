import { type ArnKind, type ArnParts, arnKinds, MAX_ARN_LENGTH, matchArn } from '../domain/arn.js';

/** Where a resource is: the region, which IAM roles have none of, and the account. */
export type RegionAndAccount = Pick<ArnParts, 'region' | 'account'>;

/** The region of what belongs to an account as a whole. */
export const NO_REGION = '';

/** The kind of resource that an ARN names, or null when it is none of Inspector Classic's. */
export function findArnKind(text: string): ArnKind | null {
  return arnKinds.find((kind) => matchArn(kind, text) !== null) ?? null;
}

/** The account of an IAM role, which is in no region; null for other text. */
export function matchRoleArn(text: string): RegionAndAccount | null {
  const account = /^arn:aws(?:-us-gov)?:iam::(\d{12}):role\/[\w+=,.@/-]+$/.exec(text)?.[1];
  return account === undefined || text.length > MAX_ARN_LENGTH ? null : { region: NO_REGION, account };
}
