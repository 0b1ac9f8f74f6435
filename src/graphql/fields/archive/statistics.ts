import { isTimeZone } from '../../../domain/time-zone.js';
import type { Summaries, SummaryInterval, SummaryKind } from '../../../inspector/archive-api.js';
import { type ArnKind, parseUpstreamArn } from '../../../inspector/inspector-arn.js';
import type { EntityParent } from '../../context.js';
import type { Loaders } from '../../loaders.js';
import { toParent } from '../entity-types.js';
import { parsePageSize } from '../page-arguments.js';
import { createUserInputError } from '../user-input.js';

const MAX_DIMENSIONS = 2;

/** The arguments of statistics in schema.graphql. */
interface StatisticsArguments<K extends SummaryKind> {
  readonly groupBy?: readonly Summaries[K]['groupBy'][] | null | undefined;
  readonly interval?: SummaryInterval | null | undefined;
  readonly timeZone?: string | null | undefined;
  readonly top?: number | null | undefined;
}

/** The parent value of the fields of a key. */
export interface StatisticsKey<K extends SummaryKind> {
  readonly dimension: Summaries[K]['groupBy'];
  readonly value: string | null;
}

/** Statistics of an archive. Throws BAD_USER_INPUT for arguments that an archive would refuse, before it is asked. */
export async function summarize<K extends SummaryKind>(
  kind: K,
  filter: Summaries[K]['filter'],
  { groupBy, interval, timeZone, top }: StatisticsArguments<K>,
  loaders: Loaders,
) {
  const dimensions = [...new Set(groupBy ?? [])];
  if (dimensions.length > MAX_DIMENSIONS || dimensions.length < (groupBy?.length ?? 0)) {
    throw createUserInputError(`\`groupBy\` expects at most ${MAX_DIMENSIONS} dimensions, each once.`);
  }
  const summary = await loaders.summaries[kind].load({
    filter,
    groupBy: dimensions,
    interval: interval ?? undefined,
    timeZone: parseTimeZone(timeZone),
    top: parsePageSize(top, 'top'),
  });
  return {
    groupCount: summary.groupCount,
    total: summary.total,
    groups: summary.groups.map(({ keys, total, buckets }) => ({
      keys: dimensions.map((dimension, index): StatisticsKey<K> => ({ dimension, value: keys[index] ?? null })),
      total,
      buckets: buckets?.map(({ start, sums }) => ({ start, ...sums })) ?? null,
    })),
  };
}

/** The entity that a key names, or null in another dimension. */
export function readKeyEntity<K extends ArnKind>(
  kind: K,
  dimension: 'TEMPLATE' | 'RULES_PACKAGE',
): (key: { readonly dimension: string; readonly value: string | null }) => EntityParent<K> | null {
  return (key) =>
    key.dimension === dimension && key.value !== null ? toParent(kind, parseUpstreamArn(kind, key.value)) : null;
}

function parseTimeZone(timeZone: string | null | undefined): string {
  if (timeZone == null || isTimeZone(timeZone)) return timeZone ?? 'UTC';
  throw createUserInputError('`timeZone` expects the IANA name of a time zone, such as `Europe/Berlin`.');
}
