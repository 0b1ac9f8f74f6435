import type { JsonPath } from '../content/json/json-document.js';

/** A location for people: the line in which a document begins, and a JSON path. */
export function toLocation({ line, path }: { readonly line: number; readonly path: JsonPath }): string {
  return path.length === 0 ? `line ${line}` : `line ${line}: $${path.map(toStep).join('')}`;
}

/** A step of a JSON path. */
export function toStep(key: string | number): string {
  return typeof key === 'number' ? `[${key}]` : /^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** A path without indexes: the same for all items of a list. */
export function toPattern(path: JsonPath): string {
  return path
    .map((step) => (typeof step === 'number' ? '[]' : step.startsWith('arn:') ? '.*' : `.${step}`))
    .join('')
    .replace(/^\./, '');
}
