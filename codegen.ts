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
          AssessmentRunComparison: './fields/archive/comparison.js#RunComparison',
          FindingStatisticsKey: './fields/archive/statistics.js#StatisticsKey<"findings">',
          TelemetryStatisticsKey: './fields/archive/statistics.js#StatisticsKey<"telemetry">',
          AssessmentRunStatisticsKey: './fields/archive/statistics.js#StatisticsKey<"assessmentRuns">',
          Host: '../inspector/archive-api.js#Host as HostRow',
          AssessmentRunConnection: './fields/connection.js#RunConnection',
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
    'portal/src/gql/': {
      preset: 'client',
      documents: 'portal/src/documents/*.graphql',
      // The pages send the hash of a document, and load its text only for a gateway that does not know it yet.
      presetConfig: {
        fragmentMasking: false,
        persistedDocuments: { mode: 'replaceDocumentWithHash', hashAlgorithm: 'sha256' },
      },
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
