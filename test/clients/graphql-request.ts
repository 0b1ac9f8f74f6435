import {
  AssessmentRunDocument,
  AssessmentRunsDocument,
  type AssessmentRunsQuery,
} from '@inspector-gateway/client/documents';
import { GraphQLClient } from 'graphql-request';
import { fetchRun as retryRun } from '../snippets/graphql-request.js';
import { persistedFetch } from '../snippets/persisted-fetch.js';
import type { CreateClient } from './client-under-test.js';

export const createGraphQLRequest: CreateClient = (url) => {
  const fetchRun = async (arn: string, client: GraphQLClient) =>
    (await client.request(AssessmentRunDocument, { arn })).assessmentRun;
  const bare = new GraphQLClient(url);
  const persisted = new GraphQLClient(url, { fetch: persistedFetch });
  const byGet = new GraphQLClient(url, { method: 'GET' });
  return {
    fetchRun: (arn) => fetchRun(arn, bare),
    async fetchPages(pages) {
      const arns: string[] = [];
      let after: string | null = null;
      for (let page = 0; page < pages; page += 1) {
        const { assessmentRuns }: AssessmentRunsQuery = await bare.request(AssessmentRunsDocument, {
          first: 20,
          after,
        });
        arns.push(...assessmentRuns.edges.map(({ node }) => node.id));
        after = assessmentRuns.pageInfo.endCursor;
      }
      return arns;
    },
    fetchError: (arn) => fetchRun(arn, bare).catch((error: unknown) => error),
    retryRun: (arn) => retryRun(url, arn),
    persistedRun: (arn) => fetchRun(arn, persisted),
    getRun: (arn) => fetchRun(arn, byGet),
  };
};
