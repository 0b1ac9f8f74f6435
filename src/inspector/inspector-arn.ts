import { createBadResponseFailure, createInvalidInputFailure } from './inspector-failure.js';

/** The kinds of resource that Inspector Classic names by ARN. */
export type ArnKind =
  | 'assessmentRun'
  | 'assessmentTemplate'
  | 'assessmentTarget'
  | 'resourceGroup'
  | 'rulesPackage'
  | 'finding'
  | 'exclusion';

declare const brand: unique symbol;

/** The ARN of a resource of this kind, checked: its region is safe to put into a host name. */
export type InspectorArn<K extends ArnKind = ArnKind> = string & { readonly [brand]: K };

/** The ARN of an assessment run. */
export type AssessmentRunArn = InspectorArn<'assessmentRun'>;

/**
 * The 14 regions that Inspector Classic ever had, with their partitions.
 * https://docs.aws.amazon.com/general/latest/gr/inspector.html
 */
const PARTITIONS_BY_REGION = new Map([
  ['us-east-1', 'aws'],
  ['us-east-2', 'aws'],
  ['us-west-1', 'aws'],
  ['us-west-2', 'aws'],
  ['ap-northeast-1', 'aws'],
  ['ap-northeast-2', 'aws'],
  ['ap-south-1', 'aws'],
  ['ap-southeast-2', 'aws'],
  ['eu-central-1', 'aws'],
  ['eu-north-1', 'aws'],
  ['eu-west-1', 'aws'],
  ['eu-west-2', 'aws'],
  ['us-gov-east-1', 'aws-us-gov'],
  ['us-gov-west-1', 'aws-us-gov'],
]);

/** The regions that Inspector Classic ever had. */
export const inspectorRegions: readonly string[] = [...PARTITIONS_BY_REGION.keys()];

const MAX_ARN_LENGTH = 300;
const ID = '0-[A-Za-z0-9]+';
const TARGET = `target/${ID}`;
const TEMPLATE = `${TARGET}/template/${ID}`;
const RUN = `${TEMPLATE}/run/${ID}`;

interface Format {
  /** What it is called in messages. */
  readonly noun: string;
  /** The InvalidInputErrorCode that AWS gives for a malformed one. */
  readonly errorCode: string;
  readonly resource: string;
  readonly example: string;
}

/**
 * The formats of ARNs in the user guide:
 * https://docs.aws.amazon.com/inspector/v1/userguide/inspector_security_iam_service-with-iam.html
 */
const formats: Record<ArnKind, Format> = {
  assessmentRun: {
    noun: 'an assessment run',
    errorCode: 'INVALID_ASSESSMENT_RUN_ARN',
    resource: RUN,
    example: 'target/0-0kFIPusq/template/0-4r1V2mAw/run/0-MKkpXXPE',
  },
  assessmentTemplate: {
    noun: 'an assessment template',
    errorCode: 'INVALID_ASSESSMENT_TEMPLATE_ARN',
    resource: TEMPLATE,
    example: 'target/0-0kFIPusq/template/0-4r1V2mAw',
  },
  assessmentTarget: {
    noun: 'an assessment target',
    errorCode: 'INVALID_ASSESSMENT_TARGET_ARN',
    resource: TARGET,
    example: 'target/0-0kFIPusq',
  },
  resourceGroup: {
    noun: 'a resource group',
    errorCode: 'INVALID_RESOURCE_GROUP_ARN',
    resource: `resourcegroup/${ID}`,
    example: 'resourcegroup/0-PyGXopAI',
  },
  rulesPackage: {
    noun: 'a rules package',
    errorCode: 'INVALID_RULES_PACKAGE_ARN',
    resource: `rulespackage/${ID}`,
    example: 'rulespackage/0-JJOtZiqQ',
  },
  finding: {
    noun: 'a finding',
    errorCode: 'INVALID_FINDING_ARN',
    resource: `${RUN}/finding/${ID}`,
    example: 'target/0-0kFIPusq/template/0-4r1V2mAw/run/0-MKkpXXPE/finding/0-HwPnsDm4',
  },
  exclusion: {
    noun: 'an exclusion',
    // AWS has no code of its own for these.
    errorCode: 'INVALID_RESOURCE_ARN',
    resource: `${RUN}/exclusion/${ID}`,
    example: 'target/0-0kFIPusq/template/0-4r1V2mAw/run/0-MKkpXXPE/exclusion/0-xNJPDc3o',
  },
};

/** All kinds that there are. */
export const arnKinds = Object.keys(formats) as ArnKind[];

const patterns = Object.fromEntries(
  Object.entries(formats).map(([kind, { resource }]) => [
    kind,
    new RegExp(`^arn:(aws|aws-us-gov):inspector:([a-z0-9-]+):\\d{12}:${resource}$`),
  ]),
) as Record<ArnKind, RegExp>;

/** Text to the ARN of such a resource. Throws an InspectorFailure INVALID_INPUT that says what was expected. */
export function parseArn<K extends ArnKind>(kind: K, text: string): InspectorArn<K> {
  const problem = findProblem(kind, text);
  if (problem === null) return text as InspectorArn<K>;
  throw createInvalidInputFailure(formats[kind].errorCode, `Expected ${problem}, but got ${quote(text)}.`);
}

/** The same for text of an answer of Inspector: throws BAD_UPSTREAM_RESPONSE, since no caller is at fault. */
export function parseUpstreamArn<K extends ArnKind>(kind: K, text: string): InspectorArn<K> {
  const problem = findProblem(kind, text);
  if (problem === null) return text as InspectorArn<K>;
  throw createBadResponseFailure(`expected ${problem}`, null);
}

/** Text to an ARN of whatever kind it is; throws INVALID_INPUT when it is of none. */
export function parseAnyArn(text: string): { [K in ArnKind]: { kind: K; arn: InspectorArn<K> } }[ArnKind] {
  const kind = arnKinds.find((candidate) => patterns[candidate].test(text));
  if (kind === undefined) {
    throw createInvalidInputFailure(
      'INVALID_RESOURCE_ARN',
      `Expected the ARN of ${Object.values(formats)
        .map(({ noun }) => noun)
        .join(', ')}, but got ${quote(text)}.`,
    );
  }
  return { kind, arn: parseArn(kind, text) } as ReturnType<typeof parseAnyArn>;
}

/** Text to the ARN of an assessment run. Throws an InspectorFailure INVALID_INPUT that says what was expected. */
export function parseAssessmentRunArn(text: string): AssessmentRunArn {
  return parseArn('assessmentRun', text);
}

/** What was expected instead of the text, or null when it is as it should be. */
function findProblem(kind: ArnKind, text: string): string | null {
  const { noun, example } = formats[kind];
  const [, partition, region = ''] = (text.length <= MAX_ARN_LENGTH && patterns[kind].exec(text)) || [];
  if (partition === undefined) return `the ARN of ${noun}, such as arn:aws:inspector:us-west-2:123456789012:${example}`;
  const partitionOfRegion = PARTITIONS_BY_REGION.get(region);
  if (partitionOfRegion === undefined) {
    return `an ARN in one of the regions of Inspector Classic (${inspectorRegions.join(', ')})`;
  }
  return partitionOfRegion === partition ? null : `the partition ${partitionOfRegion} for the region ${region}`;
}

/** The region of a resource, one of `inspectorRegions`. */
export function toRegion(arn: InspectorArn): string {
  return arn.split(':')[3] as string;
}

/** The account of a resource, 12 digits. */
export function toAccount(arn: InspectorArn): string {
  return arn.split(':')[4] as string;
}

/** The run that a finding or an exclusion belongs to: the beginning of its ARN names it. */
export function toAssessmentRunArn(arn: InspectorArn<'finding' | 'exclusion'>): AssessmentRunArn {
  return arn.split('/').slice(0, 6).join('/') as AssessmentRunArn;
}

/** The template that a run executed, which the beginning of its ARN names. */
export function toAssessmentTemplateArn(arn: AssessmentRunArn): InspectorArn<'assessmentTemplate'> {
  return arn.split('/').slice(0, 4).join('/') as InspectorArn<'assessmentTemplate'>;
}

/** The target of a run or a template, which the beginning of its ARN names. */
export function toAssessmentTargetArn(
  arn: InspectorArn<'assessmentRun' | 'assessmentTemplate'>,
): InspectorArn<'assessmentTarget'> {
  return arn.split('/').slice(0, 2).join('/') as InspectorArn<'assessmentTarget'>;
}

function quote(text: string): string {
  return JSON.stringify(text.length > MAX_ARN_LENGTH ? `${text.slice(0, MAX_ARN_LENGTH)}…` : text);
}
