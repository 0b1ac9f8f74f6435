import {
  type DocumentNode,
  type GraphQLFieldResolver,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  visit,
} from 'graphql';
import type { EntityParent, GraphQLContext } from '../context.js';
import { kindsByTypeName, parseParent, toTypeName } from './entity-types.js';
import { createUserInputError, parseEach } from './user-input.js';

/*
 * The graph as a subgraph of Apollo Federation 2
 * https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec
 *
 * A router reads the subgraph's schema by `_service`, and entities that other subgraphs refer to by `_entities`. Introspection
 * shows the public schema without them: a router does not use it, and other clients do not need them.
 *
 * @apollo/subgraph is not used: it would load all of Federation at each start, to validate a schema that is fixed here.
 */

/** The types and resolvers that a router needs beside the public schema. */
export function createSubgraph(
  publicTypeDefs: string,
  /** Whether the router may read the schema. */
  hasService: boolean,
) {
  let sdl: string | undefined;
  const typeNames = [...kindsByTypeName.keys()];
  // With the usual name, _Service, Apollo Server would turn usage reports off, even with APOLLO_KEY.
  const service = hasService
    ? 'type SubgraphService { sdl: String! } extend type Query { _service: SubgraphService! }'
    : '';
  const readService = () => {
    sdl ??= toSubgraphSdl(publicTypeDefs);
    return { sdl };
  };
  const query: Record<string, GraphQLFieldResolver<unknown, GraphQLContext, { representations: unknown[] }>> = {
    _entities: (_query, { representations }, context) =>
      parseEach(representations, (representation) => parseRepresentation(representation, context)),
    ...(hasService && { _service: readService }),
  };
  return {
    typeDefs: `
      scalar _Any
      union _Entity = ${typeNames.join(' | ')}
      extend type Query { _entities(representations: [_Any!]!): [_Entity]! }
      ${service}`,
    resolvers: {
      Query: query,
      _Entity: { __resolveType: ({ kind }: EntityParent<never>) => toTypeName(kind) },
    },
  };
}

/** Whether a document has fields of the subgraph. */
export function asksForSubgraph(document: DocumentNode): boolean {
  let asks = false;
  visit(document, {
    Field({ name }) {
      if (name.value === '_service' || name.value === '_entities') asks = true;
    },
  });
  return asks;
}

/** Parses a reference of another subgraph. Throws BAD_USER_INPUT, or INVALID_INPUT or ACCESS_DENIED for the ARN. */
function parseRepresentation(representation: unknown, context: GraphQLContext): EntityParent<never> {
  const { __typename: typeName, arn } = (representation ?? {}) as Record<string, unknown>;
  const kind = typeof typeName === 'string' ? kindsByTypeName.get(typeName) : undefined;
  if (kind === undefined || typeof arn !== 'string') {
    throw createUserInputError(
      `\`representations\` expects objects with an \`arn\` and the \`__typename\` ${[...kindsByTypeName.keys()].join(', ')}, ` +
        `but got ${JSON.stringify(representation)}.`,
    );
  }
  return parseParent(kind, arn, context) as EntityParent<never>;
}

/** The directives of entities, and of other types. */
const DIRECTIVES = parse('type Entity @key(fields: "arn") type Value @shareable').definitions.map(
  (type) => (type as ObjectTypeDefinitionNode).directives ?? [],
);

/** Not in the subgraph's schema: with several subgraphs, each could answer for its own nodes only. */
const NOT_SHARED = new Set(['Node', 'Query.node', 'Query.nodes']);

/** The public schema as a subgraph's: types with an ARN are entities, and other subgraphs may share the other types. */
function toSubgraphSdl(publicTypeDefs: string): string {
  const [entity, value] = DIRECTIVES;
  const document = visit(parse(publicTypeDefs), {
    InterfaceTypeDefinition: ({ name }) => (NOT_SHARED.has(name.value) ? null : undefined),
    ObjectTypeDefinition: (type) => ({
      ...type,
      interfaces: type.interfaces?.filter(({ name }) => !NOT_SHARED.has(name.value)),
      fields: type.fields?.filter(({ name }) => !NOT_SHARED.has(`${type.name.value}.${name.value}`)),
      directives: type.name.value === 'Query' ? [] : kindsByTypeName.has(type.name.value) ? entity : value,
    }),
  });
  return `extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])\n\n${print(document)}\n`;
}
