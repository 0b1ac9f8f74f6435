import type { ApolloServerPlugin, GraphQLRequest } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { GraphQLContext } from '../context.js';
import { createCostError } from '../execution/cost-error.js';
import { scanDocument } from '../execution/document-scan.js';

/**
 * Tokens of a document, with comments. A query for every field of every type has fewer than 1,000, and one for a hundred
 * runs by alias 2,000; the worst document of this size takes a tenth of a second to validate.
 */
export const MAX_TOKENS = 4000;

/** As many as tokens: graphql-js counts the lines before each error. */
const MAX_LINES = MAX_TOKENS;

/**
 * Depth of a document with its fragments, and of variables. The deepest useful query, introspection of an argument's type,
 * has 20; the parser's recursion fails at some 1,000.
 */
export const MAX_DEPTH = 100;

/** Values in variables, with those in lists and objects; more where MAX_RUNS_PER_OPERATION is higher. */
const MAX_VALUES = 10_000;

/** A SHA-256 in hexadecimal digits has 64. */
const MAX_HASH_LENGTH = 128;

/** Executed in place of a refused operation. */
const EMPTY_OPERATION = '{ __typename }';

/**
 * Refuses a request that would be costly to parse or to validate: with too many tokens, lines or values, nested too deeply,
 * or with fragments that spread themselves.
 */
export function createRequestGuardPlugin(maxRuns: number): ApolloServerPlugin<GraphQLContext> {
  const maxValues = Math.max(maxRuns, MAX_VALUES);
  return {
    async requestDidStart({ request }) {
      const refusal = findRefusal(request, maxValues);
      if (refusal === null) return;
      // Apollo Server has no hook between this one and the parser; the next hook that may throw comes after validation.
      request.query = EMPTY_OPERATION;
      delete request.operationName;
      delete request.variables;
      delete request.extensions;
      return {
        async didResolveOperation() {
          throw refusal;
        },
      };
    },
  };
}

function findRefusal({ query, variables, extensions }: GraphQLRequest, maxValues: number): GraphQLError | null {
  const hash: unknown = extensions?.persistedQuery?.sha256Hash;
  if (hash !== undefined && (typeof hash !== 'string' || hash.length > MAX_HASH_LENGTH)) {
    return new GraphQLError(
      '`extensions.persistedQuery.sha256Hash` expects the SHA-256 of a query, in hexadecimal digits.',
      {
        extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
      },
    );
  }
  return (
    (query === undefined ? null : findDocumentRefusal(query)) ??
    (variables === undefined ? null : findVariablesRefusal(variables, maxValues))
  );
}

function findDocumentRefusal(query: string): GraphQLError | null {
  const { tokens, lines, depth, circularFragment } = scanDocument(query, MAX_TOKENS);
  if (tokens > MAX_TOKENS) {
    return createCostError(`more than ${MAX_TOKENS} tokens, counting comments, and no more are read of one.`);
  }
  if (lines > MAX_LINES)
    return createCostError(`what is written on ${lines} lines, and at most ${MAX_LINES} are read.`);
  if (circularFragment !== null) {
    return new GraphQLError(`Cannot spread fragment ${JSON.stringify(circularFragment)} within itself.`, {
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } },
    });
  }
  if (depth > MAX_DEPTH) {
    return createCostError(`what is nested ${depth} levels deep, and at most ${MAX_DEPTH} are answered in one.`);
  }
  return null;
}

function findVariablesRefusal(variables: object, maxValues: number): GraphQLError | null {
  let values = 0;
  let level: object[] = [variables];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) {
      return createCostError(`variables nested deeper than ${MAX_DEPTH} levels, and no deeper ones are answered.`);
    }
    const next: object[] = [];
    for (const container of level) {
      const items: unknown[] = Array.isArray(container) ? container : Object.values(container);
      values += items.length;
      if (values > maxValues) {
        return createCostError(`more than ${maxValues} values in its variables, and no more are read of one.`);
      }
      for (const item of items) if (typeof item === 'object' && item !== null) next.push(item);
    }
    level = next;
  }
  return null;
}
