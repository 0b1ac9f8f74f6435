// The runs of the benchmark: which there are, and what the upstream knows of them.

const TEMPLATE = 'arn:aws:inspector:us-west-2:123456789012:target/0-0kFIPusq/template/0-4r1V2mAw';
const MESSAGE_TYPES = [
  'InspectorDuplicateProcess',
  'InspectorTimeEventMsg',
  'InspectorNetworkInterface',
  'InspectorDnsEntry',
  'InspectorDirectoryInfoMsg',
  'InspectorTcpV6ListeningPort',
  'InspectorTerminal',
  'InspectorUser',
  'InspectorDynamicallyLoadedCodeModule',
  'InspectorCreateProcess',
  'InspectorProcessPerformance',
  'InspectorOperatingSystem',
  'InspectorStopProcess',
  'InspectorInstanceMetaData',
  'InspectorTcpV4Connection',
  'InspectorPackageInfo',
  'InspectorSystemPerformance',
  'InspectorCodeModule',
  'InspectorUdpV6ListeningPort',
  'InspectorUdpV4ListeningPort',
  'InspectorKernelModule',
  'InspectorConfigurationInfo',
  'InspectorMonitoringStart',
  'InspectorSplitMsgBegin',
  'InspectorGroup',
  'InspectorTcpV4ListeningPort',
  'InspectorSplitMsgEnd',
  'InspectorLoadImageInProcess',
];

/** The rows of a run, its `Total` included. */
export const ROWS = MESSAGE_TYPES.length + 1;

/** The rows of the big run. */
export const BIG_ROWS = 5000;

/** The one run with 5,000 rows. */
export const BIG_RUN = `${TEMPLATE}/run/0-big00000`;

/** The ARN of a run; runs of other sets (a letter) and of other numbers differ, and so do their rows. */
export function toRunArn(set, number) {
  return `${TEMPLATE}/run/0-${set}${String(number).padStart(7, '0')}`;
}

/** What GetTelemetryMetadata answers for a run, as JSON. */
export function toTelemetryJson(arn) {
  const seed = arn === BIG_RUN ? 1 : Number(/\d+$/.exec(arn)) + arn.charCodeAt(arn.length - 8) * 1_000_003;
  const length = arn === BIG_RUN ? BIG_ROWS - 1 : MESSAGE_TYPES.length;
  let [json, counts, sizes] = ['{"telemetryMetadata":[', 0, 0];
  for (let i = 0; i < length; i += 1) {
    const type = i < MESSAGE_TYPES.length ? MESSAGE_TYPES[i] : `${MESSAGE_TYPES[i % MESSAGE_TYPES.length]}${i}`;
    const count = 1 + ((seed * 31 + i * 7919) % 99_991);
    const size = count * (40 + (i % 300));
    counts += count;
    sizes += size;
    json += `{"count":${count},"dataSize":${size},"messageType":"${type}"},`;
  }
  return `${json}{"count":${counts},"dataSize":${sizes},"messageType":"Total"}]}`;
}

/** What DescribeAssessmentRuns answers for these runs, which all have ended, as JSON. */
export function toDescriptionJson(arns) {
  const assessmentRuns = arns.map((arn) => ({
    arn,
    name: `Run ${arn.slice(-8)}`,
    assessmentTemplateArn: TEMPLATE,
    state: 'COMPLETED',
    durationInSeconds: 3600,
    rulesPackageArns: ['arn:aws:inspector:us-west-2:758058086616:rulespackage/0-9hgA516p'],
    userAttributesForFindings: [],
    createdAt: 1_458_680_170.035,
    startedAt: 1_458_680_170.161,
    completedAt: 1_458_683_788.011,
    stateChangedAt: 1_458_683_788.011,
    dataCollected: true,
    stateChanges: [{ state: 'COMPLETED', stateChangedAt: 1_458_683_788.011 }],
    notifications: [],
    findingCounts: { High: 1 },
  }));
  return JSON.stringify({ assessmentRuns, failedItems: {} });
}
