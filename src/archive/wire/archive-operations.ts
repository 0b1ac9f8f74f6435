import { batchGetAssessmentRunAgents } from './archive-operations/agents-batch.js';
import { compareAssessmentRuns } from './archive-operations/comparison.js';
import { describeArchive, getArchiveRevision } from './archive-operations/description.js';
import { batchGetHostTelemetry } from './archive-operations/host-telemetry.js';
import { searchAssessmentRuns, searchFindings, searchHosts } from './archive-operations/search.js';
import { summarizeAssessmentRuns, summarizeFindings, summarizeTelemetry } from './archive-operations/summaries.js';
import { batchGetTelemetryMetadata } from './archive-operations/telemetry-batch.js';
import type { Operation } from './shared/operation.js';

/** The archive's own operations, by their names. See docs/archive-api.md. */
export const archiveOperations: ReadonlyMap<string, Operation> = new Map([
  ['GetArchiveRevision', getArchiveRevision],
  ['DescribeArchive', describeArchive],
  ['BatchGetTelemetryMetadata', batchGetTelemetryMetadata],
  ['BatchGetAssessmentRunAgents', batchGetAssessmentRunAgents],
  ['BatchGetHostTelemetry', batchGetHostTelemetry],
  ['SearchAssessmentRuns', searchAssessmentRuns],
  ['SearchFindings', searchFindings],
  ['SearchHosts', searchHosts],
  ['CompareAssessmentRuns', compareAssessmentRuns],
  ['SummarizeAssessmentRuns', summarizeAssessmentRuns],
  ['SummarizeFindings', summarizeFindings],
  ['SummarizeTelemetry', summarizeTelemetry],
]);

/** The errors that each of them may answer. */
export const archiveErrors: ReadonlyMap<string, readonly string[]> = new Map(
  [...archiveOperations.keys()].map((name) => [
    name,
    ['InternalException', 'InvalidInputException', 'NoSuchEntityException'],
  ]),
);
