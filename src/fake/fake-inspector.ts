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
import type { OperationRecord } from '../archive/operation-record.js';
import { writeSample } from '../archive/sample-writer.js';
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

/** Recorded calls; the oldest are dropped. */
const MAX_CALLS = 10_000;
/** Twice the archive's limit, so that the archive itself refuses a body that is a little too long. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;
const TARGET_PREFIX = 'InspectorService.';
/** The archive's own operations, which Inspector has not. */
const ARCHIVE_TARGET_PREFIX = 'InspectorArchive.';
const ARCHIVE_HEADER = 'x-inspector-archive';
const LOOPBACK = '127.0.0.1';

/** The data of a fake Inspector, and its faults. */
export interface FakeInspectorOptions {
  /** A number of made-up runs, or the relevant members of each. Without these and files, the archive's sample. */
  readonly runs?: number | readonly FakeRun[];
  /** Exports to serve: files and folders, as for `archive import`. */
  readonly files?: readonly string[];
  readonly faults?: readonly FaultRule[];
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly controlPort?: number;
}

/** A recorded call. */
export interface FakeCall {
  /** Null for a request that is no call of Inspector's API. */
  readonly operation: string | null;
  readonly input: unknown;
  /** The fault that happened to it, or null. */
  readonly fault: string | null;
}

/** A running fake Inspector. */
export interface FakeInspector {
  /** The endpoint, for INSPECTOR_ENDPOINT or an SDK's `endpoint`. */
  readonly url: string;
  /** The control server, for tests in another process. */
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
 * Starts an Inspector endpoint on a loopback address, for tests of clients: the archive over made-up or given data, with
 * faults. Rejects with a FaultRulesError, or with an Error that names a file that cannot be served.
 */
export async function startFakeInspector(options: FakeInspectorOptions = {}): Promise<FakeInspector> {
  let faults = parseFaultRules(options.faults ?? []);
  let pickFault = createFaultPicker(faults);
  let calls: FakeCall[] = [];
  const archive = await startArchive(options);

  function record(call: FakeCall): void {
    calls.push(call);
    if (calls.length > MAX_CALLS) calls.shift();
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, MAX_BODY_BYTES);
    const operation = toOperation(request.headers);
    const input = operation === null ? null : parseInput(body);
    const fault = operation === null ? null : pickFault(operation, findArns(input));
    record({ operation, input, fault: fault?.fault ?? null });
    if (isArchiveTarget(request.headers)) return sendJson(response, 404, { __type: 'UnknownOperationException' });
    if (fault === null) return forward(archive.port, request, response, body);
    if (fault.fault === 'latency') {
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      await pause(fault.ms, undefined, { signal: gone.signal });
      return forward(archive.port, request, response, body);
    }
    if (fault.fault === 'failedItems') return answerWithoutItems(archive.port, request, response, body, fault);
    sendFault(response, fault);
  }

  const server = createHttpServer((request, response) => {
    // Fails when the caller disconnects meanwhile, for example.
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
  // Files first: a made-up entity does not replace one of a file.
  const sources = [...(await findSources([...files], process.stdin, {})), toSource(createRunRecords(given ?? []))];
  const database = await openDatabase(IN_MEMORY);
  try {
    if (given === null && files.length === 0) await writeSample(database);
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

/** Forwards a call to the archive. */
async function forward(port: number, request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
  pipeAnswer(await askArchive(port, request, body), response);
}

function pipeAnswer(answer: IncomingMessage, response: ServerResponse): void {
  const { [ARCHIVE_HEADER]: _, ...headers } = answer.headers;
  response.writeHead(answer.statusCode ?? 502, headers);
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

/** Answers with the archive's items, but with an entry in failedItems for each ARN that matches the rule's pattern. */
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
  if (answer.statusCode !== 200) return pipeAnswer(answer, response);
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

function isArchiveTarget({ 'x-amz-target': target }: IncomingHttpHeaders): boolean {
  return typeof target === 'string' && target.startsWith(ARCHIVE_TARGET_PREFIX);
}

/** The ARNs anywhere in an input. */
function findArns(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('arn:') ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(findArns) : [];
}

/** Null for invalid JSON, which the archive refuses. */
function parseInput(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}

/** Reads a body. Rejects when it has more than `maxBytes`, which ends the connection. */
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
