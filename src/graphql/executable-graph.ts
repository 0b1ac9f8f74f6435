import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  type DocumentNode,
  defaultFieldResolver,
  execute,
  type GraphQLFieldResolver,
  GraphQLScalarType,
  type GraphQLSchema,
  Kind,
  parse,
  type TypeNode,
  visit,
} from 'graphql';
import type { TelemetryMetadata } from '../inspector/inspector-api.js';
import type { GraphQLContext } from './context.js';
import type { Resolvers } from './generated.js';
import { refuseUnknownValues } from './known-values.js';
import { serializeRows } from './serialized-rows.js';

const ROW_TYPE = 'TelemetryMetadata';
const SERIALIZED_ROWS_TYPE = 'SerializedRows';

type Rows = readonly TelemetryMetadata[] | null | undefined;
type ResolverMap = Record<string, Record<string, GraphQLFieldResolver<unknown, GraphQLContext>>>;

/**
 * The graph as Apollo Server's `gateway`, through which it lets others execute: graphql-js executes it here, on a schema
 * whose lists of rows are leaves (see serialized-rows.ts). What is asked is validated against the schema as it is written,
 * and answers are the same byte for byte.
 */
export function createExecutableGraph(
  typeDefs: string,
  resolvers: Resolvers,
): NonNullable<ApolloServerOptionsWithGateway<GraphQLContext>['gateway']> {
  const schema = refuseUnknownValues(makeExecutableSchema<GraphQLContext>({ typeDefs, resolvers }));
  const leafSchema = refuseUnknownValues(createLeafSchema(typeDefs, resolvers as unknown as ResolverMap));
  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => {};
    },
    load: async () => ({
      executor: async ({ document, request, context }) =>
        execute({
          schema: asksForSchema(document) ? schema : leafSchema,
          document,
          contextValue: context,
          variableValues: request.variables ?? null,
          operationName: request.operationName ?? null,
        }),
    }),
    stop: async () => {},
  };
}

/** The same schema, whose fields of rows give text instead. */
function createLeafSchema(typeDefs: string, resolvers: ResolverMap): GraphQLSchema {
  const leafResolvers = { ...resolvers };
  const document = visit(parse(typeDefs), {
    ObjectTypeDefinition: (type) => ({
      ...type,
      fields: type.fields?.map((field) => {
        if (toItemTypeName(field.type) !== ROW_TYPE) return field;
        const resolve = resolvers[type.name.value]?.[field.name.value] ?? defaultFieldResolver;
        leafResolvers[type.name.value] = {
          ...leafResolvers[type.name.value],
          [field.name.value]: (source, args, context, info) => {
            const serialize = (rows: Rows) => (rows == null ? rows : serializeRows(rows, info));
            const rows = resolve(source, args, context, info) as Rows | Promise<Rows>;
            return rows instanceof Promise ? rows.then(serialize) : serialize(rows);
          },
        };
        const leaf = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: SERIALIZED_ROWS_TYPE } } as const;
        return { ...field, type: field.type.kind === Kind.NON_NULL_TYPE ? { ...field.type, type: leaf } : leaf };
      }),
    }),
  });
  return makeExecutableSchema({
    typeDefs: [document, `scalar ${SERIALIZED_ROWS_TYPE}`],
    resolvers: { ...leafResolvers, [SERIALIZED_ROWS_TYPE]: new GraphQLScalarType({ name: SERIALIZED_ROWS_TYPE }) },
  });
}

function toItemTypeName(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : toItemTypeName(type.type);
}

const documentsByAsking = new WeakMap<DocumentNode, boolean>();

/** Whether a document asks for the schema itself, which only the one that is written can answer. */
function asksForSchema(document: DocumentNode): boolean {
  let asks = documentsByAsking.get(document);
  if (asks === undefined) {
    asks = false;
    visit(document, {
      Field({ name }) {
        if (name.value === '__schema' || name.value === '__type') asks = true;
      },
    });
    documentsByAsking.set(document, asks);
  }
  return asks;
}
