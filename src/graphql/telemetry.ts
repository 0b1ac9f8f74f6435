import type { TelemetryMetadata } from '../inspector/inspector-api.js';
import { createBadResponseFailure } from '../inspector/inspector-failure.js';

/** What the `Telemetry` type is resolved from. */
export interface TelemetryParent {
  readonly telemetryMetadata: readonly TelemetryMetadata[];
}

/** The messageType of the row in which Inspector itself adds up the others; it stands anywhere in the list. */
const TOTAL = 'Total';

/**
 * All rows together: Inspector's own `Total` row, or the sum of the rows where there is none. The sum's `dataSize` is
 * null when a row has none, since the true size is then unknown. Throws BAD_UPSTREAM_RESPONSE for a sum past 2^53-1.
 */
export function toTelemetryTotal(rows: readonly TelemetryMetadata[]): { count: number; dataSize: number | null } {
  const total = rows.find((row) => row.messageType === TOTAL);
  if (total !== undefined) return { count: total.count, dataSize: total.dataSize };
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const dataSize = rows.reduce<number | null>(
    (sum, row) => (sum === null || row.dataSize === null ? null : sum + row.dataSize),
    0,
  );
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(dataSize ?? 0)) {
    throw createBadResponseFailure('the sum of its telemetry is past 2^53-1', 'GetTelemetryMetadata');
  }
  return { count, dataSize };
}
