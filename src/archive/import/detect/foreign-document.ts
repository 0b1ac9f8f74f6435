import { show, showNames } from '../../documents.js';
import { diagnoseValue } from '../diagnosis/diagnosis.js';

/** What a document is that holds nothing of the service, for people. */
export function describeForeign(value: unknown): string {
  const known = diagnoseValue(value);
  if (known !== null) return known;
  const names = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : null;
  const found =
    names === null
      ? `something else than an object: ${show(value)}`
      : names.length === 0
        ? 'an empty object'
        : `an object of ${showNames(names)}`;
  return `expected ${EXPECTATION}, but got ${found}`;
}

const EXPECTATION =
  'what a read operation of Inspector Classic answers, such as {"assessmentRuns": […]}, one thing of it, ' +
  'or a record {"operation": …, "input": …, "output": …}';
