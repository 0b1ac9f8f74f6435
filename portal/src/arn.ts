/** The account and region in an ARN of Inspector Classic, `arn:aws:inspector:region:account:…`; empty where it has none. */
export function parseArn(arn: string): { region: string; accountId: string } {
  const [, , , region = '', accountId = ''] = arn.split(':');
  return { region, accountId };
}

/** The last part of an ARN, which stands for what has no name. */
export function toShortId(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
