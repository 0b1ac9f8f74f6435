import { type Diagnosis, LOOK_FOR_JSON, shorten } from './diagnosis-words.js';

const DELETE_MESSAGE =
  'delete the message to import the rest of the file, in which the answer of that call is missing; 2>FILE keeps messages apart';

type FindInLine = (line: string) => Diagnosis | null;

const whenLine =
  (pattern: RegExp, found: string, advice: string): FindInLine =>
  (line) =>
    pattern.test(line) ? { found, advice } : null;

/** A prompt that names a user, a folder or a shell, and what stands behind it. */
const SHELL_LINE =
  /^\s*(?:\([\w.-]+\)\s*)?(?:\[[^\]]*\]|[\w.-]+@[\w.-]+[^$#%>]*|PS [A-Z]:[^>]*|[A-Z]:\\[^>]*|[~/][\w/.-]*|bash-[\d.]+|sh-[\d.]+)\s*[$#%>❯]\s*(\S.*)$/;

/** A command behind a bare prompt, or none. */
const COMMAND_LINE = /^\s*[$#%>❯]?\s*((?:sudo |time )?(?:aws|python3?|cat|jq|curl|ssh|docker|cd|ls|export|echo) \S.*)$/;

/** What a single line can be that stands in JSON, before it or in its place. */
export const lineKinds: readonly FindInLine[] = [
  (line) => {
    const [, code, operation] = /An error occurred \(([\w.]+)\) when calling the (\w+) operation/.exec(line) ?? [];
    if (code === undefined) return null;
    return { found: `an error message of the AWS CLI (${code} of ${operation})`, advice: DELETE_MESSAGE };
  },
  whenLine(
    /^\s*usage: aws |^\s*aws: (error|\[ERROR\])|^\s*(Unknown options:|Invalid choice:|Parameter validation failed)|^To see help text, you can run:/,
    'the usage text of the AWS CLI',
    'the command had a mistake and wrote nothing else; delete the text to import what else there is in the file',
  ),
  whenLine(
    new RegExp(
      [
        'Unable to locate (credentials|authorization)',
        'Could not connect to the endpoint URL',
        '(Connect|Read) timeout on endpoint URL',
        'You must specify a region',
        'The config profile \\(.*\\) could not be found',
        'Partial credentials found',
        'Unable to parse config file',
        'SSL validation failed',
        'Error (loading|when retrieving) .*(SSO|sso|token|credentials)',
        'Token has expired and refresh failed',
        'The SSO session .* has expired',
        'Unable to parse response',
        'Connection was closed before we received a valid response',
        'Error parsing parameter',
        '^Bad value for --query',
        '\\bbotocore\\.exceptions\\.',
      ].join('|'),
    ),
    'an error message of the AWS CLI',
    DELETE_MESSAGE,
  ),
  whenLine(
    /^\S*(sh|zsh|bash)\S*: .*(not found|No such file|denied)|is not recognized as (an|the name of)|^sh: \d+:/,
    'an error message of the shell',
    'the command did not run; delete the message to import what else there is in the file',
  ),
  whenLine(
    /\.py:\d+: \w*Warning:|^Note: AWS CLI|^\s*(WARNING|DeprecationWarning|PythonDeprecationWarning|UserWarning):/,
    'a warning',
    'delete it to import the rest of the file; 2>FILE keeps warnings apart',
  ),
  // The console's colours come before anything that they could be in.
  whenLine(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are set by this one
    /\x1b\[|^\s*\[\d+(;\d+)*m/,
    'the colours of a terminal',
    'write it again without them (--color off, or jq -M), or take them out: sed "s/\\x1b\\[[0-9;]*m//g" FILE',
  ),
  (line) => {
    const command = (SHELL_LINE.exec(line) ?? COMMAND_LINE.exec(line))?.[1];
    if (command === undefined) return null;
    return {
      found: `what was typed into a terminal (${shorten(command)})`,
      advice: 'delete everything that is not the output of the command',
    };
  },
  whenLine(/^\s*```/, 'what marks code in Markdown', 'delete the lines that begin with ```'),
  whenLine(
    /^\s*(\[[\w.-]+@[\w.-]+[^\]]*\]|[\w.-]+@[\w.-]+:[^$#]*)[$#]\s*$/,
    'the prompt of a terminal',
    'delete everything that is not the output of the command',
  ),
  whenLine(
    /^\s*(--More--|\(END\)|lines \d+-\d+)/,
    'what a pager writes below a page',
    'delete it; lines may be missing there',
  ),
  whenLine(
    /^(<{7}|={7}|>{7})( |$)/,
    'what git leaves where two versions of a file differ',
    'decide for one of them and delete the other',
  ),
  whenLine(/^\s*(\/\/|\/\*|#|--\s)/, 'a comment', 'delete it, since JSON has none'),
  whenLine(
    /^\s*(\.{3}|…)|[[{,]\s*(\.{3}|…)\s*[\]}]?\s*$/,
    'three dots in the place of what was left out',
    'it is an example or has been shortened; look for the whole output',
  ),
  whenLine(/[“”„]/, 'typographic quotation marks', 'an editor has put them there; replace them by "'),
  whenLine(
    /^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*\]?\s/,
    'a line of a log',
    'take from the log what is JSON, without the time and the words before it',
  ),
  whenLine(
    /(^|[:[,\s])(None|True|False)\s*([,\]}]|$)|datetime\.datetime\(/,
    'what a Python program has printed',
    'let it write JSON: print(json.dumps(answer, default=str))',
  ),
  whenLine(
    /(^|[:[,\s])-?(NaN|Infinity)\s*([,\]}]|$)|[:[,]\s*undefined\s*([,\]}]|$)/,
    'a value that JSON does not have',
    'see in the program that wrote the file what it stands for, and write null or a number',
  ),
  whenLine(
    /^\s*[{,]?\s*'[^']*'\s*:/,
    'names in single quotes',
    'a program has printed an object; let it write JSON, or put the names and texts in double quotes',
  ),
  whenLine(
    /^\s*[{,]?\s*[A-Za-z_]\w*\s*:\s*["'[{]/,
    'names without quotes',
    'a program has printed an object; let it write JSON, or put the names in double quotes',
  ),
  whenLine(
    /^\s*<(\/?\w+|!doctype)/i,
    'HTML or XML',
    `a server may have answered so in the place of data; ${LOOK_FOR_JSON}`,
  ),
];
