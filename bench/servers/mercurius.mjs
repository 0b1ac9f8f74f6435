// Mercurius on Fastify; a document is compiled by graphql-jit when it comes a second time.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { findDetails, findTelemetry } from './inspector.mjs';
import { createResolvers, typeDefs } from './schema.mjs';

const app = Fastify();
app.register(mercurius, { schema: typeDefs, resolvers: createResolvers({ findTelemetry, findDetails }), jit: 1 });
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}/graphql\n`);
