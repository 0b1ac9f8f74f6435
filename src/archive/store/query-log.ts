import type { LogEvent } from 'kysely';
import { getTracing } from '../../tracing.js';
import type { Engine } from './tables.js';

/** The first word of a query, and the first table that it reads or writes. */
const SUMMARY = /^\W*(\w+)(?:.*?\b(?:from|into|update|table) "?(\w+))?/is;

/**
 * The part of Kysely's configuration that makes a span of each query (https://opentelemetry.io/docs/specs/semconv/database/),
 * without its text, in which values may stand; nothing without tracing.
 */
export function createQueryLog(engine: Engine): { log?: (event: LogEvent) => void } {
  const tracing = getTracing();
  if (tracing === null) return {};
  const system = engine === 'postgres' ? 'postgresql' : engine;
  return {
    log(event) {
      const { query, queryDurationMillis } = event;
      const [, word = '', table] = SUMMARY.exec(query.sql) ?? [];
      const operation = word.toUpperCase();
      const summary = table === undefined ? operation : `${operation} ${table}`;
      const errorType =
        event.level === 'error' ? String((event.error as { code?: unknown })?.code ?? '_OTHER') : undefined;
      const attributes = {
        'db.system.name': system,
        'db.operation.name': operation,
        'db.collection.name': table,
        'db.query.summary': summary,
      };
      tracing.record(summary, { kind: 'client', attributes }, queryDurationMillis, errorType);
    },
  };
}
