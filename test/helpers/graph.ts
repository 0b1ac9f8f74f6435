import { readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, parse } from 'graphql';
import { createContext } from '../../src/graphql/context.js';
import { stringifyResult } from '../../src/graphql/execution/serialized-text.js';
import { resolvers } from '../../src/graphql/fields/resolvers.js';
import { createGraphQLServer } from '../../src/graphql/graphql-server.js';
import type { InspectorApi } from '../../src/inspector/inspector-api.js';
import { InspectorFailure } from '../../src/inspector/inspector-failure.js';
import type { Json } from './gateway.js';

const typeDefs = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
const plainSchema = makeExecutableSchema({ typeDefs, resolvers });

/**
 * The graph in process, over an InspectorApi of the test's; `log` holds what it would have logged. What it answers is
 * compared with what graphql-js alone makes of the same operation and the same answers of Inspector.
 */
export function createTestGraph(
  inspector: InspectorApi,
  options: { maxRunsPerOperation?: number; maxFieldsPerOperation?: number; maxAnswerBytes?: number } = {},
) {
  const log: { fields: Json; message: string }[] = [];
  const write = (fields: object, message: string) => log.push({ fields, message });
  const apollo = createGraphQLServer({
    limits: {
      maxRuns: options.maxRunsPerOperation ?? 100,
      maxFields: options.maxFieldsPerOperation ?? 50_000,
      maxAnswerBytes: options.maxAnswerBytes ?? 2 ** 25,
    },
    introspection: true,
    explorer: false,
    isDevelopment: false,
    logger: { warn: write, error: write },
  });
  return {
    log,
    /** The GraphQL answer to an operation, as it would be sent. */
    async query(query: string, variables: Record<string, unknown> = {}): Promise<Json> {
      const { recording, replay } = createRecording(inspector);
      const contextValue = createContext(recording, 'request-id');
      const { body } = await apollo.executeOperation({ query, variables }, { contextValue });
      if (body.kind !== 'single') return body;
      const { data, errors } = body.singleResult;
      // What is remembered is had without a call, of which there is no recording then; what is given up is no answer.
      if (data !== undefined && inspector.known === undefined && contextValue.answer.refusal === null) {
        const plain = await execute({
          schema: plainSchema,
          document: parse(query),
          contextValue: createContext(replay, 'request-id'),
          variableValues: variables,
        });
        assertSame(stringifyResult({ data }), `${JSON.stringify({ data: plain.data })}\n`);
        // In the order of their places: among several that wait, the order in which they come is nobody's promise.
        assertSame(String(errors?.map(toPlace).sort()), String(plain.errors?.map(toPlace).sort()));
      }
      return JSON.parse(stringifyResult(body.singleResult));
    },
  };
}

function toPlace({ path, locations }: { path?: unknown; locations?: unknown }): string {
  return JSON.stringify({ path, locations });
}

function assertSame(given: string | undefined, expected: string | undefined): void {
  if (given !== expected) throw new Error(`graphql-js alone answers ${expected}\nand the graph ${given}`);
}

/** An InspectorApi that remembers what it was answered, and one that answers the same in the same order. */
function createRecording(inspector: InspectorApi) {
  const answers = new Map<string, Promise<unknown>[]>();
  const record = <T>(key: string, answer: Promise<T>): Promise<T> => {
    answers.set(key, [...(answers.get(key) ?? []), answer]);
    answer.catch(() => {});
    return answer;
  };
  const again = (key: string): Promise<never> => {
    const [first, ...others] = answers.get(key) ?? [];
    if (others.length > 0) answers.set(key, others);
    return (first ?? Promise.reject(new Error(`Nobody asked for ${key}.`))) as Promise<never>;
  };
  const recording: InspectorApi = {
    getTelemetryMetadata: (arn, options) => record(`telemetry ${arn}`, inspector.getTelemetryMetadata(arn, options)),
    describe(kind, arns, options) {
      const results = inspector.describe(kind, arns, options);
      arns.forEach((arn, place) => {
        record(
          `${kind} ${arn}`,
          results.then((all) => all[place]),
        );
      });
      return results;
    },
    list: (kind, query, options) => record(`${kind} ${JSON.stringify(query)}`, inspector.list(kind, query, options)),
    listTagsForResource: (arn, options) => record(`tags ${arn}`, inspector.listTagsForResource(arn, options)),
    getAssessmentReport: (query, options) =>
      record(`report ${JSON.stringify(query)}`, inspector.getAssessmentReport(query, options)),
    ...(inspector.known && { known: inspector.known }),
  };
  const replay: InspectorApi = {
    getTelemetryMetadata: (arn) => again(`telemetry ${arn}`),
    describe: (kind, arns) =>
      Promise.all(
        arns.map((arn) =>
          (again(`${kind} ${arn}`) as Promise<never>).catch((thrown) => {
            if (thrown instanceof InspectorFailure) return thrown as never;
            throw thrown;
          }),
        ),
      ),
    list: (kind, query) => again(`${kind} ${JSON.stringify(query)}`),
    listTagsForResource: (arn) => again(`tags ${arn}`),
    getAssessmentReport: (query) => again(`report ${JSON.stringify(query)}`),
  };
  return { recording, replay };
}
