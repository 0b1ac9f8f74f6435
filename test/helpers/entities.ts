import type { AssessmentRunAgent, Entities } from '../../src/inspector/inspector-api.js';
import { type ArnKind, type AssessmentRunArn, type InspectorArn, parseArn } from '../../src/inspector/inspector-arn.js';

/** The ARN of the nth made-up entity of a kind; run n is of template n of target n, and finding n is of run n. */
export function arnOf<K extends ArnKind>(kind: K, number: number, region = 'us-west-2'): InspectorArn<K> {
  const id = `0-${String(number).padStart(8, '0')}`;
  const target = `target/${id}`;
  const template = `${target}/template/${id}`;
  const run = `${template}/run/${id}`;
  const resources: Record<ArnKind, string> = {
    assessmentRun: run,
    assessmentTemplate: template,
    assessmentTarget: target,
    resourceGroup: `resourcegroup/${id}`,
    rulesPackage: `rulespackage/${id}`,
    finding: `${run}/finding/${id}`,
    exclusion: `${run}/exclusion/${id}`,
  };
  const partition = region.startsWith('us-gov') ? 'aws-us-gov' : 'aws';
  return parseArn(kind, `arn:${partition}:inspector:${region}:123456789012:${resources[kind]}`);
}

/** The ARN of the nth finding or exclusion of a run. */
export function arnIn<K extends 'finding' | 'exclusion'>(run: AssessmentRunArn, kind: K, number: number) {
  return parseArn(kind, `${run}/${kind}/0-${String(number).padStart(8, '0')}`);
}

/** The number that arnOf was given. All made-up members contain it, so that mixed-up entities show. */
export function toNumber(arn: string): number {
  return Number(arn.slice(-8));
}

/** Numbers are the same for each kind, but times differ. */
const at = (number: number, place: number) => new Date(Date.UTC(2025, place, 6, 9, 0, number, 125));

/** Made-up entities by kind, for any ARN. */
export const entityOf: { readonly [K in ArnKind]: (arn: InspectorArn<K>) => Entities[K] } = {
  assessmentRun(arn) {
    const number = toNumber(arn);
    return {
      arn,
      name: `Run ${number}`,
      state: 'COMPLETED_WITH_ERRORS',
      assessmentTemplateArn: arn.slice(0, arn.indexOf('/run/')),
      createdAt: at(number, 0),
      startedAt: at(number, 1),
      completedAt: at(number, 2),
      stateChangedAt: at(number, 3),
      durationInSeconds: 3600 + number,
      dataCollected: true,
      rulesPackageArns: [arnOf('rulesPackage', number), arnOf('rulesPackage', number + 1)],
      findingCounts: [
        { severity: 'High', count: number },
        { severity: 'Undefined', count: number + 1 },
      ],
      stateChanges: [{ state: 'CREATED', stateChangedAt: at(number, 4) }],
      notifications: [
        {
          date: at(number, 5),
          event: 'ASSESSMENT_RUN_COMPLETED',
          message: `Message ${number}`,
          error: true,
          snsTopicArn: `arn:aws:sns:us-west-2:123456789012:topic-${number}`,
          snsPublishStatusCode: 'TOPIC_DOES_NOT_EXIST',
        },
        {
          date: at(number, 6),
          event: 'OTHER',
          message: null,
          error: false,
          snsTopicArn: null,
          snsPublishStatusCode: null,
        },
      ],
      userAttributesForFindings: [
        { key: 'run', value: `${number}` },
        { key: 'none', value: null },
      ],
    };
  },
  assessmentTemplate(arn) {
    const number = toNumber(arn);
    return {
      arn,
      name: `Template ${number}`,
      assessmentTargetArn: arn.slice(0, arn.indexOf('/template/')),
      durationInSeconds: 180 + number,
      rulesPackageArns: [arnOf('rulesPackage', number)],
      userAttributesForFindings: [{ key: 'template', value: `${number}` }],
      lastAssessmentRunArn: arnOf('assessmentRun', number),
      assessmentRunCount: 10 + number,
      createdAt: at(number, 7),
    };
  },
  assessmentTarget(arn) {
    const number = toNumber(arn);
    return {
      arn,
      name: `Target ${number}`,
      resourceGroupArn: arnOf('resourceGroup', number),
      createdAt: at(number, 8),
      updatedAt: at(number, 9),
    };
  },
  resourceGroup(arn) {
    const number = toNumber(arn);
    return { arn, tags: [{ key: 'group', value: `${number}` }], createdAt: at(number, 10) };
  },
  rulesPackage(arn) {
    const number = toNumber(arn);
    return {
      arn,
      name: `Package ${number}`,
      version: `1.${number}`,
      provider: `Provider ${number}`,
      description: number % 2 === 0 ? null : `Package description ${number}`,
    };
  },
  finding(arn) {
    const number = toNumber(arn);
    return {
      arn,
      findingId: `CVE-2025-${number}`,
      title: `Finding ${number}`,
      description: `Finding description ${number}`,
      recommendation: `Finding recommendation ${number}`,
      severity: 'Medium',
      numericSeverity: number + 0.5,
      confidence: number,
      indicatorOfCompromise: true,
      service: `Service ${number}`,
      assetType: `asset-${number}`,
      assetAttributes: {
        agentId: `i-${number}`,
        autoScalingGroup: `group-${number}`,
        amiId: `ami-${number}`,
        hostname: `host-${number}`,
        ipv4Addresses: [`10.0.0.${number}`, `10.0.1.${number}`],
        tags: [{ key: 'host', value: `${number}` }],
        networkInterfaces: [
          {
            networkInterfaceId: `eni-${number}`,
            subnetId: `subnet-${number}`,
            vpcId: `vpc-${number}`,
            privateDnsName: `private-${number}`,
            privateIpAddress: `10.0.2.${number}`,
            publicDnsName: `public-${number}`,
            publicIp: `192.0.2.${number}`,
            ipv6Addresses: [`2001:db8::${number}`],
            securityGroups: [{ groupId: `sg-${number}`, groupName: `security-${number}` }],
          },
        ],
      },
      rulesPackageArn: arnOf('rulesPackage', number),
      attributes: [{ key: 'attribute', value: `${number}` }],
      userAttributes: [{ key: 'user', value: `${number}` }],
      createdAt: at(number, 11),
      updatedAt: at(number, 12),
    };
  },
  exclusion(arn) {
    const number = toNumber(arn);
    return {
      arn,
      title: `Exclusion ${number}`,
      description: `Exclusion description ${number}`,
      recommendation: `Exclusion recommendation ${number}`,
      scopes: [{ key: 'INSTANCE_ID', value: `i-${number}` }],
      attributes: [{ key: 'exclusion', value: `${number}` }],
    };
  },
};

/** The nth agent of a run. */
export function agentOf(assessmentRunArn: AssessmentRunArn, number: number): AssessmentRunAgent {
  return {
    agentId: `i-${number}`,
    assessmentRunArn,
    agentHealth: 'UNHEALTHY',
    agentHealthCode: 'SHUTDOWN',
    agentHealthDetails: `Details ${number}`,
    autoScalingGroup: `group-${number}`,
    telemetryMetadata: [
      { messageType: 'InspectorGroup', count: number, dataSize: 2 * number },
      { messageType: 'Total', count: number, dataSize: 2 * number },
    ],
  };
}

/** The name of each Describe operation, and the members of its input and output. */
export const describeOperations: Readonly<Record<ArnKind, { name: string; input: string; output: string }>> = {
  assessmentRun: { name: 'DescribeAssessmentRuns', input: 'assessmentRunArns', output: 'assessmentRuns' },
  assessmentTemplate: {
    name: 'DescribeAssessmentTemplates',
    input: 'assessmentTemplateArns',
    output: 'assessmentTemplates',
  },
  assessmentTarget: { name: 'DescribeAssessmentTargets', input: 'assessmentTargetArns', output: 'assessmentTargets' },
  resourceGroup: { name: 'DescribeResourceGroups', input: 'resourceGroupArns', output: 'resourceGroups' },
  rulesPackage: { name: 'DescribeRulesPackages', input: 'rulesPackageArns', output: 'rulesPackages' },
  finding: { name: 'DescribeFindings', input: 'findingArns', output: 'findings' },
  exclusion: { name: 'DescribeExclusions', input: 'exclusionArns', output: 'exclusions' },
};

/** An entity as its Describe operation returns it: times in epoch seconds, without members that are null. */
export function toWire(kind: ArnKind, arn: string): object {
  const { findingId, rulesPackageArn, assetAttributes, findingCounts, ...members } = entityOf[kind](
    arn as never,
  ) as unknown as Record<string, unknown>;
  const ofFinding = {
    id: findingId,
    schemaVersion: 1,
    serviceAttributes: { schemaVersion: 1, rulesPackageArn },
    assetAttributes: { schemaVersion: 1, ...(assetAttributes as object) },
  };
  const ofRun = {
    findingCounts: Object.fromEntries(
      ((findingCounts ?? []) as { severity: string; count: number }[]).map(({ severity, count }) => [severity, count]),
    ),
  };
  const special = kind === 'finding' ? ofFinding : kind === 'assessmentRun' ? ofRun : {};
  return toWireValue({ ...members, ...special }) as object;
}

function toWireValue(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(toWireValue);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, toWireValue(member)]));
}

/** The output of a Describe operation with these entities; exclusions are a map. */
export function toDescribed(kind: ArnKind, items: readonly (object & { arn?: string })[], failedItems: object = {}) {
  const { output } = describeOperations[kind];
  return {
    [output]: kind === 'exclusion' ? Object.fromEntries(items.map((item) => [item.arn, item])) : items,
    failedItems,
  };
}
