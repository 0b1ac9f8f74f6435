import type { IncomingMessage } from 'node:http';

/** A host name, also one with an underscore as Docker has them, or an IP address, and a port. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
/** A name has at most 253 characters; behind it are a dot and a port. */
const MAX_HOST_LENGTH = 260;

/** Where a client reached this server, such as `http://archive:9090`: by the Host that it sent, or where the socket is. */
export function toOrigin({ headers, socket }: IncomingMessage): string {
  const { host = '' } = headers;
  const isHost = host.length <= MAX_HOST_LENGTH && HOST.test(host) && URL.canParse(`http://${host}`);
  return `http://${isHost ? host : toAddress(socket)}`;
}

function toAddress({ localAddress = '', localPort }: IncomingMessage['socket']): string {
  // IPv4 on a socket of both, and a zone, which no URL has.
  const address = localAddress.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*/, '');
  return `${address.includes(':') ? `[${address}]` : address}:${localPort}`;
}
