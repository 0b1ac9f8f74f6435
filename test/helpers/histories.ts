/** A structure of the API, its times as epoch seconds. */
// biome-ignore lint/suspicious/noExplicitAny: tests change any member of it
export type Structure = Record<string, any>;

/** A run and what belongs to it, as the API describes them. */
export type History = ReturnType<typeof createHistory>;

/** The nth made-up run, each with a template, target and resource group of its own. */
export function createHistory(number = 1, { account = '123456789012', region = 'us-west-2' } = {}) {
  const id = (letter: string) => `0-${letter}${String(number).padStart(7, '0')}`;
  const inspector = `arn:aws:inspector:${region}:${account}`;
  const started = 1_458_680_170_035 + number * 86_400_000;
  const at = (seconds: number) => (started + seconds * 1000) / 1000;
  const createdAt = at(0);
  const completedAt = at(3599.965);
  const rulesPackage: Structure = {
    arn: `arn:aws:inspector:${region}:758058086616:rulespackage/${id('P')}`,
    name: 'Common Vulnerabilities and Exposures',
    version: '1.1',
    provider: 'Amazon Web Services, Inc.',
    description: 'Installed packages – “CVE” ✓',
  };
  const resourceGroup: Structure = {
    arn: `${inspector}:resourcegroup/${id('G')}`,
    tags: [{ key: 'Name', value: 'ex"a\\mple\n' }, { key: 'only a key' }],
    createdAt: at(-3),
  };
  const target: Structure = {
    arn: `${inspector}:target/${id('T')}`,
    name: `Target ${number}`,
    resourceGroupArn: resourceGroup.arn,
    createdAt: at(-2),
    updatedAt: at(-2),
  };
  const template: Structure = {
    arn: `${target.arn}/template/${id('L')}`,
    name: `Template ${number}`,
    assessmentTargetArn: target.arn,
    durationInSeconds: 3600,
    rulesPackageArns: [rulesPackage.arn],
    userAttributesForFindings: [{ key: 'team', value: 'Ü' }],
    lastAssessmentRunArn: `${target.arn}/template/${id('L')}/run/${id('R')}`,
    assessmentRunCount: 1,
    createdAt: at(-1),
  };
  const run: Structure = {
    arn: template.lastAssessmentRunArn,
    name: `Run ${number}`,
    assessmentTemplateArn: template.arn,
    state: 'COMPLETED',
    durationInSeconds: 3600,
    rulesPackageArns: [rulesPackage.arn],
    userAttributesForFindings: [],
    createdAt,
    startedAt: createdAt,
    completedAt,
    stateChangedAt: completedAt,
    dataCollected: true,
    stateChanges: [
      { stateChangedAt: createdAt, state: 'CREATED' },
      { stateChangedAt: completedAt, state: 'COMPLETED' },
    ],
    notifications: [{ date: createdAt, event: 'ASSESSMENT_RUN_COMPLETED', error: false }],
    findingCounts: { High: 1, Informational: 0, Low: 0, Medium: 0, Undefined: 0 },
  };
  const telemetry: Structure[] = [
    { count: number, dataSize: 345, messageType: 'InspectorDuplicateProcess' },
    { count: Number.MAX_SAFE_INTEGER, messageType: 'Total' },
  ];
  const agent: Structure = {
    agentId: `i-${number}`,
    assessmentRunArn: run.arn,
    agentHealth: 'HEALTHY',
    agentHealthCode: 'RUNNING',
    telemetryMetadata: telemetry,
  };
  const finding: Structure = {
    arn: `${run.arn}/finding/${id('F')}`,
    schemaVersion: 1,
    service: 'Inspector',
    serviceAttributes: { schemaVersion: 1, assessmentRunArn: run.arn, rulesPackageArn: rulesPackage.arn },
    assetType: 'ec2-instance',
    assetAttributes: { schemaVersion: 1, agentId: `i-${number}`, ipv4Addresses: ['10.0.0.1'] },
    id: 'CVE-2016-0001',
    severity: 'High',
    numericSeverity: 9.5,
    confidence: 10,
    indicatorOfCompromise: false,
    attributes: [{ key: 'package_name', value: 'openssl' }],
    userAttributes: [],
    createdAt: at(0.25),
    updatedAt: at(0.25),
  };
  const exclusion: Structure = {
    arn: `${run.arn}/exclusion/${id('E')}`,
    title: 'Network Reachability',
    description: 'It was left out.',
    recommendation: 'Take it in.',
    scopes: [{ key: 'INSTANCE_ID', value: 'i-1' }],
    attributes: [],
  };
  const tags: Structure[] = [{ key: 'Name', value: 'Example' }];
  return {
    rulesPackage,
    resourceGroup,
    target,
    template,
    tags,
    run,
    telemetry,
    agent,
    finding,
    exclusion,
  };
}

/** What the operations answer for a history, each with a file name that tells what the output does not say itself. */
export function toOutputs(history: History): Record<string, Structure> {
  const { rulesPackage, resourceGroup, target, template, tags, run, telemetry, agent, finding, exclusion } = history;
  const lastPart = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1);
  return {
    'rules-packages.json': { rulesPackages: [rulesPackage], failedItems: {} },
    'resource-groups.json': { resourceGroups: [resourceGroup], failedItems: {} },
    'targets.json': { assessmentTargets: [target], failedItems: {} },
    'templates.json': { assessmentTemplates: [template], failedItems: {} },
    [`tags-${lastPart(template.arn)}.json`]: { tags },
    'runs.json': { assessmentRuns: [run], failedItems: {} },
    [`telemetry-${lastPart(run.arn)}.json`]: { telemetryMetadata: telemetry },
    'agents.json': { assessmentRunAgents: [agent] },
    'findings.json': { findings: [finding], failedItems: {} },
    'exclusions.json': { exclusions: { [exclusion.arn]: exclusion }, failedItems: {} },
  };
}

/** The same as records, one a line, in the form and order of `archive export`. */
export function toRecords(history: History): string {
  const { rulesPackage, resourceGroup, target, template, tags, run, telemetry, agent, finding, exclusion } = history;
  const describe = (operation: string, input: string, member: string, structure: Structure) => ({
    operation,
    input: { [input]: [structure.arn] },
    output: { [member]: [structure], failedItems: {} },
  });
  const ofRun = { assessmentRunArn: run.arn };
  return toLines([
    describe('DescribeRulesPackages', 'rulesPackageArns', 'rulesPackages', rulesPackage),
    describe('DescribeResourceGroups', 'resourceGroupArns', 'resourceGroups', resourceGroup),
    describe('DescribeAssessmentTargets', 'assessmentTargetArns', 'assessmentTargets', target),
    describe('DescribeAssessmentTemplates', 'assessmentTemplateArns', 'assessmentTemplates', template),
    { operation: 'ListTagsForResource', input: { resourceArn: template.arn }, output: { tags } },
    describe('DescribeAssessmentRuns', 'assessmentRunArns', 'assessmentRuns', run),
    { operation: 'GetTelemetryMetadata', input: ofRun, output: { telemetryMetadata: telemetry } },
    { operation: 'ListAssessmentRunAgents', input: ofRun, output: { assessmentRunAgents: [agent] } },
    describe('DescribeFindings', 'findingArns', 'findings', finding),
    {
      operation: 'DescribeExclusions',
      input: { exclusionArns: [exclusion.arn] },
      output: { exclusions: { [exclusion.arn]: exclusion }, failedItems: {} },
    },
  ]);
}

/**
 * Records of what belongs to no run, and of what a list has named without a description, one for each entity as `archive
 * export` writes them.
 */
export function toFurtherRecords({ run, target, template, finding }: History): string[] {
  const [, , , region, account] = run.arn.split(':') as string[];
  const previewToken = '148256d2-8f8b-4a14-a9ae-a0a7ea5b3a4c';
  const listed = `${template.arn}/run/0-Listed00`;
  const records = [
    {
      operation: 'DescribeCrossAccountAccessRole',
      input: {},
      output: { roleArn: `arn:aws:iam::${account}:role/inspector`, valid: true, registeredAt: 1_458_069_182.826 },
    },
    {
      operation: 'PreviewAgents',
      input: { previewAgentsArn: target.arn },
      output: { agentPreviews: [{ hostname: run.name, agentId: 'i-1', agentHealth: 'HEALTHY', further: run.further }] },
    },
    {
      operation: 'ListEventSubscriptions',
      input: { resourceArn: template.arn },
      output: {
        subscriptions: [
          {
            resourceArn: template.arn,
            topicArn: `arn:aws:sns:${region}:${account}:topic`,
            eventSubscriptions: [{ event: 'FINDING_REPORTED', subscribedAt: run.stateChangedAt }],
          },
        ],
      },
    },
    {
      operation: 'GetExclusionsPreview',
      input: { assessmentTemplateArn: template.arn, previewToken },
      output: {
        previewStatus: 'COMPLETED',
        exclusionPreviews: [{ title: finding.title, scopes: [{ key: 'INSTANCE_ID', value: 'i-1' }] }],
      },
    },
    { operation: 'ListAssessmentRuns', input: {}, output: { assessmentRunArns: [listed] } },
    {
      operation: 'ListFindings',
      input: { assessmentRunArns: [run.arn] },
      output: { findingArns: [`${listed}/finding/0-Listed00`] },
    },
  ];
  return records.map((record) => JSON.stringify(record));
}

/** Structures as JSON, one a line. */
export function toLines(structures: readonly unknown[]): string {
  return structures.map((structure) => `${JSON.stringify(structure)}\n`).join('');
}

/** Ways in which clients print an output. */
export const clients: Record<string, (output: Structure) => string> = {
  'AWS CLI v1': (output) => `${toPythonJson(output, 4)}\n`,
  'AWS CLI v2': (output) => `${toPythonJson(mapTimes(output, toIso('T', 0)), 4)}\n`,
  'AWS CLI v2 far from Greenwich': (output) => toPythonJson(mapTimes(output, toIso('T', 345)), 4),
  boto3: (output) =>
    toPythonJson({ ResponseMetadata: responseMetadata, ...reverse(mapTimes(output, toIso(' ', -420))) }),
  'the JavaScript SDK': (output) =>
    JSON.stringify({
      $metadata: { httpStatusCode: 200, requestId: '148256d2-8f8b-4a14-a9ae-a0a7ea5b3a4c', attempts: 1 },
      ...mapTimes(output, (seconds) => new Date(seconds * 1000).toISOString()),
    }),
  "AWS's documentation": (output) => JSON.stringify(mapNumbers(output), null, 2),
};

const responseMetadata = {
  RequestId: '148256d2-8f8b-4a14-a9ae-a0a7ea5b3a4c',
  HTTPStatusCode: 200,
  HTTPHeaders: { 'content-type': 'application/x-amz-json-1.1', date: 'Tue, 22 Mar 2016 21:00:00 GMT' },
  RetryAttempts: 0,
};

const TIMES = new Set(['createdAt', 'updatedAt', 'startedAt', 'completedAt', 'stateChangedAt', 'date']);

function mapTimes(value: unknown, toTime: (seconds: number) => unknown): Structure {
  return JSON.parse(JSON.stringify(value), (name, member) =>
    TIMES.has(name) && typeof member === 'number' ? toTime(member) : member,
  );
}

function mapNumbers(value: unknown): Structure {
  return JSON.parse(JSON.stringify(value), (_, member) => (typeof member === 'number' ? String(member) : member));
}

/** The members of all structures the other way round. */
function reverse(value: unknown): Structure {
  return JSON.parse(JSON.stringify(value), (_, member) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).reverse())
      : member,
  );
}

/** Python prints every time as a float, and whatever is not ASCII with an escape. */
function toPythonJson(value: Structure, indent?: number): string {
  const floats = mapTimes(value, (seconds) => (Number.isInteger(seconds) ? `float:${seconds}.0` : seconds));
  return JSON.stringify(floats, null, indent)
    .replace(/"float:([\d.]+)"/g, '$1')
    .replace(/[^\0-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** `isoformat()` of Python's datetime: microseconds where there are any, and the offset of where it runs. */
export function toIso(separator: string, offsetMinutes: number) {
  return (seconds: number): string => {
    const local = new Date(Math.round(seconds * 1000) + offsetMinutes * 60_000).toISOString();
    const fraction = local.slice(20, 23);
    const hours = String(Math.floor(Math.abs(offsetMinutes) / 60)).padStart(2, '0');
    const minutes = String(Math.abs(offsetMinutes) % 60).padStart(2, '0');
    const offset = `${offsetMinutes < 0 ? '-' : '+'}${hours}:${minutes}`;
    return `${local.slice(0, 10)}${separator}${local.slice(11, 19)}${fraction === '000' ? '' : `.${fraction}000`}${offset}`;
  };
}
