/**
 * Escapes text from outside for a terminal, as JSON does: characters that would move the cursor, change colours or turn the
 * direction of reading. A line stays a line.
 */
export function toTerminalText(text: string): string {
  return text.replace(UNSAFE, toEscape);
}

/** Escapes the same in lines of JSON, which itself escapes only C0 controls. The JSON means the same. */
export function toTerminalJson(lines: string): string {
  return UNSAFE_IN_JSON.test(lines) ? lines.replace(ALL_UNSAFE_IN_JSON, toEscape) : lines;
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * C0 and C1 controls, directional formatting characters, line separators and the byte order mark
 * (https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const UNSAFE_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
const ALL_UNSAFE_IN_JSON = new RegExp(UNSAFE_IN_JSON, 'g');
