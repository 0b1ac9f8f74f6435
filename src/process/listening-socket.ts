import { lookup } from 'node:dns/promises';
import type { Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { getSystemErrorName } from 'node:util';
import { isOutOfFiles, OUT_OF_FILES } from './open-files.js';

/** Its message is one line that says which setting to change. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Makes a server listen and gives its URL; `setting` names the variable that the port came from. */
export async function listen(server: Server, host: string, port: number, setting: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error) => reject(toListenError(error, toUrl(host, port), setting));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
  return toUrl(host, (server.address() as AddressInfo).port);
}

/** Makes a server listen on a port that another process has bound; `url` is its address, for the message. */
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

/** Where a server's connections come in: a port of its own, or one that several processes share. */
export interface ListeningSocket {
  /** Makes a server listen and gives its URL. */
  open(server: Server): Promise<string>;
  /** Whether other processes will take the connections that come once this one takes none. */
  staysOpen(): boolean;
  /** Resolves when no process takes connections any more. */
  closed(): Promise<void>;
}

/** A listening socket of this process alone; `setting` names the variable that the port came from. */
export function createOwnListeningSocket(host: string, port: number, setting: string): ListeningSocket {
  return {
    open: (server) => listen(server, host, port, setting),
    staysOpen: () => false,
    closed: async () => {},
  };
}

/**
 * A port that is taken, on which the processes that are given its handle can listen. As long as it is not closed,
 * connections wait while none of them does.
 */
export interface SharedPort {
  url: string;
  handle: net.Server;
  close(): void;
}

/** What node's own cluster keeps in its primary: a bound socket, on which this process does not listen itself. */
type BoundHandle = net.Server & { getsockname(address: object): number; close(): void };
const { _createServerHandle: createServerHandle } = net as unknown as {
  _createServerHandle(address: string, port: number, family: number): BoundHandle | number;
};

/** Takes a port, to be shared with other processes; `setting` names the variable that it came from. */
export async function bindSharedPort(host: string, port: number, setting: string): Promise<SharedPort> {
  const fail = (error: Error) => toListenError(error, toUrl(host, port), setting);
  const { address, family } = await lookup(host).catch((error) => Promise.reject(fail(error)));
  const handle = createServerHandle(address, port, family);
  if (typeof handle === 'number') throw fail(toSystemError(handle));
  const bound: Partial<AddressInfo> = {};
  // That a port is in use is reported here at the earliest.
  const status = handle.getsockname(bound);
  if (status !== 0 || bound.port === undefined) {
    handle.close();
    throw fail(toSystemError(status));
  }
  return { url: toUrl(host, bound.port), handle, close: () => void handle.close() };
}

const PORT_CODES = new Set<string | undefined>(['EADDRINUSE', 'EACCES']);

function toUrl(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
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
