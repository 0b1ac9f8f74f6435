import { runMain } from './process.js';

// biome-ignore lint/suspicious/noExplicitAny: its shape depends on the query
export type Json = any;

/** Starts the gateway in a process of its own, on free ports, with this environment. */
export async function startGateway(environment: Record<string, string> = {}, nodeOptions: string[] = []) {
  const main = runMain([], { PORT: '0', ARCHIVE_PORT: '0', ...environment }, nodeOptions);
  const [, url = '', upstreamLine = ''] = await main.stdoutMatch(/Gateway {2}(https?:\S+)\/graphql.*\n(.*)\n/);
  const archiveUrl = /Archive {2}(http:\S+)/.exec(upstreamLine)?.[1] ?? '';

  async function post(body: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
  }

  /**
   * The place of a line that the archive's log has from now on. The archive has a thread of its own, whose lines may come later
   * than the gateway's; those of calls before this one come before it.
   */
  async function markArchiveLog(): Promise<number> {
    const { headers } = await fetch(archiveUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'InspectorService.ListRulesPackages' },
      body: '{}',
    });
    const requestId = headers.get('x-amzn-requestid') as string;
    await main.requestLine(requestId);
    return main.log().findIndex((line) => line.requestId === requestId);
  }

  /** What came of it, and the operations that the archive inside was asked for meanwhile, but for its revision. */
  async function withArchiveCalls<T>(act: () => Promise<T>): Promise<{ result: T; calls: string[] }> {
    const before = await markArchiveLog();
    const result = await act();
    const after = await markArchiveLog();
    const lines = main.log().slice(before + 1, after) as { server?: string; operation?: string }[];
    const calls = lines.flatMap(({ server, operation = '' }) => (server === 'archive' ? [operation] : []));
    return { result, calls: calls.filter((operation) => operation !== 'GetArchiveRevision') };
  }

  return {
    ...main,
    url,
    archiveUrl,
    post,
    withArchiveCalls,
    /** Sends a query, and returns the body of the answer. */
    query: async (query: string, variables?: object): Promise<Json> => (await post({ query, variables })).body,
  };
}
