// graphql-http, the reference implementation of GraphQL over HTTP, on node:http.
import { createServer } from 'node:http';
import { buildSchema } from 'graphql';
import { createHandler } from 'graphql-http/lib/use/http';
import { findDetails, findTelemetry } from './inspector.mjs';
import { createResolvers, typeDefs } from './schema.mjs';

const schema = buildSchema(typeDefs);
for (const [type, fields] of Object.entries(createResolvers({ findTelemetry, findDetails }))) {
  for (const [field, resolve] of Object.entries(fields)) schema.getType(type).getFields()[field].resolve = resolve;
}
const server = createServer(createHandler({ schema }));
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}/graphql\n`));
