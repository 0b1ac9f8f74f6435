import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  request as sendRequest,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { importSources } from '../archive/import/importer.js';
import { findSources, type Source } from '../archive/import/sources/sources.js';
import { createSample, type OperationRecord } from '../archive/sample.js';
import { IN_MEMORY, openDatabase } from '../archive/store/database.js';
import { createReader } from '../archive/store/reader.js';
import { createArchiveServer } from '../archive/wire/archive-server.js';
import { createFakeControl } from './fake-control.js';
import { sendFault, sendJson } from './fault-responses.js';
import { createArnMatcher, createFaultPicker, type Fault, type FaultRule, parseFaultRules } from './fault-rules.js';
import { createRunRecords, type FakeRun } from './made-up-runs.js';

export type { FaultRule } from './fault-rules.js';
export { FaultRulesError } from './fault-rules.js';
export { type FakeRun, toFakeRunArn } from './made-up-runs.js';

/** Calls that are kept for reading; the oldest make room. */
const MAX_CALLS = 10_000;
/** Twice what the archive takes, so that it is the archive that refuses what is a little too long. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;
const TARGET_PREFIX = 'InspectorService.';
const LOOPBACK = '127.0.0.1';

/** What a fake Inspector has, and how it fails. */
export interface FakeInspectorOptions {
  /** The runs: a number of made-up ones, or what matters of each. The archive's sample where neither these nor files are given. */
  readonly runs?: number | readonly FakeRun[];
  /** Exports to serve: files and folders, as `archive import` takes them. */
  readonly files?: readonly string[];
  readonly faults?: readonly FaultRule[];
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly controlPort?: number;
}

/** A call that was made to the fake. */
export interface FakeCall {
  /** Null for what is no call of Inspector's API. */
  readonly operation: string | null;
  readonly input: unknown;
  /** The fault that happened to it, or null. */
  readonly fault: string | null;
}

/** A fake Inspector that runs. */
export interface FakeInspector {
  /** The endpoint, for INSPECTOR_ENDPOINT or an SDK's `endpoint`. */
  readonly url: string;
  /** Where a test in another process changes the faults and reads the calls. */
  readonly controlUrl: string;
  /** The calls so far, the newest 10,000. */
  calls(): readonly FakeCall[];
  /** Replaces the rules; their counts begin anew. Throws a FaultRulesError. */
  setFaults(rules: readonly FaultRule[]): void;
  /** Forgets the calls and the faults. */
  reset(): void;
  stop(): Promise<void>;
}

/**
 * An Inspector endpoint on a loopback address, for tests of whatever asks Inspector: the archive over made-up or given data,
 * which fails as its rules say. Rejects with a FaultRulesError, or with an Error that says which file cannot be served.
 */
export async function startFakeInspector(options: FakeInspectorOptions = {}): Promise<FakeInspector> {
  let faults = parseFaultRules(options.faults ?? []);
  let pickFault = createFaultPicker(faults);
  let calls: FakeCall[] = [];
  const archive = await startArchive(options);

  function note(call: FakeCall): void {
    calls.push(call);
    if (calls.length > MAX_CALLS) calls.shift();
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, MAX_BODY_BYTES);
    const operation = toOperation(request.headers);
    const input = operation === null ? null : parseInput(body);
    const fault = operation === null ? null : pickFault(operation, findArns(input));
    note({ operation, input, fault: fault?.fault ?? null });
    if (fault === null) return pass(archive.port, request, response, body);
    if (fault.fault === 'latency') {
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      await pause(fault.ms, undefined, { signal: gone.signal });
      return pass(archive.port, request, response, body);
    }
    if (fault.fault === 'failedItems') return answerWithoutItems(archive.port, request, response, body, fault);
    sendFault(response, fault);
  }

  const server = createHttpServer((request, response) => {
    // A caller that is gone while its call is read or passed on has no answer to get.
    answer(request, response).catch(() => response.destroy());
  });
  const fake = {
    calls: () => calls,
    faults: () => faults,
    setFaults(rules: readonly FaultRule[]) {
      faults = parseFaultRules(rules);
      pickFault = createFaultPicker(faults);
    },
    reset() {
      calls = [];
      fake.setFaults([]);
    },
  };
  const control = createFakeControl(fake);
  const stop = async () => {
    await Promise.all([server, control].map(close));
    await archive.stop();
  };
  try {
    const url = await listen(server, options.port);
    return { ...fake, url, controlUrl: await listen(control, options.controlPort), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The archive behind the fake, on a port of its own. */
async function startArchive({ runs, files = [] }: FakeInspectorOptions) {
  const given = runs === undefined ? null : typeof runs === 'number' ? Array.from({ length: runs }, () => ({})) : runs;
  const records = given === null ? (files.length === 0 ? createSample() : []) : createRunRecords(given);
  // What files say of a thing comes before what is made up of it.
  const sources = [...(await findSources([...files], process.stdin, {})), toSource(records)];
  const database = await openDatabase(IN_MEMORY);
  try {
    await importSources(database, sources, {
      onRefusedFile({ name, problems }) {
        throw new Error(`${name} cannot be served: ${problems.join('; ')}`);
      },
    });
    const server = createArchiveServer({ reader: createReader(database) });
    await listen(server, 0);
    return {
      port: (server.address() as AddressInfo).port,
      async stop() {
        await close(server);
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function toSource(records: readonly OperationRecord[]): Source {
  return {
    name: 'the runs',
    sizeBytes: null,
    isRepeatable: true,
    async *read() {
      yield Buffer.from(records.map((record) => JSON.stringify(record)).join('\n'));
    },
  };
}

/** Hands a call on to the archive, whose answer is the caller's. */
async function pass(port: number, request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
  handOn(await askArchive(port, request, body), response);
}

function handOn(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  answer.pipe(response);
}

async function askArchive(port: number, { method, url, headers }: IncomingMessage, body: Buffer) {
  const { 'transfer-encoding': _, ...others } = headers;
  const length = { 'content-length': String(body.length) };
  const request = sendRequest({ host: LOOPBACK, port, method, path: url, headers: { ...others, ...length } });
  const answered = once(request, 'response');
  request.end(body);
  const [answer] = await answered;
  return answer as IncomingMessage;
}

/** The archive's answer for the others, with an entry in failedItems for each thing that the rule's pattern fits. */
async function answerWithoutItems(
  port: number,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  { arn = '*', failureCode, retryable }: Extract<Fault, { fault: 'failedItems' }>,
): Promise<void> {
  const fits = createArnMatcher(arn);
  const failed = findArns(parseInput(body)).filter(fits);
  const answer = await askArchive(port, request, body);
  if (answer.statusCode !== 200) return handOn(answer, response);
  const output = JSON.parse((await readBody(answer)).toString());
  for (const [name, member] of Object.entries(output)) {
    if (Array.isArray(member)) output[name] = member.filter((item) => !fits(String(item?.arn)));
  }
  const items = Object.fromEntries(failed.map((item) => [item, { failureCode, retryable }]));
  sendJson(response, 200, { ...output, failedItems: { ...output.failedItems, ...items } });
}

function toOperation(headers: IncomingHttpHeaders): string | null {
  const target = headers['x-amz-target'];
  return typeof target === 'string' && target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : null;
}

/** The ARNs anywhere in an input. */
function findArns(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('arn:') ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(findArns) : [];
}

/** Null for what is no JSON, which the archive refuses. */
function parseInput(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}

/** Rejects, which ends the connection, when there are more bytes than `maxBytes`. */
async function readBody(message: IncomingMessage, maxBytes = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) throw new RangeError(`Expected at most ${maxBytes} bytes.`);
  }
  return Buffer.concat(chunks);
}

async function listen(server: Server, port = 0): Promise<string> {
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  return `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
