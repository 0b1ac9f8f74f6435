/** What tables show of a finding's document. */
export interface FindingDocument {
  readonly severity?: string;
  readonly id?: string;
  readonly title?: string;
  readonly assetAttributes?: { readonly hostname?: string; readonly agentId?: string };
}

/** A finding as cells: severity, rule, host and title; null for one of which no more than its ARN is known. */
export function toFindingCells(finding: FindingDocument | null): string[] {
  const { severity, id, title, assetAttributes } = finding ?? {};
  return [severity, id, assetAttributes?.hostname ?? assetAttributes?.agentId, title].map((cell) => cell ?? '-');
}
