import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getVariableValues,
  isLeafType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { collectFields, type Variables } from '../selection.js';
import { findFragments } from './operation-cost.js';

/** Stands for all accounts that the caller may see. */
export const ALL_ACCOUNTS = '*';

const ARN = /^arn:aws[a-z-]*:inspector:[a-z0-9-]*:(?<account>\d{12}):(?<shared>rulespackage\/)?/;
const ACCOUNT = /^(?<account>\d{12})$/;
const ACCOUNTS_ARGUMENT = 'accountIds';
/** Arguments that name what a field of the query gives. */
const NAMING_ARGUMENTS = new Set(['arn', 'arns', 'id', 'ids', 'representations']);
/** The type of what belongs to no account's history, and yet leads to those of all accounts. */
const SHARED_TYPE = 'RulesPackage';

/** Accounts of values. */
interface Found {
  readonly accounts: Set<string>;
  /** Whether some are those of resources that belong to one account alone. */
  isNarrowed: boolean;
}

/**
 * The accounts that an operation asks for: those of ARNs in its arguments, wherever they are, and those of filters by account.
 * ALL_ACCOUNTS is among them when a list, a count or the archive is asked for that neither narrows.
 */
export function findAccounts(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  inputs: Variables,
): readonly string[] {
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], inputs, { maxErrors: 1 });
  // Execution refuses variables that cannot be coerced.
  if (coerced === undefined) return toAccounts(inputs);
  const variables: Variables = coerced;
  const fragments = findFragments(document);
  const accounts = new Set<string>();
  const query = schema.getQueryType();
  const seen = new Set<SelectionSetNode>();

  function visit(type: GraphQLNamedType, sets: readonly SelectionSetNode[]): void {
    for (const { parentType, nodes } of collectFields(type, sets, schema, fragments, variables, () => {})) {
      const [node] = nodes;
      const field = node && parentType.getFields()[node.name.value];
      // Neither `__typename` nor the schema belongs to anybody.
      if (node === undefined || field === undefined || field.name.startsWith('_service')) continue;
      const found = find(node.arguments?.length ? getArgumentValues(field, node, variables) : {});
      for (const account of found.accounts) accounts.add(account);
      const itsType = getNamedType(field.type);
      const isNamed = field.args.some(({ name }) => NAMING_ARGUMENTS.has(name));
      const isOfAll = (parentType === query && !isNamed) || (parentType.name === SHARED_TYPE && !isLeafType(itsType));
      if (isOfAll && !found.isNarrowed) accounts.add(ALL_ACCOUNTS);
      // What a fragment leads to is looked at once, wherever it is spread.
      const further = nodes.flatMap(({ selectionSet }) =>
        selectionSet === undefined || seen.has(selectionSet) ? [] : selectionSet,
      );
      for (const set of further) seen.add(set);
      if (further.length > 0) visit(itsType, further);
    }
  }

  if (query != null) visit(query, [operation.selectionSet]);
  return [...accounts];
}

/** The accounts of ARNs in values. */
export function toAccounts(values: unknown): readonly string[] {
  return [...find(values).accounts];
}

function find(values: unknown): Found {
  const found: Found = { accounts: new Set(), isNarrowed: false };
  collect(values, false, found);
  return found;
}

function collect(value: unknown, areAccounts: boolean, found: Found): void {
  if (typeof value === 'string') {
    const { account, shared } = (areAccounts ? ACCOUNT : ARN).exec(value)?.groups ?? {};
    if (account === undefined) return;
    found.accounts.add(account);
    if (shared === undefined) found.isNarrowed = true;
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, areAccounts, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) collect(member, name === ACCOUNTS_ARGUMENT, found);
  }
}
