import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { median } from '../alternation.mjs';
import { startProduct } from '../fleet.mjs';
import { isPinning, runClient, SERVER_CORE } from '../processes.mjs';
import { toNumber, toTable } from '../report.mjs';
import { toRunRequest } from '../requests.mjs';
import { toRunArn } from '../runs.mjs';

const NGINX = ['nginx', '/usr/sbin/nginx'].find((command) => spawnSync(command, ['-v']).error === undefined);
const asked = 'the same GET through deploy/nginx.conf, one worker on the core of what is measured, 64 connections';
const toReach = '0 requests at the gateway';

/** What an answer costs that a caching proxy in front of the gateway has already. */
export async function proxy(bench) {
  if (NGINX === undefined) {
    return { targets: [{ asked, toReach, measured: 'nginx is not installed', isMet: null }], text: '' };
  }
  const product = await startProduct(bench);
  const nginx = await startNginx(bench, product.url);
  try {
    await bench.upstream.behave({});
    const source = { kind: 'same', request: toRunRequest(toRunArn('x', 1)) };
    const perSecond = [];
    for (let round = 0; round <= bench.rounds; round += 1) {
      const requestsBefore = countRequests(product.logFile);
      const load = { url: nginx.url, method: 'GET', connections: 64, seconds: bench.seconds, source };
      const { requests, seconds, failed } = await runClient('load-generator.mjs', load);
      if (failed > 0) throw new Error(`proxy: ${failed} requests failed`);
      if (round === 0) continue;
      perSecond.push({ rate: requests / seconds, atGateway: countRequests(product.logFile) - requestsBefore });
      bench.progress(`proxy, round ${round} of ${bench.rounds}: ${toNumber(requests / seconds)} req/s`);
    }
    const rates = perSecond.map(({ rate }) => rate);
    const atGateway = perSecond.reduce((sum, round) => sum + round.atGateway, 0);
    return {
      targets: [
        {
          asked,
          toReach,
          measured: `${atGateway}; ${toNumber(median(rates))} req/s of nginx`,
          isMet: atGateway === 0,
        },
      ],
      text: toTable([
        ['requests/s through nginx', 'each round', 'requests at the gateway'],
        [toNumber(median(rates)), rates.map(toNumber).join(', '), atGateway],
      ]),
    };
  } finally {
    await nginx.stop();
    await product.stop();
  }
}

/** The proxy of compose.yaml, in front of this gateway. */
async function startNginx(bench, gatewayUrl) {
  const port = await findFreePort();
  const config = readFileSync(new URL('../../deploy/nginx.conf', import.meta.url), 'utf8')
    .replace('server gateway:4000 resolve;', `server ${new URL(gatewayUrl).host};`)
    .replace('listen 8080', `listen 127.0.0.1:${port}`)
    .replace('worker_processes auto', 'worker_processes 1');
  const folder = join(bench.folder, 'nginx');
  mkdirSync(folder);
  writeFileSync(join(folder, 'nginx.conf'), config);
  const directives = `daemon off;${process.getuid?.() === 0 ? ' user root;' : ''}`;
  const command = [NGINX, '-p', folder, '-c', 'nginx.conf', '-g', directives];
  if (isPinning) command.unshift('taskset', '-c', String(SERVER_CORE));
  const child = spawn(command[0], command.slice(1), { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/graphql`;
  while (!(await fetch(new URL('/healthz', url)).catch(() => false))) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
  }
  return {
    url,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

function countRequests(logFile) {
  return readFileSync(logFile, 'utf8').split('"path":"/graphql"').length - 1;
}
