import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Who asks, as the log tells it. */
export interface Caller {
  /** Undefined where the connection has gone already. */
  remoteAddress: string | undefined;
  clientName: string | undefined;
  clientVersion: string | undefined;
}

const MAX_LENGTH = 100;
const UNSAFE = /[^\x20-\x7e]/g;

/**
 * Tells who asks. Their address is that of the connection; where it is a trusted proxy's, the nearest in X-Forwarded-For
 * that is not. `trustedProxies` are addresses, and ranges such as 10.0.0.0/8.
 */
export function createToCaller(trustedProxies: readonly string[]): (request: IncomingMessage) => Caller {
  const trusted = toBlockList(trustedProxies);
  const isTrusted = (address: string) => trusted.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');

  function toAddress({ socket, headers }: IncomingMessage): string | undefined {
    let address = withoutMapping(socket.remoteAddress);
    const forwarded = headers['x-forwarded-for'];
    if (trustedProxies.length === 0 || forwarded === undefined || address === undefined) return address;
    // Each proxy adds the one before it at the end.
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
      // As Apollo's clients and servers call it, or others.
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

/** `10.0.0.1:1234` and `[::1]:1234`, as some proxies write it. */
function withoutPort(text: string): string {
  return /^(?:([\d.]+)|\[([^\]]*)\])(?::\d+)?$/.exec(text)?.slice(1).find(Boolean) ?? text;
}

/** An IPv4 address, which a socket for both families has as one of IPv6. */
function withoutMapping(address: string | undefined): string | undefined {
  return address?.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}

/** Printable ASCII, and not much of it. */
function toText(given: string | string[] | undefined): string | undefined {
  return given === undefined ? undefined : String(given).slice(0, MAX_LENGTH).replace(UNSAFE, '?');
}
