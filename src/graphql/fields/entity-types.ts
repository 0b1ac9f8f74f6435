import { type ArnKind, arnKinds } from '../../inspector/inspector-arn.js';

/** The name of the type of a kind of resource, such as `AssessmentRun`. */
export function toTypeName<K extends ArnKind>(kind: K): Capitalize<K> {
  return (kind[0]?.toUpperCase() + kind.slice(1)) as Capitalize<K>;
}

/** The kinds of resource by the names of their types. */
export const kindsByTypeName: ReadonlyMap<string, ArnKind> = new Map(arnKinds.map((kind) => [toTypeName(kind), kind]));
