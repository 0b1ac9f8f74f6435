import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  type InlineFragmentNode,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** Coerced values of variables. */
export type Variables = Record<string, unknown>;

/** Selections with the same response key on one type. */
export interface FieldGroup {
  readonly parentType: GraphQLObjectType | GraphQLInterfaceType;
  readonly nodes: FieldNode[];
}

/**
 * Groups fields that are executed together: CollectFields of the GraphQL specification (section 6.3.2). Calls `onSelection`
 * for each selection on the way, which may throw.
 */
export function collectFields(
  type: GraphQLNamedType,
  sets: readonly SelectionSetNode[],
  schema: GraphQLSchema,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  variables: Variables,
  onSelection: (selection: SelectionNode) => void,
): readonly FieldGroup[] {
  const groups = new Map<string, FieldGroup>();
  const visitedFragments = new Set<string>();

  function visit(parentType: GraphQLNamedType | undefined, { selections }: SelectionSetNode): void {
    for (const selection of selections) {
      onSelection(selection);
      if (isSkipped(selection, variables)) continue;
      if (selection.kind === Kind.FIELD) {
        if (isObjectType(parentType) || isInterfaceType(parentType)) add(parentType, selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        visitFragment(parentType, selection);
      } else if (!visitedFragments.has(selection.name.value)) {
        visitedFragments.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) visitFragment(parentType, fragment);
      }
    }
  }

  function visitFragment(
    parentType: GraphQLNamedType | undefined,
    { typeCondition, selectionSet }: InlineFragmentNode | FragmentDefinitionNode,
  ): void {
    visit(typeCondition === undefined ? parentType : schema.getType(typeCondition.name.value), selectionSet);
  }

  /** An object of an interface's type counts for each type of its fragments. */
  function add(parentType: FieldGroup['parentType'], node: FieldNode): void {
    const key = `${parentType.name}.${node.alias?.value ?? node.name.value}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { parentType, nodes: [node] });
    else group.nodes.push(node);
  }

  for (const set of sets) visit(type, set);
  return [...groups.values()];
}

function isSkipped(selection: SelectionNode, variables: Variables): boolean {
  // Most have no directives.
  if (selection.directives === undefined || selection.directives.length === 0) return false;
  return (
    getDirectiveValues(GraphQLSkipDirective, selection, variables)?.if === true ||
    getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.if === false
  );
}

/** Whether an execution selects this field on the value of the field that is being resolved. */
export function selectsField(
  { fieldNodes, returnType, schema, fragments, variableValues }: GraphQLResolveInfo,
  name: string,
) {
  const sets = fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  const groups = collectFields(
    getNamedType(returnType),
    sets,
    schema,
    new Map(Object.entries(fragments)),
    variableValues,
    () => {},
  );
  return groups.some(({ nodes }) => nodes[0]?.name.value === name);
}
