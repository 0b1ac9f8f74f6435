import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLObjectType, getNamedType, isLeafType, isObjectType } from 'graphql';

export const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

/** The name of the type of a kind of entity. */
export const typeOf = (kind: string) => `${kind[0]?.toUpperCase()}${kind.slice(1)}`;

/** Fields with a read of their own, which have other tests. */
const separatelyRead = new Set(['AssessmentRun.tags', 'AssessmentTemplate.tags', 'AssessmentRun.telemetryTotal']);

/** Selects all fields of a type that are leaves or values, but no entities. */
export function selectionOf(name: string): string {
  const fields = Object.values((schema.getType(name) as GraphQLObjectType).getFields());
  return fields
    .map((field) => {
      const type = getNamedType(field.type);
      if (isLeafType(type)) return field.name;
      const isValue = isObjectType(type) && type.getInterfaces().length === 0 && field.args.length === 0;
      return isValue && !separatelyRead.has(`${name}.${field.name}`)
        ? `${field.name} { ${selectionOf(type.name)} }`
        : '';
    })
    .join(' ');
}
