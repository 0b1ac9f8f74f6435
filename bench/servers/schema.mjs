// The product's schema, and the resolvers for what the benchmark asks of it.
import { readFileSync } from 'node:fs';
import { toTotal } from './inspector.mjs';

/** The text of the product's own schema. */
export const typeDefs = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');

const DETAILS = ['name', 'state', 'createdAt', 'startedAt', 'completedAt', 'stateChangedAt'];

/** Resolvers that read by `findTelemetry(arn, context)` and `findDetails(arn, context)`, each once for a run in a query. */
export function createResolvers({ findTelemetry, findDetails }) {
  const toRun = (arn) => ({ id: arn, arn });
  const cut = (rows, first) => (first == null ? rows : rows.slice(0, first));

  function useTelemetry(run, context, use) {
    run.rows ??= findTelemetry(run.arn, context);
    return whenFound(run.rows, use);
  }

  function useDetails(run, context, use) {
    run.details ??= findDetails(run.arn, context);
    return whenFound(run.details, use);
  }

  const details = DETAILS.map((name) => [
    name,
    (run, _, context) => useDetails(run, context, (described) => described[name]),
  ]);
  return {
    Query: {
      assessmentRun: (_, { arn }) => toRun(arn),
      assessmentRunsByArn: (_, { arns }) => arns.map(toRun),
    },
    AssessmentRun: {
      ...Object.fromEntries(details),
      telemetry: (run, { first }, context) => useTelemetry(run, context, (rows) => cut(rows, first)),
      telemetryTotal: (run, _, context) => useTelemetry(run, context, toTotal),
    },
  };
}

/** What `use` makes of what is there or will be. */
function whenFound(found, use) {
  return found instanceof Promise ? found.then(use) : use(found);
}
