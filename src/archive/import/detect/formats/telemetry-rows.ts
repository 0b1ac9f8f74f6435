import { entityOf } from '../../../entities.js';
import { toCanonicalName } from '../../../spelling.js';
import { Detached } from '../../content/json/json-document.js';
import type { Detection } from '../detection.js';

const ROW_NAMES = new Set(['messagetype', 'count', 'datasize']);

/** Whether a document is a row of telemetry: PowerShell and `--query telemetryMetadata` leave nothing else of an output. */
export function isTelemetryRow(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Detached) return false;
  const names = Object.keys(value).map(toCanonicalName);
  return names.includes('messagetype') && names.includes('count') && names.every((name) => ROW_NAMES.has(name));
}

/** The rows of a file together: a run's, if somebody says so. */
export function toTelemetry(rows: readonly unknown[], location: string, isOfRun: boolean): Detection {
  return isOfRun
    ? { type: 'entity', entity: entityOf('telemetryMetadata'), value: rows, location }
    : { type: 'problem', location, message: ROWS_ALONE };
}

const ROWS_ALONE =
  'expected to be told whose telemetry these rows are, since a run and an agent have the same: --run ARN says that they ' +
  'are those of a run';
