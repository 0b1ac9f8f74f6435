import { createInvalidInputFailure, type InspectorFailure, toFailure } from './inspector-failure.js';

declare const brand: unique symbol;

/** The ARN of an assessment run, checked: its region is safe to put into a host name. */
export type AssessmentRunArn = string & { readonly [brand]: 'AssessmentRunArn' };

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
const EXAMPLE = 'arn:aws:inspector:us-west-2:123456789012:target/0-0kFIPusq/template/0-4r1V2mAw/run/0-MKkpXXPE';
const ID = '0-[A-Za-z0-9]{1,64}';
const PATTERN = new RegExp(
  `^arn:(aws|aws-us-gov):inspector:([a-z0-9-]+):\\d{12}:target/${ID}/template/${ID}/run/${ID}$`,
);

/**
 * Text to the ARN of an assessment run.
 * Throws an InspectorFailure INVALID_INPUT that says what was expected; see the formats of ARNs in the user guide:
 * https://docs.aws.amazon.com/inspector/v1/userguide/inspector_security_iam_service-with-iam.html
 */
export function parseAssessmentRunArn(text: string): AssessmentRunArn {
  const [, partition, region = ''] = (text.length <= MAX_ARN_LENGTH && PATTERN.exec(text)) || [];
  if (partition === undefined) {
    throw createInvalidArnFailure(`Expected the ARN of an assessment run, such as ${EXAMPLE}, but got ${quote(text)}.`);
  }
  const partitionOfRegion = PARTITIONS_BY_REGION.get(region);
  if (partitionOfRegion === undefined) {
    throw createInvalidArnFailure(
      `Expected an ARN in one of the regions of Inspector Classic (${inspectorRegions.join(', ')}), but got ${quote(text)}.`,
    );
  }
  if (partitionOfRegion !== partition) {
    throw createInvalidArnFailure(
      `Expected the partition ${partitionOfRegion} for the region ${region}, but got ${quote(text)}.`,
    );
  }
  return text as AssessmentRunArn;
}

/** Each text to the ARN of an assessment run or, at its place, to the failure that says why it is none. */
export function parseAssessmentRunArns(texts: readonly string[]): (AssessmentRunArn | InspectorFailure)[] {
  return texts.map((text) => {
    try {
      return parseAssessmentRunArn(text);
    } catch (thrown) {
      return toFailure(thrown);
    }
  });
}

/** The region of a run, one of `inspectorRegions`. */
export function toRegion(arn: AssessmentRunArn): string {
  return arn.split(':')[3] as string;
}

function quote(text: string): string {
  return JSON.stringify(text.length > MAX_ARN_LENGTH ? `${text.slice(0, MAX_ARN_LENGTH)}…` : text);
}

function createInvalidArnFailure(message: string): InspectorFailure {
  return createInvalidInputFailure('INVALID_ASSESSMENT_RUN_ARN', message);
}
