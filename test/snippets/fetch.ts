import { retry } from '@inspector-gateway/client';
import { AssessmentRunDocument, type AssessmentRunQuery } from '@inspector-gateway/client/documents';

async function ask<T>(url: string, query: string, variables: object) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as { data?: T | null; errors?: unknown[] };
}

export async function fetchRun(url: string, arn: string) {
  const { data } = await retry(() => ask<AssessmentRunQuery>(url, AssessmentRunDocument.toString(), { arn }));
  return data?.assessmentRun;
}
