import { expect } from '@jest/globals';
import type { Json } from './gateway.js';

/** What to ask the graph, and the data that has to come of it. */
export interface GraphQuestion {
  readonly query: string;
  readonly variables: Record<string, unknown>;
  readonly expected: unknown;
  /** The errors beside the data; absent where there are none. */
  readonly errors?: unknown;
}

/** What the graph has to say to an output of these operations, whose times are numbers. The graph lacks the others. */
export const graphQuestions: Record<string, (output: Json, input: Json) => GraphQuestion[]> = {
  DescribeAssessmentRuns: ({ assessmentRuns }) =>
    assessmentRuns.map((run: Json) => ({
      query: `query ($arn: ID!) { assessmentRun(arn: $arn) {
        id arn name state assessmentTemplateArn createdAt startedAt completedAt stateChangedAt durationInSeconds
        dataCollected rulesPackageArns findingCounts { severity count } stateChanges { state stateChangedAt }
        notifications { date event message error snsTopicArn snsPublishStatusCode }
        userAttributesForFindings { key value } template { arn } target { arn } rulesPackages { arn }
      } }`,
      variables: { arn: run.arn },
      expected: {
        assessmentRun: {
          ...toFields(run),
          findingCounts: run.findingCounts === undefined ? null : toFindingCounts(run.findingCounts),
          template: { arn: run.assessmentTemplateArn },
          target: { arn: run.assessmentTemplateArn.split('/template/')[0] },
          rulesPackages: run.rulesPackageArns.map((arn: string) => ({ arn })),
        },
      },
    })),

  GetTelemetryMetadata: ({ telemetryMetadata }, { assessmentRunArn }) => [
    {
      query: `query ($arn: ID!) { assessmentRun(arn: $arn) {
        telemetry { messageType count dataSize } telemetryTotal { count dataSize }
        telemetryResult { __typename ... on Telemetry { telemetryMetadata { messageType count dataSize } } }
      } }`,
      variables: { arn: assessmentRunArn },
      expected: {
        assessmentRun: {
          telemetry: telemetryMetadata,
          telemetryTotal: toTotal(telemetryMetadata),
          telemetryResult: { __typename: 'Telemetry', telemetryMetadata },
        },
      },
    },
  ],

  ListAssessmentRunAgents: ({ assessmentRunAgents }, { assessmentRunArn }) => [
    {
      query: `query ($arn: ID!) { assessmentRun(arn: $arn) { agents(first: 100) { nodes {
        agentId agentHealth agentHealthCode agentHealthDetails autoScalingGroup
        telemetry { messageType count dataSize } telemetryTotal { count dataSize }
      } } } }`,
      variables: { arn: assessmentRunArn },
      expected: {
        assessmentRun: { agents: { nodes: assessmentRunAgents.map(toAgent) } },
      },
      ...(assessmentRunAgents.some(hasUnknownCode)
        ? { errors: [expect.objectContaining({ path: expect.arrayContaining(['agentHealthCode']) })] }
        : {}),
    },
  ],

  DescribeFindings: ({ findings }) =>
    findings.map((finding: Json) => ({
      query: `query ($arn: ID!) { finding(arn: $arn) {
        id arn findingId title description recommendation severity numericSeverity confidence indicatorOfCompromise
        service assetType assessmentRun { arn } rulesPackage { arn } attributes { key value }
        userAttributes { key value } createdAt updatedAt
        assetAttributes {
          agentId autoScalingGroup amiId hostname ipv4Addresses tags { key value }
          networkInterfaces {
            networkInterfaceId subnetId vpcId privateDnsName privateIpAddress publicDnsName publicIp ipv6Addresses
            securityGroups { groupId groupName }
          }
        }
      } }`,
      variables: { arn: finding.arn },
      expected: { finding: toFinding(finding) },
    })),

  /** For the run that was asked for, of which one finding is not by its ARN; else for the run of each ARN. */
  ListFindings({ findingArns }, { assessmentRunArns: [askedFor] = [] }) {
    const runArnOf = (arn: string) => askedFor ?? toRunArn(arn);
    return [...new Set<string>(findingArns.map(runArnOf))].map((runArn) => ({
      query: 'query ($arn: ID!) { assessmentRun(arn: $arn) { findings(first: 100) { nodes { arn } } } }',
      variables: { arn: runArn },
      expected: {
        assessmentRun: { findings: toNodes(findingArns.filter((arn: string) => runArnOf(arn) === runArn)) },
      },
    }));
  },

  DescribeAssessmentTemplates: ({ assessmentTemplates }) =>
    assessmentTemplates.map((template: Json) =>
      askNode(
        template.arn,
        `AssessmentTemplate {
          id arn name target { arn } durationInSeconds rulesPackageArns rulesPackages { arn }
          userAttributesForFindings { key value } lastAssessmentRun { arn } assessmentRunCount createdAt
        }`,
        {
          id: template.arn,
          arn: template.arn,
          name: template.name,
          target: { arn: template.assessmentTargetArn },
          durationInSeconds: template.durationInSeconds,
          rulesPackageArns: template.rulesPackageArns,
          rulesPackages: template.rulesPackageArns.map((arn: string) => ({ arn })),
          userAttributesForFindings: template.userAttributesForFindings,
          lastAssessmentRun: null,
          assessmentRunCount: template.assessmentRunCount ?? null,
          createdAt: toDateTime(template.createdAt),
        },
      ),
    ),

  DescribeAssessmentTargets: ({ assessmentTargets }) =>
    assessmentTargets.map(({ resourceGroupArn, ...target }: Json) =>
      askNode(target.arn, 'AssessmentTarget { id arn name resourceGroup { arn } createdAt updatedAt }', {
        id: target.arn,
        arn: target.arn,
        name: target.name,
        resourceGroup: { arn: resourceGroupArn },
        createdAt: toDateTime(target.createdAt),
        updatedAt: toDateTime(target.updatedAt),
      }),
    ),

  DescribeResourceGroups: ({ resourceGroups }) =>
    resourceGroups.map((group: Json) =>
      askNode(group.arn, 'ResourceGroup { id arn tags { key value } createdAt }', {
        ...group,
        id: group.arn,
        createdAt: toDateTime(group.createdAt),
      }),
    ),

  DescribeRulesPackages: ({ rulesPackages }) =>
    rulesPackages.map((rulesPackage: Json) =>
      askNode(rulesPackage.arn, 'RulesPackage { id arn name version provider description }', {
        ...rulesPackage,
        id: rulesPackage.arn,
      }),
    ),

  ListAssessmentRuns: ({ assessmentRunArns }, { assessmentTemplateArns = [] }) => [
    {
      query: `query ($templateArns: [ID!]) {
        assessmentRuns(first: 100, filter: { templateArns: $templateArns }) { nodes { arn } }
      }`,
      variables: { templateArns: assessmentTemplateArns },
      expected: { assessmentRuns: toNodes(assessmentRunArns) },
    },
  ],

  ListAssessmentTemplates: ({ assessmentTemplateArns }, { assessmentTargetArns = [] }) => [
    {
      query: `query ($targetArns: [ID!]) {
        assessmentTemplates(first: 100, filter: { targetArns: $targetArns }) { nodes { arn } }
      }`,
      variables: { targetArns: assessmentTargetArns },
      expected: { assessmentTemplates: toNodes(assessmentTemplateArns) },
    },
  ],

  ListAssessmentTargets: ({ assessmentTargetArns }) => [
    {
      query: '{ assessmentTargets(first: 100) { nodes { arn } } }',
      variables: {},
      expected: { assessmentTargets: toNodes(assessmentTargetArns) },
    },
  ],

  ListRulesPackages: ({ rulesPackageArns }) => [
    {
      query: '{ rulesPackages(first: 100) { nodes { arn } } }',
      variables: {},
      expected: { rulesPackages: toNodes(rulesPackageArns) },
    },
  ],

  ListTagsForResource: ({ tags }, { resourceArn }) => [
    askNode(resourceArn, 'AssessmentTemplate { arn tags { key value } }', { arn: resourceArn, tags }),
  ],
};

function askNode(arn: string, selection: string, expected: object): GraphQuestion {
  return {
    query: `query ($arn: ID!) { node(id: $arn) { ... on ${selection} } }`,
    variables: { arn },
    expected: { node: expected },
  };
}

/** A run's members that the graph has under the same name; null where it was not told. */
function toFields(run: Json): object {
  return {
    id: run.arn,
    arn: run.arn,
    name: run.name,
    state: run.state,
    assessmentTemplateArn: run.assessmentTemplateArn,
    createdAt: toDateTime(run.createdAt),
    startedAt: toDateTime(run.startedAt),
    completedAt: toDateTime(run.completedAt),
    stateChangedAt: toDateTime(run.stateChangedAt),
    durationInSeconds: run.durationInSeconds,
    dataCollected: run.dataCollected,
    rulesPackageArns: run.rulesPackageArns,
    stateChanges: run.stateChanges.map(({ state, stateChangedAt }: Json) => ({
      state,
      stateChangedAt: toDateTime(stateChangedAt),
    })),
    notifications: run.notifications,
    userAttributesForFindings: run.userAttributesForFindings,
  };
}

function toFinding({ arn, serviceAttributes, assetAttributes, ...finding }: Json): object {
  const { schemaVersion, ...members } = finding;
  return {
    ...members,
    id: arn,
    arn,
    findingId: finding.id ?? null,
    assessmentRun: { arn: serviceAttributes.assessmentRunArn },
    rulesPackage: { arn: serviceAttributes.rulesPackageArn },
    createdAt: toDateTime(finding.createdAt),
    updatedAt: toDateTime(finding.updatedAt),
    assetAttributes: {
      agentId: assetAttributes.agentId ?? null,
      autoScalingGroup: assetAttributes.autoScalingGroup ?? null,
      amiId: assetAttributes.amiId ?? null,
      hostname: assetAttributes.hostname ?? null,
      ipv4Addresses: assetAttributes.ipv4Addresses,
      tags: assetAttributes.tags ?? null,
      // Further members of the API are not in the graph.
      networkInterfaces:
        assetAttributes.networkInterfaces?.map(
          ({ privateIpAddresses, ...networkInterface }: Json) => networkInterface,
        ) ?? null,
    },
  };
}

/** Of the codes in AWS's examples, one is none of the API's: whatever becomes of it, the agent's other fields are there. */
function toAgent({ agentId, agentHealth, agentHealthCode, telemetryMetadata }: Json): unknown {
  const agent = {
    agentId,
    agentHealth,
    agentHealthDetails: null,
    autoScalingGroup: null,
    telemetry: telemetryMetadata,
    telemetryTotal: toTotal(telemetryMetadata),
  };
  return hasUnknownCode({ agentHealthCode }) ? expect.objectContaining(agent) : { ...agent, agentHealthCode };
}

function hasUnknownCode({ agentHealthCode }: Json): boolean {
  return agentHealthCode === 'HEALTHY';
}

function toTotal(rows: Json[]): object {
  const { count, dataSize } = rows.find(({ messageType }) => messageType === 'Total');
  return { count, dataSize };
}

function toFindingCounts(counts: Record<string, number>): unknown {
  return expect.arrayContaining(Object.entries(counts).map(([severity, count]) => ({ severity, count })));
}

/** Nodes with these ARNs, in any order. */
function toNodes(arns: readonly string[]): object {
  return { nodes: expect.arrayContaining(arns.map((arn) => ({ arn }))) };
}

function toRunArn(arn: string): string {
  return arn.split('/finding/')[0] as string;
}

function toDateTime(seconds: number | undefined): string | null {
  return seconds === undefined ? null : new Date(Math.round(seconds * 1000)).toISOString();
}
