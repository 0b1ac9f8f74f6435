import { createDescribeRecord, createRecord, type OperationRecord } from './operation-record.js';
import { createSampleHistory } from './sample-history.js';

/** One row of telemetry on the wire, its members in the order of the API page's example. */
interface WireTelemetryMetadata {
  readonly count: number;
  readonly dataSize: number;
  readonly messageType: string;
}

interface SampleRun {
  readonly run: { readonly arn: string } & Record<string, unknown>;
  readonly telemetryMetadata: readonly WireTelemetryMetadata[];
}

/**
 * The built-in history: AWS's documented example of every read operation, a synthetic run in each other state, and two years
 * of synthetic runs.
 */
export function createSample(): OperationRecord[] {
  const synthetic = syntheticStates.map(createSyntheticRun);
  return [
    createDescribeRecord('DescribeRulesPackages', 'rulesPackages', rulesPackages),
    createDescribeRecord('DescribeResourceGroups', 'resourceGroups', [exampleResourceGroup]),
    createDescribeRecord('DescribeAssessmentTargets', 'assessmentTargets', [exampleTarget]),
    createDescribeRecord('DescribeAssessmentTemplates', 'assessmentTemplates', [exampleTemplate]),
    createRecord('ListTagsForResource', { resourceArn: exampleTemplate.arn }, { tags: exampleTags }),
    ...toRunRecords(exampleRun),
    createRecord(
      'ListAssessmentRunAgents',
      { assessmentRunArn: exampleRun.run.arn },
      { assessmentRunAgents: [exampleAgent] },
    ),
    createDescribeRecord('DescribeFindings', 'findings', [exampleFinding]),
    ...exampleLists,
    ...synthetic.flatMap(({ surroundings, ...run }) => [...surroundings, ...toRunRecords(run)]),
    ...createSampleHistory(),
  ];
}

function toRunRecords({ run, telemetryMetadata }: SampleRun): OperationRecord[] {
  return [
    createDescribeRecord('DescribeAssessmentRuns', 'assessmentRuns', [run]),
    createRecord('GetTelemetryMetadata', { assessmentRunArn: run.arn }, { telemetryMetadata }),
  ];
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
    assessmentTemplateArn: exampleTemplate.arn,
    state: 'COMPLETED',
    durationInSeconds: 3600,
    rulesPackageArns: exampleTemplate.rulesPackageArns,
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

const exampleTags = [{ key: 'Name', value: 'Example' }];

const exampleSubscription = {
  resourceArn: `${EXAMPLE}:target/0-nvgVhaxX/template/0-7sbz2Kz0`,
  topicArn: 'arn:aws:sns:us-west-2:123456789012:exampletopic',
  eventSubscriptions: [{ event: 'ASSESSMENT_RUN_COMPLETED', subscribedAt: 1459455440.867 }],
};

/** The documented examples of lists, which name more than is described; without `maxResults` and `nextToken`. */
const exampleLists: readonly OperationRecord[] = [
  createRecord(
    'DescribeCrossAccountAccessRole',
    {},
    { roleArn: 'arn:aws:iam::123456789012:role/inspector', valid: true, registeredAt: 1458069182.826 },
  ),
  createRecord('ListRulesPackages', {}, { rulesPackageArns: rulesPackages.slice(0, 4).map(({ arn }) => arn) }),
  createRecord('ListAssessmentTargets', {}, { assessmentTargetArns: [exampleTarget.arn] }),
  createRecord(
    'ListAssessmentTemplates',
    { assessmentTargetArns: [exampleTarget.arn] },
    { assessmentTemplateArns: [exampleTemplate.arn, `${exampleTarget.arn}/template/0-Uza6ihLh`] },
  ),
  createRecord(
    'ListAssessmentRuns',
    { assessmentTemplateArns: [exampleTemplate.arn] },
    { assessmentRunArns: [exampleRun.run.arn, `${exampleTemplate.arn}/run/0-v5D6fI3v`] },
  ),
  createRecord(
    'ListFindings',
    { assessmentRunArns: [exampleRun.run.arn] },
    { findingArns: [exampleFinding.arn, `${exampleTemplate.arn}/run/0-v5D6fI3v/finding/0-tyvmqBLy`] },
  ),
  createRecord(
    'PreviewAgents',
    { previewAgentsArn: exampleTarget.arn },
    { agentPreviews: [{ agentId: exampleAgent.agentId }] },
  ),
  createRecord(
    'ListTagsForResource',
    { resourceArn: `${exampleTarget.arn}/template/0-gcwFliYu` },
    { tags: exampleTags },
  ),
  createRecord(
    'ListEventSubscriptions',
    { resourceArn: exampleSubscription.resourceArn },
    { subscriptions: [exampleSubscription] },
  ),
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
  /** What an SNS topic was told of its end. */
  reason?: string;
}

const syntheticStates: readonly SyntheticState[] = [
  { region: 'us-east-1', passed: [...EVALUATING, { state: 'COMPLETED_WITH_ERRORS', seconds: 3720 }], ended: true },
  {
    region: 'us-east-2',
    passed: [...COLLECTING, { state: 'FAILED', seconds: 95 }],
    ended: true,
    reason: 'Synthetic: no agent of the target answered.',
  },
  {
    region: 'us-west-1',
    passed: [...EVALUATING, { state: 'ERROR', seconds: 3700 }],
    ended: true,
    reason: 'Synthetic: the rules could not be evaluated on the data that was collected.',
  },
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

function createSyntheticRun({ region, passed, ended, reason }: SyntheticState, index: number) {
  const number = String(index + 1).padStart(2, '0');
  const partition = region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  const inspector = `arn:${partition}:inspector:${region}`;
  const assessmentTargetArn = `${inspector}:111122223333:target/0-SynTgt${number}`;
  const assessmentTemplateArn = `${assessmentTargetArn}/template/0-SynTpl${number}`;
  const rulesPackageArn = `${inspector}:444455556666:rulespackage/0-SynRul${number}`;
  const arn = `${assessmentTemplateArn}/run/0-SynRun${number}`;
  const createdAt = FIRST_CREATED_AT + index * SECONDS_BETWEEN_RUNS;
  const stateChanges = passed.map(({ state, seconds }) => ({
    stateChangedAt: Math.round((createdAt + seconds) * 1000) / 1000,
    state,
  }));
  const state = passed.at(-1)?.state as string;
  const stateChangedAt = stateChanges.at(-1)?.stateChangedAt as number;
  const startedAt = stateChanges.find((change) => change.state === 'COLLECTING_DATA')?.stateChangedAt;
  const hasFindings = state === 'COMPLETED_WITH_ERRORS';
  const surroundings = [
    createDescribeRecord('DescribeRulesPackages', 'rulesPackages', [
      { arn: rulesPackageArn, name: `Synthetic rules ${number}`, version: '1.0', provider: 'inspector-gateway' },
    ]),
    createDescribeRecord('DescribeAssessmentTargets', 'assessmentTargets', [
      { arn: assessmentTargetArn, name: `Synthetic target ${number}`, createdAt, updatedAt: createdAt },
    ]),
    createDescribeRecord('DescribeAssessmentTemplates', 'assessmentTemplates', [
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
    createDescribeRecord(
      'DescribeFindings',
      'findings',
      hasFindings ? createSyntheticFindings(arn, rulesPackageArn, stateChangedAt) : [],
    ),
    createDescribeRecord('DescribeExclusions', 'exclusions', hasFindings ? [createSyntheticExclusion(arn)] : []),
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
      notifications:
        reason === undefined
          ? []
          : [{ date: stateChangedAt, event: 'ASSESSMENT_RUN_STATE_CHANGED', message: reason, error: true }],
      findingCounts: hasFindings ? SYNTHETIC_FINDING_COUNTS : {},
    },
    telemetryMetadata: startedAt === undefined ? [] : createSyntheticTelemetry(index),
  };
}

const SYNTHETIC_FINDING_COUNTS = { High: 3, Informational: 13, Low: 8, Medium: 5 };
const NUMERIC_SEVERITIES = { High: 9, Medium: 6, Low: 3, Informational: 0 };

function createSyntheticFindings(runArn: string, rulesPackageArn: string, createdAt: number): object[] {
  const severities = (['High', 'Medium', 'Low', 'Informational'] as const).flatMap((severity) =>
    Array<typeof severity>(SYNTHETIC_FINDING_COUNTS[severity]).fill(severity),
  );
  return severities.map((severity, index) => ({
    arn: `${runArn}/finding/0-SynFin${String(index + 1).padStart(2, '0')}`,
    schemaVersion: 1,
    service: 'Inspector',
    serviceAttributes: { schemaVersion: 1, assessmentRunArn: runArn, rulesPackageArn },
    assetType: 'ec2-instance',
    assetAttributes: {
      schemaVersion: 1,
      agentId: `i-${String(index % 2).padStart(8, '0')}`,
      hostname: `host-${index % 2}.example`,
      ipv4Addresses: [`192.0.2.${index % 2}`],
    },
    id: `SYN-${severity}`,
    title: `Synthetic finding ${index + 1}`,
    description: 'Made up to show what a finding looks like.',
    recommendation: 'None: it does not exist.',
    severity,
    numericSeverity: NUMERIC_SEVERITIES[severity],
    confidence: 10,
    indicatorOfCompromise: false,
    attributes: [{ key: 'INSTANCE_ID', value: `i-${String(index % 2).padStart(8, '0')}` }],
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
function createSyntheticTelemetry(index: number): WireTelemetryMetadata[] {
  const rows = exampleRun.telemetryMetadata
    .filter(({ messageType }) => messageType !== 'Total')
    .map((row) => ({ ...row, count: row.count + index, dataSize: row.dataSize * (index + 2) }));
  const sum = (member: 'count' | 'dataSize') => rows.reduce((total, row) => total + row[member], 0);
  return [...rows, { count: sum('count'), dataSize: sum('dataSize'), messageType: 'Total' }];
}
