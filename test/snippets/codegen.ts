import type { CodegenConfig } from '@graphql-codegen/cli';
import { codegenConfig } from '@inspector-gateway/client/codegen';

const config: CodegenConfig = {
  schema: 'http://127.0.0.1:4000/schema.graphql',
  documents: 'src/**/*.{ts,tsx}',
  generates: { 'src/gql/': { preset: 'client', config: codegenConfig } },
};

export default config;
