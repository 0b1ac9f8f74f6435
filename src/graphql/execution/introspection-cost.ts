import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql';
import type { FieldGroup } from '../selection.js';

/** The operation's part of the count. */
interface IntrospectionCount {
  readonly schema: GraphQLSchema;
  /** The fields that are selected on a type. */
  collect(type: GraphQLNamedType, sets: readonly SelectionSetNode[]): Iterable<FieldGroup>;
  /** The arguments of a field. */
  findArguments(field: GraphQLField<unknown, unknown>, node: FieldNode): { readonly values: Record<string, unknown> };
  /** Counts a field and its bytes; throws when there are too many. */
  addField(bytes: number): void;
}

/** A selected field with its selections. */
interface SelectedField {
  readonly field: GraphQLField<unknown, unknown>;
  readonly values: Record<string, unknown>;
  readonly keyBytes: number;
  /** Null for a leaf. */
  readonly below: readonly SelectedField[] | null;
}

/** Counts the fields of `__schema` or `__type` exactly, by resolving them. `nodes` are the selections of that field. */
export function countIntrospection(
  meta: GraphQLField<unknown, unknown>,
  nodes: readonly FieldNode[],
  count: IntrospectionCount,
): void {
  const { schema, collect, findArguments, addField } = count;
  // graphql-js reads only the name of the parent type.
  const info = { schema, parentType: schema.getQueryType() } as GraphQLResolveInfo;

  function select(field: GraphQLField<unknown, unknown>, nodes: readonly FieldNode[]): SelectedField {
    const [node] = nodes as [FieldNode];
    const type = getNamedType(field.type);
    return {
      field,
      values: findArguments(field, node).values,
      keyBytes: (node.alias ?? node.name).value.length + 4,
      below: isLeafType(type) ? null : selectBelow(type, nodes),
    };
  }

  function selectBelow(type: GraphQLNamedType, nodes: readonly FieldNode[]): SelectedField[] {
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    return [...collect(type, sets)].map(({ parentType, nodes }) => {
      const [node] = nodes as [FieldNode];
      return select(parentType.getFields()[node.name.value] ?? TypeNameMetaFieldDef, nodes);
    });
  }

  function follow({ field, values, keyBytes, below }: SelectedField, source: unknown): void {
    const value = field.resolve?.(source, values, undefined, info);
    addField(keyBytes + (typeof value === 'string' ? value.length : 4));
    if (below === null || value === null || value === undefined) return;
    for (const item of Array.isArray(value) ? value : [value]) for (const selected of below) follow(selected, item);
  }

  follow(select(meta, nodes), undefined);
}

const introspectionByDocument = new WeakMap<DocumentNode, boolean>();

/** Whether a document has introspection, which needs a schema with the types as they are written. */
export function asksForSchema(document: DocumentNode): boolean {
  let asks = introspectionByDocument.get(document);
  if (asks === undefined) {
    asks = false;
    visit(document, {
      Field({ name }) {
        if (name.value === '__schema' || name.value === '__type') asks = true;
      },
    });
    introspectionByDocument.set(document, asks);
  }
  return asks;
}
