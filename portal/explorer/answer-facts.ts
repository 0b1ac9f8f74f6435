/*
 * What an answer's headers say of how it came about: see src/http/explanation.ts.
 */

/** How many of something an operation asks for, and how many it may. */
export interface CountedCost {
  readonly label: string;
  readonly counted: number;
  readonly allowed: number;
}

const HANDLINGS = new Map([
  ['hit; detail=raw-request', 'a kept answer to the same request'],
  ['hit; detail=answer', 'a kept answer to the same question'],
  ['hit; detail=joined', 'put together from kept parts'],
  ['fwd=miss', 'executed'],
  ['fwd=bypass', 'executed'],
]);

const COSTS = new Map([
  ['runs', 'runs'],
  ['entities', 'findings, agents and the like'],
  ['nodes', 'places that have one of these'],
  ['fields', 'fields'],
  ['bytes', 'bytes, estimated'],
]);

/** What Cache-Status says, in words. A proxy on the way may have its own entry, and may have taken the gateway's away. */
export function describeCacheStatus(header: string | null): string {
  const [, handling = '', ttl] = /(?:^|,\s*)inspector-gateway; (.+?)(?:; ttl=(\d+))?(?:,|$)/.exec(header ?? '') ?? [];
  const known = HANDLINGS.get(handling);
  if (known === undefined) return 'not known whether it was kept';
  if (handling.startsWith('hit')) return known;
  return ttl === undefined ? `${known}, not kept` : `${known}, kept for ${formatLifetime(Number(ttl))}`;
}

/** What X-Operation-Cost says; empty where it says nothing. */
export function parseCost(header: string | null): CountedCost[] {
  return [...(header ?? '').matchAll(/(\w+)=(\d+);max=(\d+)/g)].flatMap(([, name = '', counted, allowed]) => {
    const label = COSTS.get(name);
    return label === undefined ? [] : [{ label, counted: Number(counted), allowed: Number(allowed) }];
  });
}

/** An entry of `errors`, as far as it has what errors have. */
export interface AnswerError {
  readonly message: string;
  readonly path: string | null;
  readonly code: string | null;
  /** Extensions that tell what happened, by name. */
  readonly details: readonly (readonly [name: string, value: string])[];
  readonly canRetry: boolean | null;
}

const DETAILS = ['errorCode', 'requestId', 'service', 'operation'];

/** The `errors` of an answer, whatever it is. */
export function readErrors(body: unknown): AnswerError[] {
  const { errors } = toFields(body);
  return (Array.isArray(errors) ? errors : []).map((error) => {
    const { message, path, extensions } = toFields(error);
    const fields = toFields(extensions);
    const { code, canRetry, retryAfterMs } = fields;
    const details = DETAILS.flatMap((name): [string, string][] =>
      typeof fields[name] === 'string' ? [[name, fields[name]]] : [],
    );
    return {
      message: String(message ?? ''),
      path: Array.isArray(path) ? path.join(' › ') : null,
      code: typeof code === 'string' ? code : null,
      canRetry: typeof canRetry === 'boolean' ? canRetry : null,
      details: typeof retryAfterMs === 'number' ? [...details, ['retryAfterMs', String(retryAfterMs)]] : details,
    };
  });
}

function toFields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** In the reader's locale, with `digits` behind the point at most. */
export function formatNumber(value: number, digits = 0): string {
  return new Intl.NumberFormat(undefined, { maximumFractionDigits: digits }).format(value);
}

/** 812 B, 1.2 kB, 3.4 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${formatNumber(bytes)} B`;
  return bytes < 1_000_000 ? `${formatNumber(bytes / 1000, 1)} kB` : `${formatNumber(bytes / 1_000_000, 1)} MB`;
}

/** 8 ms, 1.25 s. */
export function formatDuration(ms: number): string {
  return ms < 1000 ? `${formatNumber(ms)} ms` : `${formatNumber(ms / 1000, 2)} s`;
}

function formatLifetime(seconds: number): string {
  if (seconds < 120) return `${formatNumber(seconds)} s`;
  return seconds < 7200 ? `${formatNumber(seconds / 60)} min` : `${formatNumber(seconds / 3600)} h`;
}
