import { z } from 'zod';
import { isTimeZone } from '../../../domain/time-zone.js';
import { createCalendar, type Interval } from '../../calendar.js';
import {
  countBuckets,
  type Dimension,
  type SummaryKind,
  type Sums,
  toAxis,
  toBuckets,
  toExact,
} from '../../summary.js';
import { createInvalidInputError } from '../api-error.js';
import { choice, choices, ifAbsent, members, violation } from '../shared/constraints.js';
import { operation } from '../shared/operation.js';
import { type FilterCriteria, findingFilter, runFilter, toFindingCriteria, toRunCriteria } from './search-filters.js';

const MAX_BUCKETS = 10_000;
const MAX_DIMENSIONS = 2;
const DEFAULT_TOP = 20;
const MAX_TOP = 100;
const INTERVALS: readonly Interval[] = ['DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'];

const topMessage = violation('INVALID_ATTRIBUTE', `a number from 1 to ${MAX_TOP}`);
const timeZoneMessage = violation('INVALID_TIME_ZONE', 'the name of a time zone, such as Europe/Berlin');
const groupByMessage = violation('INVALID_GROUP_BY', 'one or two different dimensions');

/** A summary: what it is filtered and grouped by, and how its sums are written. */
function summarize<F extends z.ZodType>(
  kind: SummaryKind,
  filter: F,
  toCriteria: (filter: z.output<F>) => FilterCriteria,
  dimensions: readonly Dimension[],
  toText: (sums: Sums) => string,
) {
  const input = members({
    filter: filter.nullish(),
    groupBy: choices(dimensions, 'INVALID_GROUP_BY', 'INVALID_GROUP_BY', MAX_DIMENSIONS)
      .refine((chosen) => new Set(chosen).size === chosen.length, groupByMessage)
      .nullish(),
    interval: choice(INTERVALS).nullish(),
    // Offsets are no names, though later versions of node take them.
    timeZone: z
      .string(ifAbsent(timeZoneMessage))
      .refine((name) => isTimeZone(name), timeZoneMessage)
      .nullish(),
    top: z.int().min(1, topMessage).max(MAX_TOP, topMessage).nullish(),
  });
  return operation(input, async ({ filter: given, groupBy, interval, timeZone, top }, { reader, visibility }) => {
    const { criteria } = toCriteria((given ?? {}) as z.output<F>);
    const calendar = interval == null ? null : createCalendar(interval as Interval, timeZone ?? 'UTC');
    const summary = await reader.fetchSummary({
      kind,
      criteria,
      scope: visibility.scope,
      groupBy: (groupBy ?? []) as Dimension[],
      calendar,
      top: top ?? DEFAULT_TOP,
      maxBuckets: MAX_BUCKETS,
    });
    const range = criteria.ranges.find(({ column }) => column === 'created_at') ?? null;
    const axis = calendar && toAxis(summary, calendar, range);
    if (axis !== null && countBuckets(axis) * summary.groups.length > MAX_BUCKETS) {
      throw createInvalidInputError(
        'TOO_MANY_BUCKETS',
        `${summary.groups.length} groups with ${countBuckets(axis)} intervals each are more than ${MAX_BUCKETS} buckets.`,
      );
    }
    const groups = summary.groups.map((group) => {
      const head = `{"keys":${JSON.stringify(group.keys)},"total":{${toText(group.total)}}`;
      if (calendar === null || axis === null) return `${head}}`;
      const buckets = toBuckets(group, axis).map(({ interval: number, sums }) => {
        const start = number === null ? 'null' : `"${calendar.toStart(number)}"`;
        return `{"start":${start},${toText(sums ?? [])}}`;
      });
      return `${head},"buckets":[${buckets.join()}]}`;
    });
    return `{"groups":[${groups.join()}],"groupCount":${summary.groupCount},"total":{${toText(summary.total)}}}`;
  });
}

const toCountText = ([count = 0]: Sums) => `"count":${count}`;

function toTelemetryText(sums: Sums): string {
  const [countHigh = 0, countLow = 0, sizeHigh = 0, sizeLow = 0, lacking = 0, runs = 0] = sums;
  const dataSize = lacking > 0 ? null : toExact(sizeHigh, sizeLow);
  return `"count":${toExact(countHigh, countLow)},"dataSize":${dataSize},"assessmentRunCount":${runs}`;
}

export const summarizeFindings = summarize(
  'findings',
  findingFilter,
  toFindingCriteria,
  ['SEVERITY', 'RULES_PACKAGE', 'RULE', 'ACCOUNT', 'REGION', 'TEMPLATE', 'HOST'],
  toCountText,
);

export const summarizeTelemetry = summarize(
  'telemetry',
  runFilter,
  toRunCriteria,
  ['MESSAGE_TYPE', 'ACCOUNT', 'REGION', 'TEMPLATE', 'STATE'],
  toTelemetryText,
);

export const summarizeAssessmentRuns = summarize(
  'assessmentRuns',
  runFilter,
  toRunCriteria,
  ['STATE', 'ACCOUNT', 'REGION', 'TEMPLATE', 'RULES_PACKAGE'],
  toCountText,
);
