import { importSources } from '../../src/archive/import/importer.js';
import { openDatabase } from '../../src/archive/store/database.js';
import { endAfterAll } from './cleanup.js';
import type { Json } from './gateway.js';
import { runMain } from './process.js';

/** Starts the endpoint over this archive, or over the sample, in a process of its own. */
export async function startEndpoint(archiveUrl?: string, environment: Record<string, string> = {}) {
  const archive = runMain(['archive'], {
    ARCHIVE_PORT: '0',
    ...(archiveUrl !== undefined && { ARCHIVE_URL: archiveUrl }),
    ...environment,
  });
  endAfterAll(archive.kill);
  const [, url = ''] = await archive.stdoutMatch(/(http:\S+)/);
  return { ...archive, url };
}

/** Imports records, one a line, on a connection of its own, like another process. */
export async function importRecords(archiveUrl: string, records: string): Promise<void> {
  const database = await openDatabase(archiveUrl);
  try {
    const source = {
      name: 'records',
      sizeBytes: null,
      isRepeatable: true,
      read: async function* () {
        yield Buffer.from(records);
      },
    };
    const problems: string[] = [];
    await importSources(database, [source], { onRefusedFile: (file) => void problems.push(...file.problems) });
    if (problems.length > 0) throw new Error(problems.join('\n'));
  } finally {
    await database.close();
  }
}

/** Calls an operation, signed for the region or unsigned, and returns the raw answer. */
export async function call(url: string, operation: string, input: unknown, region?: string) {
  const scope = `any/20260101/${region}/inspector/aws4_request`;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `InspectorService.${operation}`,
      ...(region && { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=any` }),
    },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) as Json };
}
