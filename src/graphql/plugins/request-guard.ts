import type { ApolloServerPlugin, GraphQLRequest } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { GraphQLContext } from '../context.js';
import { createCostError } from '../execution/cost-error.js';
import { scanDocument } from '../execution/document-scan.js';

/**
 * Tokens of a document, comments among them. A query for every field of every type has less than 1,000, and one for a
 * hundred runs by alias 2,000; to validate the worst of so many takes a tenth of a second.
 */
export const MAX_TOKENS = 4000;

/** To say on which line something is, graphql-js counts the lines before it. */
const MAX_LINES = MAX_TOKENS;

/**
 * How deep a document, fragments included, and the values of variables may nest. The deepest of sensible queries, for the
 * type of an argument by introspection, comes to 20; the parser's recursion ends at some 1,000.
 */
export const MAX_DEPTH = 100;

/** Values in variables, those in lists and objects included; more where more runs may be asked for. */
const MAX_VALUES = 10_000;

/** A SHA-256 in hexadecimal digits has 64. */
const MAX_HASH_LENGTH = 128;

/** What is executed in place of what is refused: nothing of it. */
const NOTHING = '{ __typename }';

/**
 * Refuses, before it is parsed and before variables are coerced, a request that would be costly to look at: with more tokens
 * or values than any operation uses, nested deeper than recursion can follow, or with fragments that spread themselves.
 */
export function createRequestGuardPlugin(maxRuns: number): ApolloServerPlugin<GraphQLContext> {
  const maxValues = Math.max(maxRuns, MAX_VALUES);
  return {
    async requestDidStart({ request }) {
      const refusal = findRefusal(request, maxValues);
      if (refusal === null) return;
      // No hook of Apollo Server's comes between this one and the parser; the next that may refuse comes after validation.
      request.query = NOTHING;
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
