import {
  AssessmentRunDocument,
  type AssessmentRunQuery,
  AssessmentRunsDocument,
  type AssessmentRunsQuery,
} from '@inspector-gateway/client/documents';
import { fetchRun as retryRun } from '../snippets/fetch.js';
import { persistedFetch } from '../snippets/persisted-fetch.js';
import type { CreateClient } from './client-under-test.js';

interface Body<T> {
  data: T;
  errors?: unknown[];
}

export const createFetch: CreateClient = (url) => {
  const runQuery = AssessmentRunDocument.toString();

  async function ask<T>(query: string, variables: object, send = fetch): Promise<Body<T>> {
    const headers = { 'content-type': 'application/json' };
    const response = await send(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    return (await response.json()) as Body<T>;
  }

  return {
    fetchRun: async (arn) => (await ask<AssessmentRunQuery>(runQuery, { arn })).data.assessmentRun,
    async fetchPages(pages) {
      const arns: string[] = [];
      let after: string | null = null;
      for (let page = 0; page < pages; page += 1) {
        const query = AssessmentRunsDocument.toString();
        const { data }: Body<AssessmentRunsQuery> = await ask(query, { first: 20, after });
        arns.push(...data.assessmentRuns.edges.map(({ node }) => node.id));
        after = data.assessmentRuns.pageInfo.endCursor;
      }
      return arns;
    },
    fetchError: (arn) => ask(runQuery, { arn }),
    retryRun: (arn) => retryRun(url, arn),
    persistedRun: async (arn) => (await ask<AssessmentRunQuery>(runQuery, { arn }, persistedFetch)).data.assessmentRun,
    async getRun(arn) {
      const search = new URLSearchParams({ query: runQuery, variables: JSON.stringify({ arn }) });
      const headers = { accept: 'application/graphql-response+json' };
      const { data } = (await (await fetch(`${url}?${search}`, { headers })).json()) as Body<AssessmentRunQuery>;
      return data.assessmentRun;
    },
  };
};
