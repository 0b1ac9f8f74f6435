import type { ApolloServerOptions } from '@apollo/server';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { GraphQLContext } from '../context.js';

type DocumentStore = NonNullable<ApolloServerOptions<GraphQLContext>['documentStore']>;

/** Apollo Server's own limit is 30 MiB. */
const MAX_BYTES = 32 * 2 ** 20;

/** The memory of a token with its part of a node: measured, 300 to 600 bytes. */
const TOKEN_BYTES = 500;

/**
 * Caches parsed and valid documents for Apollo Server. Bounded by their memory: the text, to which nodes refer, and the
 * tokens. Apollo Server's own store counts their JSON, which has neither.
 */
export function createDocumentStore(): DocumentStore {
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: MAX_BYTES,
    sizeCalculation: (document, key) => key.length + toBytes(document),
  });
  return {
    get: async (key) => documents.get(key),
    async set(key, document) {
      documents.set(key, document);
    },
    delete: async (key) => documents.delete(key),
  };
}

function toBytes({ loc }: DocumentNode): number {
  let tokens = 1;
  for (let token = loc?.startToken; token != null; token = token.next ?? undefined) tokens += 1;
  return 2 * (loc?.source.body.length ?? 0) + tokens * TOKEN_BYTES;
}
