import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request that is refused before the server behind sees it. */
export interface EarlyRefusal {
  status: number;
  message: string;
  /** What is known of the request; null for one that could not be read. */
  request: IncomingMessage | null;
}

/** What is sent, beside what HTTP needs itself. */
export interface RefusalAnswer {
  headers: Record<string, string>;
  body: string;
}

/** Says a refusal as the server behind says its errors, and logs it. */
export type Refuse = (refusal: EarlyRefusal) => RefusalAnswer;

/** Answers a request with its refusal. */
export function sendRefusal(response: ServerResponse, refusal: EarlyRefusal, refuse: Refuse): void {
  const { headers, body } = refuse(refusal);
  response.writeHead(refusal.status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  // A client that is still sending would be reset before it reads why.
  response.req.resume();
}
