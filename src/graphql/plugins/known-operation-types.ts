import { GraphQLError, type ValidationRule } from 'graphql';

/**
 * Refuses mutations and subscriptions, which the schema does not have. graphql 17 has this rule under the same name. graphql
 * 16 calls them valid and fails when they are executed, which would look like a fault of the gateway.
 */
export const KnownOperationTypesRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    context.reportError(
      new GraphQLError(`The ${node.operation} operation is not supported by the schema.`, { nodes: node }),
    );
  },
});
