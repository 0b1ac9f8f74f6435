import { retry } from '@inspector-gateway/client';
import { AssessmentRunDocument } from '@inspector-gateway/client/documents';
import { GraphQLClient } from 'graphql-request';

export async function fetchRun(url: string, arn: string) {
  const client = new GraphQLClient(url);
  const { assessmentRun } = await retry(() => client.request(AssessmentRunDocument, { arn }));
  return assessmentRun;
}
