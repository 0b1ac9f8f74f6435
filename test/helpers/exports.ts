import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type ExportFilter, exportRecords } from '../../src/archive/export.js';
import type { ImportSummary } from '../../src/archive/import/import-summary.js';
import { type ImportOptions, importSources, type RefusedFile } from '../../src/archive/import/importer.js';
import { findSources, type SourceOptions } from '../../src/archive/import/sources/sources.js';
import type { Database } from '../../src/archive/store/database.js';
import { createFolder } from './archives.js';

/** Files by name, in the order in which they are imported. */
export type Files = Record<string, string | Uint8Array>;

/** Writes the files into a new folder and imports them; `counts` has those that are not 0. */
export async function importFiles(database: Database, files: Files, options: ImportOptions & SourceOptions = {}) {
  const folder = await createFolder();
  const paths = Object.keys(files).map((name) => join(folder, name));
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)));
  return importPaths(database, paths, options);
}

/** Imports the paths; `-` is this text. */
export async function importPaths(
  database: Database,
  paths: string[],
  { encoding, ...options }: ImportOptions & SourceOptions = {},
  stdin: string | Uint8Array = '',
) {
  const refused: RefusedFile[] = [];
  const sources = await findSources(paths, Readable.from([Buffer.from(stdin)]), { encoding });
  const summary = await importSources(database, sources, {
    ...options,
    onRefusedFile: (file) => {
      refused.push(file);
    },
  });
  return {
    ...summary,
    counts: toCounts(summary),
    arns: Object.fromEntries(summary.arns),
    notKept: Object.fromEntries(summary.notKept),
    kept: Object.fromEntries(summary.kept),
    wrappers: Object.fromEntries(summary.wrappers),
    ignoredPaths: Object.fromEntries(summary.ignoredPaths),
    refused,
  };
}

function toCounts({ counts }: ImportSummary) {
  const kept = [...counts].map(
    ([kind, count]) => [kind, Object.fromEntries(Object.entries(count).filter(([, number]) => number > 0))] as const,
  );
  return Object.fromEntries(kept);
}

/** What `archive export` writes. */
export async function exportText(database: Database, filter: ExportFilter = {}): Promise<string> {
  let text = '';
  for await (const line of exportRecords(database, filter)) text += `${line}\n`;
  return text;
}
