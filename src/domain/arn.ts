/** The kinds of resource that Inspector Classic names by ARN. */
export type ArnKind =
  | 'assessmentRun'
  | 'assessmentTemplate'
  | 'assessmentTarget'
  | 'resourceGroup'
  | 'rulesPackage'
  | 'finding'
  | 'exclusion';

/** What an ARN says of the resource that it names. */
export interface ArnParts {
  /** `aws` or `aws-us-gov`. */
  readonly partition: string;
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
}

/** The maximum length of an ARN in the API's shapes. */
export const MAX_ARN_LENGTH = 300;

/**
 * The 14 regions that Inspector Classic ever had, with their partitions.
 * https://docs.aws.amazon.com/general/latest/gr/inspector.html
 */
export const partitionsByRegion: ReadonlyMap<string, string> = new Map([
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
export const inspectorRegions: readonly string[] = [...partitionsByRegion.keys()];

const ID = '0-[A-Za-z0-9]+';
const TARGET = `target/${ID}`;
const TEMPLATE = `${TARGET}/template/${ID}`;
const RUN = `${TEMPLATE}/run/${ID}`;

/** https://docs.aws.amazon.com/inspector/v1/userguide/inspector_security_iam_service-with-iam.html */
const resources: Record<ArnKind, string> = {
  assessmentRun: RUN,
  assessmentTemplate: TEMPLATE,
  assessmentTarget: TARGET,
  resourceGroup: `resourcegroup/${ID}`,
  rulesPackage: `rulespackage/${ID}`,
  finding: `${RUN}/finding/${ID}`,
  exclusion: `${RUN}/exclusion/${ID}`,
};

/** All kinds that there are. */
export const arnKinds = Object.keys(resources) as ArnKind[];

/** The nouns of error messages. */
export const arnNouns: Record<ArnKind, string> = {
  assessmentRun: 'an assessment run',
  assessmentTemplate: 'an assessment template',
  assessmentTarget: 'an assessment target',
  resourceGroup: 'a resource group',
  rulesPackage: 'a rules package',
  finding: 'a finding',
  exclusion: 'an exclusion',
};

const patterns = Object.fromEntries(
  Object.entries(resources).map(([kind, resource]) => [
    kind,
    new RegExp(`^arn:(aws|aws-us-gov):inspector:([a-z0-9-]+):(\\d{12}):${resource}$`),
  ]),
) as Record<ArnKind, RegExp>;

/** The parts of an ARN of this kind, or null for other text; the region may be one that there never was. */
export function splitArn(kind: ArnKind, text: string): ArnParts | null {
  const [, partition, region = '', account = ''] = (text.length <= MAX_ARN_LENGTH && patterns[kind].exec(text)) || [];
  return partition === undefined ? null : { partition, region, account };
}

/** The same, or null also for a region that Inspector Classic never had, or that is another partition's. */
export function matchArn(kind: ArnKind, text: string): ArnParts | null {
  const parts = splitArn(kind, text);
  return parts !== null && partitionsByRegion.get(parts.region) === parts.partition ? parts : null;
}

/** The ARN of the run that a finding or an exclusion belongs to: the beginning of its own. */
export function toRunArn(arn: string): string {
  return takeSteps(arn, 6);
}

/** The ARN of the template that a run belongs to: the beginning of its own. */
export function toTemplateArn(arn: string): string {
  return takeSteps(arn, 4);
}

/** The ARN of the target that a run or a template belongs to: the beginning of its own. */
export function toTargetArn(arn: string): string {
  return takeSteps(arn, 2);
}

function takeSteps(arn: string, count: number): string {
  return arn.split('/').slice(0, count).join('/');
}
