// Every request is executed by itself, and compressed by itself.
import { compress } from './content-encoding.js';
import { executeFor } from './response-cache.js';

export * from './response-cache.js';

export const createResponseCache = () => ({
  find: () => undefined,
  make: (_key, execute, addWaiter) => executeFor(execute, addWaiter),
  compress: (_key, { body }, compression) => compress(body, compression),
});
