import { createDescribeRecord, createRecord, type OperationRecord } from './operation-record.js';

/*
 * A synthetic history, for what can only be asked of many runs: three targets, each assessed once a month for two years.
 * Nothing of it is random or of the clock, so that documentation can show it. Months are counted from the first one.
 */

const MONTHS = 24;
const FIRST_YEAR = 2024;
const APRIL = 3;

type Severity = keyof typeof numericSeverities;
type PackageName = keyof typeof packageNames;

/** An instance that runs assess from one month to another, both inclusive, or for good. */
interface SyntheticHost {
  readonly name: string;
  readonly agentId: string;
  readonly from?: number;
  readonly to?: number;
}

interface SyntheticTarget {
  readonly name: string;
  /** Three letters for IDs. */
  readonly code: string;
  readonly account: string;
  readonly region: keyof typeof rulesPackageIds;
  readonly dayOfMonth: number;
  readonly durationInSeconds: number;
  readonly hosts: readonly SyntheticHost[];
  /** Which rule finds something, in which hosts, from which month to which, both inclusive. */
  readonly occurrences: readonly (readonly [keyof typeof rules, readonly number[], number, number])[];
  /** The runs that did not end as COMPLETED, by month. */
  readonly ends: Readonly<Record<number, 'COMPLETED_WITH_ERRORS' | 'FAILED' | 'CANCELED'>>;
}

/** By the severities' names, as counts of findings are ordered. */
const numericSeverities = { High: 9, Informational: 0, Low: 3, Medium: 6 };

const packageNames = {
  cve: 'Common Vulnerabilities and Exposures',
  network: 'Network Reachability',
  practices: 'Security Best Practices',
};

/** The service's own packages: https://docs.aws.amazon.com/inspector/v1/userguide/inspector_rules-arns.html */
const rulesPackageIds = {
  'eu-west-1': { account: '357557129151', cve: '0-ubA5XvBh', network: '0-SPzU33xe', practices: '0-SnojL3Z6' },
  'eu-central-1': { account: '537503971621', cve: '0-wNqHa8M9', network: '0-6yunpJ91', practices: '0-ZujVHEPB' },
  'us-east-2': { account: '646659390643', cve: '0-JnA8Zp85', network: '0-cE4kTR30', practices: '0-AxKmMHPX' },
};

/** Rules by the name that findings have as their `id`. There are such rules; that these hosts break them is made up. */
const rules = {
  'CVE-2021-36084': { packageName: 'cve', severity: 'Low' },
  'CVE-2023-48795': { packageName: 'cve', severity: 'Medium' },
  'CVE-2024-1086': { packageName: 'cve', severity: 'High' },
  'CVE-2024-2961': { packageName: 'cve', severity: 'High' },
  'CVE-2024-3094': { packageName: 'cve', severity: 'High' },
  'CVE-2024-6387': { packageName: 'cve', severity: 'High' },
  'CVE-2024-45492': { packageName: 'cve', severity: 'High' },
  'CVE-2025-26465': { packageName: 'cve', severity: 'Medium' },
  'CVE-2025-32463': { packageName: 'cve', severity: 'High' },
  'Disable root login over SSH': { packageName: 'practices', severity: 'Medium' },
  'Configure password maximum age': { packageName: 'practices', severity: 'Medium' },
  'Configure permissions for system directories': { packageName: 'practices', severity: 'High' },
  'Recognized port reachable from internet': { packageName: 'network', severity: 'Low' },
  'Network exposure from the internet': { packageName: 'network', severity: 'Informational' },
} satisfies Record<string, { packageName: PackageName; severity: Severity }>;

const targets: readonly SyntheticTarget[] = [
  {
    name: 'Synthetic web servers',
    code: 'Web',
    account: '111122223333',
    region: 'eu-west-1',
    dayOfMonth: 3,
    durationInSeconds: 3600,
    hosts: [
      { name: 'web-1.synthetic.example', agentId: 'i-0000a001' },
      { name: 'web-2.synthetic.example', agentId: 'i-0000a002' },
      { name: 'web-3.synthetic.example', agentId: 'i-0000a003' },
      { name: 'web-4.synthetic.example', agentId: 'i-0000a004', from: 8 },
    ],
    occurrences: [
      ['CVE-2023-48795', [0, 1, 2], 0, 5],
      ['CVE-2024-1086', [0, 1, 2], 0, 1],
      ['CVE-2024-2961', [0, 1], 1, 3],
      ['CVE-2024-6387', [0, 1, 2], 3, 4],
      ['CVE-2024-45492', [1, 2], 5, 7],
      ['CVE-2025-26465', [0, 1, 2, 3], 11, 12],
      ['CVE-2025-32463', [0, 1, 2, 3], 15, 16],
      ['Disable root login over SSH', [2], 0, 6],
      ['Recognized port reachable from internet', [0, 1], 0, 13],
      ['Network exposure from the internet', [0], 0, 23],
    ],
    ends: { 9: 'COMPLETED_WITH_ERRORS' },
  },
  {
    name: 'Synthetic databases',
    code: 'Dbs',
    account: '111122223333',
    region: 'eu-central-1',
    dayOfMonth: 10,
    durationInSeconds: 3600,
    hosts: [
      { name: 'db-1.synthetic.example', agentId: 'i-0000d001' },
      { name: 'db-2.synthetic.example', agentId: 'i-0000d002' },
      { name: 'db-3.synthetic.example', agentId: 'i-0000d003', to: 14 },
      { name: 'db-4.synthetic.example', agentId: 'i-0000d004', from: 15 },
    ],
    occurrences: [
      ['CVE-2021-36084', [1], 0, 11],
      ['CVE-2023-48795', [0, 1, 2], 0, 8],
      ['CVE-2024-1086', [0, 1], 0, 3],
      ['CVE-2024-6387', [0, 1, 2], 3, 5],
      ['CVE-2025-26465', [0, 1], 11, 13],
      ['CVE-2025-32463', [0, 1, 3], 15, 17],
      ['Configure password maximum age', [0], 0, 19],
    ],
    ends: { 13: 'CANCELED' },
  },
  {
    name: 'Synthetic build machines',
    code: 'Bld',
    account: '777788889999',
    region: 'us-east-2',
    dayOfMonth: 17,
    durationInSeconds: 900,
    hosts: [
      { name: 'build-1.synthetic.example', agentId: 'i-0000b001' },
      { name: 'build-2.synthetic.example', agentId: 'i-0000b002', to: 17 },
    ],
    occurrences: [
      ['CVE-2023-48795', [0, 1], 0, 9],
      ['CVE-2024-3094', [0, 1], 0, 0],
      ['CVE-2024-6387', [0, 1], 3, 8],
      ['CVE-2025-32463', [0, 1], 15, 19],
      ['Configure permissions for system directories', [1], 4, 9],
      ['Configure password maximum age', [0], 12, 23],
      ['Network exposure from the internet', [1], 0, 17],
    ],
    ends: { 8: 'FAILED', 20: 'COMPLETED_WITH_ERRORS' },
  },
];

/** What an agent sends of each message type in the first month: how many messages, and bytes of each. */
const messages = [
  { messageType: 'InspectorOperatingSystem', count: 1, bytes: 360 },
  { messageType: 'InspectorInstanceMetaData', count: 1, bytes: 1553 },
  { messageType: 'InspectorPackageInfo', count: 470, bytes: 6240 },
  { messageType: 'InspectorConfigurationInfo', count: 29, bytes: 1682 },
  { messageType: 'InspectorUser', count: 26, bytes: 227 },
  { messageType: 'InspectorGroup', count: 51, bytes: 90 },
  { messageType: 'InspectorKernelModule', count: 18, bytes: 464 },
  { messageType: 'InspectorTcpV4ListeningPort', count: 3, bytes: 184 },
];

/** Creates the records of 72 runs with their telemetry, agents and findings, and of what surrounds them. */
export function createSampleHistory(): OperationRecord[] {
  return targets.flatMap((target) => {
    const runs = Array.from({ length: MONTHS }, (_, month) => createRun(target, month));
    return [...createSurroundings(target), ...runs.flat()];
  });
}

function createSurroundings(target: SyntheticTarget): OperationRecord[] {
  const { name, code, region, account, durationInSeconds } = target;
  const arn = toTargetArn(target);
  const resourceGroupArn = `arn:aws:inspector:${region}:${account}:resourcegroup/0-SynRg${code}`;
  const createdAt = toSeconds(target, 0) - 86_400;
  return [
    createDescribeRecord(
      'DescribeRulesPackages',
      'rulesPackages',
      Object.entries(packageNames).map(([packageName, title]) => ({
        arn: toRulesPackageArn(region, packageName as PackageName),
        name: title,
        version: '1.1',
        provider: 'Amazon Web Services, Inc.',
        description: `The package of this name in ${region}.`,
      })),
    ),
    createDescribeRecord('DescribeResourceGroups', 'resourceGroups', [
      { arn: resourceGroupArn, tags: [{ key: 'Name', value: name }], createdAt },
    ]),
    createDescribeRecord('DescribeAssessmentTargets', 'assessmentTargets', [
      { arn, name, resourceGroupArn, createdAt, updatedAt: createdAt },
    ]),
    createDescribeRecord('DescribeAssessmentTemplates', 'assessmentTemplates', [
      {
        arn: toTemplateArn(target),
        name: `${name}, monthly`,
        assessmentTargetArn: arn,
        durationInSeconds,
        rulesPackageArns: toRulesPackageArns(region),
        userAttributesForFindings: [],
        lastAssessmentRunArn: toRunArn(target, MONTHS - 1),
        assessmentRunCount: MONTHS,
        createdAt,
      },
    ]),
  ];
}

/** The agent by which a run failed. */
const UNWELL = {
  agentHealth: 'UNHEALTHY',
  agentHealthCode: 'UNHEALTHY',
  agentHealthDetails: 'Synthetic: the agent stopped while it collected data.',
};

function createRun(target: SyntheticTarget, month: number): OperationRecord[] {
  const arn = toRunArn(target, month);
  const createdAt = toSeconds(target, month);
  const state = target.ends[month] ?? 'COMPLETED';
  const hasEvaluated = state !== 'FAILED' && state !== 'CANCELED';
  const { durationInSeconds } = target;
  const stateChanges = [
    { stateChangedAt: createdAt, state: 'CREATED' },
    { stateChangedAt: createdAt + 1, state: 'COLLECTING_DATA' },
    ...(hasEvaluated
      ? [
          { stateChangedAt: createdAt + durationInSeconds + 60, state: 'DATA_COLLECTED' },
          { stateChangedAt: createdAt + durationInSeconds + 61, state: 'EVALUATING_RULES' },
        ]
      : []),
    { stateChangedAt: createdAt + (hasEvaluated ? durationInSeconds + 120 : 600), state },
  ];
  const completedAt = stateChanges.at(-1)?.stateChangedAt as number;
  const findings = hasEvaluated ? createFindings(target, month, completedAt) : [];
  const countFindings = (severity: string) => findings.filter((finding) => finding.severity === severity).length;
  const hosts = target.hosts.filter((host) => isAssessed(host, month));
  const rowsByHost = hosts.map((_, index) => createTelemetry(month, index));
  return [
    createDescribeRecord('DescribeAssessmentRuns', 'assessmentRuns', [
      {
        arn,
        name: `${target.name}, ${new Date(createdAt * 1000).toISOString().slice(0, 7)}`,
        assessmentTemplateArn: toTemplateArn(target),
        state,
        durationInSeconds,
        rulesPackageArns: toRulesPackageArns(target.region),
        userAttributesForFindings: [],
        createdAt,
        startedAt: createdAt + 1,
        completedAt,
        stateChangedAt: completedAt,
        dataCollected: hasEvaluated,
        stateChanges,
        notifications: [],
        findingCounts: Object.fromEntries(
          Object.keys(numericSeverities).map((severity) => [severity, countFindings(severity)]),
        ),
      },
    ]),
    createRecord(
      'GetTelemetryMetadata',
      { assessmentRunArn: arn },
      { telemetryMetadata: withTotal(sumRows(rowsByHost)) },
    ),
    createRecord(
      'ListAssessmentRunAgents',
      { assessmentRunArn: arn },
      {
        assessmentRunAgents: hosts.map(({ agentId }, index) => ({
          agentId,
          assessmentRunArn: arn,
          ...(state === 'FAILED' && index === 0 ? UNWELL : { agentHealth: 'HEALTHY', agentHealthCode: 'RUNNING' }),
          telemetryMetadata: withTotal(rowsByHost[index] as Row[]),
        })),
      },
    ),
    createDescribeRecord('DescribeFindings', 'findings', findings),
  ];
}

function createFindings(target: SyntheticTarget, month: number, createdAt: number) {
  const runArn = toRunArn(target, month);
  return target.occurrences
    .filter(([, , from, to]) => from <= month && month <= to)
    .flatMap(([rule, hosts]) => hosts.map((index) => ({ rule, host: target.hosts[index] as SyntheticHost })))
    .filter(({ host }) => isAssessed(host, month))
    .map(({ rule, host }, index) => {
      const { packageName, severity } = rules[rule];
      return {
        arn: `${runArn}/finding/0-SynFnd${toDigits(index + 1)}`,
        schemaVersion: 1,
        service: 'Inspector',
        serviceAttributes: {
          schemaVersion: 1,
          assessmentRunArn: runArn,
          rulesPackageArn: toRulesPackageArn(target.region, packageName),
        },
        assetType: 'ec2-instance',
        assetAttributes: { schemaVersion: 1, agentId: host.agentId, hostname: host.name, ipv4Addresses: [] },
        id: rule,
        title: `Synthetic finding of ${rule} on ${host.name}`,
        description: 'Made up to show what a history looks like.',
        recommendation: 'None: the host does not exist.',
        severity,
        numericSeverity: numericSeverities[severity],
        confidence: 10,
        indicatorOfCompromise: false,
        attributes: [{ key: 'INSTANCE_ID', value: host.agentId }],
        userAttributes: [],
        createdAt,
        updatedAt: createdAt,
      };
    });
}

interface Row {
  readonly count: number;
  readonly dataSize: number;
  readonly messageType: string;
}

/** Rows of one agent, which grow by the month; some messages are of the run and the host alone. */
function createTelemetry(month: number, hostIndex: number): Row[] {
  return messages.map(({ messageType, count, bytes }) => {
    const grown = count + Math.floor((count * month) / 60) + ((month * 7 + hostIndex * 3) % 5);
    return { count: grown, dataSize: grown * bytes, messageType };
  });
}

/** Adds rows of the same message types. */
function sumRows(rowsByHost: readonly (readonly Row[])[]): Row[] {
  return messages.map(({ messageType }, index) => ({
    count: sum(rowsByHost.map((rows) => (rows[index] as Row).count)),
    dataSize: sum(rowsByHost.map((rows) => (rows[index] as Row).dataSize)),
    messageType,
  }));
}

/** Adds the row that Inspector puts last, of all others. */
function withTotal(rows: readonly Row[]): Row[] {
  const total = {
    count: sum(rows.map(({ count }) => count)),
    dataSize: sum(rows.map(({ dataSize }) => dataSize)),
    messageType: 'Total',
  };
  return [...rows, total];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function isAssessed({ from = 0, to = MONTHS }: SyntheticHost, month: number): boolean {
  return from <= month && month <= to;
}

/** When the month's run is created, in epoch seconds. */
function toSeconds({ dayOfMonth }: SyntheticTarget, month: number): number {
  return Date.UTC(FIRST_YEAR, APRIL + month, dayOfMonth, 2) / 1000;
}

function toTargetArn({ region, account, code }: SyntheticTarget): string {
  return `arn:aws:inspector:${region}:${account}:target/0-SynTg${code}`;
}

function toTemplateArn(target: SyntheticTarget): string {
  return `${toTargetArn(target)}/template/0-SynTp${target.code}`;
}

function toRunArn(target: SyntheticTarget, month: number): string {
  return `${toTemplateArn(target)}/run/0-Syn${target.code}${toDigits(month + 1)}`;
}

function toRulesPackageArn(region: SyntheticTarget['region'], packageName: PackageName): string {
  const packages = rulesPackageIds[region];
  return `arn:aws:inspector:${region}:${packages.account}:rulespackage/${packages[packageName]}`;
}

function toRulesPackageArns(region: SyntheticTarget['region']): string[] {
  return Object.keys(packageNames).map((packageName) => toRulesPackageArn(region, packageName as PackageName));
}

function toDigits(number: number): string {
  return String(number).padStart(2, '0');
}
