import type { RequestListener } from 'node:http';
import { type AddressInfo, BlockList, isIP } from 'node:net';
import { type Refuse, sendRefusal } from './early-refusal.js';

/** A name or an address, without the port behind it (https://www.rfc-editor.org/rfc/rfc9110#name-host-and-authority). */
const HOST = /^(?:\[([0-9a-f:.]+)\]|([^\s:@/[\]]+))(?::\d*)?$/i;

const loopbackAddresses = new BlockList();
loopbackAddresses.addSubnet('127.0.0.0', 8, 'ipv4');
loopbackAddresses.addAddress('::1', 'ipv6');

/** How much of a Host header is repeated in a message. */
const MAX_SHOWN_LENGTH = 100;

/** Refuses requests by their Host header, before anything else sees them. */
export interface HostGuard {
  /** Leaves the requests to `listener` whose host is allowed. */
  wrap(listener: RequestListener): RequestListener;
  /** To be told where the server listens; until then loopback is assumed, which allows less. */
  listenAt(address: AddressInfo): void;
}

/**
 * Stops DNS rebinding: a page whose name points at a loopback address reads what is served there as its own, and only the
 * Host header tells. On a loopback address, its names and addresses are allowed and those that are `listed`: names,
 * `*.example` for all names below one, `*` for any. On another address everything is allowed while nothing is listed;
 * otherwise IP addresses are as well, since health checks ask by them and no page can have one as its name.
 */
export function createHostGuard(listed: readonly string[], refuse: Refuse): HostGuard {
  const patterns = listed.map(toName);
  const names = new Set(patterns);
  const suffixes = patterns.filter((pattern) => pattern.startsWith('*.')).map((pattern) => pattern.slice(1));
  let isOnLoopback = true;
  // Most requests name the same host as the one before.
  let lastAllowed: string | undefined;

  function isAllowed(host: string): boolean {
    if (names.has('*') || (!isOnLoopback && listed.length === 0)) return true;
    const [, address, text = ''] = HOST.exec(host) ?? [];
    const name = toName(address ?? text);
    if (name === '') return false;
    if (names.has(name) || suffixes.some((suffix) => name.endsWith(suffix))) return true;
    return isLoopback(name) || (!isOnLoopback && isIP(name) !== 0);
  }

  return {
    wrap: (listener) => (request, response) => {
      const { host } = request.headers;
      if (host !== undefined && host === lastAllowed) return listener(request, response);
      if (host === undefined) {
        // Browsers always name a host, and HTTP/1.0 has no need to.
        if (request.httpVersion === '1.0') return listener(request, response);
        const message = 'Expected a Host header, as HTTP/1.1 requires.';
        return sendRefusal(response, { status: 400, message, request }, refuse);
      }
      if (!isAllowed(host)) {
        const shown = JSON.stringify(host.slice(0, MAX_SHOWN_LENGTH));
        const message = `There is no answer for the host ${shown}: if it is a name of this server, add it to ALLOWED_HOSTS.`;
        return sendRefusal(response, { status: 421, message, request }, refuse);
      }
      lastAllowed = host;
      listener(request, response);
    },
    listenAt({ address }) {
      isOnLoopback = isLoopback(address);
      lastAllowed = undefined;
    },
  };
}

/** `localhost`, a name below it (https://www.rfc-editor.org/rfc/rfc6761#section-6.3), or a loopback address. */
function isLoopback(name: string): boolean {
  const family = isIP(name);
  if (family !== 0) return loopbackAddresses.check(name, family === 4 ? 'ipv4' : 'ipv6');
  return name === 'localhost' || name.endsWith('.localhost');
}

/** In lower case and without the dot of the root, as names are compared; an IPv6 address without its brackets. */
function toName(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}
