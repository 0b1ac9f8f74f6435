import { GraphQLError, type ValidationRule } from 'graphql';

/**
 * Refuses a mutation or a subscription, of which the schema has none. graphql 16 takes them for valid, and fails when they are
 * executed or their arguments are read, as if the gateway were at fault; graphql 17 has this rule under the same name.
 */
export const KnownOperationTypesRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    context.reportError(
      new GraphQLError(`The ${node.operation} operation is not supported by the schema.`, { nodes: node }),
    );
  },
});
