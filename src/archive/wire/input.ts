import { z } from 'zod';
import { type ArnKind, arnNouns, MAX_ARN_LENGTH, matchArn } from '../../domain/arn.js';
import { enumerations } from '../documents.js';
import { createInvalidInputError, createSerializationError } from './api-error.js';

/*
 * The constraints of the API's input shapes (https://docs.aws.amazon.com/inspector/v1/APIReference/), each with the
 * InvalidInputErrorCode that answers its violation. A value of another JSON type is a SerializationException, as it is
 * for every service of this protocol; null is the same as absent.
 */

/** The API has a code for most of its parameters; this one stands in for those that have none. */
const NO_CODE_OF_ITS_OWN = 'INVALID_ATTRIBUTE';

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

/** A required ARN of this kind; `errorCode` where the API has another one for the parameter. */
export function arn(kind: ArnKind, errorCode = `INVALID_${CODES[kind]}`) {
  const message = violation(errorCode, `the ARN of ${arnNouns[kind]}, 1 to ${MAX_ARN_LENGTH} characters`);
  return z.string(whenAbsent(message)).refine((text) => matchArn(kind, text) !== null, message);
}

/** A required list of ARNs to describe; what is wrong with one of them is a failed item, not an error. */
export function describedArns(kind: ArnKind, max = 10) {
  const { numberCode, arnCode } = toListCodes(kind);
  const message = violation(arnCode, `ARNs of 1 to ${MAX_ARN_LENGTH} characters`);
  return list(z.string(whenAbsent(message)).regex(ofLength(1, MAX_ARN_LENGTH), message), numberCode, 1, max);
}

/** An optional list of up to 50 ARNs by which a list is narrowed down. */
export function filterArns(kind: ArnKind) {
  return list(arn(kind), toListCodes(kind).numberCode, 0, 50).nullish();
}

function toListCodes(kind: ArnKind) {
  const arnCode = `INVALID_${CODES[kind]}`;
  return { arnCode, numberCode: kind === 'exclusion' ? arnCode : `INVALID_NUMBER_OF_${CODES[kind]}S` };
}

/** maxResults and nextToken. No list is longer than its output shape allows, whatever is asked for. */
export function page({ defaultSize = 10, maxSize = 100 } = {}) {
  const sizeMessage = violation('INVALID_MAX_RESULTS', 'a number from 1 to 500');
  return {
    maxResults: z
      .int()
      .min(1, sizeMessage)
      .max(500, sizeMessage)
      .nullish()
      .transform((size) => Math.min(size ?? defaultSize, maxSize)),
    nextToken: text('INVALID_PAGINATION_TOKEN', 'a token', 1, 300).nullish(),
  };
}

/** The one locale that there is. */
export const locale = oneOf(['EN_US'], 'INVALID_LOCALE').nullish();

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_AssessmentRunFilter.html */
export const runFilter = z
  .object({
    namePattern: namePattern('INVALID_ASSESSMENT_TEMPLATE_NAME_PATTERN'),
    states: choices(
      enumerations.state.options,
      'INVALID_ASSESSMENT_RUN_STATE',
      'INVALID_NUMBER_OF_ASSESSMENT_RUN_STATES',
      50,
    ).nullish(),
    durationRange: durationRange('INVALID_ASSESSMENT_RUN_DURATION_RANGE'),
    rulesPackageArns: filterArns('rulesPackage'),
    startTimeRange: timeRange('INVALID_ASSESSMENT_RUN_START_TIME_RANGE'),
    completionTimeRange: timeRange('INVALID_ASSESSMENT_RUN_COMPLETION_TIME_RANGE'),
    stateChangeTimeRange: timeRange('INVALID_ASSESSMENT_RUN_STATE_CHANGE_TIME_RANGE'),
  })
  .nullish();

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_AssessmentTemplateFilter.html */
export const templateFilter = z
  .object({
    namePattern: namePattern('INVALID_ASSESSMENT_TEMPLATE_NAME_PATTERN'),
    durationRange: durationRange('INVALID_ASSESSMENT_TEMPLATE_DURATION_RANGE'),
    rulesPackageArns: filterArns('rulesPackage'),
  })
  .nullish();

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_AssessmentTargetFilter.html */
export const targetFilter = z
  .object({ assessmentTargetNamePattern: namePattern('INVALID_ASSESSMENT_TARGET_NAME_PATTERN') })
  .nullish();

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_AgentFilter.html: both lists are required. */
export const agentFilter = z
  .object({
    agentHealths: choices(enumerations.agentHealth.options, NO_CODE_OF_ITS_OWN, NO_CODE_OF_ITS_OWN, 10),
    agentHealthCodes: choices(enumerations.agentHealthCode.options, NO_CODE_OF_ITS_OWN, NO_CODE_OF_ITS_OWN, 10),
  })
  .nullish();

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_FindingFilter.html */
export const findingFilter = z
  .object({
    agentIds: list(text('INVALID_AGENT_ID', 'an agent ID', 1, 128), 'INVALID_NUMBER_OF_AGENT_IDS', 0, 99).nullish(),
    autoScalingGroups: list(
      text('INVALID_AUTO_SCALING_GROUP', 'the name of a group', 1, 256),
      'INVALID_NUMBER_OF_AUTO_SCALING_GROUPS',
      0,
      20,
    ).nullish(),
    ruleNames: list(
      text('INVALID_RULE_NAME', 'the name of a rule', 0, 1000),
      'INVALID_NUMBER_OF_RULE_NAMES',
      0,
      50,
    ).nullish(),
    severities: choices(
      enumerations.severity.options,
      'INVALID_SEVERITY',
      'INVALID_NUMBER_OF_SEVERITIES',
      50,
    ).nullish(),
    rulesPackageArns: filterArns('rulesPackage'),
    attributes: attributes({
      attribute: 'INVALID_ATTRIBUTE',
      key: 'INVALID_ATTRIBUTE',
      value: 'INVALID_ATTRIBUTE',
      number: 'INVALID_NUMBER_OF_ATTRIBUTES',
    }),
    userAttributes: attributes({
      attribute: 'INVALID_USER_ATTRIBUTE',
      key: 'INVALID_USER_ATTRIBUTE_KEY',
      value: 'INVALID_USER_ATTRIBUTE_VALUE',
      number: 'INVALID_NUMBER_OF_USER_ATTRIBUTES',
    }),
    creationTimeRange: timeRange(NO_CODE_OF_ITS_OWN),
  })
  .nullish();

/** A required choice from a list of values that has no error code of its own. */
export function choice(values: readonly string[]) {
  return oneOf(values, NO_CODE_OF_ITS_OWN);
}

/** https://docs.aws.amazon.com/inspector/v1/APIReference/API_GetExclusionsPreview.html */
export const previewToken = z
  .string(whenAbsent(violation(NO_CODE_OF_ITS_OWN, 'the UUID that CreateExclusionsPreview gave')))
  .regex(
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    violation(NO_CODE_OF_ITS_OWN, 'the UUID that CreateExclusionsPreview gave'),
  );

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
function violation(errorCode: string, expectation: string): string {
  return `${errorCode}: ${expectation}`;
}

/** Of a required member: absent is a violation of the constraint, another JSON type is not. */
function whenAbsent(message: string) {
  return { error: ({ input }: { input?: unknown }) => (input == null ? message : undefined) };
}

/** Without NUL, which no text of the API has and PostgreSQL cannot be asked for. */
function text(errorCode: string, noun: string, min: number, max: number) {
  const message = violation(errorCode, `${noun}, ${min} to ${max} characters without NUL`);
  return z.string(whenAbsent(message)).regex(ofLength(min, max, '[^\\0]'), message);
}

/**
 * The API counts characters as Smithy does, in Unicode scalar values, where JavaScript counts UTF-16 code units.
 * https://smithy.io/2.0/spec/constraint-traits.html#length-trait
 */
function ofLength(min: number, max: number, character = '.'): RegExp {
  return new RegExp(`^${character}{${min},${max}}$`, 'su');
}

function list<T extends z.ZodType>(item: T, errorCode: string, min: number, max: number) {
  const message = violation(errorCode, `${min} to ${max} items`);
  return z.array(item, whenAbsent(message)).min(min, message).max(max, message);
}

function oneOf(values: readonly string[], errorCode: string) {
  const message = violation(errorCode, `one of ${values.join(', ')}`);
  return z.string(whenAbsent(message)).refine((value) => values.includes(value), message);
}

function choices(values: readonly string[], errorCode: string, numberCode: string, max: number) {
  return list(oneOf(values, errorCode), numberCode, 0, max);
}

function namePattern(errorCode: string) {
  return text(errorCode, 'a pattern', 1, 140).nullish();
}

/** Codes of an attribute that is null, of its key, of its value, and of how many there are. */
interface AttributeCodes {
  readonly attribute: string;
  readonly key: string;
  readonly value: string;
  readonly number: string;
}

function attributes(codes: AttributeCodes) {
  const attribute = z.object(
    {
      key: text(codes.key, 'a key', 1, 128),
      value: text(codes.value, 'a value', 1, 256).nullish(),
    },
    whenAbsent(violation(codes.attribute, 'an attribute with a key')),
  );
  return list(attribute, codes.number, 0, 50).nullish();
}

/** An inclusive range; an end that is null is open. */
interface Range {
  from: number | null;
  to: number | null;
}

function range(type: z.ZodType<Range>, errorCode: string) {
  return type
    .refine(
      ({ from, to }) => from === null || to === null || from <= to,
      violation(errorCode, 'its beginning not to be after its end'),
    )
    .nullish();
}

function durationRange(errorCode: string) {
  const message = violation(errorCode, 'seconds from 180 to 86400');
  const seconds = z.int().min(180, message).max(86_400, message).nullish();
  const type = z.object({ minSeconds: seconds, maxSeconds: seconds });
  return range(
    type.transform(({ minSeconds, maxSeconds }) => ({ from: minSeconds ?? null, to: maxSeconds ?? null })),
    errorCode,
  );
}

function timeRange(errorCode: string) {
  const epochSeconds = z.number().nullish();
  const type = z.object({ beginDate: epochSeconds, endDate: epochSeconds });
  return range(
    type.transform(({ beginDate, endDate }) => ({ from: beginDate ?? null, to: endDate ?? null })),
    errorCode,
  );
}
