// What a team writes first: Apollo Server standalone, with the SDK called in the resolver.
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createResolvers, typeDefs } from './schema.mjs';
import { fetchTelemetry } from './telemetry.mjs';

const server = new ApolloServer({ typeDefs, resolvers: createResolvers(fetchTelemetry) });
const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
process.stdout.write(`${new URL('/graphql', url)}\n`);
