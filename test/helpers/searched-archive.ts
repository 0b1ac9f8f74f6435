import fc from 'fast-check';
import type { Archive } from './archives.js';
import { createHistory, type Structure } from './histories.js';

/*
 * Archives with few values of everything, so that filters fit some of it and many things are equal in an order; and
 * searches over their documents in plain JavaScript.
 */

/** Where everything is. */
export const accounts = ['111111111111', '222222222222'];
export const regions = ['us-west-2', 'eu-west-1'];
const names = ['Alpha', 'alpha 50%', 'Ümlaut_é', 'z*[x]', 'É', '😀 b', '\uffee b', ''];
const states = ['COMPLETED', 'FAILED', 'CANCELED', 'SOMETHING_NEW'];
const severities = ['High', 'Medium', 'Low', 'Informational', 'Undefined', 'Critical'];
const times = [1_458_000_000, 1_458_000_000.035, 1_500_000_000, 1_600_000_000.123456];
const keys = ['package_name', 'CVE_ID'];

const maybe = <T>(...values: T[]) => fc.constantFrom<T | undefined>(...values, undefined);
const attributes = fc.array(fc.record({ key: fc.constantFrom(...keys), value: maybe('a', 'b') }), { maxLength: 2 });
const ofPackage = (number: number) => createHistory(number).rulesPackage.arn as string;

const run = fc.record({
  account: fc.constantFrom(...accounts),
  region: fc.constantFrom(...regions),
  template: fc.constantFrom('0-L1', '0-L2'),
  isDescribed: fc.boolean(),
  name: maybe(...names),
  state: maybe(...states),
  durationInSeconds: maybe(180, 3600),
  rulesPackageArns: fc.uniqueArray(fc.constantFrom(ofPackage(1), ofPackage(2))),
  createdAt: maybe(...times),
  startedAt: maybe(...times),
  completedAt: maybe(...times),
});
const finding = fc.record({
  run: fc.nat(),
  listedFor: fc.option(fc.nat()),
  title: maybe(...names),
  severity: maybe(...severities),
  id: maybe('CVE-1', 'CVE-2'),
  rulesPackageArn: maybe(ofPackage(1), ofPackage(2)),
  agentId: maybe('i-1', 'i-2', 'I-10'),
  autoScalingGroup: maybe('group'),
  hostname: maybe('Host', 'other'),
  createdAt: maybe(...times),
  attributes,
  userAttributes: attributes,
});
const agent = fc.record({ run: fc.nat(), agentId: fc.constantFrom('i-1', 'i-2', 'ä') });
const telemetry = fc.record({
  run: fc.nat(),
  rows: fc.array(fc.record({ messageType: fc.constantFrom('A', 'B'), count: fc.nat({ max: 1 }) }), { maxLength: 2 }),
});

/** Records of an archive. */
export const records: fc.Arbitrary<object[]> = fc
  .record({
    runs: fc.array(run, { minLength: 1, maxLength: 12 }),
    findings: fc.array(finding, { maxLength: 25 }),
    agents: fc.array(agent, { maxLength: 8 }),
    telemetry: fc.uniqueArray(telemetry, { maxLength: 8, selector: ({ run }) => run % 12 }),
  })
  .map(({ runs, findings, agents, telemetry }) => {
    const runArns = runs.map(({ account, region, template }, place) => {
      return `arn:aws:inspector:${region}:${account}:target/0-T1/template/${template}/run/0-R${place}`;
    });
    const runArnOf = (place: number) => runArns[place % runArns.length] as string;
    return [
      ...findings.flatMap(({ run, listedFor }, place) =>
        listedFor === null
          ? []
          : [
              {
                operation: 'ListFindings',
                input: { assessmentRunArns: [runArnOf(listedFor)] },
                output: { findingArns: [`${runArnOf(run)}/finding/0-L${place}`] },
              },
            ],
      ),
      ...runs.map(({ account: _a, region: _r, template: _t, isDescribed, ...document }, place) =>
        isDescribed
          ? { assessmentRuns: [{ arn: runArnOf(place), ...document }], failedItems: {} }
          : { operation: 'ListAssessmentRuns', input: {}, output: { assessmentRunArns: [runArnOf(place)] } },
      ),
      ...findings.map(
        ({ run, listedFor: _, agentId, autoScalingGroup, hostname, rulesPackageArn, ...document }, place) => ({
          findings: [
            {
              arn: `${runArnOf(run)}/finding/0-F${place}`,
              assetAttributes: { agentId, autoScalingGroup, hostname },
              serviceAttributes: { rulesPackageArn },
              ...document,
            },
          ],
          failedItems: {},
        }),
      ),
      ...agents.map(({ run, agentId }) => ({ assessmentRunAgents: [{ agentId, assessmentRunArn: runArnOf(run) }] })),
      // Of each run once, and of some that nothing else names.
      ...telemetry.map(({ run, rows }) => ({
        operation: 'GetTelemetryMetadata',
        input: { assessmentRunArn: runArns[run % 12] ?? `${runArnOf(0)}${run % 12}` },
        output: { telemetryMetadata: rows },
      })),
    ];
  });

const listOf = <T>(...values: T[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...values)), { nil: undefined, freq: 1 });
const between = fc.option(
  fc
    .record({ from: fc.option(fc.constantFrom(...times)), to: fc.option(fc.constantFrom(...times)) })
    .filter(({ from, to }) => from === null || to === null || from <= to),
  { nil: undefined, freq: 1 },
);
const searchedText = fc.option(fc.constantFrom('a', 'ALPHA', '50%', '_', 'É', 'é', '😀', '*', 'b', 'zz'), {
  nil: undefined,
  freq: 1,
});
const runArnsOf = accounts.flatMap((account) =>
  regions.map((region) => `arn:aws:inspector:${region}:${account}:target/0-T1/template/0-L1/run/0-R1`),
);
const templateArns = runArnsOf.map((arn) => arn.replace(/\/run.*/, ''));
const places = { accountIds: listOf(...accounts), regions: listOf(...regions) };
const ofRuns = {
  ...places,
  assessmentTargetArns: listOf(...templateArns.map((arn) => arn.replace(/\/template.*/, ''))),
  assessmentTemplateArns: listOf(...templateArns),
  assessmentRunArns: listOf(...runArnsOf),
  rulesPackageArns: listOf(ofPackage(1), ofPackage(2), ofPackage(3)),
  text: searchedText,
};
const attributeFilter = listOf<Structure>({ key: 'CVE_ID' }, { key: 'package_name', value: 'a' });

/** Each search: its filters, its orders by the operation's names, and what it finds in documents. */
export const searches = {
  SearchAssessmentRuns: {
    orders: {
      CREATED_AT: ({ document }: Found) => document?.createdAt,
      STARTED_AT: ({ document }: Found) => document?.startedAt,
      COMPLETED_AT: ({ document }: Found) => document?.completedAt,
      NAME: ({ document }: Found) => document?.name,
    },
    filter: fc.record({
      ...ofRuns,
      namePattern: fc.option(fc.constantFrom('Al*', '*_*', 'z*[x]', '**', 'Alpha', '*50%'), {
        nil: undefined,
        freq: 1,
      }),
      states: listOf('COMPLETED', 'FAILED', 'ERROR'),
      agentIds: listOf('i-1', 'I-10', 'ä'),
      hasTelemetry: fc.option(fc.boolean(), { nil: undefined, freq: 1 }),
      durationBetween: fc.option(fc.constantFrom({ from: 181 }, { to: 180 }), { nil: undefined, freq: 1 }),
      createdBetween: between,
      startedBetween: between,
      completedBetween: between,
    }),
  },
  SearchFindings: {
    orders: {
      CREATED_AT: ({ document }: Found) => document?.createdAt,
      SEVERITY: ({ document }: Found) => {
        const rank = ['Undefined', 'Informational', 'Low', 'Medium', 'High'].indexOf(document?.severity);
        return rank === -1 ? undefined : rank;
      },
      TITLE: ({ document }: Found) => document?.title,
    },
    filter: fc.record({
      ...ofRuns,
      severities: listOf('High', 'Low', 'Undefined'),
      ruleNames: listOf('CVE-1', 'CVE-3'),
      agentIds: listOf('i-1', 'I-10', 'i-9'),
      autoScalingGroups: listOf('group'),
      attributes: attributeFilter,
      userAttributes: attributeFilter,
      createdBetween: between,
    }),
  },
  SearchHosts: {
    orders: {
      LAST_SEEN_AT: ({ document }: Found) => document?.lastSeenAt,
      FIRST_SEEN_AT: ({ document }: Found) => document?.firstSeenAt,
      AGENT_ID: ({ document }: Found) => document?.agentId,
    },
    filter: fc.record({
      ...places,
      agentIds: listOf('i-1', 'ä', 'i-9'),
      text: searchedText,
      lastSeenBetween: between,
    }),
  },
};

/** The name of a search. */
export type SearchName = keyof typeof searches;

/** Something that can be found, with what filters ask of it and the item that is answered. */
export interface Found {
  readonly arn: string;
  /** The run that it belongs to. */
  readonly runArn: string;
  readonly document: Structure | undefined;
  readonly item: Structure;
  /** Of a run: the agents that it or its findings name, and whether its telemetry counts anything. */
  readonly agentIds?: readonly string[];
  readonly hasTelemetry?: boolean;
}

const toPlace = (arn: string) => ({ region: arn.split(':')[3] as string, account: arn.split(':')[4] as string });

/** Everything that a search can find, in the order of arrival. */
export async function readFound({ tables }: Archive): Promise<Record<SearchName, Found[]>> {
  const rows = await tables
    .selectFrom('documents')
    .leftJoin('findings', 'findings.id', 'documents.id')
    .select(['kind', 'key', 'document', 'assessment_run_arn as listedFor'])
    .orderBy('documents.id')
    .execute();
  const toDocument = (text: string): Structure | undefined => JSON.parse(text) ?? undefined;
  const runs = rows
    .filter(({ kind }) => kind === 'assessmentRun')
    .map(({ key, document }) => ({
      arn: key,
      runArn: key,
      document: toDocument(document),
      item: { assessmentRunArn: key, assessmentRun: JSON.parse(document) },
    }));
  const findings = rows
    .filter(({ kind }) => kind === 'finding')
    .map(({ key, document, listedFor }) => ({
      arn: key,
      runArn: listedFor as string,
      document: toDocument(document),
      item: { findingArn: key, assessmentRunArn: listedFor, finding: JSON.parse(document) },
    }));
  const agentIdsOf = (arn: string): string[] => [
    ...rows
      .filter(({ kind, key }) => kind === 'assessmentRunAgent' && key.startsWith(`${arn} `))
      .map(({ key }) => key.slice(arn.length + 1)),
    ...findings.filter(({ runArn }) => runArn === arn).map(({ document }) => document?.assetAttributes?.agentId),
  ];
  const told = new Set(
    rows
      .filter(({ kind, document }) => kind === 'telemetryMetadata' && /"count":[^0]/.test(document))
      .map(({ key }) => key),
  );
  return {
    SearchAssessmentRuns: runs.map((run) => {
      return { ...run, agentIds: agentIdsOf(run.arn), hasTelemetry: told.has(run.arn) };
    }),
    SearchFindings: findings,
    SearchHosts: toHosts(rows, runs, findings),
  };
}

/** Hosts in no order of their own. */
function toHosts(
  rows: readonly { kind: string; key: string }[],
  runs: readonly Found[],
  findings: readonly Found[],
): Found[] {
  const pairs = [
    ...findings.map(({ arn, runArn, document }) => ({
      ...toPlace(arn),
      runArn,
      agentId: document?.assetAttributes?.agentId,
    })),
    ...rows
      .filter(({ kind }) => kind === 'assessmentRunAgent')
      .map(({ key }) => {
        const [runArn = '', agentId] = key.split(' ');
        return { ...toPlace(runArn), runArn, agentId };
      }),
  ].filter(({ agentId }) => agentId !== undefined);
  const byHost = new Map<string, typeof pairs>();
  for (const pair of pairs) {
    const key = `${pair.account} ${pair.region} ${pair.agentId}`;
    byHost.set(key, [...(byHost.get(key) ?? []), pair]);
  }
  return [...byHost.values()].map((ofHost) => {
    const { account, region, agentId } = ofHost[0] as (typeof ofHost)[number];
    const itsRuns = [...new Set(ofHost.map(({ runArn }) => runArn))].map((runArn) => {
      const place = runs.findIndex(({ arn }) => arn === runArn);
      return { runArn, place, seenAt: runs[place]?.document?.createdAt ?? runs[place]?.document?.startedAt };
    });
    const latest = itsRuns.reduce((a, b) => {
      const [seenA, seenB] = [a.seenAt ?? -1, b.seenAt ?? -1];
      return seenB > seenA || (seenB === seenA && b.place > a.place) ? b : a;
    });
    const seen = itsRuns.map(({ seenAt }) => seenAt).filter((seenAt) => seenAt !== undefined);
    const own = findings.filter(({ arn, document }) => {
      const place = toPlace(arn);
      return document?.assetAttributes?.agentId === agentId && place.account === account && place.region === region;
    });
    const findingCounts: Record<string, number> = {};
    for (const { runArn, document } of own) {
      if (runArn !== latest.runArn || document?.severity === undefined) continue;
      findingCounts[document.severity] = (findingCounts[document.severity] ?? 0) + 1;
    }
    const named = own.filter(({ document }) => document?.assetAttributes?.hostname !== undefined);
    const hostname = named.reduce<Found | undefined>(
      (a, b) => (a !== undefined && (a.document?.createdAt ?? -1) > (b.document?.createdAt ?? -1) ? a : b),
      undefined,
    )?.document?.assetAttributes.hostname;
    const item = {
      agentId,
      hostname: hostname ?? null,
      accountId: account,
      region,
      firstSeenAt: seen.length > 0 ? Math.min(...seen) : null,
      lastSeenAt: seen.length > 0 ? Math.max(...seen) : null,
      assessmentRunCount: itsRuns.length,
      latestAssessmentRunArn: latest.runArn,
      findingCounts,
    };
    const document = { ...item, firstSeenAt: item.firstSeenAt ?? undefined, lastSeenAt: item.lastSeenAt ?? undefined };
    return { arn: ofHost[0]?.runArn as string, runArn: latest.runArn, document, item };
  });
}

const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const isIn = (values: readonly unknown[] | undefined, value: unknown) => !values?.length || values.includes(value);
const isBetween = (range: { from?: number | null; to?: number | null } | undefined, value: number | undefined) =>
  range === undefined ||
  (range.from == null && range.to == null) ||
  (value !== undefined && value >= (range.from ?? -Infinity) && value <= (range.to ?? Infinity));

function hasAttribute(
  wanted: readonly Structure[] | undefined,
  document: Structure | undefined,
  member: string,
): boolean {
  if (!wanted?.length) return true;
  const own: Structure[] = document?.[member] ?? [];
  return wanted.some(({ key, value }) =>
    own.some((one) => one.key === key && (value === undefined || one.value === value)),
  );
}

/** Whether a filter lets something pass. */
export function isFound(name: SearchName, filter: Structure, found: Found): boolean {
  const { arn, runArn, document } = found;
  const { account, region } = toPlace(arn);
  const isHost = name === 'SearchHosts';
  const isFinding = name === 'SearchFindings';
  const texts: string[] = isHost
    ? [document?.agentId, document?.hostname]
    : [isFinding ? document?.title : document?.name];
  const pattern = filter.namePattern === undefined ? null : toPattern(filter.namePattern);
  return [
    isIn(filter.accountIds, account),
    isIn(filter.regions, region),
    isIn(filter.assessmentTargetArns, runArn.split('/').slice(0, 2).join('/')),
    isIn(filter.assessmentTemplateArns, runArn.split('/').slice(0, 4).join('/')),
    isIn(filter.assessmentRunArns, runArn),
    isFinding
      ? isIn(filter.rulesPackageArns, document?.serviceAttributes?.rulesPackageArn)
      : !filter.rulesPackageArns?.length ||
        filter.rulesPackageArns.some((wanted: string) => document?.rulesPackageArns?.includes(wanted)),
    filter.text === undefined || texts.some((text) => text != null && lower(text).includes(lower(filter.text))),
    pattern === null || (document?.name !== undefined && pattern.test(document.name)),
    isIn(filter.states, document?.state),
    isIn(filter.severities, document?.severity),
    isIn(filter.ruleNames, document?.id),
    found.agentIds === undefined
      ? isIn(filter.agentIds, isHost ? document?.agentId : document?.assetAttributes?.agentId)
      : !filter.agentIds?.length || found.agentIds.some((agentId) => filter.agentIds.includes(agentId)),
    filter.hasTelemetry === undefined || filter.hasTelemetry === found.hasTelemetry,
    isIn(filter.autoScalingGroups, document?.assetAttributes?.autoScalingGroup),
    hasAttribute(filter.attributes, document, 'attributes'),
    hasAttribute(filter.userAttributes, document, 'userAttributes'),
    isBetween(filter.durationBetween, document?.durationInSeconds),
    isBetween(filter.createdBetween, document?.createdAt),
    isBetween(filter.startedBetween, document?.startedAt),
    isBetween(filter.completedBetween, document?.completedAt),
    isBetween(filter.lastSeenBetween, document?.lastSeenAt),
  ].every(Boolean);
}

function toPattern(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'su');
}

/** Orders found things as the search does: what lacks the value comes last either way. */
export function inOrder(
  found: readonly Found[],
  toValue: (one: Found) => string | number | undefined,
  isDescending: boolean,
) {
  const with_ = found.filter((one) => toValue(one) !== undefined);
  const without = found.filter((one) => toValue(one) === undefined);
  with_.sort((a, b) => compare(toValue(a), toValue(b)));
  return isDescending ? [...with_.reverse(), ...without.reverse()] : [...with_, ...without];
}

/** Text by code points. */
function compare(a: string | number | undefined, b: string | number | undefined): number {
  if (typeof a === 'number') return a - (b as number);
  return Buffer.compare(Buffer.from(a ?? ''), Buffer.from(String(b)));
}
