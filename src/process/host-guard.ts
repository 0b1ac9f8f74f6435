import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type AddressInfo, BlockList, isIP } from 'node:net';
import { type Refuse, sendRefusal } from './early-refusal.js';

/** A name or an address, without the port behind it (https://www.rfc-editor.org/rfc/rfc9110#name-host-and-authority). */
const HOST = /^(?:\[([0-9a-f:.]+)\]|([^\s:@/[\]]+))(?::\d*)?$/i;

const loopbackAddresses = new BlockList();
loopbackAddresses.addSubnet('127.0.0.0', 8, 'ipv4');
loopbackAddresses.addAddress('::1', 'ipv6');

/** The host of a request target in absolute form (https://www.rfc-editor.org/rfc/rfc9112#name-absolute-form). */
const TARGET_HOST = /^https?:\/\/([^/?#]*)/i;

/** How much of a Host header a message quotes. */
const MAX_SHOWN_LENGTH = 100;

/** Refuses requests by their Host header, before everything else. */
export interface HostGuard {
  /** Passes requests with an allowed host to `listener`. */
  wrap(listener: RequestListener): RequestListener;
  /** Sets the address of the server; until then it is taken for loopback, which allows fewer hosts. */
  listenAt(address: AddressInfo): void;
}

/**
 * Prevents DNS rebinding: a page whose name resolves to a loopback address could read a server there as its own, and only the
 * Host header shows it. On a loopback address the names and addresses of loopback are allowed, and `listed` hosts: names,
 * `*.example` for all names below one, `*` for any. On another address all hosts are allowed if none is listed; otherwise IP
 * addresses are, too, since health checks use them and no page can have one as its name.
 */
export function createHostGuard(listed: readonly string[], refuse: Refuse): HostGuard {
  const patterns = listed.map(toName);
  const names = new Set(patterns);
  const suffixes = patterns.filter((pattern) => pattern.startsWith('*.')).map((pattern) => pattern.slice(1));
  let isOnLoopback = true;
  // Most requests have the same host as the one before.
  let lastAllowed: string | undefined;

  function isAllowed(host: string): boolean {
    if (names.has('*') || (!isOnLoopback && listed.length === 0)) return true;
    const [, address, text = ''] = HOST.exec(host) ?? [];
    const name = toName(address ?? text);
    if (name === '') return false;
    if (names.has(name) || suffixes.some((suffix) => name.endsWith(suffix))) return true;
    return isLoopback(name) || (!isOnLoopback && isIP(name) !== 0);
  }

  function refuseHost(request: IncomingMessage, response: ServerResponse, host: string): void {
    const shown = JSON.stringify(host.slice(0, MAX_SHOWN_LENGTH));
    const message = `There is no answer for the host ${shown}: if it is a name of this server, add it to ALLOWED_HOSTS.`;
    sendRefusal(response, { status: 421, message, request }, refuse);
  }

  return {
    wrap: (listener) => (request, response) => {
      const { url = '' } = request;
      const target = url.startsWith('/') ? undefined : TARGET_HOST.exec(url)?.[1];
      if (target !== undefined && !isAllowed(target)) return refuseHost(request, response, target);
      const { host } = request.headers;
      if (host !== undefined && host === lastAllowed) return listener(request, response);
      if (host === undefined) {
        // Browsers always send a Host header, and HTTP/1.0 does not require it.
        if (request.httpVersion === '1.0') return listener(request, response);
        const message = 'Expected a Host header, as HTTP/1.1 requires.';
        return sendRefusal(response, { status: 400, message, request }, refuse);
      }
      if (!isAllowed(host)) return refuseHost(request, response, host);
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
export function isLoopback(name: string): boolean {
  const family = isIP(name);
  if (family !== 0) return loopbackAddresses.check(name, family === 4 ? 'ipv4' : 'ipv6');
  return name === 'localhost' || name.endsWith('.localhost');
}

/** Normalises a name to lower case without the dot of the root, and an IPv6 address to one without brackets. */
function toName(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}
