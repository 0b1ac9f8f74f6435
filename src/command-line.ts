import cluster from 'node:cluster';
import { parseArgs } from 'node:util';
import { ArchiveOpenError, HOW_TO_IMPORT } from './archive/archive-url.js';
import { type Config, ConfigError, describeVariables, parseArchiveConfig, parseConfig } from './config.js';
import type { RunningGateway } from './gateway.js';
import { ListenError } from './process/listening-socket.js';
import { createLog, type Log } from './process/log.js';
import { STOP_LIMIT_MS } from './process/shutdown-limits.js';
import { joinPrimary } from './process/worker.js';
import { WORKER_COMMAND, WorkerError } from './process/workers.js';

const HELP = `Usage: inspector-gateway [command]

Serves telemetry of Amazon Inspector Classic's assessment runs over GraphQL.

Commands:
  (none)           the GraphQL gateway and, unless INSPECTOR_ENDPOINT says otherwise, the archive as its upstream
  archive          the archive alone: an endpoint for AWS CLIs and SDKs that speaks Inspector Classic's protocol
  archive import   bring files of the AWS CLI, boto3 and the SDKs into the archive
  archive export   write the archive, or a part of it, as records
  archive stats    show what the archive holds
  fake             an Inspector endpoint for tests, which fails as you say

Options:
  -h, --help   show this text; behind a command on the archive, its own

Environment:
${describeVariables()}
`;

/** Runs the command line; the exit code is undefined while a service goes on. */
export async function runCommandLine(): Promise<number | undefined> {
  const [first, second, ...others] = process.argv.slice(2);
  if (first === WORKER_COMMAND && cluster.isWorker) return report(work());
  if (first === 'archive') {
    // A gateway starts faster without.
    const { findArchiveCommand, runArchiveCommand } = await import('./commands/archive-commands.js');
    const archiveCommand = findArchiveCommand(second);
    if (archiveCommand !== undefined) return runArchiveCommand(archiveCommand, others);
  }
  if (first === 'fake') {
    const { runFakeCommand } = await import('./commands/fake-command.js');
    return runFakeCommand(process.argv.slice(3));
  }
  let command: string | undefined;
  let wantsHelp: boolean | undefined;
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' } },
    });
    [command] = positionals;
    wantsHelp = values.help;
    if (positionals.length > 1 || (command !== undefined && command !== 'archive')) {
      throw new Error(`Unknown command: ${positionals.join(' ')}`);
    }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    return 2;
  }
  if (wantsHelp) {
    process.stdout.write(HELP);
    return 0;
  }
  return report(serve(command));
}

/** The exit code of what may fail to start, which is told in a line. */
async function report(starting: Promise<void>): Promise<number | undefined> {
  try {
    await starting;
    return undefined;
  } catch (error) {
    if (![ConfigError, ListenError, ArchiveOpenError, WorkerError].some((type) => error instanceof type)) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    return error instanceof ConfigError ? 2 : 1;
  }
}

async function serve(command: string | undefined): Promise<void> {
  // A service goes on when nobody reads its addresses any more.
  process.stdout.on('error', () => {});
  // The commands on an archive start in half the time without it.
  const { inspectorRegions, startArchive, startGateway } = await import('./gateway.js');
  if (command === 'archive') {
    const config = parseArchiveConfig(process.env);
    const starting = startArchive(config, startLog(config.logLevel).logger);
    stopOnSignals(starting);
    const { url, description } = await starting;
    process.stdout.write(`Archive  ${url}  (Inspector Classic's protocol; ${description})\n`);
  } else {
    const config = parseConfig(process.env, inspectorRegions);
    const starting = startGateway(config, startLog(config.logLevel));
    stopOnSignals(starting);
    process.stdout.write(toBanner(await starting, config));
  }
}

/** One of several processes that answer, until the one that started it says stop. */
async function work(): Promise<void> {
  const { id, stopAsked, ...primary } = joinPrimary();
  const { inspectorRegions, startGateway } = await import('./gateway.js');
  const config = parseConfig(process.env, inspectorRegions);
  const starting = startGateway({ ...config, workers: 1 }, startLog(config.logLevel, { worker: id }), primary);
  stopAsked.then(() => stop(starting));
  await starting;
}

/** The log, and with it what the SDK complains about on the console, in several lines, when it can hardly read an answer. */
function startLog(level: string, base?: object): Log {
  const log = createLog(level, base);
  console.warn = (...words: unknown[]) => log.logger.warn({ warning: String(words[0]).split('\n', 1)[0] }, 'warning');
  return log;
}

function toBanner({ url: address, archive, exampleQuery }: RunningGateway, config: Config): string {
  const { inspectorEndpoint: endpoint, workers, basePath } = config;
  const url = address + basePath;
  const processes = workers > 1 ? `; ${workers} processes answer` : '';
  const upstream =
    archive === null
      ? `Upstream ${endpoint === 'aws' ? 'AWS (which ended Inspector Classic on 20 May 2026: expect no answer)' : endpoint}`
      : `Archive  ${archive.url}  (its upstream: Inspector Classic's protocol; ${archive.description})`;
  return `Gateway  ${url}/graphql  (explorer: ${url}/${processes})
${upstream}

${archive?.exampleRun === null ? `There is nothing to ask for yet. ${HOW_TO_IMPORT}` : toTry(url, exampleQuery)}

`;
}

function toTry(url: string, query: string): string {
  const body = JSON.stringify({ query: query.replace(/\s+/g, ' ').trim() });
  return `Try:\n  curl -s ${url}/graphql -H 'content-type: application/json' -d '${body}'`;
}

/** The first SIGTERM or SIGINT stops in order, within 10 s, even what is still starting; a second one stops at once. */
function stopOnSignals(starting: Promise<{ stop(): Promise<void> }>): void {
  let stopping = false;
  const onSignal = async () => {
    if (stopping) process.exit(1);
    stopping = true;
    await stop(starting);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

async function stop(starting: Promise<{ stop(): Promise<void> }>): Promise<void> {
  setTimeout(() => process.exit(0), STOP_LIMIT_MS).unref();
  // What fails to start has reported it itself.
  await starting.then((running) => running.stop()).catch(() => {});
  process.exit();
}
