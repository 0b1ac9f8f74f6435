import { UnsafeNumber } from '../../../documents.js';
import { type Detach, Detached, type JsonDocument, type JsonPath } from './json-document.js';
import { createDepthError, createPrototypeError, MAX_DEPTH } from './json-syntax-error.js';

/** A list of text of this length is offered to `detach` while it goes on: nothing of the API has one that is nearly as long. */
const LONG_LIST_LENGTH = 50_000;

/** A value that has been parsed already as documents: the items of a list are documents by themselves. */
export function toJsonDocuments(value: unknown, line: number, detach: Detach): JsonDocument[] {
  if (Array.isArray(value)) return value.flatMap((item) => toJsonDocuments(item, line, detach));
  return [{ line, value: prune(value, [], line, detach) }];
}

/** A value without what `detach` takes. */
function prune(value: unknown, path: JsonPath, line: number, detach: Detach): unknown {
  if (typeof value !== 'object' || value === null || value instanceof UnsafeNumber) return value;
  if (path.length > MAX_DEPTH) throw createDepthError(line);
  if (Array.isArray(value)) {
    const items = new ListBuilder(detach, path, line);
    for (const [index, item] of value.entries()) items.add(prune(item, [...path, index], line, detach));
    return items.end();
  }
  const members = value as Record<string, unknown>;
  if (Object.hasOwn(members, '__proto__')) throw createPrototypeError(line);
  for (const [name, member] of Object.entries(members)) {
    if (typeof member === 'object' && member !== null) members[name] = prune(member, [...path, name], line, detach);
  }
  return detach(members, path, line) ?? members;
}

/** A list without its detached items, for which one item stands at its end. */
export class ListBuilder {
  private items: unknown[] = [];
  private detached: Detached | null = null;
  private texts = 0;

  constructor(
    private readonly detach: Detach,
    private readonly path: JsonPath,
    private readonly line: number,
  ) {}

  add(item: unknown): void {
    if (item instanceof Detached) {
      this.detached = this.detached?.and(item) ?? item;
      return;
    }
    this.items.push(item);
    if (typeof item === 'string') this.texts += 1;
    if (this.texts < LONG_LIST_LENGTH || this.texts !== this.items.length) return;
    const detached = this.detach(this.items, this.path, this.line);
    if (detached === null) return;
    this.detached = this.detached?.and(detached) ?? detached;
    this.items = [];
    this.texts = 0;
  }

  end(): unknown {
    if (this.detached === null) return this.items;
    return this.items.length === 0 ? this.detached : [...this.items, this.detached];
  }
}
