import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  type InlineFragmentNode,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** Values of variables, coerced. */
export type Variables = Record<string, unknown>;

/** Selections of one field of one type, under one name. */
export interface FieldGroup {
  readonly parentType: GraphQLObjectType | GraphQLInterfaceType;
  readonly nodes: FieldNode[];
}

/**
 * The fields that are executed together, as CollectFields of the GraphQL specification (section 6.3.2) groups them. `look`
 * is called for each selection on the way, and may put an end to it.
 */
export function collectFields(
  type: GraphQLNamedType,
  sets: readonly SelectionSetNode[],
  schema: GraphQLSchema,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  variables: Variables,
  look: (selection: SelectionNode) => void,
): readonly FieldGroup[] {
  const groups = new Map<string, FieldGroup>();
  const entered = new Set<string>();

  function enter(parentType: GraphQLNamedType | undefined, { selections }: SelectionSetNode): void {
    for (const selection of selections) {
      look(selection);
      if (isLeftOut(selection, variables)) continue;
      if (selection.kind === Kind.FIELD) {
        if (isObjectType(parentType) || isInterfaceType(parentType)) add(parentType, selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        enterFragment(parentType, selection);
      } else if (!entered.has(selection.name.value)) {
        entered.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) enterFragment(parentType, fragment);
      }
    }
  }

  function enterFragment(
    parentType: GraphQLNamedType | undefined,
    { typeCondition, selectionSet }: InlineFragmentNode | FragmentDefinitionNode,
  ): void {
    enter(typeCondition === undefined ? parentType : schema.getType(typeCondition.name.value), selectionSet);
  }

  /** A thing of an interface's type is counted as each type that fragments take it for. */
  function add(parentType: FieldGroup['parentType'], node: FieldNode): void {
    const key = `${parentType.name}.${node.alias?.value ?? node.name.value}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { parentType, nodes: [node] });
    else group.nodes.push(node);
  }

  for (const set of sets) enter(type, set);
  return [...groups.values()];
}

function isLeftOut(selection: SelectionNode, variables: Variables): boolean {
  // Most have no directive at all.
  if (selection.directives === undefined || selection.directives.length === 0) return false;
  return (
    getDirectiveValues(GraphQLSkipDirective, selection, variables)?.if === true ||
    getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.if === false
  );
}
