import type { Detach, JsonPath } from '../content/json/json-document.js';
import type { DetectedEntity, Detection } from './detection.js';

/** Where a value stands in a file. */
export interface Position {
  /** Where its document begins, from 1. */
  readonly line: number;
  readonly path: JsonPath;
  /** How many times it is JSON as text in JSON. */
  readonly textDepth: number;
  /** Whether it is of a request, whose ARNs are those that were asked for. */
  readonly isRequest: boolean;
}

/** The position of what stands in a value. */
export function inside(position: Position, ...steps: JsonPath): Position {
  return { ...position, path: [...position.path, ...steps] };
}

/** What a value came to. */
export interface Inspected {
  /** Whether there is anything of the service in it. */
  readonly isOfInspector: boolean;
  /** Outputs that do not say what they belong to, while their surroundings are looked at. */
  readonly pending: readonly { readonly detection: DetectedEntity; readonly path: JsonPath }[];
  readonly parents: Parents;
  /** Whether it speaks of a single agent, whose telemetry looks like that of a run. */
  readonly hasAgent: boolean;
}

/** What surroundings may belong to: ARNs, and with a token behind them where it takes one, by the input's member. */
export type Parents = ReadonlyMap<string, ReadonlySet<string>>;

/** A value with nothing of the service in it, and one with something that is reported already. */
export const NOTHING: Inspected = { isOfInspector: false, pending: [], parents: new Map(), hasAgent: false };
export const OF_INSPECTOR: Inspected = { ...NOTHING, isOfInspector: true };

/** What several values came to together. */
export function unite(parts: readonly Inspected[]): Inspected {
  const parents = new Map<string, Set<string>>();
  for (const part of parts) {
    for (const [member, arns] of part.parents) parents.set(member, new Set([...(parents.get(member) ?? []), ...arns]));
  }
  return {
    isOfInspector: parts.some(({ isOfInspector }) => isOfInspector),
    pending: parts.flatMap(({ pending }) => pending),
    parents,
    hasAgent: parts.some(({ hasAgent }) => hasAgent),
  };
}

/** The walk through the documents of a file, as a format needs it. */
export interface Walk {
  report(detection: Detection): void;
  /** Counts an entity that is not where its operation puts it, or what is nothing of the service beside others. */
  noteWrapper(path: JsonPath): void;
  noteIgnored(path: JsonPath): void;
  /** Takes what carries its own identity out of a value that is being read. */
  readonly detach: Detach;
  /** Looks into a value whose parts have been detached. */
  inspect(value: unknown, position: Position): Inspected;
}

/** A form in which something of the service stands in a document; null for a value that has another one. */
export type Format<T> = (value: T, position: Position, walk: Walk) => Inspected | null;
