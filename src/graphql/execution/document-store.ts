import type { ApolloServerOptions } from '@apollo/server';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { GraphQLContext } from '../context.js';

type DocumentStore = NonNullable<ApolloServerOptions<GraphQLContext>['documentStore']>;

const MAX_BYTES = 32 * 2 ** 20;

/** What a token takes, with the node that it belongs to: measured, 300 to 600 bytes. */
const TOKEN_BYTES = 500;

/**
 * Documents that were parsed and found valid, for Apollo Server. Bounded by what they take: their text, which their nodes
 * refer to, and their tokens. Apollo Server's own store counts their JSON, in which neither is.
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
