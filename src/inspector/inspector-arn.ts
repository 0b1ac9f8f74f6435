import {
  type ArnKind,
  arnKinds,
  arnNouns,
  inspectorRegions,
  MAX_ARN_LENGTH,
  partitionsByRegion,
  splitArn,
  toRunArn,
  toTargetArn,
  toTemplateArn,
} from '../domain/arn.js';
import { createBadResponseFailure, createInvalidInputFailure } from './inspector-failure.js';

export { type ArnKind, arnKinds, inspectorRegions };

declare const brand: unique symbol;

/** A validated ARN of a resource of this kind; its region is safe in a host name. */
export type InspectorArn<K extends ArnKind = ArnKind> = string & { readonly [brand]: K };

/** The ARN of an assessment run. */
export type AssessmentRunArn = InspectorArn<'assessmentRun'>;

interface Format {
  /** The InvalidInputErrorCode that AWS gives for a malformed one. */
  readonly errorCode: string;
  readonly example: string;
}

/**
 * The formats of ARNs in the user guide:
 * https://docs.aws.amazon.com/inspector/v1/userguide/inspector_security_iam_service-with-iam.html
 */
const formats: Record<ArnKind, Format> = {
  assessmentRun: {
    errorCode: 'INVALID_ASSESSMENT_RUN_ARN',
    example: 'target/0-0kFIPusq/template/0-4r1V2mAw/run/0-MKkpXXPE',
  },
  assessmentTemplate: {
    errorCode: 'INVALID_ASSESSMENT_TEMPLATE_ARN',
    example: 'target/0-0kFIPusq/template/0-4r1V2mAw',
  },
  assessmentTarget: {
    errorCode: 'INVALID_ASSESSMENT_TARGET_ARN',
    example: 'target/0-0kFIPusq',
  },
  resourceGroup: {
    errorCode: 'INVALID_RESOURCE_GROUP_ARN',
    example: 'resourcegroup/0-PyGXopAI',
  },
  rulesPackage: {
    errorCode: 'INVALID_RULES_PACKAGE_ARN',
    example: 'rulespackage/0-JJOtZiqQ',
  },
  finding: {
    errorCode: 'INVALID_FINDING_ARN',
    example: 'target/0-0kFIPusq/template/0-4r1V2mAw/run/0-MKkpXXPE/finding/0-HwPnsDm4',
  },
  exclusion: {
    // AWS has no code of its own for these.
    errorCode: 'INVALID_RESOURCE_ARN',
    example: 'target/0-0kFIPusq/template/0-4r1V2mAw/run/0-MKkpXXPE/exclusion/0-xNJPDc3o',
  },
};

/** Parses the ARN of such a resource. Throws an InspectorFailure INVALID_INPUT that says what was expected. */
export function parseArn<K extends ArnKind>(kind: K, text: string): InspectorArn<K> {
  const problem = findProblem(kind, text);
  if (problem === null) return text as InspectorArn<K>;
  throw createInvalidInputFailure(formats[kind].errorCode, `Expected ${problem}, but got ${quote(text)}.`);
}

/** The same for an ARN in a response of Inspector: throws BAD_UPSTREAM_RESPONSE, since no caller is at fault. */
export function parseUpstreamArn<K extends ArnKind>(kind: K, text: string): InspectorArn<K> {
  const problem = findProblem(kind, text);
  if (problem === null) return text as InspectorArn<K>;
  throw createBadResponseFailure(`expected ${problem}`, null);
}

/** Parses an ARN of any kind. Throws INVALID_INPUT when it is of none. */
export function parseAnyArn(text: string): { [K in ArnKind]: { kind: K; arn: InspectorArn<K> } }[ArnKind] {
  const kind = arnKinds.find((candidate) => splitArn(candidate, text) !== null);
  if (kind === undefined) {
    throw createInvalidInputFailure(
      'INVALID_RESOURCE_ARN',
      `Expected the ARN of ${arnKinds.map((kind) => arnNouns[kind]).join(', ')}, but got ${quote(text)}.`,
    );
  }
  return { kind, arn: parseArn(kind, text) } as ReturnType<typeof parseAnyArn>;
}

/** Parses the ARN of an assessment run. Throws an InspectorFailure INVALID_INPUT that says what was expected. */
export function parseAssessmentRunArn(text: string): AssessmentRunArn {
  return parseArn('assessmentRun', text);
}

/** What was expected instead of the text, or null when it is valid. */
function findProblem(kind: ArnKind, text: string): string | null {
  const parts = splitArn(kind, text);
  if (parts === null) {
    return `the ARN of ${arnNouns[kind]}, such as arn:aws:inspector:us-west-2:123456789012:${formats[kind].example}`;
  }
  const partition = partitionsByRegion.get(parts.region);
  if (partition === undefined) {
    return `an ARN in one of the regions of Inspector Classic (${inspectorRegions.join(', ')})`;
  }
  return partition === parts.partition ? null : `the partition ${partition} for the region ${parts.region}`;
}

/** The region of a resource, one of `inspectorRegions`. */
export function toRegion(arn: InspectorArn): string {
  return arn.split(':')[3] as string;
}

/** The account of a resource, 12 digits. */
export function toAccount(arn: InspectorArn): string {
  return arn.split(':')[4] as string;
}

/** The run that a finding or an exclusion belongs to, which the beginning of its ARN names. */
export function toAssessmentRunArn(arn: InspectorArn<'finding' | 'exclusion'>): AssessmentRunArn {
  return toRunArn(arn) as AssessmentRunArn;
}

/** The template that a run executed, which the beginning of its ARN names. */
export function toAssessmentTemplateArn(arn: AssessmentRunArn): InspectorArn<'assessmentTemplate'> {
  return toTemplateArn(arn) as InspectorArn<'assessmentTemplate'>;
}

/** The target of a run or a template, which the beginning of its ARN names. */
export function toAssessmentTargetArn(
  arn: InspectorArn<'assessmentRun' | 'assessmentTemplate'>,
): InspectorArn<'assessmentTarget'> {
  return toTargetArn(arn) as InspectorArn<'assessmentTarget'>;
}

function quote(text: string): string {
  return JSON.stringify(text.length > MAX_ARN_LENGTH ? `${text.slice(0, MAX_ARN_LENGTH)}…` : text);
}
