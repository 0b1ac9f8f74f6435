import { createHash } from 'node:crypto';
import { z } from 'zod';
import { createInvalidInputError, createSerializationError } from './api-error.js';

/*
 * The constraints of the API's input shapes (https://docs.aws.amazon.com/inspector/v1/APIReference/), each with the
 * InvalidInputErrorCode that answers its violation. A value of another JSON type is a SerializationException, as it is
 * for every service of this protocol; null is the same as absent.
 */

const ID = '0-[A-Za-z0-9]+';
const TEMPLATE = `arn:aws[a-z-]*:inspector:[a-z0-9-]+:\\d{12}:target/${ID}/template/${ID}`;
const MAX_ARN_LENGTH = 300;
const MAX_PAGE_SIZE = 100;

const runArnPattern = new RegExp(`^${TEMPLATE}/run/${ID}$`);
const templateArnPattern = new RegExp(`^${TEMPLATE}$`);

/** Whether the text has the form of an assessment run's ARN. */
export function isRunArn(text: string): boolean {
  return runArnPattern.test(text);
}

/** A required assessmentRunArn. */
export const runArn = toArn('INVALID_ASSESSMENT_RUN_ARN', 'the ARN of an assessment run').regex(
  runArnPattern,
  violation('INVALID_ASSESSMENT_RUN_ARN', 'the ARN of an assessment run'),
);

/** A required list of 1 to 10 ARNs of runs; what is wrong with one of them is a failed item, not an error. */
export const describedRunArns = toList(
  toArn('INVALID_ASSESSMENT_RUN_ARN', 'an ARN'),
  'INVALID_NUMBER_OF_ASSESSMENT_RUN_ARNS',
  1,
  10,
);

/** An optional list of up to 50 ARNs of templates. */
export const templateArns = toList(
  toArn('INVALID_ASSESSMENT_TEMPLATE_ARN', 'the ARN of an assessment template').regex(
    templateArnPattern,
    violation('INVALID_ASSESSMENT_TEMPLATE_ARN', 'the ARN of an assessment template'),
  ),
  'INVALID_NUMBER_OF_ASSESSMENT_TEMPLATE_ARNS',
  0,
  50,
).nullish();

/** Optional: 1 to 500, 10 when absent. No list of ARNs is longer than 100, whatever is asked for. */
export const maxResults = z
  .int()
  .min(1, violation('INVALID_MAX_RESULTS', 'a number from 1 to 500'))
  .max(500, violation('INVALID_MAX_RESULTS', 'a number from 1 to 500'))
  .nullish()
  .transform((size) => Math.min(size ?? 10, MAX_PAGE_SIZE));

/** Optional: a token that an earlier page gave, 1 to 300 characters. */
export const nextToken = z
  .string()
  .min(1, violation('INVALID_PAGINATION_TOKEN', 'a token of 1 to 300 characters'))
  .max(300, violation('INVALID_PAGINATION_TOKEN', 'a token of 1 to 300 characters'))
  .nullish();

/** An optional AssessmentRunFilter. The API has no code for a bad name pattern of runs; that of templates is nearest. */
export const runFilter = z
  .object({
    namePattern: z
      .string()
      .min(1, violation('INVALID_ASSESSMENT_TEMPLATE_NAME_PATTERN', '1 to 140 characters'))
      .max(140, violation('INVALID_ASSESSMENT_TEMPLATE_NAME_PATTERN', '1 to 140 characters'))
      .nullish(),
    states: toList(
      z.enum(
        [
          'CREATED',
          'START_DATA_COLLECTION_PENDING',
          'START_DATA_COLLECTION_IN_PROGRESS',
          'COLLECTING_DATA',
          'STOP_DATA_COLLECTION_PENDING',
          'DATA_COLLECTED',
          'START_EVALUATING_RULES_PENDING',
          'EVALUATING_RULES',
          'FAILED',
          'ERROR',
          'COMPLETED',
          'COMPLETED_WITH_ERRORS',
          'CANCELED',
        ],
        violation('INVALID_ASSESSMENT_RUN_STATE', 'a state of an assessment run'),
      ),
      'INVALID_NUMBER_OF_ASSESSMENT_RUN_STATES',
      0,
      50,
    ).nullish(),
    durationRange: toDurationRange('INVALID_ASSESSMENT_RUN_DURATION_RANGE'),
    rulesPackageArns: toList(
      toArn('INVALID_RULES_PACKAGE_ARN', 'the ARN of a rules package'),
      'INVALID_NUMBER_OF_RULES_PACKAGE_ARNS',
      0,
      50,
    ).nullish(),
    startTimeRange: toTimeRange('INVALID_ASSESSMENT_RUN_START_TIME_RANGE'),
    completionTimeRange: toTimeRange('INVALID_ASSESSMENT_RUN_COMPLETION_TIME_RANGE'),
    stateChangeTimeRange: toTimeRange('INVALID_ASSESSMENT_RUN_STATE_CHANGE_TIME_RANGE'),
  })
  .nullish();

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

/**
 * One page of a list and the token of the next. A token holds how far the list was read and a digest of the query that
 * it belongs to; with another query, or when it is not ours, it is INVALID_PAGINATION_TOKEN.
 */
export function paginate<T>(
  items: readonly T[],
  page: { maxResults: number; nextToken?: string | null | undefined },
  query: unknown,
) {
  const digest = createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 16);
  const start = page.nextToken == null ? 0 : parseToken(page.nextToken, digest, items.length);
  const end = start + page.maxResults;
  const token = end < items.length ? { nextToken: Buffer.from(`${end}.${digest}`).toString('base64url') } : {};
  return { items: items.slice(start, end), ...token };
}

function parseToken(token: string, digest: string, length: number): number {
  const [position, itsDigest, ...rest] = Buffer.from(token, 'base64url').toString().split('.');
  const start = /^\d{1,9}$/.test(position ?? '') ? Number(position) : length;
  if (start < length && itsDigest === digest && rest.length === 0) return start;
  throw createInvalidInputError(
    'INVALID_PAGINATION_TOKEN',
    'nextToken: expected the token of an earlier page of the same list.',
  );
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

function toArn(errorCode: string, noun: string) {
  const message = violation(errorCode, `${noun}, 1 to ${MAX_ARN_LENGTH} characters`);
  return z.string(whenAbsent(message)).min(1, message).max(MAX_ARN_LENGTH, message);
}

function toList<T extends z.ZodType>(item: T, errorCode: string, min: number, max: number) {
  const message = violation(errorCode, `${min} to ${max} items`);
  return z.array(item, whenAbsent(message)).min(min, message).max(max, message);
}

/** An optional, inclusive range, either end of which may be left open. */
function toRange(range: z.ZodType<{ from: number; to: number }>, errorCode: string) {
  return range
    .refine(({ from, to }) => from <= to, violation(errorCode, 'its beginning not to be after its end'))
    .nullish();
}

function toBounds(from: number | null | undefined, to: number | null | undefined) {
  return { from: from ?? Number.NEGATIVE_INFINITY, to: to ?? Number.POSITIVE_INFINITY };
}

function toDurationRange(errorCode: string) {
  const message = violation(errorCode, 'seconds from 180 to 86400');
  const seconds = z.int().min(180, message).max(86_400, message).nullish();
  const range = z.object({ minSeconds: seconds, maxSeconds: seconds });
  return toRange(
    range.transform(({ minSeconds, maxSeconds }) => toBounds(minSeconds, maxSeconds)),
    errorCode,
  );
}

function toTimeRange(errorCode: string) {
  const epochSeconds = z.number().nullish();
  const range = z.object({ beginDate: epochSeconds, endDate: epochSeconds });
  return toRange(
    range.transform(({ beginDate, endDate }) => toBounds(beginDate, endDate)),
    errorCode,
  );
}
