import type { TypedDocumentString } from './gql/graphql.js';
import { toCredentials } from './sign-in.js';

/** One failure: an entry of `errors`, or what kept the gateway's answer from arriving. */
export interface GraphError {
  /** The field that failed; empty where it was the whole request. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly code: string;
  /** AWS's own, finer code. */
  readonly errorCode: string | null;
  readonly requestId: string | null;
  readonly canRetry: boolean;
  /** How many milliseconds to wait before asking again makes sense. */
  readonly retryAfterMs: number;
}

/** What was answered; `data` has what did not fail. */
export interface Answer<Data> {
  readonly data: Data | null;
  readonly errors: readonly GraphError[];
  /** The age of what stood in for an upstream that failed; null where nothing did. */
  readonly staleAgeSeconds: number | null;
}

/**
 * Asks for a document by its hash and by GET, so that browser, proxies and gateway can keep the answer. `sections` are the
 * variables that include its root fields. Where one of those fails that cannot be null, nothing is left of the others: they are
 * asked one by one then, and what did not fail is put together.
 */
export async function ask<Data, Variables extends object>(
  document: TypedDocumentString<Data, Variables>,
  variables: Omit<Variables, `with${string}`>,
  sections: readonly string[],
  options: RequestInit,
): Promise<Answer<Data>> {
  const include = (included: readonly string[]) =>
    request<Data>(document, { ...variables, ...toFlags(sections, included) }, options);
  const whole = await include(sections);
  if (whole.data !== null || sections.length < 2 || !whole.errors.some(({ path }) => path.length > 0)) return whole;
  const parts = await Promise.all(sections.map((section) => include([section])));
  const staleAges = parts.flatMap(({ staleAgeSeconds }) => staleAgeSeconds ?? []);
  const data = Object.assign({}, ...parts.map((part) => part.data));
  const errors = uniqueErrors(parts.flatMap((part) => part.errors));
  return {
    data,
    errors: isNothing(data) ? asOne(errors) : errors,
    staleAgeSeconds: staleAges.length === 0 ? null : Math.max(...staleAges),
  };
}

function toFlags(sections: readonly string[], included: readonly string[]): Record<string, boolean> {
  return Object.fromEntries(sections.map((section) => [section, included.includes(section)]));
}

/** Fields without a section are asked with each of them. */
function uniqueErrors(errors: readonly GraphError[]): GraphError[] {
  return [...new Map(errors.map((error) => [`${error.path.join('.')} ${error.code}`, error])).values()];
}

function isNothing(data: object): boolean {
  return Object.values(data).every((value) => value === null);
}

/** Where everything failed in the same way, that is said once, of the whole. */
function asOne(errors: readonly GraphError[]): readonly GraphError[] {
  const [first] = errors;
  const isSame = ({ code, message }: GraphError) => code === first?.code && message === first.message;
  return first !== undefined && errors.every(isSame) ? [{ ...first, path: [] }] : errors;
}

/** The whole request failed, and nothing of GraphQL came back. */
class RequestError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly canRetry: boolean,
    readonly retryAfterMs = 0,
  ) {
    super(message);
  }
}

async function request<Data>(
  document: TypedDocumentString<Data, never> | TypedDocumentString<Data, object>,
  variables: object,
  options: RequestInit,
): Promise<Answer<Data>> {
  const id = String(document.__meta__?.hash);
  try {
    const known = await get<Data>(id, variables, undefined, options);
    if (!known.errors.some(({ code }) => code === 'PERSISTED_QUERY_NOT_FOUND')) return known;
    return await get<Data>(id, variables, await loadText(id), options);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const { code, message, canRetry, retryAfterMs } = error;
    const failure = { path: [], message, code, errorCode: null, requestId: null, canRetry, retryAfterMs };
    return { data: null, errors: [failure], staleAgeSeconds: null };
  }
}

/** The text of a document. A gateway that has been replaced knows neither this page's documents nor its files. */
async function loadText(id: string): Promise<string | undefined> {
  try {
    const { default: texts } = await import('./gql/persisted-documents.json');
    return (texts as Record<string, string>)[id];
  } catch {
    throw new RequestError('PAGE_OUTDATED', 'This page is of another version than its gateway. Load it again.', false);
  }
}

async function get<Data>(
  id: string,
  variables: object,
  query: string | undefined,
  options: RequestInit,
): Promise<Answer<Data>> {
  const parameters = new URLSearchParams({
    ...(query !== undefined && { query }),
    variables: JSON.stringify(variables),
    extensions: JSON.stringify({ persistedQuery: { version: 1, sha256Hash: id.replace('sha256:', '') } }),
  });
  // The gateway refuses a GET that a page of another site could have sent; this header shows that it is none.
  const headers = { accept: 'application/json', 'apollo-require-preflight': 'true', ...toCredentials() };
  const response = await fetch(`./graphql?${parameters}`, { ...options, headers }).catch((error) => {
    if (options.signal?.aborted) throw error;
    throw new RequestError('NETWORK', 'The gateway cannot be reached.', true);
  });
  const body = await response.json().catch((error) => {
    if (options.signal?.aborted) throw error;
    return null;
  });
  const retryAfterMs = toMs(response.headers.get('retry-after'));
  if (body?.data === undefined && !Array.isArray(body?.errors)) {
    const canRetry = response.status === 429 || response.status >= 500;
    const message = `The gateway, or a proxy before it, answered ${response.status} ${response.statusText}`.trim();
    throw new RequestError(`HTTP ${response.status}`, `${message}.`, canRetry, retryAfterMs);
  }
  return {
    data: body.data ?? null,
    errors: (body.errors ?? []).map((entry: unknown) => toGraphError(entry, response.status)),
    staleAgeSeconds: body.extensions?.stale?.ageSeconds ?? null,
  };
}

function toMs(seconds: string | null): number {
  return seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) * 1000 : 0;
}

/** https://spec.graphql.org/draft/#sec-Errors, with the extensions of the gateway. */
function toGraphError(entry: unknown, status: number): GraphError {
  const { message, path, extensions } = entry as { message?: string; path?: GraphError['path']; extensions?: object };
  const { code, errorCode, requestId, canRetry, retryAfterMs } = (extensions ?? {}) as Partial<GraphError>;
  return {
    path: path ?? [],
    message: message ?? '',
    code: code ?? 'UNKNOWN',
    errorCode: errorCode ?? null,
    requestId: requestId ?? null,
    // The gateway says it of all failures that it knows.
    canRetry: canRetry ?? (status === 429 || status >= 500 || code === 'INTERNAL_SERVER_ERROR'),
    retryAfterMs: retryAfterMs ?? 0,
  };
}
