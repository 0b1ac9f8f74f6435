import { lookup } from 'node:dns/promises';
import type { Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { getSystemErrorName } from 'node:util';
import { isOutOfFiles, OUT_OF_FILES } from './open-files.js';

/** Its message is one line that says which setting to change. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Listens on a port, and resolves with the URL; `setting` is the variable of the port, for error messages. */
export async function listen(server: Server, host: string, port: number, setting: string): Promise<string> {
  const scheme = server instanceof TlsServer ? 'https' : 'http';
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error) => reject(toListenError(error, toUrl(scheme, host, port), setting));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
  return toUrl(scheme, host, (server.address() as AddressInfo).port);
}

/** Listens on a port that another process has bound; `url` is its address, for error messages. */
export async function listenOnHandle(server: Server, handle: unknown, url: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error) => reject(toListenError(error, url, 'PORT'));
    server.once('error', fail);
    server.listen(handle, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

/** The listening socket of a server: its own, or one that processes share. */
export interface ListeningSocket {
  /** Makes a server listen, and resolves with the URL. */
  open(server: Server): Promise<string>;
  /** Whether other processes go on listening when this one stops. */
  hasOtherListeners(): boolean;
  /** Resolves when no process listens any more. */
  closed(): Promise<void>;
}

/** A listening socket of this process alone; `setting` is the variable of the port, for error messages. */
export function createOwnListeningSocket(host: string, port: number, setting: string): ListeningSocket {
  return {
    open: (server) => listen(server, host, port, setting),
    hasOtherListeners: () => false,
    closed: async () => {},
  };
}

/** A bound port, on which processes with its handle can listen. While none does, connections wait until it is closed. */
export interface SharedPort {
  url: string;
  handle: net.Server;
  close(): void;
}

/** A bound socket on which this process does not listen itself, as node's cluster has it in its primary. */
type BoundHandle = net.Server & { getsockname(address: object): number; close(): void };
const { _createServerHandle: createServerHandle } = net as unknown as {
  _createServerHandle(address: string, port: number, family: number): BoundHandle | number;
};

/** Binds a port to share it with other processes, which speak `scheme`; `setting` is its variable, for error messages. */
export async function bindSharedPort(scheme: Scheme, host: string, port: number, setting: string): Promise<SharedPort> {
  const fail = (error: Error) => toListenError(error, toUrl(scheme, host, port), setting);
  const { address, family } = await lookup(host).catch((error) => Promise.reject(fail(error)));
  const handle = createServerHandle(address, port, family);
  if (typeof handle === 'number') throw fail(toSystemError(handle));
  const bound: Partial<AddressInfo> = {};
  // The first call that fails when the port is in use.
  const status = handle.getsockname(bound);
  if (status !== 0 || bound.port === undefined) {
    handle.close();
    throw fail(toSystemError(status));
  }
  return { url: toUrl(scheme, host, bound.port), handle, close: () => void handle.close() };
}

const PORT_CODES = new Set<string | undefined>(['EADDRINUSE', 'EACCES']);

type Scheme = 'http' | 'https';

function toUrl(scheme: Scheme, host: string, port: number): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function toSystemError(status: number): NodeJS.ErrnoException {
  return Object.assign(new Error(), { code: getSystemErrorName(status) });
}

function toListenError(error: NodeJS.ErrnoException, url: string, setting: string): ListenError {
  if (isOutOfFiles(error)) return new ListenError(OUT_OF_FILES, { cause: error });
  const message = PORT_CODES.has(error.code)
    ? `${url} ${error.code === 'EACCES' ? 'needs more rights' : 'is already in use'}: set ${setting} to another port, or 0 for a free one.`
    : `${url} cannot be listened on (${error.code}): set HOST to an address of this machine.`;
  return new ListenError(message, { cause: error });
}
