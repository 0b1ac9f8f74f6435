import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { endAfterAll } from './cleanup.js';
import { answerInFull, type Fullness } from './full-upstream.js';
import { type Json, startGateway } from './gateway.js';
import { startScriptedUpstream } from './scripted-upstream.js';

/** The answer to a request, and its cost. */
export interface Measured {
  status: number;
  body: Json;
  /** Bytes of the answer. */
  bytes: number;
  /** CPU time of the event loop's thread, as a multiple of the reference request's; 0 without /proc. */
  cost: number;
}

/** A page of a hundred cached runs with forty fields each. It takes 5 to 10 ms. */
const REFERENCE = `{ assessmentRuns(first: 100) { nodes { ${Array.from({ length: 40 }, (_, n) => `a${n}: name`).join(' ')} } } }`;

/** The limit of the cost of a request: some 250 ms where the reference takes 6. */
const MAX_COST = 40;

const JSON_TYPE = 'application/json';

/** Heap limit of the gateway: 64 MiB for a request beside its own heap and its caches. */
const HEAP_MIB = 160;

/** Starts a gateway in a process of its own that measures requests, over a full upstream. */
export async function startMeasuredGateway(
  environment: Record<string, string> = {},
  fullness: Fullness = { rows: 29, characters: 200 },
  heapMib = HEAP_MIB,
) {
  const upstream = await startScriptedUpstream(answerInFull(fullness));
  endAfterAll(upstream.stop);
  const gateway = await startGateway({ INSPECTOR_ENDPOINT: upstream.url, LOG_LEVEL: 'warn', ...environment }, [
    `--max-old-space-size=${heapMib}`,
  ]);
  endAfterAll(gateway.kill);

  /** In milliseconds; the first number of https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat */
  function readCpuMs(): number {
    const { pid } = gateway.child;
    try {
      return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e6;
    } catch {
      return 0;
    }
  }

  async function post(text: string, headers: Record<string, string> = {}) {
    const startedAt = readCpuMs();
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': JSON_TYPE, ...headers },
      body: text,
    });
    const answer = await response.text();
    return { status: response.status, answer, cpuMs: readCpuMs() - startedAt };
  }

  let asked = 0;
  async function measureReference(): Promise<number> {
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      asked += 1;
      const { cpuMs } = await post(JSON.stringify({ query: `${REFERENCE} # ${asked}` }));
      times.push(cpuMs);
    }
    return times.sort((a, b) => a - b)[2] as number;
  }

  // Warm-up: code that is not compiled yet costs more.
  for (let round = 0; round < 4; round += 1) await measureReference();

  return {
    ...gateway,
    upstream,
    /** Sends a request, and checks what holds for every request. */
    async measure(request: string | object, headers: Record<string, string> = {}): Promise<Measured> {
      const text = typeof request === 'string' ? request : JSON.stringify(request);
      let { status, answer, cpuMs } = await post(text, headers);
      let referenceMs = await measureReference();
      // Measured again, since another process may have slowed it down.
      for (let again = 0; again < 2 && cpuMs > MAX_COST * referenceMs; again += 1) {
        ({ status, answer, cpuMs } = await post(text, headers));
        referenceMs = await measureReference();
      }
      const body = JSON.parse(answer);
      const cost = referenceMs === 0 ? 0 : cpuMs / referenceMs;
      expect(cost).toBeLessThan(MAX_COST);
      expect([200, 400, 413]).toContain(status);
      for (const { message, extensions } of body.errors ?? []) {
        expect(extensions.code).toMatch(/^(?!INTERNAL_SERVER_ERROR)[A-Z_]+$/);
        expect(message).not.toMatch(/call stack|\.js:\d/);
        expect(extensions).not.toHaveProperty('stacktrace');
      }
      return { status, body, bytes: Buffer.byteLength(answer), cost };
    },
  };
}
