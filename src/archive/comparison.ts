/** A finding of a run, by what makes it the same one in another run. */
export interface ComparedFinding {
  /** The order of arrival. */
  readonly id: number;
  readonly arn: string;
  /** Terms, which are compared without reading their texts. */
  readonly agent: number | null;
  readonly rule: number | null;
  readonly package: number | null;
  /** The highest is the largest; null for any other severity and for none. */
  readonly severityRank: number | null;
}

/** A row of telemetry, as GetTelemetryMetadata gives it. */
export interface TelemetryRow {
  readonly messageType: string;
  readonly count: number;
  readonly dataSize?: number | undefined;
}

/** What a run has that is compared, each list in the order of arrival. */
export interface ComparedRun {
  readonly findings: readonly ComparedFinding[];
  /** Null where the archive has no telemetry of the run. */
  readonly telemetry: readonly TelemetryRow[] | null;
  readonly agentIds: readonly string[];
}

/** What changed from one run to another, by the names of docs/archive-api.md. */
export function compareRuns(base: ComparedRun, compared: ComparedRun) {
  const findings = pair(base.findings, compared.findings, toFindingKey);
  const agents = pair(base.agentIds, compared.agentIds, (agentId) => agentId);
  return {
    newFindings: findings.onlyCompared.sort(bySeverity).map(({ arn }) => arn),
    goneFindings: findings.onlyBase.sort(bySeverity).map(({ arn }) => arn),
    remainingFindings: findings.both
      .sort((a, b) => bySeverity(a.compared, b.compared))
      .map((both) => ({ findingArn: both.compared.arn, baseFindingArn: both.base.arn })),
    telemetry: compareTelemetry(base.telemetry ?? [], compared.telemetry ?? []),
    newAgentIds: agents.onlyCompared.sort(byCodePoint),
    goneAgentIds: agents.onlyBase.sort(byCodePoint),
    remainingAgentIds: agents.both.map((both) => both.compared).sort(byCodePoint),
  };
}

/** Pairs what has the same key: the first one with the first one, and so on. */
function pair<T>(base: readonly T[], compared: readonly T[], toKey: (item: T) => string) {
  const waiting = new Map<string, T[]>();
  for (const item of base) {
    const key = toKey(item);
    const items = waiting.get(key);
    if (items === undefined) waiting.set(key, [item]);
    else items.push(item);
  }
  for (const items of waiting.values()) items.reverse();
  const both: { base: T; compared: T }[] = [];
  const onlyCompared: T[] = [];
  for (const item of compared) {
    const partner = waiting.get(toKey(item))?.pop();
    if (partner === undefined) onlyCompared.push(item);
    else both.push({ base: partner, compared: item });
  }
  return { both, onlyCompared, onlyBase: [...waiting.values()].flatMap((items) => items.reverse()) };
}

/** The rows of the compared run in their order, then those that only the base has. */
function compareTelemetry(base: readonly TelemetryRow[], compared: readonly TelemetryRow[]) {
  const { both, onlyBase } = pair(base, compared, ({ messageType }) => messageType);
  const partners = new Map(both.map((paired) => [paired.compared, paired.base]));
  const gone = new Set(onlyBase);
  return [
    ...compared.map((row) => toTelemetry(row.messageType, partners.get(row) ?? null, row)),
    ...base.filter((row) => gone.has(row)).map((row) => toTelemetry(row.messageType, row, null)),
  ];
}

function toTelemetry(messageType: string, base: TelemetryRow | null, compared: TelemetryRow | null) {
  const toSums = (row: TelemetryRow | null) => row && { count: row.count, dataSize: row.dataSize ?? null };
  return { messageType, base: toSums(base), compared: toSums(compared) };
}

/** What lacks a value is the same as what lacks it, too. */
const toFindingKey = (finding: ComparedFinding): string => `${finding.agent} ${finding.rule} ${finding.package}`;

/** The highest first, any other one and none last; equal ones in the order of arrival. */
function bySeverity(a: ComparedFinding, b: ComparedFinding): number {
  return (b.severityRank ?? -1) - (a.severityRank ?? -1) || a.id - b.id;
}

/** In the order of code points, as the engines compare text. */
export function byCodePoint(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
