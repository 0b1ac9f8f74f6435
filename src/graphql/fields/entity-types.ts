import {
  type ArnKind,
  arnKinds,
  type InspectorArn,
  parseAnyArn,
  parseArn,
  toAccount,
  toRegion,
} from '../../inspector/inspector-arn.js';
import { createAccessDeniedFailure } from '../../inspector/inspector-failure.js';
import type { EntityParent, GraphQLContext } from '../context.js';

/** The name of the type of a kind of resource, such as `AssessmentRun`. */
export function toTypeName<K extends ArnKind>(kind: K): Capitalize<K> {
  return (kind[0]?.toUpperCase() + kind.slice(1)) as Capitalize<K>;
}

/** The kinds of resource by the names of their types. */
export const kindsByTypeName: ReadonlyMap<string, ArnKind> = new Map(arnKinds.map((kind) => [toTypeName(kind), kind]));

/** The ARN that a caller has given. Throws INVALID_INPUT, or ACCESS_DENIED where the caller may not see what it names. */
export function parseCallersArn<K extends ArnKind>(
  kind: K,
  text: string,
  { mayRead }: Pick<GraphQLContext, 'mayRead'>,
): InspectorArn<K> {
  const arn = parseArn(kind, text);
  if (!mayRead(arn)) throw createAccessDeniedFailure(toAccount(arn), toRegion(arn));
  return arn;
}

/** The parent value of an entity that a caller has named by its ARN. Throws as `parseCallersArn`. */
export function parseParent<K extends ArnKind>(
  kind: K,
  text: string,
  context: Pick<GraphQLContext, 'mayRead'>,
): EntityParent<K> {
  return toParent(kind, parseCallersArn(kind, text, context));
}

/** The same for an ARN of any kind. */
export function parseAnyParent(text: string, context: Pick<GraphQLContext, 'mayRead'>): EntityParent<ArnKind> {
  const { kind, arn } = parseAnyArn(text);
  return parseParent(kind, arn, context);
}

/** The parent value of the fields of an entity. */
export function toParent<K extends ArnKind>(kind: K, arn: InspectorArn<K>): EntityParent<K> {
  return { kind, arn };
}
