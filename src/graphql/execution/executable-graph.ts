import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  type DocumentNode,
  defaultFieldResolver,
  execute,
  type FieldDefinitionNode,
  GraphQLError,
  type GraphQLFieldResolver,
  GraphQLScalarType,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type TypeNode,
  visit,
} from 'graphql';
import type { TelemetryMetadata } from '../../inspector/inspector-api.js';
import type { CacheStats } from '../../metrics.js';
import { getTracing } from '../../tracing.js';
import type { GraphQLContext } from '../context.js';
import { refuseUnknownValues } from '../fields/known-values.js';
import { assessmentRunDetails } from '../fields/resolvers.js';
import { asksForSubgraph, createSubgraph } from '../fields/subgraph.js';
import type { Resolvers } from '../generated.js';
import { limitAnswers } from './answer-limit.js';
import { asksForSchema } from './introspection-cost.js';
import type { OperationLimits } from './operation-cost.js';
import { createReadyTexts, isRunType, type ReadyTexts, toTextField } from './ready-texts.js';
import { serializeRows } from './serialized-text.js';

const ROW_TYPE = 'TelemetryMetadata';
const TEXT_TYPE = 'SerializedText';

/** How many values of variables are named that are not what the schema expects, each in an entry of `errors`. */
const MAX_COERCION_ERRORS = 10;

type Gateway = NonNullable<ApolloServerOptionsWithGateway<GraphQLContext>['gateway']>;
type Executor = NonNullable<Awaited<ReturnType<Gateway['load']>>['executor']>;

type Rows = readonly TelemetryMetadata[] | null | undefined;

/** How an operation is executed. */
interface ExecutionOptions {
  limits: OperationLimits;
  /** Whether messages may name what a misspelt value may have meant. */
  hidesSuggestions: boolean;
  /** Whether routers may read the schema. */
  servesSubgraph: boolean;
  /** The revision of the upstream's data. */
  toRevision?: (() => string | null) | undefined;
  textStats?: CacheStats | undefined;
}

type ResolverMap = Record<string, Record<string, GraphQLFieldResolver<unknown, GraphQLContext>>>;

/**
 * The graph as Apollo Server's `gateway`, through which it lets others execute: graphql-js executes it here, on a schema
 * whose lists of rows are leaves (see serialized-rows.ts). What is asked is validated against the schema as it is written,
 * and answers are the same byte for byte.
 */
export function createExecutableGraph(
  typeDefs: string,
  resolvers: Resolvers,
  { limits, hidesSuggestions, servesSubgraph, toRevision, textStats }: ExecutionOptions,
): Gateway {
  const restrict = (schema: GraphQLSchema) => limitAnswers(refuseUnknownValues(schema), limits);
  const publicResolvers = resolvers as unknown as ResolverMap;
  const subgraph = createSubgraph(typeDefs, servesSubgraph);
  const wholeTypeDefs = typeDefs + subgraph.typeDefs;
  const wholeResolvers = {
    ...publicResolvers,
    ...subgraph.resolvers,
    Query: { ...publicResolvers.Query, ...subgraph.resolvers.Query },
  } as ResolverMap;
  const schema = restrict(makeExecutableSchema<GraphQLContext>({ typeDefs: wholeTypeDefs, resolvers: wholeResolvers }));
  const readyTexts = createReadyTexts(new Set(assessmentRunDetails), limits.maxAnswerBytes, toRevision, textStats);
  const leafSchema = restrict(createLeafSchema(wholeTypeDefs, wholeResolvers, readyTexts));
  let publicSchema: GraphQLSchema | undefined;

  /** Introspection shows the public schema, unless it comes together with what is not in it. */
  function findSchema(document: DocumentNode): GraphQLSchema {
    if (!asksForSchema(document)) return leafSchema;
    if (asksForSubgraph(document)) return schema;
    publicSchema ??= restrict(makeExecutableSchema<GraphQLContext>({ typeDefs, resolvers }));
    return publicSchema;
  }

  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => {};
    },
    load: async () => ({
      executor: traced(async ({ document, request, context }) => {
        const executionSchema = findSchema(document);
        const run = (executed: DocumentNode) =>
          execute({
            schema: executionSchema,
            document: executed,
            contextValue: context,
            variableValues: request.variables ?? null,
            operationName: request.operationName ?? null,
            hideSuggestions: hidesSuggestions,
            options: { maxCoercionErrors: MAX_COERCION_ERRORS },
          });
        const result =
          executionSchema === leafSchema
            ? await readyTexts.execute(schema, document, context as GraphQLContext, run)
            : await run(document);
        const tooMany = result.data === undefined ? result.errors?.[MAX_COERCION_ERRORS] : undefined;
        // It names no variable, by which Apollo Server would know it.
        if (tooMany !== undefined) tooMany.extensions.code = 'BAD_USER_INPUT';
        const { refusal } = context.answer;
        if (refusal === null) return result;
        // It is the failure of no field.
        return { data: null, errors: [new GraphQLError(refusal.message, { extensions: refusal.extensions })] };
      }),
    }),
    stop: async () => {},
  };
}

/** An executor whose operations are spans (https://opentelemetry.io/docs/specs/semconv/graphql/graphql-spans/). */
function traced(execute: Executor): Executor {
  const tracing = getTracing();
  if (tracing === null) return execute;
  return (options) => {
    const { document, request, context } = options;
    const type = getOperationAST(document, request.operationName)?.operation;
    const attributes = { 'graphql.operation.type': type, 'graphql.operation.name': context.operation.name };
    return tracing.trace(type ?? 'GraphQL Operation', { attributes }, async (span) => {
      const result = await execute(options);
      const [error] = result.errors ?? [];
      // An InspectorFailure becomes an error with extensions later.
      const { code } = { ...(error?.originalError as { code?: unknown }), ...error?.extensions };
      if (error !== undefined) span?.fail(String(code ?? '_OTHER'));
      return result;
    });
  };
}

/** The same schema, whose fields of rows give text instead, and fields of runs have one beside them that does. */
function createLeafSchema(typeDefs: string, resolvers: ResolverMap, readyTexts: ReadyTexts): GraphQLSchema {
  const leafResolvers = { ...resolvers };
  const addResolver = (type: string, field: string, resolve: ResolverMap[string][string]) => {
    leafResolvers[type] = { ...leafResolvers[type], [field]: resolve };
  };

  function toFields(type: ObjectTypeDefinitionNode): FieldDefinitionNode[] | undefined {
    return type.fields?.flatMap((field) => {
      const itemType = toItemTypeName(field.type);
      const name = field.name.value;
      const resolve = resolvers[type.name.value]?.[name] ?? defaultFieldResolver;
      if (isRunType(itemType)) {
        addResolver(type.name.value, toTextField(name), readyTexts.withTexts(resolve));
        return [field, { ...toLeaf(field), name: { kind: Kind.NAME, value: toTextField(name) } }];
      }
      if (itemType !== ROW_TYPE) return [field];
      addResolver(type.name.value, name, (source, args, context, info) => {
        const serialize = (rows: Rows) => (rows == null ? rows : serializeRows(rows, info));
        const rows = resolve(source, args, context, info) as Rows | Promise<Rows>;
        return rows instanceof Promise ? rows.then(serialize) : serialize(rows);
      });
      return [toLeaf(field)];
    });
  }

  const document = visit(parse(typeDefs), {
    ObjectTypeDefinition: (type) => ({ ...type, fields: toFields(type) }),
  });
  return makeExecutableSchema({
    typeDefs: [document, `scalar ${TEXT_TYPE}`],
    resolvers: { ...leafResolvers, [TEXT_TYPE]: new GraphQLScalarType({ name: TEXT_TYPE }) },
  });
}

/** The same field, whose value is one text. */
function toLeaf(field: FieldDefinitionNode): FieldDefinitionNode {
  const leaf = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: TEXT_TYPE } } as const;
  return { ...field, type: field.type.kind === Kind.NON_NULL_TYPE ? { ...field.type, type: leaf } : leaf };
}

function toItemTypeName(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : toItemTypeName(type.type);
}
