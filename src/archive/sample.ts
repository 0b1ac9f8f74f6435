/** What an operation was asked and what it answered, as an import takes it. */
export interface OperationRecord {
  readonly operation: string;
  readonly input: object;
  readonly output: object;
}

/** One row of telemetry on the wire, its members in the order of the API page's example. */
interface WireTelemetryMetadata {
  readonly count: number;
  readonly dataSize: number;
  readonly messageType: string;
}

/** What is known of a run: how it was described, and what else was answered for it. */
interface SampleRun {
  readonly run: { readonly arn: string } & Record<string, unknown>;
  readonly telemetryMetadata: readonly WireTelemetryMetadata[];
}

/**
 * What the archive serves when it was given nothing else: the documented example of every read operation that AWS gives one
 * of, and a synthetic run in each other state, in as many regions. Always the same.
 */
export function createSample(): OperationRecord[] {
  const synthetic = syntheticStates.map(createSyntheticRun);
  return [
    describe('DescribeRulesPackages', 'rulesPackages', rulesPackages),
    describe('DescribeResourceGroups', 'resourceGroups', [exampleResourceGroup]),
    describe('DescribeAssessmentTargets', 'assessmentTargets', [exampleTarget]),
    describe('DescribeAssessmentTemplates', 'assessmentTemplates', [exampleTemplate]),
    {
      operation: 'ListTagsForResource',
      input: { resourceArn: exampleTemplate.arn },
      output: { tags: [{ key: 'Name', value: 'Example' }] },
    },
    ...toRunRecords(exampleRun),
    {
      operation: 'ListAssessmentRunAgents',
      input: { assessmentRunArn: exampleRun.run.arn },
      output: { assessmentRunAgents: [exampleAgent] },
    },
    describe('DescribeFindings', 'findings', [exampleFinding]),
    ...exampleLists,
    ...synthetic.flatMap(({ surroundings, ...run }) => [...surroundings, ...toRunRecords(run)]),
  ];
}

function toRunRecords({ run, telemetryMetadata }: SampleRun): OperationRecord[] {
  return [
    describe('DescribeAssessmentRuns', 'assessmentRuns', [run]),
    {
      operation: 'GetTelemetryMetadata',
      input: { assessmentRunArn: run.arn },
      output: { telemetryMetadata },
    },
  ];
}

function describe(operation: string, member: string, documents: readonly object[]): OperationRecord {
  return { operation, input: {}, output: { [member]: documents, failedItems: {} } };
}

const EXAMPLE = 'arn:aws:inspector:us-west-2:123456789012';

/** The examples of the API's pages, such as API_DescribeAssessmentTemplates.html. */
const exampleTarget = {
  arn: `${EXAMPLE}:target/0-0kFIPusq`,
  name: 'ExampleAssessmentTarget',
  resourceGroupArn: `${EXAMPLE}:resourcegroup/0-PyGXopAI`,
  createdAt: 1458074191.459,
  updatedAt: 1458074191.459,
};

const exampleResourceGroup = {
  arn: exampleTarget.resourceGroupArn,
  tags: [{ key: 'Name', value: 'example' }],
  createdAt: 1458074191.098,
};

const exampleTemplate = {
  arn: `${exampleTarget.arn}/template/0-4r1V2mAw`,
  name: 'ExampleAssessmentTemplate',
  assessmentTargetArn: exampleTarget.arn,
  durationInSeconds: 3600,
  rulesPackageArns: ['arn:aws:inspector:us-west-2:758058086616:rulespackage/0-X1KXtawP'],
  userAttributesForFindings: [],
  assessmentRunCount: 0,
  createdAt: 1458074191.844,
};

/** Of the packages that the pages list, they describe two; the others have the names of the user guide. */
const rulesPackages = [
  [
    '0-9hgA516p',
    'Common Vulnerabilities and Exposures',
    'The rules in this package help verify whether the EC2 instances in your application are exposed to Common ' +
      'Vulnerabilities and Exposures (CVEs). Attacks can exploit unpatched vulnerabilities to compromise the ' +
      'confidentiality, integrity, or availability of your service or data. The CVE system provides a reference for ' +
      'publicly known information security vulnerabilities and exposures. For more information, see ' +
      '[https://cve.mitre.org/](https://cve.mitre.org/). If a particular CVE appears in one of the produced Findings at ' +
      'the end of a completed Inspector assessment, you can search [https://cve.mitre.org/](https://cve.mitre.org/) using ' +
      'the CVE\'s ID (for example, "CVE-2009-0021") to find detailed information about this CVE, its severity, and how ' +
      'to mitigate it. ',
  ],
  ['0-H5hpSawc', 'CIS Operating System Security Configuration Benchmarks', 'The CIS benchmarks for operating systems.'],
  [
    '0-JJOtZiqQ',
    'Security Best Practices',
    'The rules in this package help determine whether your systems are configured securely.',
  ],
  ['0-vg5GGHSD', 'Runtime Behavior Analysis', 'The behavior of instances while an assessment runs.'],
  ['0-X1KXtawP', 'Example rules package', 'The package of the example run, which the documentation does not describe.'],
].map(([id, name, description]) => ({
  arn: `arn:aws:inspector:us-west-2:758058086616:rulespackage/${id}`,
  name,
  version: '1.1',
  provider: 'Amazon Web Services, Inc.',
  description,
}));

/** The run of AWS's documentation. */
export const documentedRunArn =
  'arn:aws:inspector:us-west-2:123456789012:target/0-0kFIPusq/template/0-4r1V2mAw/run/0-MKkpXXPE';

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_GetTelemetryMetadata.html and its sibling pages. */
const exampleRun: SampleRun = {
  run: {
    arn: documentedRunArn,
    name: 'Run 1 for ExampleAssessmentTemplate',
    assessmentTemplateArn: 'arn:aws:inspector:us-west-2:123456789012:target/0-0kFIPusq/template/0-4r1V2mAw',
    state: 'COMPLETED',
    durationInSeconds: 3600,
    rulesPackageArns: ['arn:aws:inspector:us-west-2:758058086616:rulespackage/0-X1KXtawP'],
    userAttributesForFindings: [],
    createdAt: 1458680170.035,
    startedAt: 1458680170.161,
    completedAt: 1458680301.4,
    stateChangedAt: 1458680301.4,
    dataCollected: true,
    stateChanges: [
      { stateChangedAt: 1458680170.035, state: 'CREATED' },
      { stateChangedAt: 1458680170.065, state: 'START_DATA_COLLECTION_PENDING' },
      { stateChangedAt: 1458680170.096, state: 'START_DATA_COLLECTION_IN_PROGRESS' },
      { stateChangedAt: 1458680170.161, state: 'COLLECTING_DATA' },
      { stateChangedAt: 1458680239.883, state: 'STOP_DATA_COLLECTION_PENDING' },
      { stateChangedAt: 1458680299.847, state: 'DATA_COLLECTED' },
      { stateChangedAt: 1458680300.099, state: 'EVALUATING_RULES' },
      { stateChangedAt: 1458680301.4, state: 'COMPLETED' },
    ],
    notifications: [],
    findingCounts: { High: 14, Informational: 0, Low: 0, Medium: 2, Undefined: 0 },
  },
  telemetryMetadata: [
    { count: 2, dataSize: 345, messageType: 'InspectorDuplicateProcess' },
    { count: 3, dataSize: 255, messageType: 'InspectorTimeEventMsg' },
    { count: 4, dataSize: 1082, messageType: 'InspectorNetworkInterface' },
    { count: 2, dataSize: 349, messageType: 'InspectorDnsEntry' },
    { count: 11, dataSize: 2514, messageType: 'InspectorDirectoryInfoMsg' },
    { count: 1, dataSize: 179, messageType: 'InspectorTcpV6ListeningPort' },
    { count: 101, dataSize: 10949, messageType: 'InspectorTerminal' },
    { count: 26, dataSize: 5916, messageType: 'InspectorUser' },
    { count: 282, dataSize: 32148, messageType: 'InspectorDynamicallyLoadedCodeModule' },
    { count: 18, dataSize: 10172, messageType: 'InspectorCreateProcess' },
    { count: 3, dataSize: 8001, messageType: 'InspectorProcessPerformance' },
    { count: 1, dataSize: 360, messageType: 'InspectorOperatingSystem' },
    { count: 6, dataSize: 546, messageType: 'InspectorStopProcess' },
    { count: 1, dataSize: 1553, messageType: 'InspectorInstanceMetaData' },
    { count: 2, dataSize: 434, messageType: 'InspectorTcpV4Connection' },
    { count: 474, dataSize: 2960322, messageType: 'InspectorPackageInfo' },
    { count: 3, dataSize: 2235, messageType: 'InspectorSystemPerformance' },
    { count: 105, dataSize: 46048, messageType: 'InspectorCodeModule' },
    { count: 1, dataSize: 182, messageType: 'InspectorUdpV6ListeningPort' },
    { count: 2, dataSize: 371, messageType: 'InspectorUdpV4ListeningPort' },
    { count: 18, dataSize: 8362, messageType: 'InspectorKernelModule' },
    { count: 29, dataSize: 48788, messageType: 'InspectorConfigurationInfo' },
    { count: 1, dataSize: 79, messageType: 'InspectorMonitoringStart' },
    { count: 5, dataSize: 0, messageType: 'InspectorSplitMsgBegin' },
    { count: 51, dataSize: 4593, messageType: 'InspectorGroup' },
    { count: 1, dataSize: 184, messageType: 'InspectorTcpV4ListeningPort' },
    { count: 1159, dataSize: 3146579, messageType: 'Total' },
    { count: 5, dataSize: 0, messageType: 'InspectorSplitMsgEnd' },
    { count: 1, dataSize: 612, messageType: 'InspectorLoadImageInProcess' },
  ],
};

const exampleAgent = {
  agentId: 'i-49113b93',
  assessmentRunArn: exampleRun.run.arn,
  agentHealth: 'HEALTHY',
  agentHealthCode: 'RUNNING',
  telemetryMetadata: exampleRun.telemetryMetadata,
};

const exampleFinding = {
  arn: `${exampleRun.run.arn}/finding/0-HwPnsDm4`,
  schemaVersion: 1,
  service: 'Inspector',
  serviceAttributes: {
    schemaVersion: 1,
    assessmentRunArn: exampleRun.run.arn,
    rulesPackageArn: exampleTemplate.rulesPackageArns[0],
  },
  assetType: 'ec2-instance',
  assetAttributes: { schemaVersion: 1, ipv4Addresses: [] },
  title: 'No potential security issues found',
  description: 'Amazon Inspector did not find any potential security issues during this assessment.',
  recommendation: 'No remediation needed.',
  severity: 'Informational',
  numericSeverity: 0,
  confidence: 10,
  indicatorOfCompromise: false,
  attributes: [],
  userAttributes: [],
  createdAt: 1458680301.37,
  updatedAt: 1458680301.37,
};

const subscribedTemplateArn = `${EXAMPLE}:target/0-nvgVhaxX/template/0-7sbz2Kz0`;

/**
 * What the examples name and do not describe: a second run with a finding, a second template, tags and a subscription of two
 * further templates. Inputs are those of the examples without `maxResults`; outputs lack the `nextToken`, behind which the
 * documentation has nothing.
 */
const exampleLists: readonly OperationRecord[] = [
  {
    operation: 'DescribeCrossAccountAccessRole',
    input: {},
    output: { roleArn: 'arn:aws:iam::123456789012:role/inspector', valid: true, registeredAt: 1458069182.826 },
  },
  {
    operation: 'ListRulesPackages',
    input: {},
    output: { rulesPackageArns: rulesPackages.slice(0, 4).map(({ arn }) => arn) },
  },
  { operation: 'ListAssessmentTargets', input: {}, output: { assessmentTargetArns: [exampleTarget.arn] } },
  {
    operation: 'ListAssessmentTemplates',
    input: { assessmentTargetArns: [exampleTarget.arn] },
    output: { assessmentTemplateArns: [exampleTemplate.arn, `${exampleTarget.arn}/template/0-Uza6ihLh`] },
  },
  {
    operation: 'ListAssessmentRuns',
    input: { assessmentTemplateArns: [exampleTemplate.arn] },
    output: { assessmentRunArns: [exampleRun.run.arn, `${exampleTemplate.arn}/run/0-v5D6fI3v`] },
  },
  {
    operation: 'ListFindings',
    input: { assessmentRunArns: [exampleRun.run.arn] },
    output: { findingArns: [exampleFinding.arn, `${exampleTemplate.arn}/run/0-v5D6fI3v/finding/0-tyvmqBLy`] },
  },
  {
    operation: 'PreviewAgents',
    input: { previewAgentsArn: exampleTarget.arn },
    output: { agentPreviews: [{ agentId: exampleAgent.agentId }] },
  },
  {
    operation: 'ListTagsForResource',
    input: { resourceArn: `${exampleTarget.arn}/template/0-gcwFliYu` },
    output: { tags: [{ key: 'Name', value: 'Example' }] },
  },
  {
    operation: 'ListEventSubscriptions',
    input: { resourceArn: subscribedTemplateArn },
    output: {
      subscriptions: [
        {
          resourceArn: subscribedTemplateArn,
          topicArn: 'arn:aws:sns:us-west-2:123456789012:exampletopic',
          eventSubscriptions: [{ event: 'ASSESSMENT_RUN_COMPLETED', subscribedAt: 1459455440.867 }],
        },
      ],
    },
  },
];

/** The way of a run through its states, one way for each end; `seconds` after its creation. */
const COLLECTING = [
  { state: 'CREATED', seconds: 0 },
  { state: 'START_DATA_COLLECTION_PENDING', seconds: 0.03 },
  { state: 'START_DATA_COLLECTION_IN_PROGRESS', seconds: 0.061 },
  { state: 'COLLECTING_DATA', seconds: 0.126 },
];
const EVALUATING = [
  ...COLLECTING,
  { state: 'STOP_DATA_COLLECTION_PENDING', seconds: 3600 },
  { state: 'DATA_COLLECTED', seconds: 3660 },
  { state: 'START_EVALUATING_RULES_PENDING', seconds: 3660.2 },
  { state: 'EVALUATING_RULES', seconds: 3660.4 },
];

interface SyntheticState {
  region: string;
  /** All states up to the present one. */
  passed: readonly { state: string; seconds: number }[];
  /** Whether the present state is the run's last. */
  ended: boolean;
}

const syntheticStates: readonly SyntheticState[] = [
  { region: 'us-east-1', passed: [...EVALUATING, { state: 'COMPLETED_WITH_ERRORS', seconds: 3720 }], ended: true },
  { region: 'us-east-2', passed: [...COLLECTING, { state: 'FAILED', seconds: 95 }], ended: true },
  { region: 'us-west-1', passed: [...EVALUATING, { state: 'ERROR', seconds: 3700 }], ended: true },
  { region: 'eu-west-1', passed: [...COLLECTING, { state: 'CANCELED', seconds: 610 }], ended: true },
  { region: 'eu-west-2', passed: EVALUATING, ended: false },
  { region: 'eu-central-1', passed: EVALUATING.slice(0, 7), ended: false },
  { region: 'eu-north-1', passed: EVALUATING.slice(0, 6), ended: false },
  { region: 'ap-northeast-1', passed: EVALUATING.slice(0, 5), ended: false },
  { region: 'ap-northeast-2', passed: COLLECTING, ended: false },
  { region: 'ap-south-1', passed: COLLECTING.slice(0, 3), ended: false },
  { region: 'ap-southeast-2', passed: COLLECTING.slice(0, 2), ended: false },
  { region: 'us-gov-west-1', passed: COLLECTING.slice(0, 1), ended: false },
];

const FIRST_CREATED_AT = Date.UTC(2025, 0, 6, 9) / 1000;
const SECONDS_BETWEEN_RUNS = 86_400;

function createSyntheticRun({ region, passed, ended }: SyntheticState, place: number) {
  const number = String(place + 1).padStart(2, '0');
  const partition = region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  const inspector = `arn:${partition}:inspector:${region}`;
  const assessmentTargetArn = `${inspector}:111122223333:target/0-SynTgt${number}`;
  const assessmentTemplateArn = `${assessmentTargetArn}/template/0-SynTpl${number}`;
  const rulesPackageArn = `${inspector}:444455556666:rulespackage/0-SynRul${number}`;
  const arn = `${assessmentTemplateArn}/run/0-SynRun${number}`;
  const createdAt = FIRST_CREATED_AT + place * SECONDS_BETWEEN_RUNS;
  const stateChanges = passed.map(({ state, seconds }) => ({
    stateChangedAt: toMilliseconds(createdAt + seconds),
    state,
  }));
  const state = passed.at(-1)?.state as string;
  const stateChangedAt = stateChanges.at(-1)?.stateChangedAt as number;
  const startedAt = stateChanges.find((change) => change.state === 'COLLECTING_DATA')?.stateChangedAt;
  const findingCounts = state === 'COMPLETED_WITH_ERRORS' ? SYNTHETIC_FINDING_COUNTS : {};
  const surroundings = [
    describe('DescribeRulesPackages', 'rulesPackages', [
      { arn: rulesPackageArn, name: `Synthetic rules ${number}`, version: '1.0', provider: 'inspector-gateway' },
    ]),
    describe('DescribeAssessmentTargets', 'assessmentTargets', [
      { arn: assessmentTargetArn, name: `Synthetic target ${number}`, createdAt, updatedAt: createdAt },
    ]),
    describe('DescribeAssessmentTemplates', 'assessmentTemplates', [
      {
        arn: assessmentTemplateArn,
        name: `Synthetic template ${number}`,
        assessmentTargetArn,
        durationInSeconds: 3600,
        rulesPackageArns: [rulesPackageArn],
        userAttributesForFindings: [],
        lastAssessmentRunArn: arn,
        assessmentRunCount: 1,
        createdAt,
      },
    ]),
    describe(
      'DescribeFindings',
      'findings',
      createSyntheticFindings(arn, rulesPackageArn, findingCounts, stateChangedAt),
    ),
    describe(
      'DescribeExclusions',
      'exclusions',
      state === 'COMPLETED_WITH_ERRORS' ? [createSyntheticExclusion(arn)] : [],
    ),
  ];
  return {
    surroundings,
    run: {
      arn,
      name: `Synthetic run ${number} (${state})`,
      assessmentTemplateArn,
      state,
      durationInSeconds: 3600,
      rulesPackageArns: [rulesPackageArn],
      userAttributesForFindings: [],
      createdAt,
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(ended ? { completedAt: stateChangedAt } : {}),
      stateChangedAt,
      dataCollected: stateChanges.some((change) => change.state === 'DATA_COLLECTED'),
      stateChanges,
      notifications: [],
      findingCounts,
    },
    telemetryMetadata: startedAt === undefined ? [] : createSyntheticTelemetry(place),
  };
}

const SYNTHETIC_FINDING_COUNTS = { High: 3, Medium: 5, Low: 8, Informational: 13 };
const NUMERIC_SEVERITIES: Record<string, number> = { High: 9, Medium: 6, Low: 3, Informational: 0 };

function createSyntheticFindings(
  runArn: string,
  rulesPackageArn: string,
  counts: Record<string, number>,
  createdAt: number,
): object[] {
  const severities = Object.entries(counts).flatMap(([severity, count]) => Array<string>(count).fill(severity));
  return severities.map((severity, place) => ({
    arn: `${runArn}/finding/0-SynFin${String(place + 1).padStart(2, '0')}`,
    schemaVersion: 1,
    service: 'Inspector',
    serviceAttributes: { schemaVersion: 1, assessmentRunArn: runArn, rulesPackageArn },
    assetType: 'ec2-instance',
    assetAttributes: {
      schemaVersion: 1,
      agentId: `i-${String(place % 2).padStart(8, '0')}`,
      hostname: `host-${place % 2}.example`,
      ipv4Addresses: [`192.0.2.${place % 2}`],
    },
    id: `SYN-${severity}`,
    title: `Synthetic finding ${place + 1}`,
    description: 'Made up to show what a finding looks like.',
    recommendation: 'None: it does not exist.',
    severity,
    numericSeverity: NUMERIC_SEVERITIES[severity],
    confidence: 10,
    indicatorOfCompromise: false,
    attributes: [{ key: 'INSTANCE_ID', value: `i-${String(place % 2).padStart(8, '0')}` }],
    userAttributes: [],
    createdAt,
    updatedAt: createdAt,
  }));
}

function createSyntheticExclusion(runArn: string): object {
  return {
    arn: `${runArn}/exclusion/0-SynExc01`,
    title: 'Synthetic exclusion',
    description: 'Made up to show what an exclusion looks like.',
    recommendation: 'None: it does not exist.',
    scopes: [{ key: 'INSTANCE_ID', value: 'i-00000002' }],
    attributes: [],
  };
}

/** The example's message types with numbers of their own and a Total that is their sum. */
function createSyntheticTelemetry(place: number): WireTelemetryMetadata[] {
  const rows = exampleRun.telemetryMetadata
    .filter((row) => row.messageType !== 'Total')
    .map(({ count, dataSize, messageType }) => ({
      count: count + place,
      dataSize: dataSize * (place + 2),
      messageType,
    }));
  const sum = (member: 'count' | 'dataSize') => rows.reduce((total, row) => total + row[member], 0);
  return [...rows, { count: sum('count'), dataSize: sum('dataSize'), messageType: 'Total' }];
}

function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
