import fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { schema } from './selection.js';

/** Texts for arguments, by the beginning or end of the argument's name; the first that fits is taken. */
export type ArgumentTexts = readonly (readonly [name: RegExp, texts: readonly string[]])[];

const MAX_DEPTH = 4;
const MAX_FIELDS = 4;
/** Positions are compared by following them; their text may be another one. */
const POSITIONS = new Set(['after', 'before', 'last']);

/**
 * Operations over everything that the schema has: any fields, with any arguments of the right types, whose texts are among
 * these. `isLeftOut` leaves out fields, such as `Archive.lastChangedAt`.
 */
export function randomOperations(texts: ArgumentTexts, isLeftOut: (field: string) => boolean): fc.Arbitrary<string> {
  const { chosen, some, lowOdds } = {
    chosen: <T>(items: readonly T[]) => fc.constantFrom(...items),
    some: <T>(items: readonly T[], maxLength: number) =>
      fc.subarray([...items], { minLength: 1, maxLength: Math.min(maxLength, items.length) }),
    lowOdds: fc.integer({ min: 0, max: 3 }).map((number) => number === 0),
  };

  function create(generate: <T>(arbitrary: fc.Arbitrary<T>) => T): string {
    let aliases = 0;

    function toSelection(type: GraphQLOutputType, depth: number): string {
      const named = getNamedType(type);
      if (isLeafType(named)) return '';
      if (isAbstractType(named)) {
        const parts = schema
          .getPossibleTypes(named)
          .map((possible) => `... on ${possible.name} ${toFields(possible, depth)}`);
        return `{ __typename ${parts.join(' ')} }`;
      }
      return toFields(named as GraphQLObjectType, depth);
    }

    function toFields(type: GraphQLObjectType, depth: number): string {
      const fields = Object.values(type.getFields()).filter(({ name, type: itsType }) => {
        const isLeaf = isLeafType(getNamedType(itsType));
        return !isLeftOut(`${type.name}.${name}`) && (isLeaf || depth < MAX_DEPTH);
      });
      if (fields.length === 0) return '{ __typename }';
      const asked = generate(some(fields, MAX_FIELDS)).map(({ name, args, type: itsType }) => {
        aliases += 1;
        return `f${aliases}: ${name}${toArguments(args)} ${toSelection(itsType, depth + 1)}`;
      });
      return `{ ${asked.join(' ')} }`;
    }

    function toArguments(args: readonly GraphQLArgument[]): string {
      const given = args.flatMap((arg) => {
        if (POSITIONS.has(arg.name)) return [];
        if (arg.name !== 'first' && !isNonNullType(arg.type) && !generate(lowOdds)) return [];
        return `${arg.name}: ${toValue(arg.name, arg.type)}`;
      });
      return given.length === 0 ? '' : `(${given.join(', ')})`;
    }

    function toValue(name: string, type: GraphQLInputType): string {
      const inner = getNullableType(type);
      if (isListType(inner)) {
        const length = generate(fc.integer({ min: 1, max: 2 }));
        return `[${Array.from({ length }, () => toValue(name, inner.ofType)).join(', ')}]`;
      }
      if (isEnumType(inner)) return generate(chosen(inner.getValues())).name;
      if (isInputObjectType(inner)) {
        const fields: GraphQLInputField[] = generate(some(Object.values(inner.getFields()), 2));
        const required = Object.values(inner.getFields()).filter((field) => isNonNullType(field.type));
        const members = [...new Set([...required, ...fields])].map(
          (field) => `${field.name}: ${toValue(field.name, field.type)}`,
        );
        return `{ ${members.join(', ')} }`;
      }
      if (getNamedType(inner).name === 'Boolean') return String(generate(fc.boolean()));
      if (/^(Int|Long)$/.test(getNamedType(inner).name)) return String(generate(fc.integer({ min: 1, max: 5 })));
      const [, pool = ['nothing']] = texts.find(([pattern]) => pattern.test(name)) ?? [];
      return JSON.stringify(generate(chosen(pool)));
    }

    return `query Random ${toFields(schema.getQueryType() as GraphQLObjectType, 0)}`;
  }

  return fc.gen().map((generate) => create((arbitrary) => generate(() => arbitrary)));
}
