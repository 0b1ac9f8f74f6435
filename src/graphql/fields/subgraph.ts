import {
  type DocumentNode,
  type GraphQLFieldResolver,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  visit,
} from 'graphql';
import { parseArn } from '../../inspector/inspector-arn.js';
import type { EntityParent } from '../context.js';
import { createUserInputError, parseEach } from './arguments.js';
import { kindsByTypeName, toTypeName } from './entity-types.js';

/*
 * The graph as a subgraph of Apollo Federation 2
 * https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec
 *
 * A router reads the subgraph's schema by `_service`, and things that other subgraphs name by `_entities`. Both are answered
 * always, and stand in no introspection: that is the public schema's, as it is for those who know of no router. A router
 * asks for no introspection.
 *
 * @apollo/subgraph brings the whole of Federation with it, to validate what is fixed here, and would load it at each start.
 */

/** What a router may ask for beside the public schema. */
export function createSubgraph(
  publicTypeDefs: string,
  /** Whether it may read the schema. */
  hasService: boolean,
) {
  let sdl: string | undefined;
  const typeNames = [...kindsByTypeName.keys()];
  // By its usual name, _Service, Apollo Server would turn its usage reports off, which are up to APOLLO_KEY alone.
  const service = hasService
    ? 'type SubgraphService { sdl: String! } extend type Query { _service: SubgraphService! }'
    : '';
  const readService = () => {
    sdl ??= toSubgraphSdl(publicTypeDefs);
    return { sdl };
  };
  const query: Record<string, GraphQLFieldResolver<unknown, unknown, { representations: unknown[] }>> = {
    _entities: (_query, { representations }) => parseEach(representations, parseRepresentation),
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

/** Whether a document has fields that are not in the public schema. */
export function asksForSubgraph(document: DocumentNode): boolean {
  let asks = false;
  visit(document, {
    Field({ name }) {
      if (name.value === '_service' || name.value === '_entities') asks = true;
    },
  });
  return asks;
}

/** What another subgraph knows of a thing; throws for what names nothing. */
function parseRepresentation(representation: unknown): EntityParent<never> {
  const { __typename: typeName, arn } = (representation ?? {}) as Record<string, unknown>;
  const kind = typeof typeName === 'string' ? kindsByTypeName.get(typeName) : undefined;
  if (kind === undefined || typeof arn !== 'string') {
    throw createUserInputError(
      `\`representations\` expects objects with an \`arn\` and the \`__typename\` ${[...kindsByTypeName.keys()].join(', ')}, ` +
        `but got ${JSON.stringify(representation)}.`,
    );
  }
  return { kind, arn: parseArn(kind, arn) } as EntityParent<never>;
}

/** Of what has an ARN, and of what has none. */
const DIRECTIVES = parse('type Known @key(fields: "arn") type Shared @shareable').definitions.map(
  (type) => (type as ObjectTypeDefinitionNode).directives ?? [],
);

/** What is by one server alone: a graph has several, and each would answer for its own things only. */
const NOT_SHARED = new Set(['Node', 'Query.node', 'Query.nodes']);

/** The public schema as one of several: what has an ARN is known by it, and all else may be in other subgraphs, too. */
function toSubgraphSdl(publicTypeDefs: string): string {
  const [known, shared] = DIRECTIVES;
  const document = visit(parse(publicTypeDefs), {
    InterfaceTypeDefinition: ({ name }) => (NOT_SHARED.has(name.value) ? null : undefined),
    ObjectTypeDefinition: (type) => ({
      ...type,
      interfaces: type.interfaces?.filter(({ name }) => !NOT_SHARED.has(name.value)),
      fields: type.fields?.filter(({ name }) => !NOT_SHARED.has(`${type.name.value}.${name.value}`)),
      directives: type.name.value === 'Query' ? [] : kindsByTypeName.has(type.name.value) ? known : shared,
    }),
  });
  return `extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])\n\n${print(document)}\n`;
}
