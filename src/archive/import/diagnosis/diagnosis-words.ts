/** What a piece of text or a value is, in the words of its messages, and the way on. */
export interface Diagnosis {
  readonly found: string;
  readonly advice: string;
}

export const LOOK_FOR_JSON = 'look for an export of the same as JSON or YAML';
export const LOOK_FOR_OUTPUT =
  'look for the output of describe-assessment-runs, describe-findings and get-telemetry-metadata';
export const NOTHING_IN_IT = 'there is nothing in it to import';

const QUOTED_CHARACTERS = 80;

/** Text as messages quote it. */
export function shorten(text: string): string {
  return text.length > QUOTED_CHARACTERS ? `${text.slice(0, QUOTED_CHARACTERS)}…` : text;
}
