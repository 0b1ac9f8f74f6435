#!/usr/bin/env node
// Writes a made-up history as records, one a line, to stdout:
//   node scripts/generate-history.mjs [runs] [findings] [accounts] [regions]
// With accounts and regions it is that of a company over six years, all of whose templates run from the first day to the
// last: 50000 500000 200 14. Without, templates come one after the other.
import { once } from 'node:events';

const [runs = 50_000, findings = 500_000, accounts = 0, regions = 5] = process.argv.slice(2).map(Number);
const RUNS_PER_TEMPLATE = 100;
const TEMPLATES = Math.ceil(runs / RUNS_PER_TEMPLATE);
const REGIONS = [
  ...['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1', 'ap-northeast-1', 'us-east-2', 'us-west-1', 'eu-west-2'],
  ...['eu-north-1', 'ap-northeast-2', 'ap-south-1', 'ap-southeast-2', 'us-gov-east-1', 'us-gov-west-1'],
].slice(0, regions);
const ACCOUNTS =
  accounts === 0
    ? ['111122223333', '444455556666', '777788889999']
    : Array.from({ length: accounts }, (_, number) => String(100_000_000_000 + number * 37));
const SECONDS_BETWEEN_RUNS = accounts === 0 ? 6000 : (6 * 365.25 * 86_400) / runs;
const STATES = ['COMPLETED', 'COMPLETED', 'COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'CANCELED'];
const SEVERITIES = ['High', 'Medium', 'Low', 'Informational'];
const MESSAGE_TYPES = [
  ...['CodeModule', 'ConfigurationInfo', 'CreateProcess', 'DirectoryInfoMsg', 'DnsEntry', 'DuplicateProcess'],
  ...['DynamicallyLoadedCodeModule', 'Group', 'InstanceMetaData', 'KernelModule', 'LoadImageInProcess'],
  ...['MonitoringStart', 'NetworkInterface', 'OperatingSystem', 'PackageInfo', 'ProcessPerformance', 'SplitMsgBegin'],
  ...['SplitMsgEnd', 'StopProcess', 'SystemPerformance', 'TcpV4Connection', 'TcpV4ListeningPort'],
  ...['TcpV6ListeningPort', 'Terminal', 'TimeEventMsg', 'UdpV4ListeningPort', 'UdpV6ListeningPort', 'User'],
].map((name) => `Inspector${name}`);

const toId = (prefix, number) => `0-${prefix}${number.toString(36).padStart(7, '0')}`;
const toSeconds = (number) => Math.round(number * 1000) / 1000;

function* createRecords() {
  for (let number = 0; number < TEMPLATES; number += 1) {
    const { inspector, targetArn, templateArn, packageArns } = toPlace(number);
    const createdAt = 1_450_000_000 + number;
    yield toRecord('DescribeResourceGroups', 'resourceGroupArns', 'resourceGroups', {
      arn: `${inspector}:resourcegroup/${toId('G', number)}`,
      tags: [{ key: 'Name', value: `group ${number}` }],
      createdAt,
    });
    yield toRecord('DescribeAssessmentTargets', 'assessmentTargetArns', 'assessmentTargets', {
      arn: targetArn,
      name: `target ${number}`,
      resourceGroupArn: `${inspector}:resourcegroup/${toId('G', number)}`,
      createdAt,
      updatedAt: createdAt,
    });
    yield toRecord('DescribeAssessmentTemplates', 'assessmentTemplateArns', 'assessmentTemplates', {
      arn: templateArn,
      name: `template ${number}`,
      assessmentTargetArn: targetArn,
      durationInSeconds: 3600,
      rulesPackageArns: packageArns,
      userAttributesForFindings: [],
      assessmentRunCount: RUNS_PER_TEMPLATE,
      createdAt,
    });
  }
  for (let number = 0; number < runs; number += 1) yield* createRun(number);
}

function toPlace(template) {
  const region = REGIONS[template % REGIONS.length];
  const partition = region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  const inspector = `arn:${partition}:inspector:${region}:${ACCOUNTS[template % ACCOUNTS.length]}`;
  const targetArn = `${inspector}:target/${toId('T', template)}`;
  // One package that all runs of a region have, some that many have, and a rare one.
  const packageArns = [8, template % 100 === 99 ? 9 : template % 8].map(
    (number) => `arn:${partition}:inspector:${region}:758058086616:rulespackage/${toId('P', number)}`,
  );
  return { inspector, targetArn, templateArn: `${targetArn}/template/${toId('L', template)}`, packageArns };
}

function* createRun(number) {
  const template = accounts === 0 ? Math.floor(number / RUNS_PER_TEMPLATE) : number % TEMPLATES;
  const { templateArn, packageArns } = toPlace(template);
  const arn = `${templateArn}/run/${toId('R', number)}`;
  const createdAt = toSeconds(1_460_000_000 + number * SECONDS_BETWEEN_RUNS + 0.035);
  const state = number % 1000 === 999 ? 'ERROR' : STATES[number % STATES.length];
  const states = ['CREATED', 'START_DATA_COLLECTION_PENDING', 'COLLECTING_DATA', 'DATA_COLLECTED', state];
  const stateChanges = states.map((name, place) => ({
    stateChangedAt: toSeconds(createdAt + place * 900),
    state: name,
  }));
  const stateChangedAt = stateChanges.at(-1).stateChangedAt;
  const ofRun = Math.floor(((number + 1) * findings) / runs) - Math.floor((number * findings) / runs);
  yield toRecord('DescribeAssessmentRuns', 'assessmentRunArns', 'assessmentRuns', {
    arn,
    name: `Run - template ${template} - ${new Date(createdAt * 1000).toISOString()}`,
    assessmentTemplateArn: templateArn,
    state,
    durationInSeconds: 3600,
    rulesPackageArns: packageArns,
    userAttributesForFindings: [],
    createdAt,
    startedAt: toSeconds(createdAt + 1),
    completedAt: stateChangedAt,
    stateChangedAt,
    dataCollected: true,
    stateChanges,
    notifications: [],
    findingCounts: { High: ofRun, Informational: 0, Low: 0, Medium: 0, Undefined: 0 },
  });
  const rows = MESSAGE_TYPES.map((messageType, place) => ({
    count: ((number * 31 + place * 17) % 500) + 1,
    dataSize: (number * 7919 + place * 104_729) % 3_000_000,
    messageType,
  }));
  const sum = (member) => rows.reduce((total, row) => total + row[member], 0);
  yield {
    operation: 'GetTelemetryMetadata',
    input: { assessmentRunArn: arn },
    output: { telemetryMetadata: [...rows, { count: sum('count'), dataSize: sum('dataSize'), messageType: 'Total' }] },
  };
  for (let place = 0; place < ofRun; place += 1) {
    yield toRecord('DescribeFindings', 'findingArns', 'findings', {
      arn: `${arn}/finding/${toId('F', place)}`,
      schemaVersion: 1,
      service: 'Inspector',
      serviceAttributes: { schemaVersion: 1, assessmentRunArn: arn, rulesPackageArn: packageArns[place % 2] },
      assetType: 'ec2-instance',
      assetAttributes: {
        schemaVersion: 1,
        agentId: `i-${(number % 1000).toString(16).padStart(17, '0')}`,
        autoScalingGroup: `group-${number % 20}`,
        hostname: `ip-10-0-${number % 250}-${place % 250}.internal`,
        ipv4Addresses: [`10.0.${number % 250}.${place % 250}`],
        tags: [{ key: 'Name', value: `host ${number % 1000}` }],
      },
      id: `CVE-20${10 + (place % 15)}-${1000 + (number % 9000)}`,
      title: `Instance is vulnerable to CVE-20${10 + (place % 15)}-${1000 + (number % 9000)}`,
      description: 'A made-up description of a weakness that does not exist. '.repeat(4),
      recommendation: 'Use your package manager to install the version that mends it. '.repeat(2),
      severity: SEVERITIES[place % SEVERITIES.length],
      numericSeverity: 9 - (place % SEVERITIES.length) * 3,
      confidence: 10,
      indicatorOfCompromise: false,
      attributes: [
        { key: 'package_name', value: `package-${place}` },
        { key: 'CVSS2_SCORE', value: String(place % 10) },
      ],
      userAttributes: [],
      createdAt: stateChangedAt,
      updatedAt: stateChangedAt,
    });
  }
}

function toRecord(operation, input, member, document) {
  return { operation, input: { [input]: [document.arn] }, output: { [member]: [document], failedItems: {} } };
}

let lines = [];
for (const record of createRecords()) {
  lines.push(JSON.stringify(record));
  if (lines.length === 1000) {
    if (!process.stdout.write(`${lines.join('\n')}\n`)) await once(process.stdout, 'drain');
    lines = [];
  }
}
process.stdout.write(lines.length > 0 ? `${lines.join('\n')}\n` : '');
