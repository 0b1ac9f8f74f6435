import { type Agent, request } from 'node:http';
import { request as requestOverTls } from 'node:https';
import { connect } from 'node:net';

/** Requests the telemetry of a run with an agent. Rejects when the connection is lost. */
export function ask(url: string, arn: string, agent: Agent): Promise<{ body: string; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    const post = (url.startsWith('https:') ? requestOverTls : request)(`${url}/graphql`, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json' },
    });
    post.on('error', reject).on('response', async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ body, connection: response.headers.connection });
    });
    post.end(JSON.stringify({ query: `{ assessmentRun(arn: "${arn}") { telemetry { count } } }` }));
  });
}

/** Sends the first half of a request. `finish` sends the rest, and returns the answer at the end of the connection. */
export async function sendHalfOf(text: string, url: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await new Promise((resolve) => socket.write(text, resolve));
  return {
    async finish(rest: string): Promise<string> {
      socket.write(rest);
      let answer = '';
      for await (const chunk of socket) answer += chunk;
      return answer;
    },
  };
}

/** Waits until nothing listens at the URL. */
export async function untilRefused(url: string): Promise<void> {
  for (;;) {
    const refused = await fetch(url).then(
      () => false,
      (error: { cause?: { code?: string } }) => error.cause?.code === 'ECONNREFUSED',
    );
    if (refused) return;
  }
}

/** The answer to a raw request, with header names in lower case. */
export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Sends Latin-1 text on a new connection, and returns the answer at its end. `isAll` closes the sending side. */
export async function exchange(url: string, text: string, isAll = false): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(Buffer.from(text, 'latin1'));
  if (isAll) socket.end();
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  const end = answer.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = answer.slice(0, end).split('\r\n');
  const headers = lines.map((line) => [line.split(':', 1)[0]?.toLowerCase(), line.replace(/^[^:]*: */, '')]);
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: answer.slice(end + 4),
  };
}
