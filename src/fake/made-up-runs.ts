import { createDescribeRecord, createRecord, type OperationRecord } from '../archive/operation-record.js';
import { matchArn, toTargetArn, toTemplateArn } from '../domain/arn.js';

/** A run for a test. Absent members are made up, the same for each index of the list. */
export interface FakeRun {
  arn?: string;
  name?: string;
  /** A state of the API, such as COMPLETED. */
  state?: string;
  /** Rows of telemetry; none at all where it is null. */
  telemetry?: readonly { messageType: string; count: number; dataSize?: number }[] | null;
  /** How many findings the run has. */
  findings?: number;
}

const TEMPLATE_ARN = 'arn:aws:inspector:us-west-2:123456789012:target/0-FakeTrgt/template/0-FakeTmpl';
const PACKAGE_ARN = 'arn:aws:inspector:us-west-2:758058086616:rulespackage/0-9hgA516p';
const MESSAGE_TYPES = ['InspectorAgentMsg', 'InspectorGroup', 'InspectorPackageInfo', 'InspectorTcpV4ListeningPort'];
const SEVERITIES = ['High', 'Medium', 'Low', 'Informational'];
const FIRST_CREATED_AT = 1_700_000_000;
const SECONDS_BETWEEN_RUNS = 86_400;
const DURATION_SECONDS = 3600;

/** The ARN of the run at this index, if it has none of its own. */
export function toFakeRunArn(index: number): string {
  return `${TEMPLATE_ARN}/run/0-F${index.toString(36).padStart(7, '0')}`;
}

/** Creates records for an import, with the answers of an Inspector that has these runs. Throws for an ARN that is no run's. */
export function createRunRecords(runs: readonly FakeRun[]): OperationRecord[] {
  const arns = runs.map(({ arn }, index) => arn ?? toFakeRunArn(index));
  for (const [index, arn] of arns.entries()) {
    if (matchArn('assessmentRun', arn) === null) {
      throw new Error(`runs[${index}].arn: expected the ARN of an assessment run, but got ${JSON.stringify(arn)}.`);
    }
  }
  return [
    ...(runs.length === 0 ? [] : createTemplatesAndTargets(arns)),
    ...runs.flatMap((run, index) => createRun(run, arns[index] as string, index)),
  ];
}

/** Records of the runs' templates, targets, resource groups and rules package. */
function createTemplatesAndTargets(runArns: readonly string[]): OperationRecord[] {
  const templateArns = runArns.map(toTemplateArn);
  const targetArns = [...new Set(templateArns.map(toTargetArn))];
  const templates = [...new Set(templateArns)].map((arn, index) => ({
    arn,
    name: `Template ${index + 1}`,
    assessmentTargetArn: toTargetArn(arn),
    durationInSeconds: DURATION_SECONDS,
    rulesPackageArns: [PACKAGE_ARN],
    userAttributesForFindings: [],
    assessmentRunCount: templateArns.filter((other) => other === arn).length,
    createdAt: FIRST_CREATED_AT,
  }));
  const targets = targetArns.map((arn, index) => ({
    arn,
    name: `Target ${index + 1}`,
    resourceGroupArn: toResourceGroupArn(arn),
    createdAt: FIRST_CREATED_AT,
    updatedAt: FIRST_CREATED_AT,
  }));
  const resourceGroups = targetArns.map((arn, index) => ({
    arn: toResourceGroupArn(arn),
    tags: [{ key: 'Name', value: `Target ${index + 1}` }],
    createdAt: FIRST_CREATED_AT,
  }));
  const rulesPackage = {
    arn: PACKAGE_ARN,
    name: 'Common Vulnerabilities and Exposures',
    version: '1.1',
    provider: 'Amazon Web Services, Inc.',
    description: 'A made-up description of a rules package.',
  };
  return [
    createDescribeRecord('DescribeRulesPackages', 'rulesPackages', [rulesPackage]),
    createDescribeRecord('DescribeResourceGroups', 'resourceGroups', resourceGroups),
    createDescribeRecord('DescribeAssessmentTargets', 'assessmentTargets', targets),
    createDescribeRecord('DescribeAssessmentTemplates', 'assessmentTemplates', templates),
  ];
}

const toResourceGroupArn = (targetArn: string) => targetArn.replace(':target/', ':resourcegroup/');

function createRun(run: FakeRun, arn: string, index: number): OperationRecord[] {
  const { state = 'COMPLETED', findings = 0 } = run;
  const createdAt = FIRST_CREATED_AT + index * SECONDS_BETWEEN_RUNS;
  const rows = run.telemetry === undefined ? createRows(index) : run.telemetry;
  const severities = Array.from({ length: findings }, (_, number) => SEVERITIES[number % SEVERITIES.length] as string);
  const described = {
    arn,
    name: run.name ?? `Run ${index + 1}`,
    assessmentTemplateArn: toTemplateArn(arn),
    state,
    durationInSeconds: DURATION_SECONDS,
    rulesPackageArns: [PACKAGE_ARN],
    userAttributesForFindings: [],
    createdAt,
    startedAt: createdAt,
    completedAt: createdAt + DURATION_SECONDS,
    stateChangedAt: createdAt + DURATION_SECONDS,
    dataCollected: rows !== null,
    stateChanges: [{ stateChangedAt: createdAt + DURATION_SECONDS, state }],
    notifications: [],
    findingCounts: Object.fromEntries(
      SEVERITIES.map((severity) => [severity, severities.filter((other) => other === severity).length]),
    ),
  };
  return [
    createDescribeRecord('DescribeAssessmentRuns', 'assessmentRuns', [described]),
    ...(rows === null
      ? []
      : [createRecord('GetTelemetryMetadata', { assessmentRunArn: arn }, { telemetryMetadata: rows })]),
    createDescribeRecord(
      'DescribeFindings',
      'findings',
      severities.map((severity, number) => createFinding(arn, number, severity, createdAt)),
    ),
  ];
}

function createRows(index: number): NonNullable<FakeRun['telemetry']> {
  const rows = MESSAGE_TYPES.map((messageType, row) => ({
    messageType,
    count: ((index * 31 + row * 17) % 500) + 1,
    dataSize: (index * 7919 + row * 104_729) % 3_000_000,
  }));
  const sum = (member: 'count' | 'dataSize') => rows.reduce((total, row) => total + row[member], 0);
  return [...rows, { messageType: 'Total', count: sum('count'), dataSize: sum('dataSize') }];
}

function createFinding(runArn: string, number: number, severity: string, createdAt: number): object {
  return {
    arn: `${runArn}/finding/0-F${number.toString(36).padStart(7, '0')}`,
    schemaVersion: 1,
    service: 'Inspector',
    serviceAttributes: { schemaVersion: 1, assessmentRunArn: runArn, rulesPackageArn: PACKAGE_ARN },
    assetType: 'ec2-instance',
    assetAttributes: {
      schemaVersion: 1,
      agentId: `i-${number.toString(16).padStart(17, '0')}`,
      ipv4Addresses: [],
      tags: [],
    },
    id: `CVE-2024-${1000 + number}`,
    title: `Instance is vulnerable to CVE-2024-${1000 + number}`,
    description: 'A made-up description of a weakness that does not exist.',
    recommendation: 'Nothing has to be done.',
    severity,
    numericSeverity: 9 - SEVERITIES.indexOf(severity) * 3,
    confidence: 10,
    indicatorOfCompromise: false,
    attributes: [],
    userAttributes: [],
    createdAt,
    updatedAt: createdAt,
  };
}
