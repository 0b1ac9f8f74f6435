import { type Agent, request } from 'node:http';
import { connect } from 'node:net';

/** Asks for a run over a connection of its own or one that is kept; rejects when the connection is lost. */
export function ask(url: string, arn: string, agent: Agent): Promise<{ body: string; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    const post = request(`${url}/graphql`, {
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

/** The first half of a request; `finish` sends the rest and gives the answer, up to the connection's end. */
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

/** Asks until nothing listens there any more. */
export async function untilRefused(url: string): Promise<void> {
  for (;;) {
    const refused = await fetch(url).then(
      () => false,
      (error: { cause?: { code?: string } }) => error.cause?.code === 'ECONNREFUSED',
    );
    if (refused) return;
  }
}

/** What came back for a request that was sent as it is written; header names are in lower case. */
export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Sends text, byte by character, on a connection of its own; gives the answer, up to the connection's end. `isAll` says that nothing more comes. */
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
