import { createRetryExchange } from '@inspector-gateway/client/urql';
import { cacheExchange, createClient as createUrqlClient, fetchExchange } from '@urql/core';

export const createClient = (url: string) =>
  createUrqlClient({ url, exchanges: [cacheExchange, createRetryExchange(), fetchExchange] });
