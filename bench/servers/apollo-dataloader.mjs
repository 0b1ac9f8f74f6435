// Apollo Server standalone, with a DataLoader for each request over what the process knows.
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import DataLoader from 'dataloader';
import { createResolvers, typeDefs } from './schema.mjs';
import { findTelemetry } from './telemetry.mjs';

const server = new ApolloServer({
  typeDefs,
  resolvers: createResolvers((arn, { telemetry }) => telemetry.load(arn)),
});
const { url } = await startStandaloneServer(server, {
  listen: { host: '127.0.0.1', port: 0 },
  context: async () => ({ telemetry: new DataLoader((arns) => Promise.all(arns.map(findTelemetry))) }),
});
process.stdout.write(`${new URL('/graphql', url)}\n`);
