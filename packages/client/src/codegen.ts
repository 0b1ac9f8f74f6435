/** For the `config` of graphql-codegen: what the gateway's own scalars are in JSON. Without it they are `unknown`. */
export const codegenConfig = {
  scalars: { Long: 'number', DateTime: 'string' },
};
