// What a team writes first: Apollo Server standalone, with the SDK called in the resolver.
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { fetchDetails, fetchTelemetry } from './inspector.mjs';
import { createResolvers, typeDefs } from './schema.mjs';

const resolvers = createResolvers({ findTelemetry: fetchTelemetry, findDetails: fetchDetails });
const server = new ApolloServer({ typeDefs, resolvers });
const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
process.stdout.write(`${new URL('/graphql', url)}\n`);
