// The AWS SDK in a loop, with nothing around it: what so many calls cost at least. `POST` starts a loop.
import { createServer } from 'node:http';
import pLimit from 'p-limit';
import { toRunArn } from '../runs.mjs';
import { fetchTelemetry } from './inspector.mjs';

const server = createServer(async (request, response) => {
  const { set, from, count, concurrency } = await new Response(request).json();
  const limit = pLimit(concurrency);
  const startedAtMs = performance.now();
  await Promise.all(Array.from({ length: count }, (_, i) => limit(() => fetchTelemetry(toRunArn(set, from + i)))));
  response.end(JSON.stringify({ elapsedMs: performance.now() - startedAtMs }));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}/\n`));
