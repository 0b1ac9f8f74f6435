import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { toDocumentNode } from '@inspector-gateway/client/apollo';
import { AssessmentRunDocument, AssessmentRunsDocument } from '@inspector-gateway/client/documents';
import { createClient } from '../snippets/apollo-client.js';
import type { CreateClient } from './client-under-test.js';

const runQuery = toDocumentNode(AssessmentRunDocument);
const runsQuery = toDocumentNode(AssessmentRunsDocument);

export const createApollo: CreateClient = (uri) => {
  const fetchRun = async (arn: string, client: ApolloClient) =>
    (await client.query({ query: runQuery, variables: { arn } })).data?.assessmentRun;
  const createBare = (link: ApolloLink) => new ApolloClient({ cache: new InMemoryCache(), link });
  const bare = createBare(new HttpLink({ uri }));
  const retrying = createClient(uri);
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const persisted = createBare(ApolloLink.from([new PersistedQueryLink({ sha256 }), new HttpLink({ uri })]));
  const byGet = createBare(new HttpLink({ uri, useGETForQueries: true }));
  return {
    fetchRun: (arn) => fetchRun(arn, bare),
    async fetchPages(pages) {
      const query = { query: runsQuery, variables: { first: 20 } };
      const watched = retrying.watchQuery(query);
      const watching = watched.subscribe({});
      await retrying.query(query);
      for (let page = 1; page < pages; page += 1) {
        const after = retrying.readQuery(query)?.assessmentRuns.pageInfo.endCursor;
        await watched.fetchMore({ variables: { after } });
      }
      watching.unsubscribe();
      return retrying.readQuery(query)?.assessmentRuns.edges.map(({ node }) => node.id) ?? [];
    },
    fetchError: (arn) => fetchRun(arn, bare).catch((error: unknown) => error),
    retryRun: (arn) => fetchRun(arn, retrying),
    persistedRun: (arn) => fetchRun(arn, persisted),
    getRun: (arn) => fetchRun(arn, byGet),
  };
};
