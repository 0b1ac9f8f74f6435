/**
 * Text from outside as it may be shown on a terminal: what would move the cursor, change colours or turn the direction of
 * reading is written as its escape in JSON. A line stays a line.
 */
export function toTerminalText(text: string): string {
  return text.replace(UNSAFE, toEscape);
}

/** Lines of JSON with the same escapes, which mean the same there: JSON itself escapes no more than C0 controls. */
export function toTerminalJson(lines: string): string {
  return UNSAFE_IN_JSON.test(lines) ? lines.replace(ALL_UNSAFE_IN_JSON, toEscape) : lines;
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * C0 and C1 controls, and what Unicode calls format characters of direction, separators of lines and a byte order mark
 * (https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const UNSAFE_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
const ALL_UNSAFE_IN_JSON = new RegExp(UNSAFE_IN_JSON, 'g');
