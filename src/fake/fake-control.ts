import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Fault, type FaultRule, FaultRulesError, parseFaultRules } from './fault-rules.js';

/** The fake's part that is controlled; see FakeInspector. */
interface Controlled {
  calls(): readonly unknown[];
  faults(): readonly Fault[];
  setFaults(rules: readonly FaultRule[]): void;
  reset(): void;
}

const MAX_BODY_BYTES = 1024 * 1024;

/** Prevents DNS rebinding: a page in a browser must not change the faults of a test. */
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost)(:\d+)?$/;

const HELP =
  'Expected GET /faults, PUT /faults with a list of rules, DELETE /faults, GET /calls, or DELETE / for faults and calls.';

/** Creates a server for other processes, to read the calls of a fake Inspector and change its faults. It is not listening yet. */
export function createFakeControl(fake: Controlled): Server {
  const routes = new Map<string, (request: IncomingMessage) => unknown>([
    ['GET /calls', () => ({ calls: fake.calls() })],
    ['GET /faults', () => ({ faults: fake.faults() })],
    [
      'PUT /faults',
      async (request) => {
        fake.setFaults(parseFaultRules(await readJson(request)));
        return { faults: fake.faults() };
      },
    ],
    [
      'DELETE /faults',
      () => {
        fake.setFaults([]);
        return { faults: [] };
      },
    ],
    [
      'DELETE /',
      () => {
        fake.reset();
        return { calls: [], faults: [] };
      },
    ],
  ]);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = routes.get(`${request.method} ${request.url}`);
    if (!LOOPBACK_HOST.test(request.headers.host ?? '')) return send(response, 421, { message: 'Ask by 127.0.0.1.' });
    if (route === undefined) return send(response, 404, { message: HELP });
    try {
      send(response, 200, await route(request));
    } catch (error) {
      if (!(error instanceof FaultRulesError)) throw error;
      send(response, 400, { message: error.message });
    }
  }

  return createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new FaultRulesError(`Expected at most ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new FaultRulesError('Expected a list of rules as JSON.');
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
