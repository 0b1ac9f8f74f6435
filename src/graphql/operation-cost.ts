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
import { parsePageSize } from './page-size.js';

type Arguments = Record<GraphQLArgument['name'], unknown>;
type Variables = Record<string, unknown>;

/** How many places runs may have in an answer: at each of them their fields are resolved, and sent, anew. */
const MAX_PLACES = 10_000;

/** What an operation asks for: distinct runs, of which equal pages have the same, and places for them in the answer. */
class AskedRuns {
  places = 0;
  private readonly arns = new Set<unknown>();
  private readonly pageSizes = new Map<string, number>();

  addArn(arn: unknown): void {
    this.places += 1;
    this.arns.add(arn);
  }

  addPage(size: number, after: unknown): void {
    this.places += size;
    this.pageSizes.set(JSON.stringify([size, after]), size);
  }

  get runs(): number {
    return [...this.pageSizes.values()].reduce((sum, size) => sum + size, this.arns.size);
  }
}

/** The fields of Query through which runs come in. */
const RUN_FIELDS = new Map<string, (args: Arguments, asked: AskedRuns) => void>([
  ['assessmentRun', ({ arn }, asked) => asked.addArn(arn)],
  [
    'assessmentRunsByArn',
    ({ arns }, asked) => {
      for (const arn of arns as unknown[]) asked.addArn(arn);
    },
  ],
  ['assessmentRuns', ({ first, after }, asked) => asked.addPage(parsePageSize(first as number | null), after)],
]);

/**
 * Refuses, before any resolver runs, an operation that asks for more than `maxRuns` distinct runs, through whatever
 * aliases, lists, fragments and variables, or for the same ones again and again, with code OPERATION_TOO_COSTLY.
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
        const asked = collectRuns(schema, operation, fragments, request.variables ?? {});
        if (asked.runs > maxRuns) {
          throw createCostError(`${asked.runs} assessment runs, and at most ${maxRuns} are answered in one.`);
        }
        const maxPlaces = Math.max(maxRuns, MAX_PLACES);
        if (asked.places > maxPlaces) {
          throw createCostError(
            `assessment runs at ${asked.places} places, and at most ${maxPlaces} are answered in one.`,
          );
        }
      },
    }),
  };
}

function createCostError(what: string): GraphQLError {
  return new GraphQLError(`This operation asks for ${what} Ask for fewer, or share them out over several operations.`, {
    extensions: { code: 'OPERATION_TOO_COSTLY', http: { status: 400 } },
  });
}

function collectRuns(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Map<string, FragmentDefinitionNode>,
  inputs: Variables,
): AskedRuns {
  const asked = new AskedRuns();
  const { coerced: variables } = getVariableValues(schema, operation.variableDefinitions ?? [], inputs);
  // Variables that cannot be coerced are refused by the execution, which says why.
  if (variables === undefined) return asked;
  const fields = schema.getQueryType()?.getFields() ?? {};
  for (const node of rootFields(operation.selectionSet, fragments, variables)) {
    const field = fields[node.name.value];
    const ask = RUN_FIELDS.get(node.name.value);
    if (field !== undefined && ask !== undefined) ask(getArgumentValues(field, node, variables), asked);
  }
  return asked;
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
