import type { ApolloServerPlugin } from '@apollo/server';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
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
import type { GraphQLContext } from '../context.js';
import { collectFields, type FieldGroup, type Variables } from '../selection.js';
import { createBudgetError, createCostError } from './cost-error.js';
import { type Arguments, CostCounter, costRules, ROWS_PER_LIST, type Scope } from './cost-rules.js';
import type { Counts, OperationCost } from './counted-cost.js';
import { asksForSchema, countIntrospection } from './introspection-cost.js';

/*
 * The cost of an operation
 *
 * Distinct runs and other entities are counted, since Inspector is called for them. Nodes and fields are counted wherever
 * the answer has them, since the gateway resolves and writes them there. The lengths of lists without pages are estimated
 * here; answer-limit.ts counts again while the answer is made.
 */

/** How much one operation may ask for; see Config. */
export interface OperationLimits {
  /** Distinct runs. */
  readonly maxRuns: number;
  /** Fields of the answer. */
  readonly maxFields: number;
  readonly maxAnswerBytes: number;
}

/** The node limit: runs and other entities in an answer, each counted wherever it is. */
const MAX_NODES = 10_000;
/** Other entities that may be read for each run that may, as many as a default page has: one page of findings of each. */
const ENTITIES_PER_RUN = 20;
/** The selection budget of this count: far more selections than a query has that people write, with its fragments. */
const MAX_SELECTIONS = 20_000;
/** An operation is refused when its answer is estimated at more than a quarter of the limit: estimates may be too low. */
const ESTIMATE_MARGIN = 4;

/** Estimated items of other lists without pages: tags, attributes, changes of state. */
const ITEMS_PER_LIST = 5;
/** Fields of rows that cost as much as another field: rows are written as text, and not resolved field by field. */
const CELLS_PER_FIELD = 10;
/** The cost of filtering rows, and of ordering them, in fields: measured. */
const FILTER_FIELDS = 4;
const ORDER_FIELDS = 6;
/** Characters of an argument that cost as much as a field, to parse and compare. */
const CHARACTERS_PER_FIELD = 100;

/** Estimated bytes of values in JSON, by type. */
const BYTES_BY_TYPE = new Map([
  ['Boolean', 5],
  ['Int', 6],
  ['Float', 6],
  ['Long', 12],
  ['DateTime', 26],
  ['ID', 120],
  ['String', 80],
]);
const BYTES_OF_OTHER_TYPES = 20;
/** The type of a row of telemetry, whose fields are leaves. */
const ROW_TYPE = 'TelemetryMetadata';

/** Bytes of a response key beside its name: quotes, colon and comma. */
const KEY_BYTES = 4;

const metaFields = new Map([SchemaMetaFieldDef, TypeMetaFieldDef].map((field) => [field.name, field]));

/**
 * Refuses an operation that costs too much, before any resolver runs, with code OPERATION_TOO_COSTLY. Aliases, lists,
 * fragments and variables are counted.
 */
export function createOperationCostPlugin(limits: OperationLimits): ApolloServerPlugin<GraphQLContext> {
  const { maxRuns, maxFields } = limits;
  const maxEntities = maxRuns * ENTITIES_PER_RUN;
  const maxNodes = Math.max(maxRuns, MAX_NODES);
  const maxBytes = Math.floor(limits.maxAnswerBytes / ESTIMATE_MARGIN);
  const allowed: Counts = { runs: maxRuns, entities: maxEntities, nodes: maxNodes, fields: maxFields, bytes: maxBytes };
  /** The costs of operations without variables, which are the same each time, where the upstream orders runs and where not. */
  const costs = {
    ordered: new WeakMap<OperationDefinitionNode, OperationCost>(),
    unordered: new WeakMap<OperationDefinitionNode, OperationCost>(),
  };

  function check({ runs, entities, nodes, bytes }: Counts): void {
    if (runs > maxRuns) throw createCostError(`${runs} assessment runs, and at most ${maxRuns} are answered in one.`);
    if (entities > maxEntities) {
      throw createCostError(
        `${entities} findings, agents and the like, and at most ${maxEntities} are answered in one.`,
      );
    }
    if (nodes > maxNodes) {
      throw createCostError(
        `assessment runs and the like at ${nodes} places, and at most ${maxNodes} are answered in one.`,
      );
    }
    if (bytes > maxBytes) {
      throw createCostError(`an answer of about ${bytes} bytes, and at most ${maxBytes} are expected of one.`);
    }
  }

  return {
    requestDidStart: async () => ({
      async didResolveOperation({ schema, document, operation, request, contextValue }) {
        // Execution refuses an unknown operationName.
        if (operation === undefined) return;
        // Only an archive orders runs itself.
        const isOrdered = contextValue.archive.isDetected;
        const known = costs[isOrdered ? 'ordered' : 'unordered'];
        let cost = known.get(operation);
        if (cost === undefined) {
          const {
            runs,
            nonRunEntities: entities,
            nodes,
            fields,
            bytes,
          } = countCost(schema, document, operation, request.variables ?? {}, maxFields, isOrdered);
          cost = { runs, entities, nodes, fields, bytes, limits: allowed };
          if (!operation.variableDefinitions?.length) known.set(operation, cost);
        }
        contextValue.operation.cost = cost;
        check(cost);
        const waitMs = await contextValue.charge?.(cost.fields);
        if (waitMs) throw createBudgetError(cost.fields, waitMs);
      },
    }),
  };
}

const fragmentsByDocument = new WeakMap<DocumentNode, ReadonlyMap<string, FragmentDefinitionNode>>();

/** The fragments of a document by their names. */
export function findFragments(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const cached = fragmentsByDocument.get(document);
  if (cached !== undefined) return cached;
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

/** Collected fields of selections without directives, which are the same in every execution of their document. */
const groupsBySet = new WeakMap<SelectionSetNode, { groups: readonly FieldGroup[]; selections: number }>();
const defaultsByField = new WeakMap<GraphQLField<unknown, unknown>, FoundArguments>();

/** The default arguments of a field. */
function findDefaults(field: GraphQLField<unknown, unknown>, node: FieldNode): FoundArguments {
  let found = defaultsByField.get(field);
  if (found === undefined) {
    found = { values: getArgumentValues(field, node), weight: 0 };
    defaultsByField.set(field, found);
  }
  return found;
}

function countCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  inputs: Variables,
  maxFields: number,
  isOrdered: boolean,
): CostCounter {
  const cost = new CostCounter(isOrdered);
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], inputs, { maxErrors: 1 });
  // Execution refuses variables that cannot be coerced.
  if (coerced === undefined) return cost;
  const variables: Variables = coerced;
  const fragments = findFragments(document);
  // An operation that asks for the schema is executed field by field, without rows as text.
  const cellsPerField = asksForSchema(document) ? 1 : CELLS_PER_FIELD;
  // The arguments of a fragment's field are the same wherever it is spread.
  const argumentsByNode = new Map<FieldNode, FoundArguments>();
  let selections = 0;

  function spendSelections(number: number): void {
    selections += number;
    if (selections <= MAX_SELECTIONS) return;
    throw createCostError(
      `more than ${MAX_SELECTIONS} selections, counting each use of a fragment, and no more are answered in one.`,
    );
  }

  function collect(type: GraphQLNamedType, sets: readonly SelectionSetNode[]): readonly FieldGroup[] {
    const [set] = sets;
    const cached = set !== undefined && sets.length === 1 ? groupsBySet.get(set) : undefined;
    if (cached !== undefined) {
      spendSelections(cached.selections);
      return cached.groups;
    }
    const before = selections;
    let isConstant = sets.length === 1;
    const groups = collectFields(type, sets, schema, fragments, variables, ({ directives }) => {
      spendSelections(1);
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
    cost.bytes += bytes;
    addFields(1);
  }

  function addFields(number: number): void {
    cost.fields += number;
    if (cost.fields <= maxFields) return;
    throw createCostError(
      `at least ${Math.ceil(cost.fields)} fields, counting ${ROWS_PER_LIST} rows for a list of telemetry, ` +
        `${CELLS_PER_FIELD} of whose fields are worth one, and ${ITEMS_PER_LIST} items for other lists without pages, ` +
        `and at most ${maxFields} are answered in one.`,
    );
  }

  /** Counts the selections on an object that the answer has `times` times. */
  function visit(type: GraphQLNamedType, sets: readonly SelectionSetNode[], times: number, scope: Scope): void {
    for (const { parentType, nodes } of collect(type, sets)) {
      const [node] = nodes as [FieldNode];
      const name = node.name.value;
      const keyBytes = (node.alias ?? node.name).value.length + KEY_BYTES;
      if (name === TypeNameMetaFieldDef.name) {
        addFields(times);
        cost.bytes += times * (keyBytes + BYTES_OF_OTHER_TYPES);
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
      // Before a rule parses the arguments, which may be long.
      addFields(times * (1 + weight));
      cost.bytes += times * keyBytes;
      const rule = costRules.get(`${parentType.name}.${name}`);
      const found = rule === undefined ? withOneItem(scope) : locateError(node, () => rule(values, cost, times, scope));
      const scopeBelow = typeof found === 'number' ? { items: found } : found;
      const below = getNamedType(field.type);
      const setsBelow = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (below.name === ROW_TYPE) {
        addFields(times * toRowFields(values));
        visitRows(below, setsBelow, times * toRows(values));
        continue;
      }
      const isList = isListType(getNullableType(field.type));
      const objects = times * (isList ? toLength(parentType, name, scopeBelow, scope) : 1);
      if (isConnection(below)) addFields(times * scopeBelow.items);
      if (isLeafType(below)) {
        cost.bytes += objects * toBytes(below);
        if (isList) addFields(objects);
      } else if (objects > 0) {
        visit(below, setsBelow, objects, scopeBelow);
      }
    }
  }

  function visitRows(type: GraphQLNamedType, sets: readonly SelectionSetNode[], rows: number): void {
    for (const { parentType, nodes } of collect(type, sets)) {
      const [{ name, alias }] = nodes as [FieldNode];
      const field = parentType.getFields()[name.value] ?? TypeNameMetaFieldDef;
      cost.bytes += rows * ((alias ?? name).value.length + KEY_BYTES + toBytes(getNamedType(field.type)));
      addFields(rows / cellsPerField);
    }
  }

  const query = schema.getQueryType();
  if (query != null) visit(query, [operation.selectionSet], 1, { items: 1 });
  return cost;
}

/** Adds the location of its field to the error of an argument. */
function locateError<T>(node: FieldNode, addCost: () => T): T {
  try {
    return addCost();
  } catch (thrown) {
    if (!(thrown instanceof GraphQLError)) throw thrown;
    throw new GraphQLError(thrown.message, { nodes: node, extensions: thrown.extensions });
  }
}

const withOneItem = (scope: Scope): Scope => (scope.items === 1 ? scope : { ...scope, items: 1 });

const isConnection = ({ name }: GraphQLNamedType): boolean => name.endsWith('Connection');

const toBytes = ({ name }: GraphQLNamedType): number => BYTES_BY_TYPE.get(name) ?? BYTES_OF_OTHER_TYPES;

/** How many items a list has, or is estimated to have. */
function toLength(parent: GraphQLNamedType, name: string, own: Scope, scope: Scope): number {
  if (isConnection(parent)) return scope.items;
  return parent.name === 'Query' ? own.items : (scope.lengths?.[name] ?? ITEMS_PER_LIST);
}

function toRows({ first, messageTypes }: Arguments): number {
  const rows = Math.min(ROWS_PER_LIST, (messageTypes as unknown[] | null | undefined)?.length ?? ROWS_PER_LIST);
  return Math.max(0, Math.min(rows, (first as number | null | undefined) ?? rows));
}

function toRowFields({ first, messageTypes, orderBy }: Arguments): number {
  return (first == null && messageTypes == null ? 0 : FILTER_FIELDS) + (orderBy == null ? 0 : ORDER_FIELDS);
}

/** The cost of arguments in fields: one for each item, and long text by its length. */
function toWeight(value: unknown): number {
  if (typeof value === 'string') return Math.floor(value.length / CHARACTERS_PER_FIELD);
  if (typeof value !== 'object' || value === null) return 0;
  const items: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return items.reduce<number>((sum, item) => sum + toWeight(item), Array.isArray(value) ? items.length : 0);
}
