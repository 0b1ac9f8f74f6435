import type { Readable } from 'node:stream';

/** Far above the largest answer of the API: 5,000 rows of telemetry, whose messageType has up to 300 characters. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/**
 * The SDK's streamCollector: a whole body, if it is not larger than any that the API could give. It also refuses null as
 * an item of a list, which the SDK would drop without a word. Both are errors that make the answer an unreadable one.
 */
export async function collectResponseBody(stream: Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (bytes > MAX_BODY_BYTES) throw new Error(`The body is larger than ${MAX_BODY_BYTES} bytes.`);
  }
  const body = Buffer.concat(chunks);
  if (body.includes('null')) refuseNullItems(body);
  return body;
}

function refuseNullItems(body: Buffer): void {
  let hasNullItem = false;
  try {
    JSON.parse(body.toString(), (_key, value) => {
      if (Array.isArray(value) && value.includes(null)) hasNullItem = true;
      return value;
    });
  } catch {
    // Whoever parses it next says what is wrong.
  }
  if (hasNullItem) throw new Error('A list of the body holds null.');
}
