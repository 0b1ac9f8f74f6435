import { isUtf8 } from 'node:buffer';
import { LRUCache } from 'lru-cache';
import type { TextJoin } from '../graphql/execution/text-join.js';
import { CacheStats } from '../metrics.js';
import { type Compression, MIN_COMPRESSED_LENGTH } from './content-encoding.js';
import type { Answer } from './response-cache.js';

/** Documents whose answers are joined: a portal has a few dozen. */
const MAX_DOCUMENTS = 1000;

/** Longer ones are not kept, so that all of them take 8 MiB at most. */
const MAX_QUERY_LENGTH = 4096;

/** How a document is answered: what is sent before the body, and the body for its variables. */
interface JoinedDocument {
  readonly headers: readonly string[];
  readonly operation: string | undefined;
  readonly audited: Answer['audited'];
  readonly join: TextJoin;
  /** Of the longest answer so far, which was admitted: what costs no more is admitted as well. */
  maxRuns: number;
}

/** What a POST asks, and its variables. */
interface Asked {
  readonly key: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** An answer that was never made before. */
export interface JoinedAnswer extends Pick<JoinedDocument, 'headers' | 'operation' | 'audited'> {
  readonly text: string;
  readonly bytes: number;
}

/**
 * Answers documents that were answered before with variables that were not, by joining kept texts. `headerKey` is what of
 * the request's headers can change the answer, `body` its JSON. A document is kept only when `join` makes the very bytes that
 * its execution made.
 */
export function createJoinedAnswers(stats = new CacheStats()) {
  const documents = new LRUCache<string, JoinedDocument>({ max: MAX_DOCUMENTS, dispose: stats.onDispose });
  stats.track(documents);

  function find(
    headerKey: string,
    body: Buffer,
    encoding: Compression | 'identity',
    mayRead: (arn: string) => boolean,
  ): JoinedAnswer | null {
    const found = join(headerKey, body, encoding, mayRead);
    if (found === null) stats.misses += 1;
    else stats.hits += 1;
    return found;
  }

  function join(
    headerKey: string,
    body: Buffer,
    encoding: Compression | 'identity',
    mayRead: (arn: string) => boolean,
  ): JoinedAnswer | null {
    if (documents.size === 0) return null;
    const asked = parse(headerKey, body);
    const document = asked === null ? undefined : documents.get(asked.key);
    if (asked === null || document === undefined) return null;
    const joined = document.join(asked.variables, mayRead);
    if (joined === null || joined.runs > document.maxRuns) return null;
    // To compress takes longer than all else, and compressed answers are cached behind.
    if (encoding !== 'identity' && joined.text.length >= MIN_COMPRESSED_LENGTH) return null;
    return { ...document, ...joined };
  }

  function keep(
    headerKey: string,
    requestBody: Buffer,
    headers: readonly string[],
    { join, body, operation, audited }: Answer,
  ): void {
    const asked = parse(headerKey, requestBody);
    if (asked === null || join == null || asked.key.length > MAX_QUERY_LENGTH) return;
    // It was answered just now.
    const joined = join(asked.variables, () => true);
    if (joined === null || joined.text !== body.toString()) return;
    const maxRuns = Math.max(joined.runs, documents.peek(asked.key)?.maxRuns ?? 0);
    documents.set(asked.key, { headers, operation, audited, join, maxRuns });
  }

  return { find, keep };
}

/** Null for what is not a query with variables and nothing else. */
function parse(headerKey: string, body: Buffer): Asked | null {
  if (!isUtf8(body)) return null;
  try {
    const asked: unknown = JSON.parse(body.toString());
    if (typeof asked !== 'object' || asked === null) return null;
    const { query, variables, operationName = null, ...others } = asked as Record<string, unknown>;
    if (typeof query !== 'string' || typeof variables !== 'object' || variables === null) return null;
    if (operationName !== null && typeof operationName !== 'string') return null;
    // A line break would make the key that of another operation's name and document.
    if (operationName?.includes('\n') || Object.keys(others).length > 0) return null;
    return { key: `${headerKey}${operationName ?? ''}\n${query}`, variables: variables as Record<string, unknown> };
  } catch {
    // Refused by those behind.
    return null;
  }
}
