import { createBatchSizes } from './graphql/loaders.js';
import { createHttpStats } from './http/http-server.js';
import { createInspectorCacheStats } from './inspector/cache/caching-inspector-api.js';
import type { GuardCounts } from './inspector/resilience/circuit-breaker.js';
import { createUpstreamStats } from './inspector/sdk/guarded-calls.js';
import { CacheStats, type Counts, type Metric, toLabels, toSamples } from './metrics.js';
import type { AuditStats } from './process/audit-log.js';
import type { RedisStats } from './redis/connection.js';

/** What the parts of a graph count. */
export function createGraphStats() {
  const errors: Counts = {};
  return {
    http: createHttpStats(),
    errors,
    texts: new CacheStats(),
    batchSizes: createBatchSizes(),
    upstream: createUpstreamStats(),
    caches: createInspectorCacheStats(),
    shared: new CacheStats(),
  };
}

/** How things stand while they are asked for. */
export interface GraphState extends GuardCounts {
  /** Requests that are not answered yet. */
  readonly activeRequests: number;
  readonly connections: number;
  /** Null without Redis. */
  readonly redis: RedisStats | null;
  /** Null without an audit. */
  readonly audit: AuditStats | null;
}

/** The metrics of a graph. docs/operations.md has them all. */
export function toGraphMetrics(stats: ReturnType<typeof createGraphStats>, state: GraphState): Metric[] {
  const { http, errors, texts, batchSizes, upstream, caches, shared } = stats;
  const { redis, circuits, audit } = state;
  return [
    {
      name: 'http_server_request_duration_seconds',
      type: 'histogram',
      help: 'Time to answer a request.',
      samples: http.requests.samples,
    },
    toGauge('http_server_active_requests', 'Requests that are not answered yet.', state.activeRequests),
    toGauge('inspector_gateway_open_connections', 'Connections of clients.', state.connections),
    {
      name: 'inspector_gateway_graphql_errors_total',
      type: 'counter',
      help: 'Errors of answers, those that are given as data as well.',
      samples: toSamples('code', errors),
    },
    {
      name: 'inspector_gateway_loader_batch_size',
      type: 'histogram',
      help: 'Keys that a loader reads together.',
      samples: batchSizes.samples,
    },
    ...toCacheMetrics({
      'raw-request': http.rawRequests,
      joined: http.joined,
      answer: http.answers,
      text: texts,
      telemetry: caches.telemetry,
      entity: caches.entities,
      list: caches.lists,
      archive: caches.archive,
      ...(redis !== null && { redis: shared }),
    }),
    {
      name: 'rpc_client_call_duration_seconds',
      type: 'histogram',
      help: 'Time that an attempt at a call of the upstream takes, without its wait for a slot.',
      samples: upstream.calls.samples,
    },
    toCounter('inspector_gateway_upstream_retries_total', 'Attempts after the first of a call.', upstream.retries),
    toCounter(
      'inspector_gateway_upstream_refusals_total',
      'Attempts that were not made, since the circuit was open or too many calls waited.',
      upstream.refusals,
    ),
    {
      name: 'inspector_gateway_upstream_circuits',
      type: 'gauge',
      help: 'Circuit breakers by their state.',
      samples: toSamples('state', circuits),
    },
    toGauge('inspector_gateway_upstream_slots', 'Calls that may be in flight at the endpoints.', state.slots),
    toGauge('inspector_gateway_upstream_slots_in_use', 'Calls that have a slot.', state.inFlight),
    {
      name: 'inspector_gateway_upstream_waiting_calls',
      type: 'gauge',
      help: 'Calls that wait for a slot, or for their turn at a limited rate.',
      samples: toSamples('for', { slot: state.waitingForSlot, rate: state.waitingForToken }),
    },
    toGauge(
      'inspector_gateway_upstream_rate_limited',
      'Endpoints that are called at a limited rate, since they have throttled.',
      state.rateLimited,
    ),
    toCounter(
      'inspector_gateway_archive_revision_changes_total',
      'Changes of the archive, such as by imports, that were seen; each process sees them.',
      upstream.revisionChanges,
    ),
    ...(redis === null ? [] : toRedisMetrics(redis)),
    ...(audit === null ? [] : toAuditMetrics(audit)),
  ];
}

function toAuditMetrics({ dropped, withheld }: AuditStats): Metric[] {
  return [
    toCounter('inspector_gateway_audit_dropped_total', 'Audit lines that were lost.', dropped),
    toCounter(
      'inspector_gateway_audit_withheld_total',
      'Answers that were not given, since their audit lines could not be written.',
      withheld,
    ),
  ];
}

function toRedisMetrics({ commands, skipped, isDown }: RedisStats): Metric[] {
  return [
    {
      name: 'db_client_operation_duration_seconds',
      type: 'histogram',
      help: 'Time that a command of Redis takes.',
      samples: commands.samples,
    },
    toCounter(
      'inspector_gateway_redis_skipped_commands_total',
      'Commands that were not sent, since Redis is out of reach.',
      skipped,
    ),
    toGauge('inspector_gateway_redis_down', 'Processes that cannot reach Redis.', isDown ? 1 : 0),
  ];
}

function toCacheMetrics(caches: Readonly<Record<string, CacheStats>>): Metric[] {
  const all = Object.entries(caches);
  const toSamplesOf = (toNumber: (stats: CacheStats) => number) =>
    Object.fromEntries(all.map(([cache, stats]) => [toLabels({ cache }), toNumber(stats)]));
  const requests = all.flatMap(([cache, { hits, misses, coalesced, stale }]) =>
    Object.entries({ hit: hits, miss: misses, coalesced, stale }).map(([result, number]) => [
      toLabels({ cache, result }),
      number,
    ]),
  );
  return [
    {
      name: 'inspector_gateway_cache_requests_total',
      type: 'counter',
      help: 'What was asked of a cache: a hit, a miss, coalesced with a miss of somebody else, or stale as the upstream fails.',
      samples: Object.fromEntries(requests),
    },
    {
      name: 'inspector_gateway_cache_evictions_total',
      type: 'counter',
      help: 'Entries that made room for others.',
      samples: toSamplesOf(({ evictions }) => evictions),
    },
    {
      name: 'inspector_gateway_cache_entries',
      type: 'gauge',
      help: 'Entries of a cache.',
      samples: toSamplesOf(({ entries }) => entries),
    },
    {
      name: 'inspector_gateway_cache_size',
      type: 'gauge',
      help: 'How much a cache holds, in the unit that bounds it: bytes, rows, characters or entries.',
      samples: toSamplesOf(({ size }) => size),
    },
    {
      name: 'inspector_gateway_cache_max_size',
      type: 'gauge',
      help: 'How much a cache may hold, in the same unit.',
      samples: toSamplesOf(({ maxSize }) => maxSize),
    },
  ];
}

function toCounter(name: string, help: string, value: number): Metric {
  return { name, type: 'counter', help, samples: { '': value } };
}

function toGauge(name: string, help: string, value: number): Metric {
  return { name, type: 'gauge', help, samples: { '': value } };
}
