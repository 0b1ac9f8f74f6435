// GraphQL Yoga on node:http; its caches of parsed and validated documents are on by default.
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { findDetails, findTelemetry } from './inspector.mjs';
import { createResolvers, typeDefs } from './schema.mjs';

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers: createResolvers({ findTelemetry, findDetails }) }),
  graphiql: false,
});
const server = createServer(yoga);
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}/graphql\n`));
