import type { DocumentTypes } from '../documents.js';
import { entityOf } from '../entities.js';
import type { Engine } from '../store/tables.js';
import { createWriter, type Entry, UNDESCRIBED } from '../store/writer.js';
import { ContentError, readContent } from './content/file-content.js';
import type { DetectedReport } from './content/report-file.js';
import type { DetectedEntity, Detection } from './detect/detection.js';
import { createDetector } from './detect/detector.js';
import { type ResolveParent, toArnEntry, toEntry } from './detected-entry.js';
import {
  countsOf,
  createSourceResult,
  increase,
  NO_ARNS,
  NO_COUNTS,
  NO_KEPT,
  type SourceResult,
} from './import-summary.js';
import type { ImportTransaction } from './import-transactions.js';
import { createParentResolver, UnknownParentError } from './parent-resource.js';
import { REPORT_PARENT, toReport } from './reports.js';
import { type Source, SourceError } from './sources/sources.js';

const MAX_PROBLEMS = 5;

/** How to read a source. */
export interface ReadOptions {
  readonly runArn: string | undefined;
  readonly engine: Engine;
  readonly types: DocumentTypes;
  readonly replaces: boolean;
  /** Whether it cannot be deferred. */
  readonly isLastTry: boolean;
  onBytes(bytes: number): void;
  onEntity(): void;
}

/** Reads a source to its end or its first syntax error; after a problem it only looks for some further ones. */
export async function readSource(
  transaction: ImportTransaction,
  source: Source,
  { runArn, engine, types, replaces, isLastTry, onBytes, onEntity }: ReadOptions,
): Promise<SourceResult> {
  const result = createSourceResult();
  const findParent = createParentResolver(transaction, source.name, runArn);
  const writer = createWriter(transaction, {
    engine,
    replaces,
    onUpsert({ entity: { kind }, text }, upsert, kept) {
      if (text === UNDESCRIBED) {
        if (upsert === 'new') countsOf(result.arns, kind, NO_ARNS).new += 1;
        return;
      }
      countsOf(result.counts, kind, NO_COUNTS)[upsert] += 1;
      if (kept !== null) countsOf(result.kept, kind, NO_KEPT)[kept] += 1;
    },
    onContradiction({ location, entity, key }) {
      addProblem(
        `${location}: expected the ${entity.plural} of ${key} that the archive has already (--replace takes those of the file)`,
      );
    },
  });

  function addProblem(problem: string): void {
    if (result.problems.length < MAX_PROBLEMS) result.problems.push(problem);
    else result.hasFurtherProblems = true;
  }

  async function write(entry: Entry | string): Promise<void> {
    if (typeof entry === 'string') addProblem(entry);
    else if (result.problems.length === 0) await writer.add(entry);
  }

  async function take(detection: Detection): Promise<void> {
    switch (detection.type) {
      case 'problem':
        addProblem(`${detection.location}: ${detection.message}`);
        return;
      case 'ignored':
        increase(result.notKept, detection.what, 1);
        return;
      case 'arns': {
        const { entity, arns, location, listedFor } = detection;
        for (const [index, arn] of arns.entries()) {
          countsOf(result.arns, entity.kind, NO_ARNS).named += 1;
          await write(toArnEntry(entity, arn, `${location}[${index}]`, listedFor));
        }
        return;
      }
      case 'entity':
        increase(result.seen, detection.entity.kind, 1);
        onEntity();
        await write(await toEntry(detection, types, resolveParent));
    }
  }

  async function toDetectedReport(report: DetectedReport, content: Uint8Array): Promise<DetectedEntity> {
    const location = 'the report';
    const itsRunArn = await resolveParent({ parent: REPORT_PARENT, operation: 'GetAssessmentReport' }, location);
    const value = toReport(itsRunArn, report, content);
    return { type: 'entity', entity: entityOf('assessmentReport'), value, location };
  }

  const resolveParent: ResolveParent = async (entity, location) => {
    try {
      return await findParent(entity, () => writer.flush());
    } catch (error) {
      if (error instanceof UnknownParentError) throw new UnknownParentError(`${location}: ${error.message}`);
      throw error;
    }
  };

  let detections: { detection: Detection; line: number }[] = [];
  const detector = createDetector((detection, line) => detections.push({ detection, line }), runArn !== undefined);

  /** In the order of the file; but what has to be told what it belongs to comes after what may tell it. */
  async function takeDetections(): Promise<void> {
    const taken = detections;
    detections = [];
    taken.sort((a, b) => Number(lacksParent(a.detection)) - Number(lacksParent(b.detection)) || a.line - b.line);
    for (const { detection } of taken) {
      if (result.hasFurtherProblems) return;
      await take(detection);
    }
  }

  try {
    for await (const content of readContent(source, detector.detach, onBytes)) {
      if (content.type === 'report') {
        detector.report(await toDetectedReport(content.report, content.content));
      } else for (const document of content.documents) detector.detect(document);
      await takeDetections();
      if (result.hasFurtherProblems) return result;
    }
    Object.assign(result, detector.end());
    await takeDetections();
    if (result.problems.length === 0) await writer.end();
  } catch (error) {
    if (error instanceof UnknownParentError && !isLastTry) return { ...result, isDeferred: true };
    if (!isProblemOfSource(error)) throw error;
    await takeDetections();
    addProblem(error.message);
  }
  return result;
}

function lacksParent(detection: Detection): boolean {
  return detection.type === 'entity' && detection.entity.parent !== undefined && detection.parent === undefined;
}

function isProblemOfSource(error: unknown): error is Error {
  if ([ContentError, UnknownParentError, SourceError].some((type) => error instanceof type)) return true;
  // Of the file system, and of PostgreSQL for a value that it cannot hold.
  const { code, syscall } = error as { code?: string; syscall?: string };
  return /^(22|54)\w{3}$/.test(code ?? '') || syscall === 'read' || syscall === 'open';
}
