import { UnsafeNumber } from '../../documents.js';
import { Detached, type JsonDocument, type JsonPath } from '../content/json/json-document.js';
import type { DetectedEntity, Detection } from './detection.js';
import { describeForeign } from './foreign-document.js';
import { detachArns } from './formats/arns.js';
import { detachEntity } from './formats/entity.js';
import { isTelemetryRow, toTelemetry } from './formats/telemetry-rows.js';
import { objectFormats, textFormats } from './formats.js';
import { toPattern } from './location.js';
import { toParents } from './parents.js';
import { type Format, type Inspected, inside, NOTHING, OF_INSPECTOR, type Position, unite, type Walk } from './walk.js';

/*
 * Tells what the documents of a file are. An object with an ARN of its own is that thing wherever it stands: in a list, by
 * itself, or inside a log line. It is taken while the document is read, which keeps memory small. Telemetry, tags and
 * previews do not say what they belong to: they are told by the whole output, when its document is complete. What looks
 * like something of the service without being it for sure is a problem.
 */

/** How many patterns of paths are told; the others are counted together. */
const MAX_PATTERNS = 20;

/** What there is to tell of a file besides its detections. */
export interface DetectionSummary {
  /** How many documents have nothing of the service, beside others that have, and what the first one is. */
  readonly unrelatedDocuments: { readonly number: number; readonly first: string };
  /** Where entities stood that are not where an operation puts them, with their numbers. */
  readonly wrappers: ReadonlyMap<string, number>;
  /** What stood beside them and is nothing of the service. */
  readonly ignoredPaths: ReadonlyMap<string, number>;
}

/** Detects what one file holds; with `takesRows`, rows of telemetry that stand by themselves are a run's. */
export function createDetector(onDetection: (detection: Detection, line: number) => void, takesRows = false) {
  const wrappers = new Map<string, number>();
  const ignoredPaths = new Map<string, number>();
  let firstUnrelated: { location: string; message: string } | null = null;
  let unrelatedCount = 0;
  let hasFound = false;
  let hasDocuments = false;
  /** Of the document that is being read or inspected. */
  let documentLine = 0;
  const rows: unknown[] = [];
  let rowsLine = 0;
  const walk: Walk = {
    report,
    noteWrapper: (path) => note(wrappers, path),
    noteIgnored: (path) => note(ignoredPaths, path),
    detach,
    inspect,
  };

  function report(detection: Detection): void {
    if (detection.type !== 'problem') hasFound = true;
    onDetection(detection, documentLine);
  }

  function detach(value: object, path: JsonPath, line: number): Detached | null {
    documentLine = line;
    const position = { line, path, textDepth: 0, isRequest: false };
    if (Array.isArray(value)) return detachArns(value, position, walk);
    return detachEntity(value as Record<string, unknown>, position, walk);
  }

  /** The rest of a document whose parts have been detached. */
  function detect({ line, value }: JsonDocument): void {
    hasDocuments = true;
    documentLine = line;
    if (isTelemetryRow(value)) {
      rows.push(value);
      rowsLine ||= line;
      return;
    }
    const { isOfInspector, pending } = inspect(value, { line, path: [], textDepth: 0, isRequest: false });
    for (const { detection, path } of pending) {
      // The file's path may tell what it belongs to, but not of tags inside something else.
      if (detection.entity.kind === 'tags' && path.length > 0) note(ignoredPaths, path);
      else report(detection);
    }
    if (isOfInspector) {
      hasFound = true;
      return;
    }
    unrelatedCount += 1;
    firstUnrelated ??= { location: `line ${line}`, message: describeForeign(value) };
  }

  function inspect(value: unknown, position: Position): Inspected {
    if (typeof value === 'string') return inspectBy(textFormats, value, position);
    if (typeof value !== 'object' || value === null || value instanceof UnsafeNumber) return NOTHING;
    if (value instanceof Detached) return { ...OF_INSPECTOR, parents: toParents(value) };
    return Array.isArray(value) ? inspectItems(value, position) : inspectBy(objectFormats, value, position);
  }

  function inspectBy<T>(formats: readonly Format<T>[], value: T, position: Position): Inspected {
    for (const format of formats) {
      const inspected = format(value, position, walk);
      if (inspected !== null) return inspected;
    }
    return NOTHING;
  }

  function inspectItems(list: readonly unknown[], position: Position): Inspected {
    const items = list.map((item, index) => inspect(item, inside(position, index)));
    const united = unite(items);
    if (united.isOfInspector)
      for (const { isOfInspector } of items) if (!isOfInspector) note(ignoredPaths, [...position.path, 0]);
    return united;
  }

  return {
    detach,
    detect,
    /** Takes what is a file of its own. */
    report(entity: DetectedEntity): void {
      hasDocuments = true;
      report(entity);
    },
    /** Ends the file: documents without anything of the service are a problem when there is nothing else. */
    end(): DetectionSummary & { readonly isEmpty: boolean } {
      const first = `${firstUnrelated?.location}: ${firstUnrelated?.message}`;
      const hasRows = rows.length > 0;
      const unrelatedDocuments = { number: hasFound || hasRows ? unrelatedCount : 0, first };
      if (hasRows) report(toTelemetry(rows, `line ${rowsLine}`, takesRows));
      else if (!hasFound && firstUnrelated !== null) report({ type: 'problem', ...firstUnrelated });
      return { wrappers, ignoredPaths, unrelatedDocuments, isEmpty: !hasDocuments };
    },
  };
}

function note(counts: Map<string, number>, path: JsonPath): void {
  const pattern = toPattern(path);
  const name = counts.has(pattern) || counts.size < MAX_PATTERNS ? pattern : 'other places';
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
