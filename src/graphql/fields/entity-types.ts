import { type ArnKind, arnKinds, type InspectorArn } from '../../inspector/inspector-arn.js';
import type { EntityParent } from '../context.js';

/** The name of the type of a kind of resource, such as `AssessmentRun`. */
export function toTypeName<K extends ArnKind>(kind: K): Capitalize<K> {
  return (kind[0]?.toUpperCase() + kind.slice(1)) as Capitalize<K>;
}

/** The kinds of resource by the names of their types. */
export const kindsByTypeName: ReadonlyMap<string, ArnKind> = new Map(arnKinds.map((kind) => [toTypeName(kind), kind]));

/** The parent value of the fields of an entity. */
export function toParent<K extends ArnKind>(kind: K, arn: InspectorArn<K>): EntityParent<K> {
  return { kind, arn };
}
