import type { CodegenConfig } from '@graphql-codegen/cli';
import { codegenConfig } from './packages/client/src/codegen.js';

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
    'packages/client/src/documents/': {
      preset: 'client',
      documents: 'packages/client/documents/*.graphql',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        useTypeImports: true,
        enumsAsTypes: true,
        immutableTypes: true,
        scalars: { ...codegenConfig.scalars, ID: 'string' },
      },
    },
  },
};

export default config;
