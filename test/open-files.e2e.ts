import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, jest, test } from '@jest/globals';
import { listen } from '../src/process/listening-socket.js';
import { OUT_OF_FILES } from '../src/process/open-files.js';
import { endAfterAll } from './helpers/cleanup.js';
import { runMain } from './helpers/process.js';

jest.setTimeout(30_000);

/** The command, with a limit that it cannot raise itself. */
function runLimited(files: number, args: string[] = []) {
  const limited = runMain(args, { PORT: '0', ARCHIVE_PORT: '0' }, [], `ulimit -n ${files}; exec "$@"`);
  endAfterAll(limited.kill);
  return limited;
}

describe('With a limit of open files that is too low', () => {
  // How many files it takes to load the command differs from one node to the next: some load a few of them at a time.
  test.each([
    [40, []],
    [64, []],
    [128, []],
    [64, ['archive']],
  ])('of %d the command says in one line what to raise, and exits with 1, or serves (%j)', async (files, args) => {
    const { child, exited, stdoutMatch } = runLimited(files, args);
    const started = await stdoutMatch(/(?:Gateway|Archive) {2}(http:\/\/[^\s/]+)/).catch(() => null);
    if (started !== null) {
      expect((await fetch(`${started[1]}/readyz`)).status).toBe(200);
      child.kill('SIGTERM');
      expect(await exited).toMatchObject({ code: 0, stderr: expect.not.stringContaining(OUT_OF_FILES) });
      return;
    }
    const { code, stdout, stderr } = await exited;
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: `${OUT_OF_FILES}\n` });
  });

  test('a gateway serves its open connections, and new ones once there is room', async () => {
    const gateway = runLimited(400);
    const [, url = ''] = await gateway.stdoutMatch(/Gateway {2}(http:\S+)\/graphql/);
    const { hostname, port } = new URL(url);
    const sockets = Array.from({ length: 600 }, () => connect(Number(port), hostname).on('error', () => {}));
    // Some are closed at the limit.
    await Promise.race(sockets.map((socket) => once(socket, 'close')));
    for (const socket of sockets) socket.destroy();
    let status = 0;
    while (status !== 200)
      status = await fetch(`${url}/readyz`).then(
        ({ status }) => status,
        () => 0,
      );
    gateway.child.kill('SIGTERM');
    expect((await gateway.exited).code).toBe(0);
  });
});

test('A server that cannot listen at its limit of open files says what to raise', async () => {
  const server = createServer();
  server.listen = () => {
    server.emit('error', Object.assign(new Error(), { code: 'EMFILE' }));
    return server;
  };
  await expect(listen(server, '127.0.0.1', 0, 'PORT')).rejects.toThrow(OUT_OF_FILES);
});
