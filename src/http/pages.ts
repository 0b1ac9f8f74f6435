import { extname } from 'node:path';
import { send } from '@fastify/send';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toContentEncoding } from './content-encoding.js';
import { toErrorBody } from './error-body.js';
import { PAGES_ROOT, readPageFiles } from './page-files.js';

/** The portal's views. All are the same page, which draws the one that its address names. */
export const PORTAL_VIEWS = [
  ...['/', '/runs', '/run', '/findings', '/finding', '/hosts', '/host', '/compare', '/import'],
] as const;

const EXPLORER_PATH = '/explorer';

/** Everything comes from the gateway; no page runs or shows what somebody wrote into it. */
const PORTAL_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/** GraphiQL's editor lays itself out by inline styles, and works in workers. */
const EXPLORER_POLICY = PORTAL_POLICY.replace(
  "style-src 'self'",
  "style-src 'self' 'unsafe-inline'; worker-src 'self'",
);

/** A worker has the policy of its own file, not that of its page: it works on what the page sends it, and asks nobody. */
const PART_POLICY = "default-src 'none'; script-src 'self'; frame-ancestors 'none'";

/** Types of what a build has (https://www.iana.org/assignments/media-types). */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.ttf': 'font/ttf',
};

const YEAR_MS = 31_536_000_000;

/** Which pages are served, and what the portal is told of its gateway. */
export interface PagesOptions {
  portal: boolean;
  explorer: boolean;
  /** Read by the portal at /portal.json, with whether there is an explorer: no secrets, no addresses. */
  facts: PortalFacts;
  /** How visitors of the portal sign in, as far as that is known now; absent where they need not. */
  signIn?: (() => SignIn | null) | undefined;
  /** A query that the gateway can answer, read by the explorer at /explorer.json, with whether there is a portal. */
  exampleQuery: string;
}

/** How a page shows who its visitor is: by a token of a provider, or by an API key. */
export type SignIn =
  | { readonly kind: 'key' }
  | {
      readonly kind: 'oidc';
      readonly authorizationEndpoint: string;
      readonly tokenEndpoint: string;
      readonly clientId: string;
      readonly scope: string;
    };

/** What people who bring their history have to know of the gateway. */
export interface PortalFacts {
  /** What the gateway reads from. */
  upstream: 'sample' | 'sqlite' | 'postgres' | 'endpoint' | 'aws';
}

/** The paths of the pages that are served, in a browser's words: without those of their parts. */
export function toPagePaths({ portal, explorer }: PagesOptions): string[] {
  return [...(portal ? [...PORTAL_VIEWS, '/portal.json'] : []), ...(explorer ? [EXPLORER_PATH, '/explorer.json'] : [])];
}

/** Adds the routes of the portal, the explorer and their parts, as far as they are wanted. */
export function addPages(routes: FastifyInstance, options: PagesOptions): void {
  const { portal, explorer, facts, exampleQuery, signIn = () => null } = options;
  const files = new Set(readPageFiles());
  const addPage = (path: string, file: string, toPolicy: () => string) =>
    routes.get(path, async (request, reply) => {
      if (!files.has(file)) return sendNotBuilt(request, reply);
      const toOtherPage = toRedirection(request.originalUrl, path);
      if (toOtherPage !== null) return reply.redirect(toOtherPage, 308);
      reply.header('content-security-policy', toPolicy());
      return sendFile(request, reply, file, files);
    });
  if (portal) {
    const toPolicy = () => withTokenEndpoint(PORTAL_POLICY, signIn());
    for (const view of PORTAL_VIEWS) addPage(view, 'index.html', toPolicy);
    routes.get('/portal.json', async (_request, reply) =>
      reply.header('cache-control', 'no-cache').send({ ...facts, explorer, signIn: signIn() }),
    );
  } else if (explorer) {
    routes.get('/', async (_request, reply) => reply.redirect(`.${EXPLORER_PATH}`, 307));
  }
  if (explorer) {
    addPage(EXPLORER_PATH, 'explorer.html', () => EXPLORER_POLICY);
    routes.get('/explorer.json', async (_request, reply) =>
      reply.header('cache-control', 'no-cache').send({ exampleQuery, portal }),
    );
  }
  if (!portal && !explorer) return;
  for (const file of files) {
    if (file.startsWith('assets/') && !/\.(?:br|gz)$/.test(file)) {
      routes.get(`/${file}`, async (request, reply) => {
        reply.header('content-security-policy', PART_POLICY);
        return sendFile(request, reply, file, files);
      });
    }
  }
}

/** A page may ask the provider for a token, and nobody else. */
function withTokenEndpoint(policy: string, signIn: SignIn | null): string {
  if (signIn?.kind !== 'oidc') return policy;
  return policy.replace("connect-src 'self'", `connect-src 'self' ${new URL(signIn.tokenEndpoint).origin}`);
}

/** A page's parts have relative addresses, since only a proxy may know the path before them: `/runs/` would hide them. */
function toRedirection(url: string, path: string): string | null {
  const [asked = '', ...query] = url.split('?');
  if (path === '/' || !asked.endsWith('/')) return null;
  return [`..${path}`, ...query].join('?');
}

/** Sends a file, compressed by the build where the client takes that. What has a hash in its name stays for ever. */
async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: string,
  files: ReadonlySet<string>,
): Promise<FastifyReply> {
  const encoding = toContentEncoding(request.headers['accept-encoding']);
  const compressed = `${file}.${encoding === 'gzip' ? 'gz' : encoding}`;
  const isCompressed = files.has(compressed);
  const isHashed = file.startsWith('assets/');
  const sent = await send(request.raw, `/${isCompressed ? compressed : file}`, {
    root: PAGES_ROOT,
    acceptRanges: false,
    contentType: false,
    ...(isHashed ? { immutable: true, maxAge: YEAR_MS } : { cacheControl: false }),
  });
  // Built again while the gateway runs: what it found at its start is gone.
  if (sent.statusCode === 404) return sendNotBuilt(request, reply);
  if (!isHashed) reply.header('cache-control', 'no-cache');
  if (isCompressed) reply.header('content-encoding', encoding);
  const vary = [reply.getHeader('vary') ?? [], 'Accept-Encoding'].flat().join(', ');
  return reply
    .code(sent.statusCode)
    .headers(sent.headers as Record<string, string>)
    .header('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
    .header('vary', vary)
    .send(sent.stream);
}

function sendNotBuilt(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = 'The pages are not built: `npm run build` builds them. GraphQL is at /graphql without them.';
  return reply.code(503).send(toErrorBody(message, { code: 'PAGES_NOT_BUILT', requestId: request.id }));
}
