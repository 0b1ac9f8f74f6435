import { createHash } from 'node:crypto';
import type { ApolloServerPlugin } from '@apollo/server';
import { InspectorFailure } from '../../inspector/inspector-failure.js';
import type { AuditedOperation } from '../audited-operation.js';
import type { GraphQLContext } from '../context.js';
import { findAccounts } from '../execution/touched-accounts.js';
import { EMPTY_OPERATION, toAskedDocument } from './trusted-documents.js';

const HASH = /^(?:sha256:)?([0-9a-f]{64})$/;

/** Sets what the audit says of an operation in the context. It is the first plugin: others replace what they refuse. */
export const auditPlugin: ApolloServerPlugin<GraphQLContext> = {
  async requestDidStart({ request }) {
    const { query } = request;
    const { id } = toAskedDocument(request);
    return {
      async willSendResponse({
        contextValue,
        schema,
        source,
        queryHash,
        document,
        operation,
        request,
        response: { body },
      }) {
        const result = body.kind === 'single' ? body.singleResult : body.initialResult;
        const codes = (result.errors ?? []).map(({ extensions }) => String(extensions?.code));
        const asData = [...contextValue.failures].map((failure) => failure instanceof InspectorFailure && failure.code);
        const isRefused = result.data === undefined || contextValue.answer.refusal !== null;
        const isDenied = [...codes, ...asData].includes('ACCESS_DENIED');
        contextValue.operation.audited = {
          hash: toHash(query, id, source, queryHash),
          accounts:
            document === undefined || operation === undefined
              ? []
              : findAccounts(schema, document, operation, request.variables ?? {}),
          ...toDecision(isRefused, isDenied, codes[0] ?? null),
        };
      },
    };
  },
};

function toDecision(
  isRefused: boolean,
  isDenied: boolean,
  code: string | null,
): Pick<AuditedOperation, 'decision' | 'code'> {
  if (isDenied) return { decision: 'denied', code: 'ACCESS_DENIED' };
  return isRefused ? { decision: 'refused', code } : { decision: 'allowed', code: null };
}

/** Of the document as it was sent or found by its id. A refused one is not the source any more. */
function toHash(
  query: string | undefined,
  id: string | undefined,
  source: string | undefined,
  queryHash: string | undefined,
): string | null {
  if (query !== undefined) {
    return query === source && queryHash !== undefined ? queryHash : createHash('sha256').update(query).digest('hex');
  }
  const asked = id === undefined ? undefined : HASH.exec(id)?.[1];
  return asked ?? (source === EMPTY_OPERATION ? undefined : queryHash) ?? null;
}
