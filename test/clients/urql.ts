import { AssessmentRunDocument, AssessmentRunsDocument } from '@inspector-gateway/client/documents';
import { type Client, cacheExchange, createClient as createUrqlClient, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { createClient } from '../snippets/urql-client.js';
import type { CreateClient } from './client-under-test.js';

export const createUrql: CreateClient = (url) => {
  const ask = (arn: string, client: Client) => client.query(AssessmentRunDocument.toString(), { arn }).toPromise();
  async function fetchRun(arn: string, client: Client) {
    const { data, error } = await ask(arn, client);
    if (error !== undefined) throw error;
    return data?.assessmentRun;
  }
  const bare = createUrqlClient({ url, exchanges: [cacheExchange, fetchExchange] });
  const retrying = createClient(url);
  const persisted = createUrqlClient({ url, exchanges: [cacheExchange, persistedExchange(), fetchExchange] });
  return {
    fetchRun: (arn) => fetchRun(arn, bare),
    async fetchPages(pages) {
      const arns: string[] = [];
      let after: string | null = null;
      for (let page = 0; page < pages; page += 1) {
        const { data } = await bare.query(AssessmentRunsDocument.toString(), { first: 20, after }).toPromise();
        arns.push(...(data?.assessmentRuns.edges.map(({ node }) => node.id) ?? []));
        after = data?.assessmentRuns.pageInfo.endCursor ?? null;
      }
      return arns;
    },
    fetchError: async (arn) => (await ask(arn, bare)).error,
    retryRun: (arn) => fetchRun(arn, retrying),
    persistedRun: (arn) => fetchRun(arn, persisted),
    getRun: (arn) => fetchRun(arn, bare),
  };
};
