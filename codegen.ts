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
          // What the upstream gives may be none of their values.
          AgentHealth: 'string',
          AgentHealthCode: 'string',
          AssessmentReportStatus: 'string',
          AssessmentRunState: 'string',
          InspectorEvent: 'string',
          Severity: 'string',
          SnsPublishStatusCode: 'string',
          AssessmentRun: './context.js#EntityParent<"assessmentRun">',
          AssessmentTemplate: './context.js#EntityParent<"assessmentTemplate">',
          AssessmentTarget: './context.js#EntityParent<"assessmentTarget">',
          ResourceGroup: './context.js#EntityParent<"resourceGroup">',
          RulesPackage: './context.js#EntityParent<"rulesPackage">',
          Finding: './context.js#EntityParent<"finding">',
          Exclusion: './context.js#EntityParent<"exclusion">',
          AssessmentRunAgent: '../inspector/inspector-api.js#AssessmentRunAgent as AssessmentRunAgentRow',
          TelemetryMetadata: '../inspector/inspector-api.js#TelemetryMetadata as TelemetryMetadataRow',
          Telemetry: './context.js#TelemetryParent',
        },
      },
    },
  },
};

export default config;
