import { runMain } from './process.js';

// biome-ignore lint/suspicious/noExplicitAny: whatever shape the query asks for
export type Json = any;

/** The gateway in a process of its own, on free ports, with the environment that is given. */
export async function startGateway(environment: Record<string, string> = {}, nodeOptions: string[] = []) {
  const main = runMain([], { PORT: '0', ARCHIVE_PORT: '0', ...environment }, nodeOptions);
  const [, url = '', upstreamLine = ''] = await main.stdoutMatch(/Gateway {2}(http:\S+)\/graphql.*\n(.*)\n/);
  const archiveUrl = /Archive {2}(http:\S+)/.exec(upstreamLine)?.[1] ?? '';

  async function post(body: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
  }

  return {
    ...main,
    url,
    archiveUrl,
    post,
    /** The GraphQL answer to a query. */
    query: async (query: string, variables?: object): Promise<Json> => (await post({ query, variables })).body,
  };
}
