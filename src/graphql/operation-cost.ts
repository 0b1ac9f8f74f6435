import type { ApolloServerPlugin } from '@apollo/server';
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLArgument,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { type InspectorArn, toAssessmentRunArn } from '../inspector/inspector-arn.js';
import { parsePageSize } from './arguments.js';
import type { GraphQLContext } from './context.js';
import { MAX_ORDERED_RUNS } from './ordered-runs.js';
import { collectFields, type Variables } from './selection.js';

type Arguments = Record<GraphQLArgument['name'], unknown>;

/** How many places things may have in an answer: at each of them their fields are resolved, and sent, anew. */
const MAX_PLACES = 10_000;
/** How many things, runs aside, may be read for each run that may: a page of findings of each, for example. */
const OTHERS_PER_RUN = 20;
/** How many selections may be looked at to find out: far more than a query that people write has, with its fragments. */
const MAX_SELECTIONS = 100_000;

/** What an operation asks for: distinct runs, of which equal pages have the same, other things, and places for all. */
class Asked {
  places = 0;
  /** Findings, agents, templates and so on. */
  others = 0;
  /** Runs whose ARNs only the answer will tell. */
  private unnamedRuns = 0;
  private readonly arns = new Set<unknown>();
  private readonly pageSizes = new Map<string, number>();

  addRun(arn: unknown): void {
    this.places += 1;
    this.arns.add(arn);
  }

  addPageOfRuns(size: number, args: Arguments): void {
    this.places += size;
    this.pageSizes.set(JSON.stringify(args), size);
  }

  addUnnamedRuns(number: number): void {
    this.places += number;
    this.unnamedRuns += number;
  }

  addOthers(number: number): void {
    this.places += number;
    this.others += number;
  }

  get runs(): number {
    return [...this.pageSizes.values()].reduce((sum, size) => sum + size, this.arns.size + this.unnamedRuns);
  }
}

/** What a field asks for at each of `times` places; the result is how many things there are below it at each. */
type Ask = (args: Arguments, asked: Asked, times: number) => number;

const askForOne: Ask = (_args, asked, times) => {
  asked.addOthers(times);
  return 1;
};

const askForPage: Ask = ({ first }, asked, times) => {
  const size = parsePageSize(first as number | null);
  asked.addOthers(size * times);
  return size;
};

const askForNodes = (ids: readonly unknown[], asked: Asked): number => {
  for (const id of ids) asked.addRun(id);
  return ids.length;
};

/** The fields through which things come in that are read by themselves; of all others there is one, that is free. */
const asks: Readonly<Record<string, Ask>> = {
  'Query.assessmentRun': ({ arn }, asked) => askForNodes([arn], asked),
  'Query.assessmentRunsByArn': ({ arns }, asked) => askForNodes(arns as unknown[], asked),
  'Query.node': ({ id }, asked) => askForNodes([id], asked),
  'Query.nodes': ({ ids }, asked) => askForNodes(ids as unknown[], asked),
  'Query.assessmentRuns'(args, asked) {
    const size = parsePageSize(args.first as number | null);
    asked.addPageOfRuns(size, { ...args, first: size });
    // To order runs is to read them.
    if (args.orderBy != null) asked.addOthers(MAX_ORDERED_RUNS);
    return size;
  },
  'Query.finding'({ arn }, asked, times) {
    // Its run comes with it, and is free for the findings of a run that has been counted.
    askForNodes([toAssessmentRunArn(arn as InspectorArn<'finding'>)], asked);
    return askForOne({}, asked, times);
  },
  'Query.assessmentTemplates': askForPage,
  'Query.assessmentTargets': askForPage,
  'Query.rulesPackages': askForPage,
  'AssessmentRun.template': askForOne,
  'AssessmentRun.target': askForOne,
  'AssessmentRun.report': askForOne,
  // All runs of a region have the same few.
  'AssessmentRun.rulesPackages': askForOne,
  'AssessmentRun.agents': askForPage,
  'AssessmentRun.findings': askForPage,
  'AssessmentRun.exclusions': askForPage,
  'AssessmentTemplate.target': askForOne,
  'AssessmentTemplate.rulesPackages': askForOne,
  'AssessmentTemplate.lastAssessmentRun'(_args, asked, times) {
    asked.addUnnamedRuns(times);
    return 1;
  },
  'AssessmentTarget.resourceGroup': askForOne,
  'AssessmentRunAgent.host': askForOne,
  'Finding.rulesPackage': askForOne,
};

/**
 * Refuses, before any resolver runs, an operation that asks for more than `maxRuns` distinct runs or 20 times as many other
 * things, through whatever aliases, lists, fragments and variables, or for the same ones again and again, with code
 * OPERATION_TOO_COSTLY.
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
        const asked = count(schema, operation, fragments, request.variables ?? {});
        const maxOthers = maxRuns * OTHERS_PER_RUN;
        const maxPlaces = Math.max(maxRuns, MAX_PLACES);
        if (asked.runs > maxRuns) {
          throw createCostError(`${asked.runs} assessment runs, and at most ${maxRuns} are answered in one.`);
        }
        if (asked.others > maxOthers) {
          throw createCostError(
            `${asked.others} findings, agents and the like, and at most ${maxOthers} are answered in one.`,
          );
        }
        if (asked.places > maxPlaces) {
          throw createCostError(
            `assessment runs and the like at ${asked.places} places, and at most ${maxPlaces} are answered in one.`,
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

function count(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Map<string, FragmentDefinitionNode>,
  inputs: Variables,
): Asked {
  const asked = new Asked();
  const { coerced: variables } = getVariableValues(schema, operation.variableDefinitions ?? [], inputs);
  // Variables that cannot be coerced are refused by the execution, which says why.
  if (variables === undefined) return asked;
  let selections = 0;

  function look(): void {
    selections += 1;
    if (selections > MAX_SELECTIONS) {
      throw createCostError(`more than ${MAX_SELECTIONS} fields, counting each use of a fragment.`);
    }
  }

  /** `sets` are the selections on the same thing, found at `times` places. */
  function visit(type: GraphQLNamedType, sets: readonly SelectionSetNode[], times: number): void {
    for (const { parentType, nodes } of collectFields(type, sets, schema, fragments, variables as Variables, look)) {
      const [node] = nodes as [FieldNode];
      const field = parentType.getFields()[node.name.value];
      if (field === undefined) continue;
      const ask = asks[`${parentType.name}.${field.name}`];
      const below = ask === undefined ? times : times * ask(getArgumentValues(field, node, variables), asked, times);
      const setsBelow = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (setsBelow.length > 0) visit(getNamedType(field.type), setsBelow, below);
    }
  }

  const query = schema.getQueryType();
  if (query != null) visit(query, [operation.selectionSet], 1);
  return asked;
}
