import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { endAfterAll } from './cleanup.js';

/** A team's own subgraph, which says who owns a run, and has of the public schema what many graphs have. */
export const ownersSdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])

  type Query {
    watchedRuns: [AssessmentRun]!
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
  }
  interface Node { id: ID! }
  type Team implements Node { id: ID! runs: TeamRuns tags: [Tag!] }
  type TeamRuns { pageInfo: PageInfo! }
  type AssessmentRun @key(fields: "arn") { arn: ID! owner: String }
  type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type Tag @shareable { key: String! value: String }
`;

interface Run {
  arn: string;
}

/** Serves the subgraph, with `watched` as its watched runs. */
export async function startOwnersSubgraph(watched: readonly string[]) {
  const toOwner = ({ arn }: Run) => `Owner of ${arn.slice(-8)}`;
  const server = new ApolloServer({
    schema: makeExecutableSchema({
      typeDefs: `
        type Query { watchedRuns: [AssessmentRun]! _entities(representations: [_Any!]!): [_Entity]! }
        type AssessmentRun { arn: ID! owner: String }
        union _Entity = AssessmentRun
        scalar _Any`,
      resolvers: {
        Query: {
          watchedRuns: () => watched.map((arn) => ({ arn })),
          _entities: (_query: unknown, { representations }: { representations: Run[] }) => representations,
        },
        AssessmentRun: { owner: toOwner },
        _Entity: { __resolveType: () => 'AssessmentRun' },
      },
    }),
    stopOnTerminationSignals: false,
  });
  const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
  endAfterAll(() => server.stop());
  return url;
}
