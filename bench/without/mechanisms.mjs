/**
 * What the product does in a more elaborate way than it could. docs/decisions/ has a page for each, which says why. Those
 * with `loads` can be left out of a measurement: NAME.mjs then stands in the place of `file`, and the loads show what that
 * changes.
 */
export const MECHANISMS = [
  { name: 'raw-request-cache', file: 'src/http/raw-request-cache.ts', loads: ['hot', 'warm'] },
  { name: 'joined-answers', file: 'src/http/joined-answers.ts', loads: ['page', 'warm'] },
  { name: 'response-cache', file: 'src/http/response-cache.ts', loads: ['rephrased', 'big', 'herd'] },
  { name: 'request-lines', file: 'src/process/log.ts', loads: ['hot'] },
  { name: 'ready-texts', file: 'src/graphql/execution/ready-texts.ts', loads: ['page', 'portal'] },
  { name: 'serialized-rows', file: 'src/graphql/execution/executable-graph.ts', loads: ['big', 'page'] },
  { name: 'document-store', file: 'src/graphql/execution/document-store.ts', loads: ['documents', 'page'] },
  { name: 'single-flight', file: 'src/inspector/cache/read-through.ts', loads: ['herd', 'pressure'] },
  { name: 'redis-leases', file: 'src/redis/redis-shared-cache.ts', loads: ['redis'] },
  { name: 'signal', file: 'src/signal.ts', loads: ['cold'] },
  { name: 'sdk-clients', file: 'src/inspector/sdk/sdk-clients.ts', loads: ['cold'] },
  { name: 'abortable-queue', file: 'src/inspector/resilience/abortable-queue.ts', loads: ['cold'] },
  { name: 'adaptive-rate', file: 'src/inspector/resilience/adaptive-rate.ts', loads: ['throttled'] },
  { name: 'circuit-breaker', file: 'src/inspector/resilience/circuit-breaker.ts', loads: ['failing'] },
  { name: 'trigram-bitmap', file: 'src/archive/store/trigram-bitmap.ts', loads: ['filters'] },
  { name: 'shared-port', file: 'src/process/listening-socket.ts' },
  { name: 'graceful-shutdown', file: 'src/process/graceful-shutdown.ts' },
];
