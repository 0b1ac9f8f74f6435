import { z } from 'zod';
import { type ArnKind, arnNouns, MAX_ARN_LENGTH, matchArn } from '../../../domain/arn.js';
import { createInvalidInputError, createSerializationError } from '../api-error.js';

/*
 * The constraints of the API's input shapes (https://docs.aws.amazon.com/inspector/v1/APIReference/), each with the
 * InvalidInputErrorCode that answers its violation. A value of another JSON type is a SerializationException, as it is
 * for every service of this protocol; null is the same as absent.
 */

/** The API has a code for most of its parameters; this one stands in for those that have none. */
export const NO_CODE_OF_ITS_OWN = 'INVALID_ATTRIBUTE';

/** What the API's error codes call each kind; exclusions have none of their own. */
const CODES: Record<ArnKind, string> = {
  assessmentTarget: 'ASSESSMENT_TARGET_ARN',
  assessmentTemplate: 'ASSESSMENT_TEMPLATE_ARN',
  assessmentRun: 'ASSESSMENT_RUN_ARN',
  finding: 'FINDING_ARN',
  exclusion: 'RESOURCE_ARN',
  resourceGroup: 'RESOURCE_GROUP_ARN',
  rulesPackage: 'RULES_PACKAGE_ARN',
};

/** An object of these members; any other one is a violation. */
export function members<T extends z.ZodRawShape>(shape: T) {
  const names = Object.keys(shape);
  const message = violation(NO_CODE_OF_ITS_OWN, `no members but ${names.join(', ')}`);
  // zod passes over a member of this name.
  const withoutProto = z
    .unknown()
    .refine((value) => value == null || !Object.hasOwn(Object(value), '__proto__'), message);
  return withoutProto.pipe(z.object(shape).catchall(z.unknown().refine((value) => value == null, message)));
}

/** A required ARN of this kind; `errorCode` where the API has another one for the parameter. */
export function arn(kind: ArnKind, errorCode = `INVALID_${CODES[kind]}`) {
  const message = violation(errorCode, `the ARN of ${arnNouns[kind]}, 1 to ${MAX_ARN_LENGTH} characters`);
  return z.string(ifAbsent(message)).refine((text) => matchArn(kind, text) !== null, message);
}

/** A required list of ARNs to describe; what is wrong with one of them is a failed item, not an error. */
export function describedArns(kind: ArnKind, max = 10) {
  const { numberCode, arnCode } = toListCodes(kind);
  const message = violation(arnCode, `ARNs of 1 to ${MAX_ARN_LENGTH} characters`);
  return list(z.string(ifAbsent(message)).regex(ofLength(1, MAX_ARN_LENGTH), message), numberCode, 1, max);
}

/** An optional list of up to 50 ARNs by which a list is narrowed down. */
export function filterArns(kind: ArnKind) {
  return list(arn(kind), toListCodes(kind).numberCode, 0, 50).nullish();
}

function toListCodes(kind: ArnKind) {
  const arnCode = `INVALID_${CODES[kind]}`;
  return { arnCode, numberCode: kind === 'exclusion' ? arnCode : `INVALID_NUMBER_OF_${CODES[kind]}S` };
}

/** The one locale that there is. */
export const locale = choice(['EN_US'], 'INVALID_LOCALE').nullish();

/** The body of a request as the input of an operation; throws an ApiError for the first member that is wrong. */
export function parseInput<T extends z.ZodType>(type: T, body: unknown): z.output<T> {
  const result = type.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const member = issue?.path.join('.') ?? '';
  const [, errorCode, expectation] = VIOLATION.exec(issue?.message ?? '') ?? [];
  if (errorCode === undefined) throw createSerializationError(`${member || 'The body'}: ${issue?.message}`);
  throw createInvalidInputError(errorCode, `${member}: expected ${expectation}.`);
}

const VIOLATION = /^([A-Z_]+): (.*)$/s;

/** What zod says of a constraint: the API's error code, and what was expected. */
export function violation(errorCode: string, expectation: string): string {
  return `${errorCode}: ${expectation}`;
}

/** Of a required member: absent is a violation of the constraint, another JSON type is not. */
export function ifAbsent(message: string) {
  return { error: ({ input }: { input?: unknown }) => (input == null ? message : undefined) };
}

/** Required text without NUL, which no text of the API has and PostgreSQL cannot be asked for. */
export function text(errorCode: string, noun: string, min: number, max: number) {
  const message = violation(errorCode, `${noun}, ${min} to ${max} characters without NUL`);
  return z.string(ifAbsent(message)).regex(ofLength(min, max, '[^\\0]'), message);
}

/**
 * The API counts characters as Smithy does, in Unicode scalar values, where JavaScript counts UTF-16 code units.
 * https://smithy.io/2.0/spec/constraint-traits.html#length-trait
 */
function ofLength(min: number, max: number, character = '.'): RegExp {
  return new RegExp(`^${character}{${min},${max}}$`, 'su');
}

/** A required list of so many items. */
export function list<T extends z.ZodType>(item: T, errorCode: string, min: number, max: number) {
  const message = violation(errorCode, `${min} to ${max} items`);
  return z.array(item, ifAbsent(message)).min(min, message).max(max, message);
}

/** A required choice from a list of values. */
export function choice(values: readonly string[], errorCode = NO_CODE_OF_ITS_OWN) {
  const message = violation(errorCode, `one of ${values.join(', ')}`);
  return z.string(ifAbsent(message)).refine((value) => values.includes(value), message);
}

/** A required list of up to `max` choices. */
export function choices(values: readonly string[], errorCode: string, numberCode: string, max: number) {
  return list(choice(values, errorCode), numberCode, 0, max);
}
