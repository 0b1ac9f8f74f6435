/** The kinds of resource that Inspector Classic names by ARN. */
export type ArnKind =
  | 'assessmentTarget'
  | 'assessmentTemplate'
  | 'assessmentRun'
  | 'finding'
  | 'exclusion'
  | 'resourceGroup'
  | 'rulesPackage';

/** What an ARN says of the resource that it names. */
export interface ParsedArn {
  readonly region: string;
  readonly account: string;
}

/** The maximum length of an ARN in the API's shapes. */
export const MAX_ARN_LENGTH = 300;

/** The 14 regions that Inspector Classic ever had. https://docs.aws.amazon.com/general/latest/gr/inspector.html */
const REGIONS_BY_PARTITION = new Map([
  [
    'aws',
    [
      ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-south-1'],
      ...['ap-southeast-2', 'eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-2'],
    ],
  ],
  ['aws-us-gov', ['us-gov-east-1', 'us-gov-west-1']],
]);

const ID = '0-[A-Za-z0-9]+';
const TARGET = `target/${ID}`;
const TEMPLATE = `${TARGET}/template/${ID}`;
const RUN = `${TEMPLATE}/run/${ID}`;

/** https://docs.aws.amazon.com/inspector/v1/userguide/inspector_security_iam_service-with-iam.html */
const resources: Record<ArnKind, string> = {
  assessmentTarget: TARGET,
  assessmentTemplate: TEMPLATE,
  assessmentRun: RUN,
  finding: `${RUN}/finding/${ID}`,
  exclusion: `${RUN}/exclusion/${ID}`,
  resourceGroup: `resourcegroup/${ID}`,
  rulesPackage: `rulespackage/${ID}`,
};

const patterns = Object.fromEntries(
  Object.entries(resources).map(([kind, resource]) => [
    kind,
    new RegExp(`^arn:(aws|aws-us-gov):inspector:([a-z0-9-]+):(\\d{12}):${resource}$`),
  ]),
) as Record<ArnKind, RegExp>;

const arnKinds = Object.keys(resources) as ArnKind[];

/** The nouns of error messages. */
export const arnNouns: Record<ArnKind, string> = {
  assessmentTarget: 'an assessment target',
  assessmentTemplate: 'an assessment template',
  assessmentRun: 'an assessment run',
  finding: 'a finding',
  exclusion: 'an exclusion',
  resourceGroup: 'a resource group',
  rulesPackage: 'a rules package',
};

/** The ARN's parts, or null when the text is not the ARN of such a resource in a region that there was. */
export function parseArn(kind: ArnKind, text: string): ParsedArn | null {
  const [, partition = '', region = '', account = ''] =
    (text.length <= MAX_ARN_LENGTH && patterns[kind].exec(text)) || [];
  return REGIONS_BY_PARTITION.get(partition)?.includes(region) ? { region, account } : null;
}

/** The kind of resource that an ARN names, or null when it is none of Inspector Classic's. */
export function findArnKind(text: string): ArnKind | null {
  return arnKinds.find((kind) => parseArn(kind, text) !== null) ?? null;
}

/** The ARN of the run that a finding or an exclusion belongs to: the beginning of its own. */
export function toRunArn(arn: string): string {
  return arn.split('/').slice(0, 6).join('/');
}

/** The ARN of the template that a run belongs to: the beginning of its own. */
export function toTemplateArn(arn: string): string {
  return arn.split('/').slice(0, 4).join('/');
}

/** The ARN of the target that a template belongs to: the beginning of its own. */
export function toTargetArn(arn: string): string {
  return arn.split('/').slice(0, 2).join('/');
}

/** The account of an IAM role, which is in no region. */
export function parseRoleArn(text: string): ParsedArn | null {
  const account = /^arn:aws(?:-us-gov)?:iam::(\d{12}):role\/[\w+=,.@/-]+$/.exec(text)?.[1];
  return account === undefined || text.length > MAX_ARN_LENGTH ? null : { region: NO_REGION, account };
}

/** The region of what belongs to an account as a whole. */
export const NO_REGION = '';
