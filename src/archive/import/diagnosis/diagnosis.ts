import { decodeWindows1252 } from '../sources/decode.js';
import { type Diagnosis, NOTHING_IN_IT, shorten } from './diagnosis-words.js';
import { lineKinds } from './line-kinds.js';
import { textKinds } from './text-kinds.js';
import { isObject, valueKinds } from './value-kinds.js';

/*
 * What people have instead of exports, told in one line: what it seems to be, and the way on. Inspector Classic has ended,
 * so "export it again" is no way for anything that only its API could answer.
 */

const EXPECTED = 'expected JSON or YAML, but got';
const toMessage = ({ found, advice }: Diagnosis, lineNumber?: number) =>
  `${lineNumber === undefined ? '' : `line ${lineNumber}: `}${EXPECTED} ${found}: ${advice}`;

/** What the text is that begins like this, when it is neither JSON nor YAML; null when nothing is known of it. */
export function diagnoseText(head: string): string | null {
  const text = head.replace(/^\ufeff/, '').trimStart();
  if (text === '') {
    return toMessage({
      found: 'an empty file',
      advice: `the command that was to write it gave no output, most likely an error message instead; ${NOTHING_IN_IT}`,
    });
  }
  const characters = findCharacters(text);
  if (characters !== null) return toMessage(characters);
  const lines = head.split(/\r?\n/);
  const first = lines.findIndex((line) => line.replace('\ufeff', '').trim() !== '');
  const whole = textKinds.map((find) => find(text, lines.slice(first))).find((found) => found !== null);
  return whole === undefined ? diagnoseBeginning(lines, first) : toMessage(whole);
}

const ESCAPE = '\x1b';

/** Characters that text does not have. */
function findCharacters(text: string): Diagnosis | null {
  if (/^\0?([\s!-~]\0){2}/.test(text)) {
    const encoding = text.startsWith('\0') ? 'utf-16be' : 'utf-16le';
    return { found: 'UTF-16 without a byte order mark', advice: `import it with --encoding ${encoding}` };
  }
  // What sets colours on a terminal is told by line.
  if (!/\p{Cc}/u.test(text.replace(/\s/g, '').replaceAll(ESCAPE, ''))) return null;
  return { found: 'a file that is no text', advice: 'import the JSON or YAML that the AWS CLI or an SDK wrote' };
}

/** The place where text stops being JSON. */
export interface SyntaxErrorPlace {
  /** The line, as far as it is known. */
  readonly line: string;
  /** From 1. */
  readonly lineNumber: number;
  /** Whether the text ends there, before its JSON does. */
  readonly isEndOfFile: boolean;
  /** The beginning of the text, which says more when it is nothing like JSON. */
  readonly head?: string | undefined;
}

/** What stands where JSON breaks off, and the way on. */
export function diagnoseSyntaxError({ line, lineNumber, isEndOfFile, head }: SyntaxErrorPlace): string {
  const whole = head === undefined ? null : diagnoseText(head);
  // What is wrong from the first line on is wrong there, and not where a parser gives up.
  if (whole !== null) return whole;
  if (isEndOfFile) {
    const wayOn = isJsonLine(head)
      ? 'or delete this line to import those before it'
      : 'since a part of it cannot be imported';
    return `line ${lineNumber}: expected JSON up to its end, but the file is cut off here: get the whole file again, ${wayOn}`;
  }
  const known = findInLine(line);
  if (known !== null) return toMessage(known, lineNumber);
  return `line ${lineNumber}: expected JSON, but ${toQuote(line)}`;
}

/** Whether the first line is JSON by itself, so that the others are likely to be, too. */
function isJsonLine(head = ''): boolean {
  const [line = '', next] = head.split('\n', 2);
  try {
    return next !== undefined && typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

/** A line of which nothing is known; brackets alone are told in words. */
function toQuote(line: string): string {
  const text = line.trim();
  if (text === '') return 'something else begins before this line: a comma, a bracket or a quotation mark is missing';
  if (/^[\]}\s,;]+$/.test(text)) {
    return 'brackets are closed that are not open, or behind a comma: a part of the file is missing or was edited';
  }
  if (/^[[{:,"'\s]+$/.test(text))
    return 'a comma or a bracket is missing before it: a part of the file is missing or was edited';
  const quote = JSON.stringify(shorten(text));
  return `this line is none, or does not follow from the one before: ${quote}; take out what is no JSON, or look for an export of the same as JSON`;
}

/** Where text is not UTF-8. */
export interface EncodingErrorPlace {
  readonly lineNumber: number;
  /** The line, or the part of it around the place. */
  readonly bytes?: Uint8Array | undefined;
}

/** How to import text that is not UTF-8. */
export function diagnoseEncoding({ lineNumber, bytes }: EncodingErrorPlace): string {
  const reading = bytes === undefined ? undefined : findOutOfAscii(decodeWindows1252(bytes));
  const trial =
    reading === undefined
      ? 'if it was written on Windows, import it with --encoding windows-1252'
      : `with --encoding windows-1252 it would read ${JSON.stringify(reading)}, so if that is right, import it so`;
  return `line ${lineNumber}: expected text in UTF-8, but got another encoding: ${trial}; otherwise name its encoding, or turn it into UTF-8 with iconv`;
}

/** The first word that has other letters than ASCII. */
function findOutOfAscii(text: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is sought is what is outside of ASCII
  return /[\w.-]{0,30}[^\x00-\x7f][^\s"']{0,30}/.exec(text)?.[0];
}

/** A line in which JSON can begin: not `[1mcolours` and not `[user@host ~]$`. */
const JSON_LINE = /^\s*(\{\s*("|\}|$)|\[\s*(\{|\[|"|\]|$))/;

/** Lines that stand before JSON, or in its place. */
function diagnoseBeginning(lines: readonly string[], first: number): string | null {
  const line = lines[first] as string;
  const diagnosis = findInLine(line);
  if (diagnosis === null) return null;
  const json = lines.findIndex((other, index) => index > first && JSON_LINE.test(other));
  const advice = json < 0 ? diagnosis.advice : `${diagnosis.advice}; JSON begins in line ${json + 1}`;
  return toMessage({ ...diagnosis, advice }, first + 1);
}

/** Enough of a line to tell what it is. */
const LINE_CHARACTERS = 1000;

/** What a line is; what is said in JSON's strings, also in one that is cut off, tells nothing of it. */
function findInLine(line: string): Diagnosis | null {
  const words = line.slice(0, LINE_CHARACTERS).replace(/"(?:[^"\\]|\\.)*("|$)/g, '""');
  return lineKinds.map((find) => find(words)).find((found) => found !== null) ?? null;
}

const EXPECTED_OUTPUT = 'expected an output of Inspector Classic, but got';

/** What a JSON document is instead of an output of Inspector Classic, and the way on, or null; a list is its first item. */
export function diagnoseValue(value: unknown): string | null {
  const members = Array.isArray(value) ? value.find(isObject) : value;
  if (!isObject(members)) return null;
  for (const find of valueKinds) {
    const diagnosis = find(members);
    if (diagnosis !== null) return `${EXPECTED_OUTPUT} ${diagnosis.found}: ${diagnosis.advice}`;
  }
  return null;
}
