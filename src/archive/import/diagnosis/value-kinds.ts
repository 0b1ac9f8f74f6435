import { type Diagnosis, LOOK_FOR_OUTPUT, NOTHING_IN_IT, shorten } from './diagnosis-words.js';

type Members = Readonly<Record<string, unknown>>;
type FindInValue = (value: Members) => Diagnosis | null;

/** JSON that is no output of Inspector Classic. */
export const valueKinds: readonly FindInValue[] = [
  findInspector2,
  findSecurityHub,
  findNotification,
  findInspectorEvent,
  findEventBridge,
  findCloudTrail,
  findErrorAnswer,
  findSkeleton,
  findRequest,
  findTool,
  findOtherService,
];

function findInspector2(value: Members): Diagnosis | null {
  const [finding] = [...toObjects(value.findings), value];
  const isFinding =
    /^arn:[\w-]+:inspector2:/.test(String(finding?.findingArn ?? '')) || hasMembers(value, 'coveredResources');
  if (!isFinding) return null;
  return {
    found: 'findings of the present Amazon Inspector (inspector2), which came after Inspector Classic',
    advice: 'they belong to no assessment run, so this archive has no place for them; keep the file as it is',
  };
}

function findSecurityHub(value: Members): Diagnosis | null {
  const [finding] = [...toObjects(value.Findings), ...toObjects(value.findings), value];
  if (finding?.SchemaVersion !== '2018-10-08' && !('ProductArn' in (finding ?? {}))) return null;
  return {
    found: 'findings of AWS Security Hub, which wrote those of Inspector anew in a form of its own',
    advice: 'they cannot be turned back into what Inspector answered; look for the output of describe-findings',
  };
}

function findNotification(value: Members): Diagnosis | null {
  const [message] = toObjects(value.Messages);
  const isQueue = typeof message?.Body === 'string' && 'ReceiptHandle' in message;
  const isNotification = typeof value.TopicArn === 'string' && typeof value.Type === 'string';
  if (!isQueue && !isNotification) return null;
  return {
    found: isQueue ? 'messages of an Amazon SQS queue' : 'a message of Amazon SNS',
    advice: `they tell that something happened in Inspector, and not what it answered; ${LOOK_FOR_OUTPUT}`,
  };
}

const INSPECTOR_EVENTS = new Set([
  'ASSESSMENT_RUN_STARTED',
  'ASSESSMENT_RUN_COMPLETED',
  'ASSESSMENT_RUN_STATE_CHANGED',
  'FINDING_REPORTED',
  'OTHER',
]);

function findInspectorEvent(value: Members): Diagnosis | null {
  const isEvent =
    INSPECTOR_EVENTS.has(value.event as string) && ('run' in value || 'template' in value || 'finding' in value);
  if (!isEvent) return null;
  return {
    found: `an event that Inspector reported to Amazon SNS (${value.event})`,
    advice: `it names what it is about and holds none of it; ${LOOK_FOR_OUTPUT}`,
  };
}

function findEventBridge(value: Members): Diagnosis | null {
  if (!('detail-type' in value && 'detail' in value)) return null;
  return {
    found: `an event of Amazon EventBridge (${shorten(String(value['detail-type']))})`,
    advice: `it tells that something happened, and not what Inspector answered; ${LOOK_FOR_OUTPUT}`,
  };
}

function findCloudTrail(value: Members): Diagnosis | null {
  const [record] = [...toObjects(value.Records), ...toObjects(value.Events), value];
  const isTrail = typeof record?.eventName === 'string' && typeof record.eventSource === 'string';
  if (isTrail && /^aws:/.test(record.eventSource as string)) {
    return { found: `an event of another service (${record.eventSource})`, advice: NOTHING_IN_IT };
  }
  if (!isTrail && typeof record?.CloudTrailEvent !== 'string') return null;
  return {
    found: 'events of AWS CloudTrail, which tell who called the API',
    advice: `CloudTrail does not keep what Inspector answered; ${LOOK_FOR_OUTPUT}`,
  };
}

function findErrorAnswer(value: Members): Diagnosis | null {
  const error = isObject(value.Error) ? value.Error : isObject(value.error) ? value.error : value;
  const type = String(error.__type ?? error.Code ?? error.code ?? '').replace(/^.*#/, '');
  const message = error.message ?? error.Message ?? value.message;
  const isError =
    (type !== '' && (message !== undefined || '__type' in error)) ||
    (typeof message === 'string' &&
      Object.keys(value).every((name) => /^(message|requestid|statuscode|code|error)$/i.test(name)));
  if (!isError) return null;
  const words = [type, typeof message === 'string' ? shorten(message) : ''].filter((word) => word !== '').join(', ');
  return { found: `an error message (${words})`, advice: `the call failed, so ${NOTHING_IN_IT}` };
}

/** What the AWS CLI writes with --generate-cli-skeleton output: each text is the name of its type. */
function findSkeleton(value: Members): Diagnosis | null {
  const [item] = Object.values(value).flatMap((list) => toObjects(list));
  const arn = item?.arn ?? item?.Arn;
  if (arn !== 'arn' && arn !== 'Arn') return null;
  return { found: 'an example that the AWS CLI makes up (--generate-cli-skeleton)', advice: NOTHING_IN_IT };
}

/** The members of requests that no output has. */
const REQUEST_MEMBERS = [
  'maxResults',
  'filter',
  'preferredLanguage',
  'locale',
  'reportFileFormat',
  'reportType',
  'previewAgentsArn',
];

function findRequest(value: Members): Diagnosis | null {
  const names = Object.keys(value);
  const isBlank = names.length > 0 && Object.values(value).every((member) => isBlankMember(member));
  const isInput =
    names.some((name) => REQUEST_MEMBERS.includes(name)) || (isBlank && names.some((name) => /Arns?$/.test(name)));
  const isSingleArn =
    names.length === 1 && /^(assessmentRun|resource|finding|assessmentTemplate)Arn$/.test(names[0] as string);
  if (!isInput && !isSingleArn) return null;
  return {
    found: 'the input of a command (--cli-input-json, --generate-cli-skeleton), and not its output',
    advice: `it says what was asked, not what Inspector answered; ${LOOK_FOR_OUTPUT}`,
  };
}

/** A list with one empty text is what a skeleton has. */
function isBlankMember(member: unknown): boolean {
  return member === '' || member === 0 || (Array.isArray(member) && member.length === 1 && member[0] === '');
}

/** What other tools write. */
function findTool(value: Members): Diagnosis | null {
  if ('terraform_version' in value)
    return { found: 'the state of Terraform', advice: `${NOTHING_IN_IT}; ${LOOK_FOR_OUTPUT}` };
  if ('AWSTemplateFormatVersion' in value || hasMembers(value, 'Resources', 'Outputs')) {
    return { found: 'a template of AWS CloudFormation', advice: `${NOTHING_IN_IT}; ${LOOK_FOR_OUTPUT}` };
  }
  if (isObject(value.data) && Object.keys(value).every((name) => /^(data|errors|extensions)$/.test(name))) {
    return {
      found: 'the answer of a GraphQL service',
      advice: `it has a part only of what Inspector answered; ${LOOK_FOR_OUTPUT}`,
    };
  }
  if (hasMembers(value, 'swagger') || hasMembers(value, 'openapi'))
    return { found: 'the description of an API', advice: NOTHING_IN_IT };
  const [row] = [...toObjects(value.rows), value];
  if (row !== undefined && ('assessment_template_arn' in row || 'assessment_run_arn' in row)) {
    return {
      found: 'rows of a database or of Steampipe',
      advice: `they have other names and a part only of what Inspector answered; ${LOOK_FOR_OUTPUT}`,
    };
  }
  return null;
}

/** Commands of the AWS CLI, by a member that their output alone has. */
const otherServices: Readonly<Record<string, string>> = {
  Reservations: 'ec2 describe-instances',
  SecurityGroups: 'ec2 describe-security-groups',
  Images: 'ec2 describe-images',
  Vpcs: 'ec2 describe-vpcs',
  Subnets: 'ec2 describe-subnets',
  Regions: 'ec2 describe-regions',
  Buckets: 's3api list-buckets',
  Contents: 's3api list-objects',
  UserId: 'sts get-caller-identity',
  Credentials: 'sts assume-role',
  Accounts: 'organizations list-accounts',
  Roles: 'iam list-roles',
  Users: 'iam list-users',
  InstanceInformationList: 'ssm describe-instance-information',
  Parameters: 'ssm get-parameters',
  TagDescriptions: 'ec2 describe-tags',
  DetectorIds: 'guardduty list-detectors',
  FindingIds: 'guardduty list-findings',
  ResourceTagMappingList: 'resourcegroupstaggingapi get-resources',
  StackSummaries: 'cloudformation list-stacks',
  Stacks: 'cloudformation describe-stacks',
  Topics: 'sns list-topics',
  Subscriptions: 'sns list-subscriptions',
  QueueUrls: 'sqs list-queues',
  Functions: 'lambda list-functions',
  Rules: 'events list-rules',
  MetricAlarms: 'cloudwatch describe-alarms',
  ConfigRules: 'configservice describe-config-rules',
  AutoScalingGroups: 'autoscaling describe-auto-scaling-groups',
  imageScanFindings: 'ecr describe-image-scan-findings',
  logGroups: 'logs describe-log-groups',
  analyzers: 'accessanalyzer list-analyzers',
};

function findOtherService(value: Members): Diagnosis | null {
  const name = Object.keys(value).find((member) => Object.hasOwn(otherServices, member));
  if (name === undefined) return null;
  return { found: `the output of another service of AWS (aws ${otherServices[name]})`, advice: NOTHING_IN_IT };
}

function hasMembers(value: Members, ...names: readonly string[]): boolean {
  return names.every((name) => Object.hasOwn(value, name));
}

function toObjects(list: unknown): Members[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** Whether it is a JSON object. */
export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
