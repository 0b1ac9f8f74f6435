// Apollo Server standalone, with DataLoaders for each request over what the process knows.
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import DataLoader from 'dataloader';
import { findDetails, findTelemetry } from './inspector.mjs';
import { createResolvers, typeDefs } from './schema.mjs';

const createLoader = (find) => new DataLoader((arns) => Promise.all(arns.map(find)));
const server = new ApolloServer({
  typeDefs,
  resolvers: createResolvers({
    findTelemetry: (arn, { telemetry }) => telemetry.load(arn),
    findDetails: (arn, { details }) => details.load(arn),
  }),
});
const { url } = await startStandaloneServer(server, {
  listen: { host: '127.0.0.1', port: 0 },
  context: async () => ({ telemetry: createLoader(findTelemetry), details: createLoader(findDetails) }),
});
process.stdout.write(`${new URL('/graphql', url)}\n`);
