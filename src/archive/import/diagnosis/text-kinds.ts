import { type Diagnosis, LOOK_FOR_JSON, NOTHING_IN_IT, shorten } from './diagnosis-words.js';

/** `text` begins with its first line that is not empty. */
type FindInText = (text: string, lines: readonly string[]) => Diagnosis | null;

const when =
  (pattern: RegExp, diagnosis: Diagnosis): FindInText =>
  (text) =>
    pattern.test(text) ? diagnosis : null;

/** An object as programs in a language print it by default; `json` is how they write JSON. */
const whenPrinted = (pattern: RegExp, language: string, json: string, noun = 'an object') =>
  when(pattern, {
    found: `${noun} that a ${language} program has printed`,
    advice: `if the program is still there, let it write JSON (${json}); if not, the archive cannot read it`,
  });

/** What is one thing from its first line to its last: an object that a program printed, a web page, CSV. */
export const textKinds: readonly FindInText[] = [
  findXmlError,
  findWebPage,
  when(/^[A-Z]{4,}(\t|\r?\n|$)/, {
    found: 'the output of an AWS CLI that was called with --output text, which leaves out the names of the values',
    advice: `it cannot be turned back into what Inspector answered; ${LOOK_FOR_JSON}`,
  }),
  when(/^-{10,}\r?\n\|\s+\w+\s+\|/, {
    found: 'the output of an AWS CLI that was called with --output table, which is for reading',
    advice: `it cannot be turned back into what Inspector answered; ${LOOK_FOR_JSON}`,
  }),
  findPythonObject,
  whenPrinted(/^(\{|\[\s*\{)?\s*:\w+\s*=>|^#<struct |^\{"\w+"\s*=>/, 'Ruby', 'puts JSON.generate(answer.to_h)'),
  whenPrinted(/^Array\s*\(|^(array|object)\([\w\\]*\)?[#(\d ]*\{|^Aws\\Result Object/, 'PHP', 'json_encode'),
  whenPrinted(/^\w*(Result|Response|Output)?\(\w+=|^\{[A-Z]\w+: (\[|\{|arn:)/, 'Java', 'Jackson'),
  whenPrinted(/^(&?[\w.]*\{|map\[)\s*[A-Z]\w+:\s*[[{"]/, 'Go', 'json.Marshal', 'a struct'),
  when(/^(\{|\[\s*\{)\s*[a-z$_]\w*: /, {
    found: 'an object that a JavaScript program has printed',
    advice: 'if the program is still there, let it write JSON (JSON.stringify); if not, put the names in double quotes',
  }),
  when(/^[A-Z]\w+ +: \S/, {
    found: 'a list that PowerShell has printed',
    advice: `it may leave out values that are long; ${LOOK_FOR_JSON}, such as that of ConvertTo-Json`,
  }),
  when(/^Traceback \(most recent call last\):/, {
    found: 'the error message of a Python program',
    advice: NOTHING_IN_IT,
  }),
  when(/^-----BEGIN PGP MESSAGE-----/, { found: 'a file that PGP has encrypted', advice: 'decrypt it first' }),
  when(/^version https:\/\/git-lfs\.github\.com\//, {
    found: 'what Git LFS keeps in place of a file',
    advice: 'get the file itself with git lfs pull',
  }),
  when(/^(resource|data|provider|terraform) ("\w+" )*\{/, {
    found: 'a Terraform configuration',
    advice: NOTHING_IN_IT,
  }),
  findCsv,
];

function findXmlError(text: string): Diagnosis | null {
  const code = /^(?:<\?xml[^>]*>\s*)?<(?:Error|ErrorResponse)\b[\s\S]*?<Code>(\w+)<\/Code>/.exec(text)?.[1];
  if (code !== undefined) {
    return {
      found: `an error message of Amazon S3 or another service of AWS (${code}) in the place of a file`,
      advice: `${NOTHING_IN_IT}; links to a report that Inspector gave are valid for a short time only`,
    };
  }
  const root = /^<\?xml[^>]*>\s*(?:<!--[\s\S]*?-->\s*)?<([\w:-]+)/.exec(text)?.[1];
  return root === undefined || root.toLowerCase() === 'html' ? null : { found: `XML (${root})`, advice: LOOK_FOR_JSON };
}

function findWebPage(text: string): Diagnosis | null {
  if (!/^(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)?(<!doctype html|<html|<head|<body)/i.test(text)) return null;
  const title = /<title[^>]*>\s*([^<]*?)\s*<\/title>/i.exec(text)?.[1];
  return {
    found: title ? `a web page (${shorten(title.replace(/\s+/g, ' '))})` : 'a web page',
    advice: 'it is what a server or a proxy answered in the place of a file; get the file itself',
  };
}

function findPythonObject(text: string): Diagnosis | null {
  if (!/^[[({\s]*u?'(\w|arn:)[^'\n]*'\s*[:,\]})]/.test(text)) return null;
  const found = 'an object that a Python program has printed';
  if (/datetime\.datetime\(|tzlocal\(|tzutc\(/.test(text)) {
    return {
      found,
      advice:
        'if the program is still there, let it write JSON: print(json.dumps(answer, default=str)); if not, write each ' +
        'datetime.datetime(…) as ISO 8601 text in quotes first, then read it with ast.literal_eval and write it with json.dumps',
    };
  }
  return {
    found,
    advice: `turn it into JSON: python3 -c "import ast, json, sys; print(json.dumps(ast.literal_eval(sys.stdin.read())))" < FILE`,
  };
}

/** The columns of the console's list of findings, and of what it downloads. */
const CONSOLE_COLUMNS =
  /^(severity|date|finding|target|template|rules package|arn|run|assessment run|status|description)$/i;

function findCsv(_text: string, [header = '', next = '']: readonly string[]): Diagnosis | null {
  const columns = header.split(/[,;]/).map((column) => column.trim().replace(/^"(.*)"$/, '$1'));
  const isHeader = columns.length > 2 && columns.every((column) => /^[A-Za-z][\w .()/-]{0,60}$/.test(column));
  const separators = (line: string) => (line.match(/[,;]/g) ?? []).length;
  if (!isHeader || (next !== '' && separators(next) < columns.length - 1)) return null;
  const isConsole = columns.filter((column) => CONSOLE_COLUMNS.test(column)).length >= 3;
  return {
    found: isConsole
      ? `the CSV file that the Inspector console downloads (${shorten(columns.join(', '))})`
      : `a CSV file (${shorten(columns.join(', '))})`,
    advice: `it has a part only of what Inspector answered, such as no ARNs of runs; ${LOOK_FOR_JSON}`,
  };
}
