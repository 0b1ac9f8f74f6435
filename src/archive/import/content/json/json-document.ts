/** A JSON document: a value at the top of a file, or an item of a list there. */
export interface JsonDocument {
  /** Where it begins, from 1. */
  readonly line: number;
  /** What is left of it when `detach` has taken its parts. */
  readonly value: unknown;
}

/** What stands where something was detached. */
export class Detached {
  /** The runs and templates that it is of, as far as it says so; two stand for any number. */
  constructor(
    readonly runArns: ReadonlySet<string> = new Set(),
    readonly templateArns: ReadonlySet<string> = new Set(),
  ) {}

  /** In a message. */
  toJSON(): string {
    return '…';
  }

  and(other: Detached): Detached {
    return new Detached(unite(this.runArns, other.runArns), unite(this.templateArns, other.templateArns));
  }
}

function unite(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return one.size > 1 || (one.size === 1 && other.size === 0) ? one : new Set([...one, ...other].slice(0, 2));
}

/** The names and indexes that lead to a value in its document. */
export type JsonPath = readonly (string | number)[];

/** Takes an object, or a long list of text, out of a document to keep memory small, or null; innermost values first. */
export type Detach = (value: object, path: JsonPath, line: number) => Detached | null;
