import type { Json } from './gateway.js';
import { runArn } from './runs.js';
import { type Answer, sendJson } from './scripted-upstream.js';

/** The sizes of an upstream. */
export interface Fullness {
  /** Rows of telemetry of each run and agent. */
  rows: number;
  /** Characters of each description. */
  characters: number;
}

const TIME = 1458680170.035;
const PACKAGE = 'arn:aws:inspector:us-west-2:758058086616:rulespackage/0-00000001';
const GROUP = 'arn:aws:inspector:us-west-2:123456789012:resourcegroup/0-00000001';
const ATTRIBUTES = [{ key: 'key', value: 'value' }];

/** Answers like an Inspector in which every list has 3,000 items, and any ARN exists. */
export function answerInFull({ rows, characters }: Fullness): Answer {
  const description = 'd'.repeat(characters);
  const telemetryMetadata = Array.from({ length: rows }, (_, number) => ({
    messageType: `InspectorMessageType${number}`,
    count: number,
    dataSize: 1000 * number,
  }));
  const describe: Record<string, [input: string, output: string, toItem: (arn: string) => object]> = {
    DescribeAssessmentRuns: ['assessmentRunArns', 'assessmentRuns', toRun],
    DescribeAssessmentTemplates: [
      'assessmentTemplateArns',
      'assessmentTemplates',
      (arn) => ({
        arn,
        name: 'Template',
        assessmentTargetArn: arn.slice(0, arn.indexOf('/template/')),
        durationInSeconds: 3600,
        rulesPackageArns: [PACKAGE],
        userAttributesForFindings: ATTRIBUTES,
        lastAssessmentRunArn: runArn(1),
        assessmentRunCount: 1,
        createdAt: TIME,
      }),
    ],
    DescribeAssessmentTargets: [
      'assessmentTargetArns',
      'assessmentTargets',
      (arn) => ({ arn, name: 'Target', resourceGroupArn: GROUP, createdAt: TIME, updatedAt: TIME }),
    ],
    DescribeResourceGroups: [
      'resourceGroupArns',
      'resourceGroups',
      (arn) => ({ arn, tags: ATTRIBUTES, createdAt: TIME }),
    ],
    DescribeRulesPackages: [
      'rulesPackageArns',
      'rulesPackages',
      (arn) => ({ arn, name: 'Package', version: '1.0', provider: 'Amazon', description }),
    ],
    DescribeFindings: [
      'findingArns',
      'findings',
      (arn) => ({
        arn,
        id: 'CVE-2016-0001',
        title: 'A title',
        description,
        recommendation: 'A recommendation',
        severity: 'High',
        numericSeverity: 9,
        confidence: 5,
        indicatorOfCompromise: false,
        service: 'Inspector',
        serviceAttributes: { schemaVersion: 1, assessmentRunArn: arn.split('/finding/')[0], rulesPackageArn: PACKAGE },
        assetType: 'ec2-instance',
        assetAttributes: { schemaVersion: 1, agentId: 'i-1', hostname: 'host', ipv4Addresses: ['10.0.0.1'] },
        attributes: ATTRIBUTES,
        userAttributes: ATTRIBUTES,
        createdAt: TIME,
        updatedAt: TIME,
      }),
    ],
    DescribeExclusions: [
      'exclusionArns',
      'exclusions',
      (arn) => ({ arn, title: 'A title', description, recommendation: '', scopes: [], attributes: [] }),
    ],
  };
  const list: Record<string, [output: string, toItem: (number: number, input: Json) => unknown]> = {
    ListAssessmentRuns: ['assessmentRunArns', (number) => runArn(number)],
    ListAssessmentTemplates: [
      'assessmentTemplateArns',
      (number) => `arn:aws:inspector:us-west-2:123456789012:target/0-Target00/template/0-${number}`,
    ],
    ListAssessmentTargets: [
      'assessmentTargetArns',
      (number) => `arn:aws:inspector:us-west-2:123456789012:target/0-${number}`,
    ],
    ListRulesPackages: ['rulesPackageArns', () => PACKAGE],
    ListFindings: ['findingArns', (number, input) => `${input.assessmentRunArns[0]}/finding/0-${number}`],
    ListExclusions: ['exclusionArns', (number, input) => `${input.assessmentRunArn}/exclusion/0-${number}`],
    ListAssessmentRunAgents: [
      'assessmentRunAgents',
      (number, input) => ({
        agentId: `i-${number}`,
        assessmentRunArn: input.assessmentRunArn,
        agentHealth: 'HEALTHY',
        agentHealthCode: 'IDLE',
        telemetryMetadata,
      }),
    ],
  };
  return ({ operation, input }, response) => {
    const described = describe[operation];
    const listed = list[operation];
    if (described !== undefined) {
      const [inputName, outputName, toItem] = described;
      const output: Json = { [outputName]: input[inputName].map(toItem), failedItems: {} };
      if (operation === 'DescribeExclusions') output.exclusions = toObject(output.exclusions);
      return sendJson(response, 200, output);
    }
    if (listed !== undefined) {
      const [outputName, toItem] = listed;
      const start = Number(input.nextToken ?? 0);
      const size = Math.min(input.maxResults ?? 10, 3000 - start);
      const items = Array.from({ length: size }, (_, index) => toItem(start + index, input));
      return sendJson(response, 200, { [outputName]: items, nextToken: String(start + size) });
    }
    if (operation === 'GetTelemetryMetadata') return sendJson(response, 200, { telemetryMetadata });
    if (operation === 'ListTagsForResource') return sendJson(response, 200, { tags: ATTRIBUTES });
    return sendJson(response, 200, { status: 'COMPLETED', url: 'https://reports.example/1' });
  };
}

function toRun(arn: string): object {
  return {
    arn,
    name: `Run ${arn.slice(-8)}`,
    assessmentTemplateArn: arn.slice(0, arn.indexOf('/run/')),
    state: 'COMPLETED',
    durationInSeconds: 3600,
    rulesPackageArns: [PACKAGE],
    userAttributesForFindings: ATTRIBUTES,
    createdAt: TIME,
    startedAt: TIME,
    completedAt: TIME,
    stateChangedAt: TIME,
    dataCollected: true,
    stateChanges: ['CREATED', 'COLLECTING_DATA', 'COMPLETED'].map((state) => ({ state, stateChangedAt: TIME })),
    notifications: [{ date: TIME, event: 'ASSESSMENT_RUN_STARTED', error: false, message: 'It began' }],
    findingCounts: { High: 3, Medium: 2, Low: 1, Informational: 5 },
  };
}

function toObject(items: { arn: string }[]): object {
  return Object.fromEntries(items.map((item) => [item.arn, item]));
}
