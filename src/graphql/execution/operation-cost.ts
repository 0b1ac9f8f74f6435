import type { ApolloServerPlugin } from '@apollo/server';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLArgument,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getNullableType,
  getVariableValues,
  isLeafType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { type InspectorArn, toAssessmentRunArn } from '../../inspector/inspector-arn.js';
import type { GraphQLContext } from '../context.js';
import { parsePageSize } from '../fields/arguments.js';
import { MAX_ORDERED_RUNS } from '../fields/ordered-runs.js';
import { createCostError } from './cost-error.js';
import { asksForSchema, countIntrospection } from './introspection-cost.js';
import { collectFields, type FieldGroup, type Variables } from './selection.js';

/*
 * What an operation costs
 *
 * Inspector is called for distinct runs and for other things: so many of them are counted, however often they are named.
 * The gateway resolves and writes fields: so many of those are counted, at each of their places. How long lists will be
 * that Inspector gives in one piece is not known before; they are estimated here, and answer-limit.ts counts again while
 * the answer is made.
 */

/** How much one operation may ask for; see Config. */
export interface OperationLimits {
  /** Distinct runs. */
  readonly maxRuns: number;
  /** Fields, at all of their places. */
  readonly maxFields: number;
  /** Of the answer. */
  readonly maxAnswerBytes: number;
}

type Arguments = Record<GraphQLArgument['name'], unknown>;

/** How many places things may have in an answer. */
const MAX_PLACES = 10_000;
/** How many things, runs aside, may be read for each run that may: a page of findings of each, for example. */
const OTHERS_PER_RUN = 20;
/** How many selections may be looked at to find out: far more than a query that people write has, with its fragments. */
const MAX_SELECTIONS = 20_000;
/** An answer that is let in may be so many times as long as it was estimated before it fails at the limit. */
const ESTIMATE_MARGIN = 4;

/** Rows of telemetry: of a run Inspector gave 29 (https://docs.aws.amazon.com/inspector/v1/APIReference). */
const ROWS_PER_LIST = 30;
/** Items of other lists that come in one piece: tags, attributes, changes of state. */
const ITEMS_PER_LIST = 5;
/** Rows are written as text, and not resolved field by field: so many of their fields cost as much as another one. */
const CELLS_PER_FIELD = 10;
/** What it costs to choose rows by arguments, and to put them in an order, in fields: measured. */
const CHOICE_FIELDS = 4;
const ORDER_FIELDS = 6;
/** Characters of an argument that cost as much as a field, where it is parsed and compared. */
const CHARACTERS_PER_FIELD = 100;

/** What values take in JSON, by type; others are as long as a name. */
const BYTES_BY_TYPE = new Map([
  ['Boolean', 5],
  ['Int', 6],
  ['Float', 6],
  ['Long', 12],
  ['DateTime', 26],
  ['ID', 120],
  ['String', 80],
]);
const BYTES_OF_OTHERS = 20;
/** The type of a row of telemetry, whose fields are leaves. */
const ROW_TYPE = 'TelemetryMetadata';

/** Of a response key beside its name: quotes, colon and comma. */
const KEY_BYTES = 4;

const metaFields = new Map([SchemaMetaFieldDef, TypeMetaFieldDef].map((field) => [field.name, field]));

/** What an operation asks for: distinct runs, of which equal pages have the same, other things, and fields of all. */
class Asked {
  places = 0;
  /** Findings, agents, templates and so on. */
  others = 0;
  fields = 0;
  bytes = 0;
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

/** What a field asks for at each of `times` places; the result is how many things it gives at each. */
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

/** Cost rules: the fields that load other entities. Unlisted fields load nothing, and cost a field each. */
const asks = new Map<string, Ask>([
  ['Query.assessmentRun', ({ arn }, asked) => askForNodes([arn], asked)],
  ['Query.assessmentRunsByArn', ({ arns }, asked) => askForNodes(arns as unknown[], asked)],
  ['Query.node', ({ id }, asked) => askForNodes([id], asked)],
  ['Query.nodes', ({ ids }, asked) => askForNodes(ids as unknown[], asked)],
  [
    'Query.assessmentRuns',
    (args, asked) => {
      const size = parsePageSize(args.first as number | null);
      asked.addPageOfRuns(size, { ...args, first: size });
      // To order runs is to read them.
      if (args.orderBy != null) asked.addOthers(MAX_ORDERED_RUNS);
      return size;
    },
  ],
  [
    'Query.finding',
    ({ arn }, asked, times) => {
      // Its run comes with it, and is free for the findings of a run that has been counted.
      askForNodes([toAssessmentRunArn(arn as InspectorArn<'finding'>)], asked);
      return askForOne({}, asked, times);
    },
  ],
  [
    'Query._entities',
    ({ representations }, asked) => {
      const references = representations as readonly ({ __typename?: unknown; arn?: unknown } | null)[];
      for (const reference of references) {
        const { __typename: typeName, arn } = reference ?? {};
        if (typeName !== 'AssessmentRun') asked.addOthers(1);
        if (typeName === 'AssessmentRun') asked.addRun(arn);
        // With what belongs to a run comes the run.
        else if (typeName === 'Finding' || typeName === 'Exclusion') {
          asked.addRun(toAssessmentRunArn(String(arn) as InspectorArn<'finding'>));
        }
      }
      return references.length;
    },
  ],
  ['Query.assessmentTemplates', askForPage],
  ['Query.assessmentTargets', askForPage],
  ['Query.rulesPackages', askForPage],
  ['AssessmentRun.template', askForOne],
  ['AssessmentRun.target', askForOne],
  ['AssessmentRun.report', askForOne],
  // All runs of a region have the same few.
  ['AssessmentRun.rulesPackages', askForOne],
  ['AssessmentRun.agents', askForPage],
  ['AssessmentRun.findings', askForPage],
  ['AssessmentRun.exclusions', askForPage],
  ['AssessmentTemplate.target', askForOne],
  ['AssessmentTemplate.rulesPackages', askForOne],
  [
    'AssessmentTemplate.lastAssessmentRun',
    (_args, asked, times) => {
      asked.addUnnamedRuns(times);
      return 1;
    },
  ],
  ['AssessmentTarget.resourceGroup', askForOne],
  ['AssessmentRunAgent.host', askForOne],
  ['Finding.rulesPackage', askForOne],
]);

/**
 * Refuses, before any resolver runs, an operation that asks for more than there may be of distinct runs, of other things, of
 * fields or of bytes, through whatever aliases, lists, fragments and variables, with code OPERATION_TOO_COSTLY.
 */
export function createOperationCostPlugin(limits: OperationLimits): ApolloServerPlugin<GraphQLContext> {
  const { maxRuns, maxFields } = limits;
  const maxOthers = maxRuns * OTHERS_PER_RUN;
  const maxPlaces = Math.max(maxRuns, MAX_PLACES);
  const maxBytes = Math.floor(limits.maxAnswerBytes / ESTIMATE_MARGIN);
  /** Of operations without variables, which ask for the same each time. */
  const counted = new WeakMap<OperationDefinitionNode, Asked>();

  function check({ runs, others, places, bytes }: Asked): void {
    if (runs > maxRuns) throw createCostError(`${runs} assessment runs, and at most ${maxRuns} are answered in one.`);
    if (others > maxOthers) {
      throw createCostError(`${others} findings, agents and the like, and at most ${maxOthers} are answered in one.`);
    }
    if (places > maxPlaces) {
      throw createCostError(
        `assessment runs and the like at ${places} places, and at most ${maxPlaces} are answered in one.`,
      );
    }
    if (bytes > maxBytes) {
      throw createCostError(`an answer of about ${bytes} bytes, and at most ${maxBytes} are expected of one.`);
    }
  }

  return {
    requestDidStart: async () => ({
      async didResolveOperation({ schema, document, operation, request }) {
        // An operationName that the document does not have is refused by the execution.
        if (operation === undefined) return;
        let asked = counted.get(operation);
        if (asked === undefined) {
          asked = count(schema, document, operation, request.variables ?? {}, maxFields);
          if (!operation.variableDefinitions?.length) counted.set(operation, asked);
        }
        check(asked);
      },
    }),
  };
}

const fragmentsByDocument = new WeakMap<DocumentNode, ReadonlyMap<string, FragmentDefinitionNode>>();

function findFragments(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const known = fragmentsByDocument.get(document);
  if (known !== undefined) return known;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  fragmentsByDocument.set(document, fragments);
  return fragments;
}

interface FoundArguments {
  readonly values: Arguments;
  readonly weight: number;
}

/** Of selections without directives: the same in every execution of their document. */
const groupsBySet = new WeakMap<SelectionSetNode, { groups: readonly FieldGroup[]; selections: number }>();
const defaultsByField = new WeakMap<GraphQLField<unknown, unknown>, FoundArguments>();

/** The arguments of a field to which none are given. */
function findDefaults(field: GraphQLField<unknown, unknown>, node: FieldNode): FoundArguments {
  let found = defaultsByField.get(field);
  if (found === undefined) {
    found = { values: getArgumentValues(field, node), weight: 0 };
    defaultsByField.set(field, found);
  }
  return found;
}

function count(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  inputs: Variables,
  maxFields: number,
): Asked {
  const asked = new Asked();
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], inputs, { maxErrors: 1 });
  // Variables that cannot be coerced are refused by the execution, which says why.
  if (coerced === undefined) return asked;
  const variables: Variables = coerced;
  const fragments = findFragments(document);
  const cellsPerField = asksForSchema(document) ? 1 : CELLS_PER_FIELD;
  // A fragment's fields have the same wherever it is spread.
  const argumentsByNode = new Map<FieldNode, FoundArguments>();
  let selections = 0;

  function look(number: number): void {
    selections += number;
    if (selections <= MAX_SELECTIONS) return;
    throw createCostError(
      `more than ${MAX_SELECTIONS} selections, counting each use of a fragment, and no more are answered in one.`,
    );
  }

  function collect(type: GraphQLNamedType, sets: readonly SelectionSetNode[]): readonly FieldGroup[] {
    const [set] = sets;
    const known = set !== undefined && sets.length === 1 ? groupsBySet.get(set) : undefined;
    if (known !== undefined) {
      look(known.selections);
      return known.groups;
    }
    const before = selections;
    let isConstant = sets.length === 1;
    const groups = collectFields(type, sets, schema, fragments, variables, ({ directives }) => {
      look(1);
      if (directives?.length) isConstant = false;
    });
    if (isConstant && set !== undefined) groupsBySet.set(set, { groups, selections: selections - before });
    return groups;
  }

  function findArguments(field: GraphQLField<unknown, unknown>, node: FieldNode): FoundArguments {
    if (!node.arguments?.length) return findDefaults(field, node);
    let found = argumentsByNode.get(node);
    if (found === undefined) {
      const values = getArgumentValues(field, node, variables);
      found = { values, weight: toWeight(values) };
      argumentsByNode.set(node, found);
    }
    return found;
  }

  function addField(bytes: number): void {
    asked.bytes += bytes;
    addFields(1);
  }

  function addFields(number: number): void {
    asked.fields += number;
    if (asked.fields <= maxFields) return;
    throw createCostError(
      `at least ${Math.ceil(asked.fields)} fields, counting ${ROWS_PER_LIST} rows for a list of telemetry, ` +
        `${CELLS_PER_FIELD} of whose fields are worth one, and ${ITEMS_PER_LIST} items for other lists without pages, ` +
        `and at most ${maxFields} are answered in one.`,
    );
  }

  /**
   * `sets` are the selections on the same thing, found at `times` places; the things of a connection are `pageSize` at
   * each.
   */
  function visit(type: GraphQLNamedType, sets: readonly SelectionSetNode[], times: number, pageSize: number): void {
    for (const { parentType, nodes } of collect(type, sets)) {
      const [node] = nodes as [FieldNode];
      const name = node.name.value;
      const keyBytes = (node.alias ?? node.name).value.length + KEY_BYTES;
      if (name === TypeNameMetaFieldDef.name) {
        addFields(times);
        asked.bytes += times * (keyBytes + BYTES_OF_OTHERS);
        continue;
      }
      const meta = metaFields.get(name);
      if (meta !== undefined) {
        countIntrospection(meta, nodes, { schema, collect, findArguments, addField });
        continue;
      }
      const field = parentType.getFields()[name];
      if (field === undefined) continue;
      const { values, weight } = findArguments(field, node);
      // Before anything is done with arguments that are long.
      addFields(times * (1 + weight));
      asked.bytes += times * keyBytes;
      const ask = asks.get(`${parentType.name}.${name}`);
      const given = ask === undefined ? 1 : locateRefusal(node, () => ask(values, asked, times));
      const below = getNamedType(field.type);
      const setsBelow = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (below.name === ROW_TYPE) {
        addFields(times * toChoiceFields(values));
        visitRows(below, setsBelow, times * toRows(values));
        continue;
      }
      const isList = isListType(getNullableType(field.type));
      const items = isList ? toItems(parentType, given, pageSize) : 1;
      const things = times * items;
      if (isConnection(below)) addFields(times * given);
      if (isLeafType(below)) {
        asked.bytes += things * toBytes(below);
        if (isList) addFields(things);
      } else if (things > 0) {
        // Of nothing there are no fields.
        visit(below, setsBelow, things, given);
      }
    }
  }

  function visitRows(type: GraphQLNamedType, sets: readonly SelectionSetNode[], rows: number): void {
    for (const { parentType, nodes } of collect(type, sets)) {
      const [{ name, alias }] = nodes as [FieldNode];
      const field = parentType.getFields()[name.value] ?? TypeNameMetaFieldDef;
      asked.bytes += rows * ((alias ?? name).value.length + KEY_BYTES + toBytes(getNamedType(field.type)));
      addFields(rows / cellsPerField);
    }
  }

  const query = schema.getQueryType();
  if (query != null) visit(query, [operation.selectionSet], 1, 1);
  return asked;
}

/** Says of an argument that is refused which field it is of. */
function locateRefusal<T>(node: FieldNode, ask: () => T): T {
  try {
    return ask();
  } catch (thrown) {
    if (!(thrown instanceof GraphQLError)) throw thrown;
    throw new GraphQLError(thrown.message, { nodes: node, extensions: thrown.extensions });
  }
}

const isConnection = ({ name }: GraphQLNamedType): boolean => name.endsWith('Connection');

const toBytes = ({ name }: GraphQLNamedType): number => BYTES_BY_TYPE.get(name) ?? BYTES_OF_OTHERS;

/** How many items a list has, or is taken to have. */
function toItems(parent: GraphQLNamedType, given: number, pageSize: number): number {
  if (isConnection(parent)) return pageSize;
  return parent.name === 'Query' ? given : ITEMS_PER_LIST;
}

function toRows({ first, messageTypes }: Arguments): number {
  const rows = Math.min(ROWS_PER_LIST, (messageTypes as unknown[] | null | undefined)?.length ?? ROWS_PER_LIST);
  return Math.max(0, Math.min(rows, (first as number | null | undefined) ?? rows));
}

function toChoiceFields({ first, messageTypes, orderBy }: Arguments): number {
  return (first == null && messageTypes == null ? 0 : CHOICE_FIELDS) + (orderBy == null ? 0 : ORDER_FIELDS);
}

/** How many fields the values of arguments are worth: each item, and long text by its length. */
function toWeight(value: unknown): number {
  if (typeof value === 'string') return Math.floor(value.length / CHARACTERS_PER_FIELD);
  if (typeof value !== 'object' || value === null) return 0;
  const items: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return items.reduce<number>((sum, item) => sum + toWeight(item), Array.isArray(value) ? items.length : 0);
}
