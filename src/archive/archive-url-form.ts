/** The forms that an archive's URL has. */
export const ARCHIVE_URL_FORMS = 'sqlite:path or postgres://user@host/database';

/** What is wrong with a URL, to be told as "expected …, but got …". */
export interface ArchiveUrlProblem {
  readonly expected: string;
  readonly got: string;
}

/** A path, or one behind `sqlite:`; neither a URL of anything else nor the key=value form, which may hold passwords. */
const PATH_ONLY = /^(?:sqlite:)?(?:[A-Za-z]:(?=[\\/]))?[^@:=?]+$/;

/** What is wrong with an archive's URL, or null; it suggests a right one, repeats no password; `home` replaces `~`. */
export function findArchiveUrlProblem(text: string, home: string | undefined): ArchiveUrlProblem | null {
  const expected = findExpectation(text, home);
  if (expected === null) return null;
  return { expected, got: PATH_ONLY.test(text.trim()) ? JSON.stringify(text) : 'something else' };
}

function findExpectation(text: string, home: string | undefined): string | null {
  const trimmed = text.trim();
  if (trimmed !== text) {
    const form = findExpectation(trimmed, home) ?? (PATH_ONLY.test(trimmed) ? trimmed : 'a value');
    return `${form} without ${toNoun(text.slice(text.indexOf(trimmed) + trimmed.length))}`;
  }
  if (/\p{Cc}/u.test(text)) return 'a value without control characters';
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return null;
  const [, scheme, path = ''] = /^(sqlite:)?(.*)$/.exec(text) ?? [];
  const isSqlite = scheme !== undefined && /^(:memory:$|(?![a-z]{2,}:).)/.test(path);
  const form = toSqliteForm(isSqlite ? path : path.replace(/^\.\//, ''), home);
  if (isSqlite && form === text) return null;
  return PATH_ONLY.test(text) && form !== null ? form : ARCHIVE_URL_FORMS;
}

/** The right way to write a SQLite file's URL whose path is written like this; null when there is no path. */
function toSqliteForm(path: string, home: string | undefined): string | null {
  // Two slashes would make the first part a host, which a file does not have.
  const file = path.replace(/^\/\/(?!\/)/, '');
  if (file === '') return null;
  const whole = /(^~|\/)$/.test(file) ? `${file.replace(/\/$/, '')}/archive.db` : file;
  if (whole.startsWith('~/')) {
    const inShell = `sqlite:$HOME${whole.slice(1)}`;
    return home === undefined
      ? inShell
      : `sqlite:${home}${whole.slice(1)} (~ is not expanded; in a shell, write ${inShell})`;
  }
  if (file !== path) return `sqlite:${whole}, or with an absolute path sqlite:///absolute/${whole}`;
  return `sqlite:${whole}`;
}

function toNoun(end: string): string {
  if (end.includes('\r')) return 'the carriage return at its end, which a file with Windows line ends leaves';
  return end === '' ? 'the white space before it' : 'the white space behind it';
}
