import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCachingInspectorApi } from '../src/inspector/cache/caching-inspector-api.js';
import { noSharedCache } from '../src/inspector/cache/shared-cache.js';
import { createEndpointSource } from '../src/inspector/sdk/inspector-source.js';
import { createSdkInspectorApi } from '../src/inspector/sdk/sdk-inspector-api.js';
import { serveArchive } from './helpers/archive-service.js';
import { engines, openEmptyArchive } from './helpers/archives.js';
import { endAfterAll } from './helpers/cleanup.js';
import { exportText, importFiles } from './helpers/exports.js';
import type { Json } from './helpers/gateway.js';
import { createTestGraph } from './helpers/graph.js';
import { createHistory, type Structure, toLines } from './helpers/histories.js';
import { rounds } from './helpers/rounds.js';
import { cacheLimits } from './helpers/runs.js';

/*
 * What the graph answers over an archive, compared with what a few lines compute from the documents that the archive exports.
 */

const histories = [
  createHistory(1),
  createHistory(2, { account: '999999999999', region: 'eu-west-1' }),
  createHistory(3),
];
const TEMPLATES: string[] = histories.flatMap(({ template }) => [template.arn, `${template.arn}X`]);
const PACKAGES: string[] = histories.map(({ rulesPackage }) => rulesPackage.arn);
const ACCOUNTS = ['123456789012', '999999999999', '000000000000'];
const REGIONS = ['us-west-2', 'eu-west-1', 'us-east-1'];
const SEVERITIES = ['Undefined', 'Informational', 'Low', 'Medium', 'High'];
const STATES = ['COMPLETED', 'FAILED', 'CANCELED'];
const RULES = ['CVE-1', 'CVE-2'];
const AGENTS = ['i-1', 'i-2', 'I-3'];
const GROUPS = ['group-1', 'group-2'];
const TEXTS = ['Nightly 1', 'nightly%', 'ÄWeekly_', '😀 nightly', '\uffee'];
const PATTERNS = ['*', 'Nightly*', '*ightly*', '*_', 'nothing'];
const ZONES = ['UTC', 'Asia/Kathmandu', 'America/Sao_Paulo'];

const EDGE = Date.UTC(2018, 1, 18) / 1000;
const time = fc.oneof(
  fc.integer({ min: -30, max: 30 }).map((days) => EDGE + days * 86_400),
  fc.integer({ min: -3e9, max: 3e9 }).map((milliseconds) => EDGE + milliseconds / 1000),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 4 });
const amount = fc.nat({ max: 2 ** 40 });

const rowsOfTelemetry = fc.uniqueArray(
  fc.record(
    { messageType: fc.constantFrom('Total', 'A', 'B'), count: amount, dataSize: amount },
    { requiredKeys: ['messageType', 'count'] },
  ),
  { maxLength: 3, selector: ({ messageType }) => messageType },
);
const runParts = fc.record({
  template: fc.constantFrom(...TEMPLATES),
  name: maybe(fc.constantFrom(...TEXTS)),
  state: maybe(fc.constantFrom(...STATES)),
  rulesPackageArns: maybe(fc.uniqueArray(fc.constantFrom(...PACKAGES), { minLength: 1, maxLength: 2 })),
  durationInSeconds: maybe(fc.constantFrom(3600, 7200)),
  createdAt: maybe(time),
  startedAt: maybe(time),
  completedAt: maybe(time),
  telemetry: fc.oneof({ weight: 3, arbitrary: rowsOfTelemetry }, fc.constant([{ messageType: 'A', count: 0 }])),
  agentIds: fc.uniqueArray(fc.constantFrom(...AGENTS)),
  agentTelemetry: maybe(rowsOfTelemetry),
  findings: fc.array(
    fc.record({
      id: maybe(fc.constantFrom(...RULES)),
      title: maybe(fc.constantFrom(...TEXTS)),
      severity: maybe(fc.constantFrom(...SEVERITIES)),
      createdAt: maybe(time),
      agentId: maybe(fc.constantFrom(...AGENTS)),
      autoScalingGroup: maybe(fc.constantFrom(...GROUPS)),
      rulesPackageArn: maybe(fc.constantFrom(...PACKAGES)),
      attributes: maybe(fc.constantFrom([{ key: 'a', value: '1' }], [{ key: 'a' }, { key: 'b', value: '1' }], [])),
    }),
    { maxLength: 5 },
  ),
});
type RunParts = typeof runParts extends fc.Arbitrary<infer T> ? T : never;

/** Records of a run and what belongs to it. */
function toRecords(parts: RunParts, number: number): object[] {
  const { template, telemetry, agentIds, agentTelemetry, findings, ...members } = parts;
  const arn = `${template}/run/0-${number}`;
  return [
    { assessmentRuns: [{ arn, ...members }], failedItems: {} },
    {
      operation: 'GetTelemetryMetadata',
      input: { assessmentRunArn: arn },
      output: { telemetryMetadata: telemetry },
    },
    {
      assessmentRunAgents: agentIds.map((agentId) => {
        return { agentId, assessmentRunArn: arn, telemetryMetadata: agentTelemetry };
      }),
    },
    {
      findings: findings.map(({ agentId, autoScalingGroup, rulesPackageArn, ...own }, place) => ({
        arn: `${arn}/finding/0-${place}`,
        ...own,
        assetAttributes: { schemaVersion: 1, agentId, autoScalingGroup, hostname: agentId && `host of ${agentId}` },
        serviceAttributes: { schemaVersion: 1, assessmentRunArn: arn, rulesPackageArn },
      })),
      failedItems: {},
    },
  ];
}

/** What an archive has, from its export. */
interface Documents {
  runs: Structure[];
  findings: Structure[];
  agents: Structure[];
  telemetry: Map<string, Structure[]>;
}

function parseExport(text: string): Documents {
  const documents: Documents = { runs: [], findings: [], agents: [], telemetry: new Map() };
  for (const line of text.split('\n').filter(Boolean)) {
    const { operation, input, output } = JSON.parse(line);
    if (operation === 'DescribeAssessmentRuns') documents.runs.push(...output.assessmentRuns);
    if (operation === 'DescribeFindings') documents.findings.push(...output.findings);
    if (operation === 'ListAssessmentRunAgents') documents.agents.push(...output.assessmentRunAgents);
    if (operation === 'GetTelemetryMetadata') documents.telemetry.set(input.assessmentRunArn, output.telemetryMetadata);
  }
  return documents;
}

const upTo = (arn: string, part: string) => arn.split(`/${part}/`)[0] as string;
const toRunArn = (arn: string) => upTo(arn, 'finding');
const toTemplateArn = (arn: string) => upTo(arn, 'run');
const toTargetArn = (arn: string) => upTo(arn, 'template');
const accountOf = (arn: string) => arn.split(':')[4] as string;
const regionOf = (arn: string) => arn.split(':')[3] as string;
const agentOf = (finding: Structure): string | undefined => finding.assetAttributes.agentId;
const packageOf = (finding: Structure): string | undefined => finding.serviceAttributes.rulesPackageArn;
const compareText = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** In the order of keys, and of arrival among equal ones; without a key last either way. */
function sortBy<T>(
  items: readonly T[],
  order: string,
  keys: Record<string, (item: T) => string | number | undefined>,
): T[] {
  const toKey = keys[order.replace(/_(ASC|DESC)$/, '')] as (item: T) => string | number | undefined;
  const sign = order.endsWith('_DESC') ? -1 : 1;
  const keyed = items.map((item, place) => ({ item, place, key: toKey(item) }));
  keyed.sort((a, b) => {
    if (a.key === undefined || b.key === undefined) {
      return Number(a.key === undefined) - Number(b.key === undefined) || sign * (a.place - b.place);
    }
    const compared = typeof a.key === 'string' ? compareText(a.key, b.key as string) : a.key - (b.key as number);
    return sign * (compared || a.place - b.place);
  });
  return keyed.map(({ item }) => item);
}

const isAny = (wanted: readonly string[] | undefined, values: (string | undefined)[]) =>
  !wanted?.length || values.some((value) => value !== undefined && wanted.includes(value));
const hasText = (text: string | undefined, values: (string | undefined)[]) => {
  const lower = (value: string) => value.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return text === undefined || values.some((value) => value !== undefined && lower(value).includes(lower(text)));
};
const isBetween = (range: { from?: string; to?: string } | undefined, seconds: number | undefined) => {
  if (range?.from === undefined && range?.to === undefined) return true;
  if (seconds === undefined) return false;
  const at = Math.round(seconds * 1000);
  return at >= Date.parse(range.from ?? '0000-01-01') && at <= Date.parse(range.to ?? '9999-01-01');
};

function fitsRun(filter: Structure, run: Structure, { telemetry, agents, findings }: Omit<Documents, 'runs'>): boolean {
  const rows = telemetry.get(run.arn) ?? [];
  // A Total counts only where there is no other row.
  const others = rows.filter(({ messageType }) => messageType !== 'Total');
  const hasTelemetry = (others.length > 0 ? others : rows).some(({ count }) => count > 0);
  const agentIds = [
    ...agents.filter(({ assessmentRunArn }) => assessmentRunArn === run.arn).map(({ agentId }) => agentId),
    ...findings.filter(({ arn }) => toRunArn(arn) === run.arn).map(agentOf),
  ];
  const pattern = filter.namePattern
    ?.split('*')
    .map((part: string) => part.replace(/[^\w ]/gu, '\\$&'))
    .join('.*');
  const { from, to } = filter.durationBetween ?? {};
  return (
    isAny(filter.accountIds, [accountOf(run.arn)]) &&
    isAny(filter.regions, [regionOf(run.arn)]) &&
    isAny(filter.targetArns, [toTargetArn(run.arn)]) &&
    isAny(filter.templateArns, [toTemplateArn(run.arn)]) &&
    isAny(filter.rulesPackageArns, run.rulesPackageArns ?? []) &&
    isAny(filter.states, [run.state]) &&
    isAny(filter.agentIds, agentIds) &&
    (filter.hasTelemetry === undefined || filter.hasTelemetry === hasTelemetry) &&
    hasText(filter.text, [run.name]) &&
    (pattern === undefined || (run.name !== undefined && new RegExp(`^${pattern}$`, 'su').test(run.name))) &&
    (from === undefined || run.durationInSeconds >= from) &&
    (to === undefined || run.durationInSeconds <= to) &&
    isBetween(filter.createdBetween, run.createdAt) &&
    isBetween(filter.startedBetween, run.startedAt) &&
    isBetween(filter.completedBetween, run.completedAt)
  );
}

const hasAttribute = (wanted: Structure[] | undefined, attributes: Structure[] = []) =>
  !wanted?.length ||
  attributes.some(({ key, value }) => wanted.some((one) => one.key === key && (one.value ?? value) === value));

function fitsFinding(filter: Structure, finding: Structure): boolean {
  return (
    isAny(filter.accountIds, [accountOf(finding.arn)]) &&
    isAny(filter.regions, [regionOf(finding.arn)]) &&
    isAny(filter.targetArns, [toTargetArn(finding.arn)]) &&
    isAny(filter.templateArns, [toTemplateArn(finding.arn)]) &&
    isAny(filter.assessmentRunArns, [toRunArn(finding.arn)]) &&
    isAny(filter.rulesPackageArns, [packageOf(finding)]) &&
    isAny(filter.ruleNames, [finding.id]) &&
    isAny(filter.severities, [finding.severity]) &&
    isAny(filter.agentIds, [agentOf(finding)]) &&
    isAny(filter.autoScalingGroups, [finding.assetAttributes.autoScalingGroup]) &&
    hasText(filter.text, [finding.title]) &&
    hasAttribute(filter.attributes, finding.attributes) &&
    isBetween(filter.createdBetween, finding.createdAt)
  );
}

const runKeys = {
  CREATED_AT: (run: Structure) => run.createdAt,
  STARTED_AT: (run: Structure) => run.startedAt,
  COMPLETED_AT: (run: Structure) => run.completedAt,
  NAME: (run: Structure) => run.name,
};
const findingKeys = {
  CREATED_AT: (finding: Structure) => finding.createdAt,
  SEVERITY: ({ severity }: Structure) => (severity === undefined ? undefined : SEVERITIES.indexOf(severity)),
  TITLE: (finding: Structure) => finding.title,
};

const toIso = (seconds: number | undefined) =>
  seconds === undefined ? null : new Date(Math.round(seconds * 1000)).toISOString();

/** The hosts that agents and findings of runs name. */
function toHosts({ runs, findings, agents }: Documents): Structure[] {
  const sightings = [
    ...agents.map(({ agentId, assessmentRunArn }) => ({ agentId, runArn: assessmentRunArn })),
    ...findings.map((finding) => ({ agentId: agentOf(finding), runArn: toRunArn(finding.arn) })),
  ].filter(({ agentId }) => agentId !== undefined);
  const keys = new Set(
    sightings.map(({ agentId, runArn }) => [accountOf(runArn), regionOf(runArn), agentId].join(' ')),
  );
  return [...keys].map((key) => {
    const [accountId, region, agentId] = key.split(' ') as [string, string, string];
    const isOf = (arn: string) => accountOf(arn) === accountId && regionOf(arn) === region;
    const own = new Set(
      sightings.filter((one) => one.agentId === agentId && isOf(one.runArn)).map(({ runArn }) => runArn),
    );
    const seen = runs.filter(({ arn }) => own.has(arn)).map((run) => ({ run, at: run.createdAt ?? run.startedAt }));
    const times = seen.flatMap(({ at }) => (at === undefined ? [] : [at as number]));
    const latest = sortBy(seen, 'AT_DESC', { AT: ({ at }) => at })[0]?.run.arn;
    const named = findings.filter((finding) => agentOf(finding) === agentId && isOf(finding.arn));
    const ofLatest = named.filter(({ arn }) => toRunArn(arn) === latest);
    return {
      agentId,
      hostname: named.length > 0 ? `host of ${agentId}` : null,
      accountId,
      region,
      firstSeenAt: toIso(times.length > 0 ? Math.min(...times) : undefined),
      lastSeenAt: toIso(times.length > 0 ? Math.max(...times) : undefined),
      assessmentRunCount: own.size,
      latestAssessmentRun: { arn: latest },
      findingCounts: SEVERITIES.toReversed().flatMap((severity) => {
        const count = ofLatest.filter((finding) => finding.severity === severity).length;
        return count > 0 ? [{ severity, count }] : [];
      }),
    };
  });
}

const someOf = (values: readonly string[]) => fc.array(fc.constantFrom(...values), { maxLength: 2 });
const range = fc
  .record({ from: time, to: time }, { requiredKeys: [] })
  .map(({ from = undefined, to = undefined }) =>
    from !== undefined && to !== undefined && from > to ? { from: to, to: from } : { from, to },
  )
  .map(({ from, to }) => ({
    ...(from !== undefined && { from: toIso(from) }),
    ...(to !== undefined && { to: toIso(to) }),
  }));
/** Few criteria at once, so that something is left. */
const filterOf = (members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Structure> =>
  fc
    .uniqueArray(fc.constantFrom(...Object.keys(members)), { maxLength: 2 })
    .chain((names) =>
      fc.record(Object.fromEntries(names.map((name) => [name, members[name] as fc.Arbitrary<unknown>]))),
    );
const common = {
  accountIds: someOf(ACCOUNTS),
  regions: someOf(REGIONS),
  targetArns: someOf(TEMPLATES.map(toTargetArn)),
  templateArns: someOf(TEMPLATES),
  rulesPackageArns: someOf(PACKAGES),
  text: fc.constantFrom('NIGHTLY', 'y', '_', '%', 'ä'),
  createdBetween: range,
};
const runFilter = filterOf({
  ...common,
  states: someOf(STATES),
  namePattern: fc.constantFrom(...PATTERNS),
  durationBetween: fc.constantFrom({ from: 4000 }, { to: 4000 }, { from: 3600, to: 3600 }),
  startedBetween: range,
  completedBetween: range,
  agentIds: someOf(AGENTS),
  hasTelemetry: fc.boolean(),
});
const findingFilter = filterOf({
  ...common,
  severities: someOf(SEVERITIES),
  ruleNames: someOf(RULES),
  agentIds: someOf(AGENTS),
  autoScalingGroups: someOf(GROUPS),
  attributes: fc.constantFrom([{ key: 'a' }], [{ key: 'a', value: '1' }], [{ key: 'b', value: '2' }]),
});
const hostFilter = filterOf({
  accountIds: someOf(ACCOUNTS),
  regions: someOf(REGIONS),
  agentIds: someOf(AGENTS),
  text: fc.constantFrom('HOST', 'i-', '3'),
  lastSeenBetween: range,
});
const orderOf = (keys: readonly string[]) => fc.constantFrom(...keys.flatMap((key) => [`${key}_ASC`, `${key}_DESC`]));
const size = fc.integer({ min: 1, max: 12 });

/** A number of things of the same keys at a time. */
interface Counted {
  keys: Record<string, (string | undefined)[]>;
  at: number | undefined;
  count: number;
  dataSize?: number | undefined;
  run?: string;
}

const placesOf = (arn: string) => ({
  ACCOUNT: [accountOf(arn)],
  REGION: [regionOf(arn)],
  TEMPLATE: [toTemplateArn(arn)],
});
const statistics: Record<
  string,
  {
    filter: fc.Arbitrary<Structure>;
    input: string;
    dimensions: string[];
    enumName: string;
    count(documents: Documents, filter: Structure): Counted[];
  }
> = {
  findingStatistics: {
    filter: findingFilter,
    input: 'FindingSearchFilter',
    enumName: 'FindingDimension',
    dimensions: ['SEVERITY', 'RULES_PACKAGE', 'RULE', 'ACCOUNT', 'REGION', 'TEMPLATE', 'HOST'],
    count: ({ findings }, filter) =>
      findings
        .filter((finding) => fitsFinding(filter, finding))
        .map((finding) => ({
          keys: {
            ...placesOf(finding.arn),
            SEVERITY: [finding.severity],
            RULES_PACKAGE: [packageOf(finding)],
            RULE: [finding.id],
            HOST: [agentOf(finding)],
          },
          at: finding.createdAt,
          count: 1,
        })),
  },
  assessmentRunStatistics: {
    filter: runFilter,
    input: 'AssessmentRunFilter',
    enumName: 'AssessmentRunDimension',
    dimensions: ['STATE', 'ACCOUNT', 'REGION', 'TEMPLATE', 'RULES_PACKAGE'],
    count: ({ runs, ...others }, filter) =>
      runs
        .filter((run) => fitsRun(filter, run, others))
        .map((run) => ({
          keys: { ...placesOf(run.arn), STATE: [run.state], RULES_PACKAGE: run.rulesPackageArns ?? [undefined] },
          at: run.createdAt,
          count: 1,
        })),
  },
  telemetryStatistics: {
    filter: runFilter,
    input: 'AssessmentRunFilter',
    enumName: 'TelemetryDimension',
    dimensions: ['MESSAGE_TYPE', 'ACCOUNT', 'REGION', 'TEMPLATE', 'STATE'],
    count: ({ runs, telemetry, ...others }, filter) =>
      runs
        .filter((run) => fitsRun(filter, run, { telemetry, ...others }))
        .flatMap((run) => {
          const rows = telemetry.get(run.arn) ?? [];
          const others = rows.filter(({ messageType }) => messageType !== 'Total');
          return (others.length > 0 ? others : rows).map(({ messageType, count, dataSize }) => ({
            keys: { ...placesOf(run.arn), STATE: [run.state], MESSAGE_TYPE: [messageType] },
            at: run.createdAt,
            count,
            dataSize,
            run: run.arn,
          }));
        }),
  },
};

function sum(counted: readonly Counted[], isTelemetry: boolean) {
  const count = counted.reduce((total, one) => total + one.count, 0);
  if (!isTelemetry) return { count };
  const sizes = counted.map(({ dataSize }) => dataSize);
  return {
    count,
    dataSize: sizes.includes(undefined) ? null : sizes.reduce<number>((total, one) => total + (one as number), 0),
    assessmentRunCount: new Set(counted.map(({ run }) => run)).size,
  };
}

/** The first day of the interval that a time lies in, where clocks show this time zone. */
function toStart(ms: number, interval: string, timeZone: string): string {
  const date = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    ms,
  );
  const [year, month] = date.split('-') as [string, string];
  if (interval === 'YEAR') return `${year}-01-01`;
  if (interval === 'QUARTER') return `${year}-${['01', '04', '07', '10'][Math.floor((Number(month) - 1) / 3)]}-01`;
  if (interval === 'MONTH') return `${year}-${month}-01`;
  return interval === 'DAY' ? date : addDays(date, -((new Date(date).getUTCDay() + 6) % 7));
}
const addDays = (date: string, days: number) =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);

/** The first days of all intervals from one to another. */
function toStarts(first: string, last: string, interval: string): string[] {
  const starts = new Set<string>();
  for (let day = first; day <= last; day = addDays(day, 1)) starts.add(toStart(Date.parse(day), interval, 'UTC'));
  return [...starts];
}

/** The groups that statistics have, and their buckets. */
function summarize(
  counted: readonly Counted[],
  { filter, groupBy, interval, timeZone }: Structure,
  isTelemetry: boolean,
) {
  const groups = new Map<string, Counted[]>(groupBy.length === 0 ? [['[]', []]] : []);
  for (const one of counted) {
    const combinations = (groupBy as string[]).reduce<(string | null)[][]>(
      (all, dimension) =>
        all.flatMap((keys) => (one.keys[dimension] as (string | undefined)[]).map((key) => [...keys, key ?? null])),
      [[]],
    );
    for (const keys of combinations) {
      const name = JSON.stringify(keys);
      groups.set(name, [...(groups.get(name) ?? []), one]);
    }
  }
  const startOf = ({ at }: Counted) => (at === undefined ? null : toStart(at * 1000, interval, timeZone));
  const toBuckets = (own: readonly Counted[]) => {
    const known = counted
      .map(startOf)
      .filter((start) => start !== null)
      .sort();
    const { from, to } = filter.createdBetween ?? {};
    const [first, last] =
      from !== undefined && to !== undefined
        ? [from, to].map((end) => toStart(Date.parse(end), interval, timeZone))
        : [known[0], known.at(-1)];
    const starts: (string | null)[] = first === undefined ? [] : toStarts(first, last as string, interval);
    if (counted.some(({ at }) => at === undefined)) starts.push(null);
    return starts.map((start) => ({
      start,
      ...sum(
        own.filter((one) => startOf(one) === start),
        isTelemetry,
      ),
    }));
  };
  return {
    total: sum(counted, isTelemetry),
    groups: new Map(
      [...groups].map(([name, own]) => [
        name,
        { total: sum(own, isTelemetry), buckets: interval === undefined ? null : toBuckets(own) },
      ]),
    ),
  };
}

describe.each(engines)('The graph over an archive in $name', (engine) => {
  let query: (text: string, variables?: Record<string, unknown>) => Promise<Json>;
  let documents: Documents;

  async function ask(text: string, variables: Record<string, unknown> = {}): Promise<Json> {
    const { data, errors } = await query(text, variables);
    expect(errors).toBeUndefined();
    return data;
  }

  /** All nodes of a connection, page by page in one direction; each page has the same totalCount. */
  async function readAll(
    toPage: (args: Record<string, unknown>) => Promise<Json>,
    first: number,
    isBackwards: boolean,
  ) {
    const nodes: Json[] = [];
    const totalCounts = new Set<number>();
    for (let cursor: string | null = null, pages = 0; pages < 200; pages += 1) {
      const page: Json = await toPage(isBackwards ? { last: first, before: cursor } : { first, after: cursor });
      const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo;
      expect(page.nodes.length).toBeLessThanOrEqual(first);
      totalCounts.add(page.totalCount);
      if (isBackwards) nodes.unshift(...page.nodes);
      else nodes.push(...page.nodes);
      expect(isBackwards ? hasNextPage : hasPreviousPage).toBe(cursor !== null);
      if (!(isBackwards ? hasPreviousPage : hasNextPage)) return { nodes, totalCounts: [...totalCounts] };
      cursor = isBackwards ? startCursor : endCursor;
    }
    throw new Error('The connection never ends.');
  }

  const PAGE = 'totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
  const ARGS = 'first: $first, after: $after, last: $last, before: $before';
  const VARIABLES = '$first: Int, $after: String, $last: Int, $before: String';

  beforeAll(async () => {
    const archive = await openEmptyArchive(engine);
    const parts = fc.sample(runParts, { numRuns: 30, seed: Date.now() % 1000 });
    // Each template has a run: to list the runs of one that nothing names is an error.
    const withAll = parts.map((part, index) => ({ ...part, template: TEMPLATES[index] ?? part.template }));
    const records = withAll.flatMap(toRecords);
    const { refused } = await importFiles(archive, { 'records.ndjson': toLines(records) });
    expect(refused).toEqual([]);
    documents = parseExport(await exportText(archive));
    expect(documents.runs).toHaveLength(30);
    const limits = { connectTimeoutMs: 1000, deadlineMs: 20_000, maxAttempts: 1, concurrency: 10 };
    const sdk = createSdkInspectorApi(createEndpointSource(await serveArchive(archive)), limits);
    endAfterAll(async () => sdk.close());
    const cached = createCachingInspectorApi(sdk, { ...cacheLimits, ttlMs: 0 }, noSharedCache, sdk.archiveCalls);
    query = createTestGraph(cached, {
      maxRunsPerOperation: 1000,
      maxFieldsPerOperation: 1_000_000,
      maxAnswerBytes: 2 ** 30,
    }).query;
  }, 120_000);

  const check = <T>(arbitrary: fc.Arbitrary<T>, assert: (value: T) => Promise<void>, few = 20) =>
    fc.assert(fc.asyncProperty(arbitrary, assert), { numRuns: rounds(few, 1000) });

  test('finds runs by any filter, in any order, in pages of any size in both directions', async () => {
    await check(
      fc.tuple(runFilter, orderOf(Object.keys(runKeys)), size, fc.boolean()),
      async ([filter, orderBy, first, isBackwards]) => {
        const expected = sortBy(
          documents.runs.filter((run) => fitsRun(filter, run, documents)),
          orderBy,
          runKeys,
        );
        const { nodes, totalCounts } = await readAll(
          async (args) =>
            (
              await ask(
                `query ($filter: AssessmentRunFilter, $orderBy: AssessmentRunOrder, ${VARIABLES}) {
                assessmentRuns(filter: $filter, orderBy: $orderBy, ${ARGS}) { nodes { arn name state createdAt } ${PAGE} } }`,
                { filter, orderBy, ...args },
              )
            ).assessmentRuns,
          first,
          isBackwards,
        );
        expect(nodes).toEqual(
          expected.map(({ arn, name, state, createdAt }) => ({
            arn,
            name: name ?? null,
            state: state ?? null,
            createdAt: toIso(createdAt),
          })),
        );
        expect(totalCounts).toEqual([expected.length]);
      },
    );
  }, 240_000);

  test('counts the runs that Inspector lists', async () => {
    const { accountIds: _, targetArns: __, text: ___, createdBetween: ____, ...others } = common;
    const listed = filterOf({
      regions: others.regions,
      templateArns: others.templateArns,
      states: someOf(STATES),
      startedBetween: range,
    });
    const floor = (end: string | undefined) => end && `${end.slice(0, 19)}Z`;
    const ceil = (end: string | undefined) => end && toIso(Math.ceil(Date.parse(end) / 1000));
    await check(listed, async (filter) => {
      const { from, to } = filter.startedBetween ?? {};
      const compared = { ...filter, startedBetween: { from: floor(from), to: ceil(to) } };
      const expected = documents.runs.filter((run) => fitsRun(compared, run, documents)).length;
      const { assessmentRuns } = await ask(
        'query ($filter: AssessmentRunFilter) { assessmentRuns(filter: $filter, first: 1) { totalCount } }',
        { filter },
      );
      expect(assessmentRuns).toEqual({ totalCount: expected });
    });
  }, 240_000);

  test('finds findings of all runs in the same way', async () => {
    await check(
      fc.tuple(findingFilter, orderOf(Object.keys(findingKeys)), size, fc.boolean()),
      async ([filter, orderBy, first, isBackwards]) => {
        const expected = sortBy(
          documents.findings.filter((finding) => fitsFinding(filter, finding)),
          orderBy,
          findingKeys,
        );
        const { nodes, totalCounts } = await readAll(
          async (args) =>
            (
              await ask(
                `query ($filter: FindingSearchFilter, $orderBy: FindingOrder, ${VARIABLES}) {
                findings(filter: $filter, orderBy: $orderBy, ${ARGS}) { nodes { arn title severity } ${PAGE} } }`,
                { filter, orderBy, ...args },
              )
            ).findings,
          first,
          isBackwards,
        );
        expect(nodes).toEqual(
          expected.map(({ arn, title, severity }) => ({ arn, title: title ?? null, severity: severity ?? null })),
        );
        expect(totalCounts).toEqual([expected.length]);
      },
    );
  }, 240_000);

  test('finds hosts with what their runs and findings say', async () => {
    const hosts = toHosts(documents);
    await check(
      fc.tuple(hostFilter, fc.boolean(), size, fc.boolean()),
      async ([filter, isDescending, first, isBackwards]) => {
        const { accountIds, regions, agentIds, text, lastSeenBetween } = filter;
        const expected = hosts.filter(
          (host) =>
            isAny(accountIds, [host.accountId]) &&
            isAny(regions, [host.region]) &&
            isAny(agentIds, [host.agentId]) &&
            hasText(text, [host.agentId, host.hostname ?? undefined]) &&
            isBetween(lastSeenBetween, host.lastSeenAt === null ? undefined : Date.parse(host.lastSeenAt) / 1000),
        );
        const { nodes, totalCounts } = await readAll(
          async (args) =>
            (
              await ask(
                `query ($filter: HostFilter, $orderBy: HostOrder, ${VARIABLES}) {
                hosts(filter: $filter, orderBy: $orderBy, ${ARGS}) { nodes {
                  agentId hostname accountId region firstSeenAt lastSeenAt assessmentRunCount latestAssessmentRun { arn }
                  findingCounts { severity count }
                } ${PAGE} } }`,
                { filter, orderBy: isDescending ? 'AGENT_ID_DESC' : 'AGENT_ID_ASC', ...args },
              )
            ).hosts,
          first,
          isBackwards,
        );
        const ids = nodes.map(({ agentId }) => agentId);
        expect(ids).toEqual(isDescending ? [...ids].sort(compareText).reverse() : [...ids].sort(compareText));
        const byPlace = (all: Structure[]) =>
          [...all].sort((a, b) =>
            compareText(`${a.agentId} ${a.region} ${a.accountId}`, `${b.agentId} ${b.region} ${b.accountId}`),
          );
        expect(byPlace(nodes)).toEqual(byPlace(expected));
        expect(totalCounts).toEqual([expected.length]);
      },
    );
  }, 240_000);

  test('finds what belongs to a template, a target, a package, a host or a finding', async () => {
    for (const template of TEMPLATES) {
      const target = toTargetArn(template);
      const data = await ask(
        `query ($template: ID!, $target: ID!) {
          template: node(id: $template) { ... on AssessmentTemplate { assessmentRuns(orderBy: CREATED_AT_ASC, first: 100) { nodes { arn } totalCount } } }
          target: node(id: $target) { ... on AssessmentTarget { assessmentRuns(first: 100) { nodes { arn } totalCount } } }
        }`,
        { template, target },
      );
      const toPage = (runs: Structure[]) => ({ nodes: runs.map(({ arn }) => ({ arn })), totalCount: runs.length });
      const of = (filter: Structure) => documents.runs.filter((run) => fitsRun(filter, run, documents));
      expect(data.template.assessmentRuns).toEqual(
        toPage(sortBy(of({ templateArns: [template] }), 'CREATED_AT_ASC', runKeys)),
      );
      expect(data.target.assessmentRuns).toEqual(
        toPage(sortBy(of({ targetArns: [target] }), 'CREATED_AT_DESC', runKeys)),
      );
    }
    for (const id of PACKAGES) {
      const { node } = await ask(
        'query ($id: ID!) { node(id: $id) { ... on RulesPackage { findings(first: 100, orderBy: SEVERITY_DESC) { nodes { arn } } } } }',
        { id },
      );
      const found = documents.findings.filter((finding) => packageOf(finding) === id);
      expect(node.findings.nodes).toEqual(
        sortBy(found, 'SEVERITY_DESC', findingKeys)
          .slice(0, 100)
          .map(({ arn }) => ({ arn })),
      );
    }
    const { hosts } = await ask(
      '{ hosts(first: 20) { nodes { agentId accountId region findings(first: 100) { totalCount } assessmentRuns(first: 40, orderBy: NAME_ASC) { nodes { arn } totalCount } } } }',
    );
    for (const { agentId, accountId, region, findings, assessmentRuns } of hosts.nodes) {
      const filter = { agentIds: [agentId], accountIds: [accountId], regions: [region] };
      expect(findings.totalCount).toBe(documents.findings.filter((finding) => fitsFinding(filter, finding)).length);
      const runs = documents.runs.filter((run) => fitsRun(filter, run, documents));
      expect(assessmentRuns).toEqual({
        nodes: sortBy(runs, 'NAME_ASC', runKeys).map(({ arn }) => ({ arn })),
        totalCount: runs.length,
      });
    }
  }, 240_000);

  test('adds up what a host has sent, and says what it sent in each run', async () => {
    const total = '{ count dataSize }';
    const { hosts } = await ask(`{ hosts(first: 100) { nodes {
      agentId accountId region telemetry { messageType count dataSize } telemetryTotal ${total}
    } } }`);
    const withoutTotal = (rows: Structure[]) => {
      const others = rows.filter(({ messageType }) => messageType !== 'Total');
      return others.length > 0 ? others : rows;
    };
    const addUp = (rows: Structure[]) => ({
      count: rows.reduce((sum, { count }) => sum + count, 0),
      dataSize: rows.some(({ dataSize }) => dataSize === undefined)
        ? null
        : rows.reduce((sum, { dataSize }) => sum + dataSize, 0),
    });
    for (const { agentId, accountId, region, telemetry, telemetryTotal } of hosts.nodes) {
      const own = documents.agents.filter(
        ({ agentId: id, assessmentRunArn: arn }) =>
          id === agentId && accountOf(arn) === accountId && regionOf(arn) === region,
      );
      const rows = own.flatMap(({ telemetryMetadata = [] }) => withoutTotal(telemetryMetadata));
      const types = [...new Set(rows.map(({ messageType }) => messageType as string))].map((messageType) => {
        return { messageType, ...addUp(rows.filter((row) => row.messageType === messageType)) };
      });
      types.sort((a, b) => b.count - a.count || compareText(a.messageType, b.messageType));
      expect({ telemetry, telemetryTotal }).toEqual({
        telemetry: rows.length > 0 ? types : null,
        telemetryTotal: rows.length > 0 ? addUp(rows) : null,
      });
      const { assessmentRuns } = await ask(
        `query ($id: ID!, $ids: [String!]) { assessmentRuns(first: 100, filter: { agentIds: $ids }) { nodes {
          arn agent(agentId: $id) { agentId telemetryTotal ${total} } } } }`,
        { id: agentId, ids: [agentId] },
      );
      for (const { arn, agent } of assessmentRuns.nodes) {
        const document = documents.agents.find((one) => one.agentId === agentId && one.assessmentRunArn === arn);
        const all: Structure[] | undefined = document?.telemetryMetadata;
        const given = all?.find(({ messageType }) => messageType === 'Total');
        const itsTotal = given && { count: given.count, dataSize: given.dataSize ?? null };
        expect(agent).toEqual(document ? { agentId, telemetryTotal: itsTotal ?? (all ? addUp(all) : null) } : null);
      }
    }
  }, 240_000);

  test('finds the same finding in other runs of its target', async () => {
    await check(fc.tuple(fc.constantFrom(...documents.findings), size), async ([finding, first]) => {
      const identity = (one: Structure) => JSON.stringify([toTargetArn(one.arn), agentOf(one), one.id, packageOf(one)]);
      const isKnown = agentOf(finding) !== undefined && finding.id !== undefined && packageOf(finding) !== undefined;
      const others = documents.findings.filter(
        (other) => identity(other) === identity(finding) && toRunArn(other.arn) !== toRunArn(finding.arn),
      );
      const text = `query ($arn: ID!, $first: Int, $after: String) { finding(arn: $arn) {
        history(first: $first, after: $after) { nodes { arn } totalCount pageInfo { hasNextPage endCursor } } } }`;
      const nodes: Json[] = [];
      for (let after: string | null = null; ; ) {
        const { history }: Json = (await ask(text, { arn: finding.arn, first, after })).finding;
        if (history === null) {
          expect(isKnown).toBe(false);
          return;
        }
        expect(history.totalCount).toBe(others.length);
        nodes.push(...history.nodes);
        if (!history.pageInfo.hasNextPage) break;
        after = history.pageInfo.endCursor;
      }
      expect(nodes).toEqual(sortBy(others, 'CREATED_AT_ASC', findingKeys).map(({ arn }) => ({ arn })));
    });
  }, 240_000);

  test('compares runs of a target', async () => {
    await check(
      fc.tuple(fc.constantFrom(...documents.runs), fc.constantFrom(...documents.runs)),
      async ([run, base]) => {
        fc.pre(toTargetArn(run.arn) === toTargetArn(base.arn));
        const findingsOf = ({ arn }: Structure) => {
          const seen = new Map<string, number>();
          return sortBy(
            documents.findings
              .filter((finding) => toRunArn(finding.arn) === arn)
              .map((finding) => {
                const identity = JSON.stringify([agentOf(finding), finding.id, packageOf(finding)]);
                seen.set(identity, (seen.get(identity) ?? 0) + 1);
                return { finding, identity: `${identity} ${seen.get(identity)}` };
              }),
            'SEVERITY_ASC',
            {
              // The gravest first, and of equal ones that which came first.
              SEVERITY: ({ finding: { severity } }) =>
                severity === undefined ? undefined : -SEVERITIES.indexOf(severity),
            },
          );
        };
        const [ofRun, ofBase] = [findingsOf(run), findingsOf(base)];
        const without = (all: typeof ofRun, others: typeof ofRun) =>
          all.filter(({ identity }) => !others.some((other) => other.identity === identity));
        const toPage = (all: typeof ofRun) => ({
          nodes: all.map(({ finding }) => ({ arn: finding.arn })),
          totalCount: all.length,
        });
        const idsOf = ({ arn }: Structure) =>
          documents.agents
            .filter(({ assessmentRunArn }) => assessmentRunArn === arn)
            .map(({ agentId }) => agentId as string);
        const sorted = (ids: string[]) => ids.sort(compareText);
        const rowsOf = ({ arn }: Structure) => documents.telemetry.get(arn) ?? [];
        const toCount = (rows: Structure[], type: string) => {
          const row = rows.find(({ messageType }) => messageType === type);
          return row === undefined ? null : { count: row.count, dataSize: row.dataSize ?? null };
        };
        const types = [...new Set([...rowsOf(run), ...rowsOf(base)].map(({ messageType }) => messageType))];
        const list = '(first: 100) { nodes { arn } totalCount }';
        const { assessmentRun } = await ask(
          `query ($arn: ID!, $with: ID) { assessmentRun(arn: $arn) { comparison(with: $with) {
          base { arn } newFindings${list} goneFindings${list} remainingFindings${list}
          telemetry { messageType base { count dataSize } compared { count dataSize } }
          newAgentIds goneAgentIds remainingAgentIds
        } } }`,
          { arn: run.arn, with: base.arn },
        );
        expect(assessmentRun.comparison).toEqual({
          base: { arn: base.arn },
          newFindings: toPage(without(ofRun, ofBase)),
          goneFindings: toPage(without(ofBase, ofRun)),
          remainingFindings: toPage(without(ofRun, without(ofRun, ofBase))),
          telemetry: types.map((messageType) => ({
            messageType,
            base: toCount(rowsOf(base), messageType),
            compared: toCount(rowsOf(run), messageType),
          })),
          newAgentIds: sorted(idsOf(run).filter((id) => !idsOf(base).includes(id))),
          goneAgentIds: sorted(idsOf(base).filter((id) => !idsOf(run).includes(id))),
          remainingAgentIds: sorted(idsOf(run).filter((id) => idsOf(base).includes(id))),
        });
      },
    );
  }, 240_000);

  test('compares a run with that of its template before it', async () => {
    for (const { arn } of documents.runs) {
      // Of two at the same time, the one that came first is before the other.
      const ofTemplate = documents.runs.filter(
        (other) => toTemplateArn(other.arn) === toTemplateArn(arn) && other.createdAt !== undefined,
      );
      const inOrder = sortBy(ofTemplate, 'CREATED_AT_ASC', runKeys);
      const base = inOrder[inOrder.findIndex((other) => other.arn === arn) - 1];
      const { assessmentRun } = await ask(
        'query ($arn: ID!) { assessmentRun(arn: $arn) { comparison { base { arn } } } }',
        { arn },
      );
      expect(assessmentRun.comparison).toEqual(base === undefined ? null : { base: { arn: base.arn } });
    }
  }, 240_000);

  test.each(Object.keys(statistics))(
    'counts %s by any filter, dimensions and interval',
    async (field) => {
      const { filter, input, enumName, dimensions, count } = statistics[field] as (typeof statistics)[string];
      const isTelemetry = field === 'telemetryStatistics';
      const sums = isTelemetry ? 'count dataSize assessmentRunCount' : 'count';
      const asked = fc.record({
        filter,
        groupBy: fc.uniqueArray(fc.constantFrom(...dimensions), { maxLength: 2 }),
        interval: fc.constantFrom('DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR', undefined),
        timeZone: fc.constantFrom(...ZONES),
        top: fc.constantFrom(1, 3, 100),
      });
      await check(asked, async (variables) => {
        const data = await ask(
          `query ($filter: ${input}, $groupBy: [${enumName}!], $interval: StatisticsInterval, $timeZone: String, $top: Int) {
          ${field}(filter: $filter, groupBy: $groupBy, interval: $interval, timeZone: $timeZone, top: $top) {
            groups { keys { dimension value } total { ${sums} } buckets { start ${sums} } } groupCount total { ${sums} }
          } }`,
          variables,
        );
        const { groups, groupCount, total } = data[field];
        const expected = summarize(count(documents, variables.filter), variables, isTelemetry);
        expect({ groupCount, total }).toEqual({ groupCount: expected.groups.size, total: expected.total });
        // The largest first; which of equal ones come first is told by their keys.
        const counts = [...expected.groups.values()].map((group) => group.total.count).sort((a, b) => b - a);
        expect(groups.map((group: Json) => group.total.count)).toEqual(counts.slice(0, variables.top));
        for (const { keys, ...group } of groups) {
          expect(keys.map(({ dimension }: Json) => dimension)).toEqual(variables.groupBy);
          expect(group).toEqual(expected.groups.get(JSON.stringify(keys.map(({ value }: Json) => value))));
        }
        expect(new Set(groups.map(({ keys }: Json) => JSON.stringify(keys))).size).toBe(groups.length);
      });
    },
    240_000,
  );

  test('says what the archive has', async () => {
    const { archive } = await ask(
      '{ archive { counts { assessmentRuns findings hosts agents } firstRunAt lastRunAt } }',
    );
    const times = documents.runs.flatMap(({ createdAt }) => createdAt ?? []);
    expect(archive).toEqual({
      counts: {
        assessmentRuns: documents.runs.length,
        findings: documents.findings.length,
        hosts: toHosts(documents).length,
        agents: documents.agents.length,
      },
      firstRunAt: toIso(Math.min(...times)),
      lastRunAt: toIso(Math.max(...times)),
    });
  });
});
