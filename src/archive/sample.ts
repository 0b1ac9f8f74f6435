/** One row of telemetry on the wire, its members in the order of the API page's example. */
export interface WireTelemetryMetadata {
  readonly count: number;
  readonly dataSize: number;
  readonly messageType: string;
}

/** A run on the wire; times are epoch seconds with milliseconds. */
export interface WireAssessmentRun {
  readonly arn: string;
  readonly name: string;
  readonly assessmentTemplateArn: string;
  readonly state: string;
  readonly durationInSeconds: number;
  readonly rulesPackageArns: readonly string[];
  readonly userAttributesForFindings: readonly object[];
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly completedAt?: number;
  readonly stateChangedAt: number;
  readonly dataCollected: boolean;
  readonly stateChanges: readonly { readonly stateChangedAt: number; readonly state: string }[];
  readonly notifications: readonly object[];
  readonly findingCounts: Readonly<Record<string, number>>;
}

/** A run with its telemetry. */
export interface ArchivedRun {
  readonly run: WireAssessmentRun;
  readonly telemetryMetadata: readonly WireTelemetryMetadata[];
}

/** What the archive serves when it was given nothing else, by ARN and in the order of its lists. */
export interface Sample {
  readonly runs: ReadonlyMap<string, ArchivedRun>;
}

/** AWS's documented example run, and a synthetic run in each other state, in as many regions. Always the same. */
export function createSample(): Sample {
  const runs = [exampleRun, ...syntheticStates.map(createSyntheticRun)];
  return { runs: new Map(runs.map((archived) => [archived.run.arn, archived])) };
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_GetTelemetryMetadata.html and its sibling pages. */
const exampleRun: ArchivedRun = {
  run: {
    arn: 'arn:aws:inspector:us-west-2:123456789012:target/0-0kFIPusq/template/0-4r1V2mAw/run/0-MKkpXXPE',
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

function createSyntheticRun({ region, passed, ended }: SyntheticState, place: number): ArchivedRun {
  const number = String(place + 1).padStart(2, '0');
  const partition = region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  const inspector = `arn:${partition}:inspector:${region}`;
  const assessmentTemplateArn = `${inspector}:111122223333:target/0-SynTgt${number}/template/0-SynTpl${number}`;
  const createdAt = FIRST_CREATED_AT + place * SECONDS_BETWEEN_RUNS;
  const stateChanges = passed.map(({ state, seconds }) => ({
    stateChangedAt: toMilliseconds(createdAt + seconds),
    state,
  }));
  const state = passed.at(-1)?.state as string;
  const stateChangedAt = stateChanges.at(-1)?.stateChangedAt as number;
  const startedAt = stateChanges.find((change) => change.state === 'COLLECTING_DATA')?.stateChangedAt;
  return {
    run: {
      arn: `${assessmentTemplateArn}/run/0-SynRun${number}`,
      name: `Synthetic run ${number} (${state})`,
      assessmentTemplateArn,
      state,
      durationInSeconds: 3600,
      rulesPackageArns: [`${inspector}:444455556666:rulespackage/0-SynRul${number}`],
      userAttributesForFindings: [],
      createdAt,
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(ended ? { completedAt: stateChangedAt } : {}),
      stateChangedAt,
      dataCollected: stateChanges.some((change) => change.state === 'DATA_COLLECTED'),
      stateChanges,
      notifications: [],
      findingCounts: state === 'COMPLETED_WITH_ERRORS' ? { High: 3, Medium: 5, Low: 8, Informational: 13 } : {},
    },
    telemetryMetadata: startedAt === undefined ? [] : createSyntheticTelemetry(place),
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
