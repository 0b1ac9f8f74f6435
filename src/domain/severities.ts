/** Severity of the API, the highest first. */
export const severities = ['High', 'Medium', 'Low', 'Informational', 'Undefined'] as const;

/** Its place among them, from 0 for the highest; one that nobody knows, and none, come last. */
export function toSeverityRank(severity: string | null | undefined): number {
  const rank = (severities as readonly (string | null | undefined)[]).indexOf(severity);
  return rank === -1 ? severities.length : rank;
}
