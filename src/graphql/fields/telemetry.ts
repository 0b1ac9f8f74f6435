import type { TelemetryMetadata } from '../../inspector/inspector-api.js';
import { createBadResponseFailure } from '../../inspector/inspector-failure.js';
import type { AnswerMeter } from '../answer-meter.js';
import type { TelemetryOrder } from '../generated.js';
import { createUserInputError } from './user-input.js';

/** The messageType of Inspector's own sum of the other rows, at any index of the list. */
const TOTAL = 'Total';

/** The arguments of telemetry in schema.graphql. */
interface TelemetrySelection {
  readonly messageTypes?: readonly string[] | null | undefined;
  readonly orderBy?: TelemetryOrder | null | undefined;
  readonly first?: number | null | undefined;
}

interface TelemetryTotal {
  readonly count: number;
  readonly dataSize: number | null;
}

type Comparison = (a: TelemetryMetadata, b: TelemetryMetadata) => number;

const orders: Readonly<Record<TelemetryOrder, Comparison>> = {
  MESSAGE_TYPE_ASC: (a, b) => (a.messageType < b.messageType ? -1 : Number(a.messageType > b.messageType)),
  COUNT_DESC: (a, b) => b.count - a.count,
  DATA_SIZE_DESC: (a, b) => (b.dataSize ?? -1) - (a.dataSize ?? -1),
};

/** Rows that cost as much to filter as a field to resolve: measured. */
const ROWS_PER_FIELD = 5;

/** Parses the arguments into a function on rows, which counts its work in `answer`. Throws BAD_USER_INPUT for a `first` under 1. */
export function parseTelemetrySelection({ messageTypes, orderBy, first }: TelemetrySelection, answer: AnswerMeter) {
  if (typeof first === 'number' && first < 1) {
    throw createUserInputError(`\`first\` expects a number from 1 on, but got ${first}.`);
  }
  const wanted = new Set(messageTypes);
  // In these orders the sum of all rows would always come first.
  const excludesTotal = orderBy === 'COUNT_DESC' || orderBy === 'DATA_SIZE_DESC';

  /** The selected rows in the requested order. */
  return (rows: readonly TelemetryMetadata[]): readonly TelemetryMetadata[] => {
    // The same array as in the cache, by which its JSON is cached, too.
    if (messageTypes == null && orderBy == null && (first == null || first >= rows.length)) return rows;
    answer.fields += rows.length / ROWS_PER_FIELD;
    const selected = rows.filter(({ messageType }) =>
      messageTypes == null ? !(excludesTotal && messageType === TOTAL) : wanted.has(messageType),
    );
    if (orderBy != null) selected.sort(orders[orderBy]);
    return selected.slice(0, first ?? undefined);
  };
}

const totals = new WeakMap<readonly TelemetryMetadata[], TelemetryTotal>();

/**
 * Inspector's own `Total` row, or the sum of the rows without one. The sum's `dataSize` is null when a row has none, since
 * the true size is unknown then. Throws BAD_UPSTREAM_RESPONSE for a sum past 2^53-1.
 */
export function toTelemetryTotal(rows: readonly TelemetryMetadata[]): TelemetryTotal {
  let total = totals.get(rows);
  if (total === undefined) {
    total = sum(rows);
    totals.set(rows, total);
  }
  return total;
}

function sum(rows: readonly TelemetryMetadata[]): TelemetryTotal {
  const total = rows.find((row) => row.messageType === TOTAL);
  if (total !== undefined) return { count: total.count, dataSize: total.dataSize };
  return addUp(rows, 'GetTelemetryMetadata');
}

/**
 * The sum of all rows of a host: a row `Total` is that of agents without another row there. Throws BAD_UPSTREAM_RESPONSE for
 * a sum past 2^53-1.
 */
export function toHostTelemetryTotal(rows: readonly TelemetryMetadata[]): TelemetryTotal {
  return addUp(rows, 'BatchGetHostTelemetry');
}

function addUp(rows: readonly TelemetryMetadata[], operation: string): TelemetryTotal {
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const dataSize = rows.reduce<number | null>(
    (sum, row) => (sum === null || row.dataSize === null ? null : sum + row.dataSize),
    0,
  );
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(dataSize ?? 0)) {
    throw createBadResponseFailure('the sum of its telemetry is past 2^53-1', operation);
  }
  return { count, dataSize };
}
