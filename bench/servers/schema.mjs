// The product's schema, and the resolvers for what the benchmark asks of it.
import { readFileSync } from 'node:fs';

/** The text of the product's own schema. */
export const typeDefs = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');

/** Resolvers whose rows come from `find(arn, context)`. */
export function createResolvers(find) {
  const toRun = (arn) => ({ id: arn, arn });
  const cut = (rows, first) => (first == null ? rows : rows.slice(0, first));
  return {
    Query: {
      assessmentRun: (_, { arn }) => toRun(arn),
      assessmentRunsByArn: (_, { arns }) => arns.map(toRun),
    },
    AssessmentRun: {
      telemetry: ({ arn }, { first }, context) => {
        const rows = find(arn, context);
        return rows instanceof Promise ? rows.then((found) => cut(found, first)) : cut(rows, first);
      },
    },
  };
}
