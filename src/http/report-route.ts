import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type ApolloServer, type BaseContext, HeaderMap } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createWaiters, type Waiters } from '../shared-abort.js';
import { toErrorBody } from './error-body.js';
import { type AskedOperation, type GraphQLCaller, type LoggedRequest, toAddWaiter } from './graphql-route.js';

export const REPORT_PATH = '/report';

/** What the graph is asked; it is among the trusted documents. */
export const REPORT_QUERY = `query Report($arn: ID!, $format: AssessmentReportFormat!, $type: AssessmentReportType) {
  assessmentRun(arn: $arn) { report(format: $format, type: $type) { status url } }
}`;

/** How long an archive may take until a file begins to come. */
const FILE_DEADLINE_MS = 10_000;

/** Exports are untrusted: nothing in a report may run or load anything, as part of this origin least of all. */
const HTML_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

/** How reports are asked for. */
export interface ReportRouteOptions<Context extends BaseContext> {
  apollo: ApolloServer<Context>;
  /** A context for one execution: the request that it is made for, and who waits for it. */
  createContext(requestId: string, waiters: Waiters, caller: GraphQLCaller): Context;
  /** The operation that was executed. */
  toOperation(context: Context): AskedOperation | undefined;
  /** Who asks. */
  toGraphQLCaller(request: FastifyRequest): GraphQLCaller;
  /** The endpoint that serves report files itself, as an archive does; null where they are elsewhere, as those of AWS. */
  reportsEndpoint: string | null;
}

const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(REPORT_QUERY).digest('hex') };

type Report = { readonly status: string | null; readonly url: string | null } | null | undefined;

/**
 * Handles `GET /report?arn=…&format=PDF`: sends the file of a run's report. The link of an archive may be to an address that
 * only this gateway reaches, so the file is passed on; other links are redirected to. What the link is, is asked of the graph,
 * so that rights, limits and errors are the same.
 */
export function createReportRoute<Context extends BaseContext>(options: ReportRouteOptions<Context>) {
  const { apollo, createContext, toOperation, toGraphQLCaller, reportsEndpoint } = options;

  async function findReport(variables: object, request: LoggedRequest, waiters: Waiters) {
    let context: Context | undefined;
    const { body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers: new HeaderMap([['content-type', 'application/json']]),
        search: '',
        body: { query: REPORT_QUERY, variables, extensions: { persistedQuery } },
      },
      async context() {
        context = createContext(request.id, waiters, toGraphQLCaller(request));
        return context;
      },
    });
    const operation = context === undefined ? undefined : toOperation(context);
    request.operation = operation?.name;
    request.cost = operation?.cost;
    request.upstreamCalls = operation?.calls.made;
    request.audited = operation?.audited ?? undefined;
    return JSON.parse(body.kind === 'complete' ? body.string : '{}') as {
      data?: { assessmentRun: { report: Report } | null } | null;
      errors?: readonly { message: string; extensions: { code: string; canRetry?: boolean } }[];
    };
  }

  return async function handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { arn, format, type = 'FULL' } = request.query as Record<string, unknown>;
    const waiters = createWaiters();
    toAddWaiter(reply)(waiters);
    const { data, errors: [error] = [] } = await findReport({ arn, format, type }, request, waiters);
    const refuse = (message: string, code: string) => reply.send(toErrorBody(message, { code, requestId: request.id }));
    if (error !== undefined) {
      const { code, canRetry } = error.extensions;
      if (code === 'NO_SUCH_ENTITY') reply.code(404);
      else if (code === 'BAD_USER_INPUT' || code === 'INVALID_INPUT') reply.code(400);
      else if (code === 'ACCESS_DENIED') reply.code(403);
      else if (code === 'RATE_LIMITED') reply.code(429);
      else if (canRetry) reply.code(503);
      else reply.code(502);
      return refuse(error.message, code);
    }
    const report = data?.assessmentRun?.report;
    if (!report?.url) {
      const isMade = report?.status === 'WORK_IN_PROGRESS';
      reply.code(404);
      return refuse(isMade ? 'The report is still being made.' : 'There is no such report.', 'NO_SUCH_REPORT');
    }
    const link = URL.canParse(report.url) ? new URL(report.url) : null;
    if (link !== null && reportsEndpoint !== null && link.host === new URL(reportsEndpoint).host) {
      return sendFile(new URL(link.pathname, reportsEndpoint), reply, refuse);
    }
    if (link !== null && /^https?:$/.test(link.protocol)) return reply.redirect(link.href, 302);
    reply.code(502);
    return refuse('The link to the report is none of the web.', 'BAD_UPSTREAM_RESPONSE');
  };
}

/** Passes a file on as it comes. */
async function sendFile(
  url: URL,
  reply: FastifyReply,
  refuse: (message: string, code: string) => FastifyReply,
): Promise<FastifyReply> {
  const loading = new AbortController();
  const deadline = setTimeout(() => loading.abort(), FILE_DEADLINE_MS);
  reply.raw.once('close', () => loading.abort());
  const response = await fetch(url, { signal: loading.signal, redirect: 'error' }).catch(() => null);
  clearTimeout(deadline);
  if (response?.status !== 200 || response.body === null) {
    await response?.body?.cancel();
    reply.code(response?.status === 404 ? 404 : 503);
    return refuse('The file of the report cannot be read.', 'NO_SUCH_REPORT');
  }
  const type = response.headers.get('content-type') ?? '';
  const isPdf = type === 'application/pdf';
  // Browsers show no PDF in a sandbox, and run nothing of one.
  if (!isPdf) reply.header('content-security-policy', HTML_POLICY);
  const [length, disposition] = ['content-length', 'content-disposition'].map((name) => response.headers.get(name));
  if (length) reply.header('content-length', length);
  if (disposition) reply.header('content-disposition', disposition);
  return reply
    .header('content-type', isPdf || /^text\/html\b/.test(type) ? type : 'text/html; charset=utf-8')
    .header('cache-control', 'private, no-cache')
    .send(Readable.fromWeb(response.body));
}
