import { z } from 'zod';
import { createNoSuchEntityError } from './api-error.js';
import {
  describedRunArns,
  isRunArn,
  maxResults,
  nextToken,
  paginate,
  parseInput,
  runArn,
  runFilter,
  templateArns,
} from './input.js';
import type { ArchivedRun, Sample } from './sample.js';

/** An operation of the API: the parsed JSON of its input to its output; throws an ApiError. */
type Operation = (input: unknown, sample: Sample) => object;

/** The operations that the archive answers, by their names in X-Amz-Target. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['GetTelemetryMetadata', getTelemetryMetadata],
  ['DescribeAssessmentRuns', describeAssessmentRuns],
  ['ListAssessmentRuns', listAssessmentRuns],
]);

const getTelemetryMetadataInput = z.object({ assessmentRunArn: runArn });

function getTelemetryMetadata(input: unknown, sample: Sample) {
  const { assessmentRunArn } = parseInput(getTelemetryMetadataInput, input);
  const archived = sample.runs.get(assessmentRunArn);
  if (archived === undefined) {
    throw createNoSuchEntityError(
      'ASSESSMENT_RUN_DOES_NOT_EXIST',
      `The assessment run ${assessmentRunArn} does not exist.`,
    );
  }
  return { telemetryMetadata: archived.telemetryMetadata };
}

const describeAssessmentRunsInput = z.object({ assessmentRunArns: describedRunArns });

function describeAssessmentRuns(input: unknown, sample: Sample) {
  const { assessmentRunArns } = parseInput(describeAssessmentRunsInput, input);
  const assessmentRuns: object[] = [];
  // Without a prototype, so that an ARN of `__proto__` is an item like any other.
  const failedItems: Record<string, object> = Object.create(null);
  for (const arn of new Set(assessmentRunArns)) {
    const archived = sample.runs.get(arn);
    const isDuplicate = assessmentRunArns.indexOf(arn) !== assessmentRunArns.lastIndexOf(arn);
    if (isDuplicate) failedItems[arn] = { failureCode: 'DUPLICATE_ARN', retryable: false };
    else if (archived !== undefined) assessmentRuns.push(archived.run);
    else failedItems[arn] = { failureCode: isRunArn(arn) ? 'ITEM_DOES_NOT_EXIST' : 'INVALID_ARN', retryable: false };
  }
  return { assessmentRuns, failedItems };
}

const listAssessmentRunsInput = z.object({
  assessmentTemplateArns: templateArns,
  filter: runFilter,
  maxResults,
  nextToken,
});

function listAssessmentRuns(input: unknown, sample: Sample) {
  const { assessmentTemplateArns, filter, ...page } = parseInput(listAssessmentRunsInput, input);
  const runs = [...sample.runs.values()];
  for (const arn of assessmentTemplateArns ?? []) {
    if (!runs.some(({ run }) => run.assessmentTemplateArn === arn)) {
      throw createNoSuchEntityError(
        'ASSESSMENT_TEMPLATE_DOES_NOT_EXIST',
        `The assessment template ${arn} does not exist.`,
      );
    }
  }
  const isOfTemplate = toMembershipTest(assessmentTemplateArns);
  const matches = toFilterTest(filter);
  const arns = runs.flatMap(({ run }) => (isOfTemplate(run.assessmentTemplateArn) && matches(run) ? [run.arn] : []));
  const { items, ...next } = paginate(arns, page, [assessmentTemplateArns, filter]);
  return { assessmentRunArns: items, ...next };
}

/** AND across the attributes of the filter, OR across the values of one; ranges are inclusive. */
function toFilterTest(filter: z.output<typeof runFilter>): (run: ArchivedRun['run']) => boolean {
  const isNamed = toNameTest(filter?.namePattern);
  const isInState = toMembershipTest<string>(filter?.states);
  const packages = new Set(filter?.rulesPackageArns);
  return (run) =>
    isNamed(run.name) &&
    isInState(run.state) &&
    isWithin(filter?.durationRange, run.durationInSeconds) &&
    (packages.size === 0 || run.rulesPackageArns.some((arn) => packages.has(arn))) &&
    isWithin(filter?.startTimeRange, run.startedAt) &&
    isWithin(filter?.completionTimeRange, run.completedAt) &&
    isWithin(filter?.stateChangeTimeRange, run.stateChangedAt);
}

/** An absent list and an empty one let everything pass. */
function toMembershipTest<T>(values: readonly T[] | null | undefined): (value: T) => boolean {
  const members = new Set(values);
  return (value) => members.size === 0 || members.has(value);
}

/** `*` stands for any text, everything else for itself. Linear in the name, whatever the pattern. */
function toNameTest(pattern: string | null | undefined): (name: string) => boolean {
  if (pattern == null) return () => true;
  if (!pattern.includes('*')) return (name) => name === pattern;
  const parts = pattern.split('*');
  const head = parts[0] as string;
  const tail = parts.at(-1) as string;
  const between = parts.slice(1, -1);
  return (name) => {
    if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return false;
    // Each part at the first place where it fits leaves the most room for the others.
    let place = head.length;
    for (const part of between) {
      const found = name.indexOf(part, place);
      if (found === -1) return false;
      place = found + part.length;
    }
    return place <= name.length - tail.length;
  };
}

function isWithin(range: { from: number; to: number } | null | undefined, value: number | undefined): boolean {
  if (range == null) return true;
  return value !== undefined && value >= range.from && value <= range.to;
}
