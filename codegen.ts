import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: 'schema.graphql',
  generates: {
    'src/graphql/generated.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        immutableTypes: true,
        avoidOptionals: { field: true },
        contextType: './context.js#GraphQLContext',
        scalars: {
          ID: { input: 'string', output: 'string' },
          DateTime: { input: 'Date', output: 'Date' },
          Long: { input: 'number', output: 'number' },
        },
        mappers: {
          AssessmentRun: './context.js#AssessmentRunParent',
          TelemetryMetadata: '../inspector/inspector-api.js#TelemetryMetadata as TelemetryMetadataRow',
          Telemetry: './telemetry.js#TelemetryParent',
        },
      },
    },
  },
};

export default config;
