import type { Readable } from 'node:stream';

/** Far above the largest answer of the API: 5,000 rows of telemetry, whose messageType has up to 300 characters. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** Collects a body of at most MAX_BODY_BYTES. The SDK's streamCollector for failures, and ours for the rest. */
export async function collectResponseBody(stream: Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (bytes > MAX_BODY_BYTES) throw new Error(`The body is larger than ${MAX_BODY_BYTES} bytes.`);
  }
  return Buffer.concat(chunks);
}

/** JSON of a body. An empty body is an empty output, as it is for the SDK. Throws a SyntaxError. */
export function parseResponseBody(body: Uint8Array): unknown {
  return body.length === 0 ? {} : JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
}
