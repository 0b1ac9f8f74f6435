import { createReader, type Reader } from '../../src/archive/store/reader.js';
import { createArchiveServer } from '../../src/archive/wire/archive-server.js';
import type { Archive } from './archives.js';
import { endAfterAll } from './cleanup.js';
import type { Json } from './gateway.js';

/** Serves an archive on a port of its own, with these reads in place of the usual ones. */
export async function serveArchive(archive: Archive, reads: Partial<Reader> = {}): Promise<string> {
  const reader = { ...createReader(archive), ...reads };
  const server = createArchiveServer({ reader, onDefect: console.error });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endAfterAll(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
}

/** Calls one of the archive's own operations. */
export async function callArchive(url: string, operation: string, input: unknown) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `InspectorArchive.${operation}` },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: (await response.json()) as Json };
}
