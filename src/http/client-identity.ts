import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** The client of a request, for the log. */
export interface Caller {
  /** Undefined when the connection has closed. */
  remoteAddress: string | undefined;
  clientName: string | undefined;
  clientVersion: string | undefined;
}

const MAX_LENGTH = 100;
const UNSAFE = /[^\x20-\x7e]/g;

/**
 * Creates a function that identifies the client of a request. Its address is that of the connection, or, behind trusted
 * proxies, the last one in X-Forwarded-For that is not theirs. `trustedProxies` are addresses, and ranges such as 10.0.0.0/8.
 */
export function createToCaller(trustedProxies: readonly string[]): (request: IncomingMessage) => Caller {
  const trusted = toBlockList(trustedProxies);
  const isTrusted = (address: string) => trusted.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');

  function toAddress({ socket, headers }: IncomingMessage): string | undefined {
    let address = withoutMapping(socket.remoteAddress);
    const forwarded = headers['x-forwarded-for'];
    if (trustedProxies.length === 0 || forwarded === undefined || address === undefined) return address;
    // Each proxy appends the address of the hop before it.
    for (const hop of String(forwarded).split(',').reverse()) {
      const next = withoutMapping(withoutPort(hop.trim()));
      if (next === undefined || isIP(next) === 0 || !isTrusted(address)) break;
      address = next;
    }
    return address;
  }

  return (request) => {
    const { headers } = request;
    return {
      remoteAddress: toAddress(request),
      // The header of Apollo's clients, or of others.
      clientName: toText(headers['apollographql-client-name'] ?? headers['graphql-client-name']),
      clientVersion: toText(headers['apollographql-client-version'] ?? headers['graphql-client-version']),
    };
  };
}

function toBlockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', length] = range.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (length === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(length), family);
  }
  return list;
}

/** Removes the port that some proxies add: `10.0.0.1:1234`, `[::1]:1234`. */
function withoutPort(text: string): string {
  return /^(?:([\d.]+)|\[([^\]]*)\])(?::\d+)?$/.exec(text)?.slice(1).find(Boolean) ?? text;
}

/** Converts an IPv4-mapped IPv6 address, as a dual-stack socket has it. */
function withoutMapping(address: string | undefined): string | undefined {
  return address?.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}

/** Limits a header to MAX_LENGTH characters of printable ASCII. */
function toText(given: string | string[] | undefined): string | undefined {
  return given === undefined ? undefined : String(given).slice(0, MAX_LENGTH).replace(UNSAFE, '?');
}
