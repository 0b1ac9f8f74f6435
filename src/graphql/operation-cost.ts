import type { ApolloServerPlugin } from '@apollo/server';
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLArgument,
  GraphQLError,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { GraphQLContext } from './context.js';

type Arguments = Record<GraphQLArgument['name'], unknown>;
type Variables = Record<string, unknown>;

/** The runs that an operation asks for: by ARN, and by page, where one page counts once however often it is selected. */
class AskedRuns {
  readonly arns = new Set<unknown>();
  readonly pageSizes = new Map<unknown, number>();

  get count(): number {
    return [...this.pageSizes.values()].reduce((sum, size) => sum + size, this.arns.size);
  }
}

/** The fields of Query through which runs come in. */
const RUN_FIELDS = new Map<string, (args: Arguments, asked: AskedRuns) => void>([
  ['assessmentRun', ({ arn }, { arns }) => arns.add(arn)],
  [
    'assessmentRunsByArn',
    (args, { arns }) => {
      for (const arn of args.arns as unknown[]) arns.add(arn);
    },
  ],
  [
    'assessmentRuns',
    ({ first, after }, { pageSizes }) => pageSizes.set(after, Math.max(pageSizes.get(after) ?? 0, Number(first ?? 0))),
  ],
]);

/**
 * Refuses, before any resolver runs, an operation that asks for more than `maxRuns` distinct runs, through whatever
 * aliases, lists, fragments and variables, with code OPERATION_TOO_COSTLY.
 */
export function createOperationCostPlugin(maxRuns: number): ApolloServerPlugin<GraphQLContext> {
  return {
    requestDidStart: async () => ({
      async didResolveOperation({ schema, document, operation, request }) {
        // An operationName that the document does not have is refused by the execution.
        if (operation === undefined) return;
        const fragments = new Map<string, FragmentDefinitionNode>();
        for (const definition of document.definitions) {
          if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
        }
        const count = countRuns(schema, operation, fragments, request.variables ?? {});
        if (count <= maxRuns) return;
        throw new GraphQLError(
          `This operation asks for ${count} assessment runs, and at most ${maxRuns} are answered in one. ` +
            'Ask for fewer, or share them out over several operations.',
          { extensions: { code: 'OPERATION_TOO_COSTLY', http: { status: 400 } } },
        );
      },
    }),
  };
}

function countRuns(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Map<string, FragmentDefinitionNode>,
  inputs: Variables,
): number {
  const { coerced: variables } = getVariableValues(schema, operation.variableDefinitions ?? [], inputs);
  // Variables that cannot be coerced are refused by the execution, which says why.
  if (variables === undefined) return 0;
  const fields = schema.getQueryType()?.getFields() ?? {};
  const asked = new AskedRuns();
  for (const node of rootFields(operation.selectionSet, fragments, variables)) {
    const field = fields[node.name.value];
    const ask = RUN_FIELDS.get(node.name.value);
    if (field !== undefined && ask !== undefined) ask(getArgumentValues(field, node, variables), asked);
  }
  return asked.count;
}

/** The fields of the operation's root that will be executed; each fragment is entered once, whatever spreads it. */
function* rootFields(
  selectionSet: SelectionSetNode,
  fragments: Map<string, FragmentDefinitionNode>,
  variables: Variables,
  entered = new Set<string>(),
): Generator<FieldNode> {
  for (const selection of selectionSet.selections) {
    const isSkipped = getDirectiveValues(GraphQLSkipDirective, selection, variables)?.if === true;
    const isIncluded = getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.if !== false;
    if (isSkipped || !isIncluded) continue;
    if (selection.kind === Kind.FIELD) {
      yield selection;
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      yield* rootFields(selection.selectionSet, fragments, variables, entered);
    } else if (!entered.has(selection.name.value)) {
      entered.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      if (fragment !== undefined) yield* rootFields(fragment.selectionSet, fragments, variables, entered);
    }
  }
}
