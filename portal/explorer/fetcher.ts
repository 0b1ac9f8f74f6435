import type { Fetcher } from '@graphiql/toolkit';
import { getOperationAST, parse } from 'graphql';

/** The operation by which the editor learns the schema, named so that the gateway's log tells it from people's. */
export const INTROSPECTION_NAME = 'ExplorerIntrospection';

/** A request of the editor's and what came back. */
export interface Exchange {
  /** Null where no answer came. */
  readonly response: Response | null;
  /** The answer's JSON; null where it is none. */
  readonly body: unknown;
  /** Bytes of the answer, and as they were sent, where that is known: compressed. */
  readonly bytes: number;
  readonly sentBytes: number | null;
  readonly durationMs: number;
  /** By performance.now(). */
  readonly receivedAt: number;
}

/** Of an answer that is not JSON, the editor shows this many characters. */
const MAX_SHOWN_LENGTH = 2000;

const HEADERS = {
  accept: 'application/graphql-response+json, application/json',
  'content-type': 'application/json',
  // The gateway says how the answer came about.
  'x-inspector-explain': '1',
};

/**
 * Sends the editor's requests to the gateway by POST, which keeps query and variables out of logs of addresses. What comes
 * back is told to `onExchange`, too. It is an observable, since the editor can stop nothing else.
 */
export function createFetcher(url: string, onExchange: (exchange: Exchange) => void): Fetcher {
  return ({ query, variables, operationName }, { headers = {} } = {}) => ({
    // biome-ignore lint/suspicious/noExplicitAny: the type has three overloads, of which the editor uses this one
    subscribe(observer: any) {
      const controller = new AbortController();
      const body = JSON.stringify({ query, variables, operationName: toOperationName(query, operationName) });
      exchange(url, body, headers, controller.signal).then(
        (exchanged) => {
          if (controller.signal.aborted) return;
          if (operationName !== INTROSPECTION_NAME) onExchange(exchanged.exchange);
          observer.next(exchanged.result);
          observer.complete();
        },
        (error) => {
          if (!controller.signal.aborted) observer.error(error);
        },
      );
      return { unsubscribe: () => controller.abort() };
    },
  });
}

/** For a moment after a change of tabs the editor names the operation of the other tab, which this one does not have. */
function toOperationName(query: string, name: string | null | undefined): string | undefined {
  if (name == null) return undefined;
  try {
    return getOperationAST(parse(query), name) === null ? undefined : name;
  } catch {
    return name;
  }
}

/** Asks, and returns what the editor shows beside the exchange. Rejects when it is aborted while the answer comes in. */
async function exchange(
  url: string,
  body: string,
  ownHeaders: Record<string, string>,
  signal: AbortSignal,
): Promise<{ exchange: Exchange; result: object }> {
  const startedAt = performance.now();
  const end = () => ({ durationMs: performance.now() - startedAt, receivedAt: performance.now() });
  let response: Response;
  let text: string;
  try {
    const headers = new Headers(HEADERS);
    for (const [name, value] of Object.entries(ownHeaders)) headers.set(name, value);
    response = await fetch(url, { method: 'POST', headers, body, signal });
    text = await response.text();
  } catch (error) {
    const exchange = { response: null, body: null, bytes: 0, sentBytes: null, ...end() };
    return { exchange, result: toErrors(`No answer came from the gateway: ${(error as Error).message}.`) };
  }
  const times = end();
  const length = response.headers.get('content-length');
  const bytes = new TextEncoder().encode(text).length;
  const common = { response, bytes, sentBytes: length === null ? null : Number(length), ...times };
  const json = parseObject(text);
  const type = response.headers.get('content-type') ?? 'nothing';
  const message = `The answer has status ${response.status}, and is not JSON but ${type}.`;
  const result = json ?? { ...toErrors(message), text: text.slice(0, MAX_SHOWN_LENGTH) };
  return { exchange: { ...common, body: json }, result };
}

const toErrors = (message: string) => ({ errors: [{ message }] });

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
