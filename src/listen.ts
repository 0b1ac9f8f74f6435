import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Its message is one line that says which setting to change. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Makes a server listen and gives its URL; `setting` names the variable that the port came from. */
export async function listen(server: Server, host: string, port: number, setting: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(toListenError(error, host, port, setting)));
    server.listen(port, host, resolve);
  });
  return toUrl(host, (server.address() as AddressInfo).port);
}

const PORT_CODES = new Set<string | undefined>(['EADDRINUSE', 'EACCES']);

function toUrl(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function toListenError(error: NodeJS.ErrnoException, host: string, port: number, setting: string): ListenError {
  const url = toUrl(host, port);
  const message = PORT_CODES.has(error.code)
    ? `${url} ${error.code === 'EACCES' ? 'needs more rights' : 'is already in use'}: set ${setting} to another port, or 0 for a free one.`
    : `${url} cannot be listened on (${error.code}): set HOST to an address of this machine.`;
  return new ListenError(message, { cause: error });
}
