import { readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, parse } from 'graphql';
import { createContext } from '../../src/graphql/context.js';
import { stringifyResult } from '../../src/graphql/execution/serialized-text.js';
import { resolvers } from '../../src/graphql/fields/resolvers.js';
import { createGraphQLServer } from '../../src/graphql/graphql-server.js';
import type { ArchiveApi } from '../../src/inspector/archive-api.js';
import type { InspectorApi } from '../../src/inspector/inspector-api.js';
import { InspectorFailure } from '../../src/inspector/inspector-failure.js';
import type { Json } from './gateway.js';

type Upstream = InspectorApi & { readonly archive?: ArchiveApi };

const typeDefs = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
const plainSchema = makeExecutableSchema({ typeDefs, resolvers });

type LogLine = { fields: Json; message: string };
type Options = { maxRunsPerOperation?: number; maxFieldsPerOperation?: number; maxAnswerBytes?: number };
type TestServer = { apollo: ReturnType<typeof createGraphQLServer>; log: LogLine[] };

const servers = new Map<string, TestServer>();

/** A server with these options. To make one takes long: without cached values, of which it keeps texts, a file has one. */
function findServer(options: Options, isShared: boolean): TestServer {
  const key = JSON.stringify(options);
  const known = isShared ? servers.get(key) : undefined;
  if (known !== undefined) return known;
  const server: TestServer = {
    log: [],
    apollo: createGraphQLServer({
      limits: {
        maxRuns: options.maxRunsPerOperation ?? 100,
        maxFields: options.maxFieldsPerOperation ?? 50_000,
        maxAnswerBytes: options.maxAnswerBytes ?? 2 ** 25,
      },
      introspection: true,
      explorer: false,
      isDevelopment: false,
      logger: { warn: write, error: write },
    }),
  };
  function write(fields: object, message: string): void {
    server.log.push({ fields, message });
  }
  if (isShared) servers.set(key, server);
  return server;
}

/**
 * Creates the graph in process, over an InspectorApi; `log` has its log lines until the next graph is created. Each answer is compared with the one that
 * graphql-js alone makes of the same operation and the same results of Inspector.
 */
export function createTestGraph(inspector: Upstream, options: Options = {}) {
  const log: LogLine[] = [];
  const server = findServer(options, inspector.known === undefined);
  server.log = log;
  const { apollo } = server;
  return {
    log,
    /** Executes an operation, and returns the answer as it would be sent. */
    async query(query: string, variables: Record<string, unknown> = {}): Promise<Json> {
      const { recording, replay } = createRecording(inspector);
      const contextValue = createContext(recording, 'request-id');
      const { body } = await apollo.executeOperation({ query, variables }, { contextValue });
      if (body.kind !== 'single') return body;
      const { data, errors } = body.singleResult;
      // Cached values have no recorded call, and a refused answer has no data to compare.
      if (data !== undefined && inspector.known === undefined && contextValue.answer.refusal === null) {
        const plain = await execute({
          schema: plainSchema,
          document: parse(query),
          contextValue: createContext(replay, 'request-id'),
          variableValues: variables,
        });
        assertSame(stringifyResult({ data }), `${JSON.stringify({ data: plain.data })}\n`);
        // Sorted by path, since the order of errors is not specified.
        assertSame(String(errors?.map(toLocation).sort()), String(plain.errors?.map(toLocation).sort()));
      }
      return JSON.parse(stringifyResult(body.singleResult));
    },
  };
}

function toLocation({ path, locations }: { path?: unknown; locations?: unknown }): string {
  return JSON.stringify({ path, locations });
}

function assertSame(given: string | undefined, expected: string | undefined): void {
  if (given !== expected) throw new Error(`graphql-js alone answers ${expected}\nand the graph ${given}`);
}

/** An InspectorApi that records results, and one that replays them in the same order. */
function createRecording(inspector: Upstream) {
  const { archive } = inspector;
  const answers = new Map<string, Promise<unknown>[]>();
  const record = <T>(key: string, answer: Promise<T>): Promise<T> => {
    answers.set(key, [...(answers.get(key) ?? []), answer]);
    answer.catch(() => {});
    return answer;
  };
  const again = (key: string): Promise<never> => {
    const [first, ...others] = answers.get(key) ?? [];
    if (others.length > 0) answers.set(key, others);
    return (first ?? Promise.reject(new Error(`There is no recorded call for ${key}.`))) as Promise<never>;
  };
  const recording: Upstream = {
    getTelemetryMetadata: (arn, options) => record(`telemetry ${arn}`, inspector.getTelemetryMetadata(arn, options)),
    describe(kind, arns, options) {
      const results = inspector.describe(kind, arns, options);
      arns.forEach((arn, index) => {
        record(
          `${kind} ${arn}`,
          results.then((all) => all[index]),
        );
      });
      return results;
    },
    list: (kind, query, options) => record(`${kind} ${JSON.stringify(query)}`, inspector.list(kind, query, options)),
    listTagsForResource: (arn, options) => record(`tags ${arn}`, inspector.listTagsForResource(arn, options)),
    getAssessmentReport: (query, options) =>
      record(`report ${JSON.stringify(query)}`, inspector.getAssessmentReport(query, options)),
    ...(inspector.known && { known: inspector.known }),
    ...(archive && {
      archive: {
        ...archive,
        describeArchive: (options) => record('archive', archive.describeArchive(options)),
        search: (kind, query, options) =>
          record(`search ${kind} ${JSON.stringify(query)}`, archive.search(kind, query, options)),
        summarize: (kind, query, options) =>
          record(`summarize ${kind} ${JSON.stringify(query)}`, archive.summarize(kind, query, options)),
        compareRuns: (arn, baseArn, options) =>
          record(`compare ${arn} ${baseArn}`, archive.compareRuns(arn, baseArn, options)),
        batchGetTelemetryMetadata: (arns, options) =>
          record(`batch ${arns}`, archive.batchGetTelemetryMetadata(arns, options)),
        batchGetAssessmentRunAgents: (agents, options) =>
          record(`agents ${JSON.stringify(agents)}`, archive.batchGetAssessmentRunAgents(agents, options)),
        batchGetHostTelemetry: (hosts, options) =>
          record(`host telemetry ${JSON.stringify(hosts)}`, archive.batchGetHostTelemetry(hosts, options)),
      },
    }),
  };
  const replay: Upstream = {
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
    ...(archive && {
      archive: {
        ...archive,
        describeArchive: () => again('archive'),
        search: (kind, query) => again(`search ${kind} ${JSON.stringify(query)}`),
        summarize: (kind, query) => again(`summarize ${kind} ${JSON.stringify(query)}`),
        compareRuns: (arn, baseArn) => again(`compare ${arn} ${baseArn}`),
        batchGetTelemetryMetadata: (arns) => again(`batch ${arns}`),
        batchGetAssessmentRunAgents: (agents) => again(`agents ${JSON.stringify(agents)}`),
        batchGetHostTelemetry: (hosts) => again(`host telemetry ${JSON.stringify(hosts)}`),
      },
    }),
  };
  return { recording, replay };
}
