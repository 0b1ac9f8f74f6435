// Hive Gateway over a Mesh of the API, with its response cache: it has no other place for what the process knows.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import InMemoryLRUCache from '@graphql-mesh/cache-inmemory-lru';
import * as rest from '@graphql-mesh/transport-rest';

const gateway = createGatewayRuntime({
  supergraph: readFileSync(new URL('supergraph.graphql', import.meta.url), 'utf8'),
  transports: { rest },
  logging: false,
  graphiql: false,
  landingPage: false,
  cache: new InMemoryLRUCache({ max: 10_000 }),
  responseCaching: { session: () => null, ttl: 300_000 },
});
const server = createServer(gateway);
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}/graphql\n`));
