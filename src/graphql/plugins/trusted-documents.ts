import type { ApolloServerPlugin, GraphQLRequest } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { GraphQLContext } from '../context.js';
import type { ErrorLogger } from '../errors.js';
import { asksForSchemaAlone, type TrustedDocuments, type TrustedDocumentsMode } from '../trusted-documents.js';

/** Executed in place of a refused operation. */
export const EMPTY_OPERATION = '{ __typename }';

/** Names of documents that are logged, since clients choose them. */
const MAX_LOGGED = 1000;

/** A request as its client has sent it. */
interface AskedDocument {
  /** By `documentId`, or as the hash of a persisted query. */
  readonly id: string | undefined;
  readonly isDocumentId: boolean;
}

/**
 * Executes trusted documents by their ids, and refuses others as the mode says: with `safelist` what no manifest has, with
 * `require` also what is sent as text.
 */
export function createTrustedDocumentsPlugin(
  documents: TrustedDocuments,
  mode: TrustedDocumentsMode,
  logger: ErrorLogger,
): ApolloServerPlugin<GraphQLContext> {
  const logged = new Set<string>();

  function log(name: string | null | undefined): void {
    const shown = name?.slice(0, 100) ?? '(anonymous)';
    if (logged.has(shown) || logged.size >= MAX_LOGGED) return;
    logged.add(shown);
    logger.warn({ operation: shown }, 'an operation is not among the trusted documents');
  }

  return {
    async requestDidStart({ request }) {
      const { id, isDocumentId } = toAskedDocument(request);
      const text = id === undefined ? undefined : documents.findById(id);
      const refusal = findRefusal(request, id, isDocumentId, text, mode);
      if (refusal !== null) {
        request.query = EMPTY_OPERATION;
        delete request.operationName;
        delete request.variables;
        delete request.extensions;
      } else if (text !== undefined) {
        request.query = text;
        if (request.extensions !== undefined) delete request.extensions.persistedQuery;
      }
      return {
        async didResolveOperation({ document, operationName }) {
          if (refusal !== null) throw refusal;
          if (text !== undefined || mode === 'off' || asksForSchemaAlone(document)) return;
          if (mode !== 'require' && documents.isTrusted(document)) return;
          if (mode === 'log') return log(operationName);
          throw mode === 'safelist'
            ? createRefusal('QUERY_NOT_IN_SAFELIST', 'This document is not among the trusted ones.')
            : createRefusal(
                'PERSISTED_QUERY_ID_REQUIRED',
                'Expected the id of a trusted document, in place of its text.',
              );
        },
      };
    },
  };
}

function findRefusal(
  { query }: GraphQLRequest,
  id: string | undefined,
  isDocumentId: boolean,
  text: string | undefined,
  mode: TrustedDocumentsMode,
): GraphQLError | null {
  if (isDocumentId && query !== undefined) {
    return new GraphQLError('Expected either `documentId` or `query`, but got both.', {
      extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
    });
  }
  // A hash may be that of a persisted query which a client has registered.
  if (id === undefined || text !== undefined || (!isDocumentId && mode !== 'require')) return null;
  return createRefusal('PERSISTED_QUERY_NOT_IN_LIST', 'There is no trusted document of this id.');
}

function createRefusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400 } } });
}

/** The document that a request asks for, if it names it by an id or a hash. */
export function toAskedDocument({ http, extensions }: Pick<GraphQLRequest, 'http' | 'extensions'>): AskedDocument {
  const { documentId } = (http?.body ?? {}) as { documentId?: unknown };
  const given = documentId ?? new URLSearchParams(http?.search).get('documentId') ?? undefined;
  if (typeof given === 'string') return { id: given, isDocumentId: true };
  const hash: unknown = extensions?.persistedQuery?.sha256Hash;
  return { id: typeof hash === 'string' ? hash : undefined, isDocumentId: false };
}
