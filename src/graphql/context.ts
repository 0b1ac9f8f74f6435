import type { AssessmentRunArn } from '../inspector/assessment-run-arn.js';
import type { InspectorApi } from '../inspector/inspector-api.js';
import { createLoaders, type Loaders } from './loaders.js';

/** What an assessment run is before any of its fields is asked for: reading the rest is the fields' business. */
export interface AssessmentRunParent {
  readonly arn: AssessmentRunArn;
}

/** What resolvers share during one request, and only then. */
export interface GraphQLContext {
  /** The id of the HTTP request, as in its x-request-id header and its log line. */
  readonly requestId: string;
  readonly loaders: Loaders;
  /** What went wrong so far, each once: in an entry of `errors` or as data. */
  readonly failures: Set<unknown>;
}

/** A context for one request; its loaders remember nothing beyond it. */
export function createContext(inspector: InspectorApi, requestId: string): GraphQLContext {
  return { requestId, loaders: createLoaders(inspector), failures: new Set() };
}
