import cluster from 'node:cluster';
import { parseArgs } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { ArchiveOpenError, HOW_TO_IMPORT } from './archive/archive-url.js';
import { runArchiveThread } from './archive-thread.js';
import { type Config, ConfigError, describeVariables, parseArchiveConfig, parseConfig } from './config.js';
import { inspectorRegions } from './domain/arn.js';
import { type RunningGateway, startGateway } from './gateway.js';
import { arePagesBuilt } from './http/page-files.js';
import { isLoopback } from './process/host-guard.js';
import { ListenError } from './process/listening-socket.js';
import { createLog, type Log } from './process/log.js';
import { STOP_LIMIT_MS } from './process/shutdown-limits.js';
import { toTerminalText } from './process/terminal-text.js';
import { joinPrimary } from './process/worker.js';
import { WORKER_COMMAND, WorkerError } from './process/workers.js';
import { SECRET_SETTINGS, withSecretFiles } from './secret-files.js';
import { stopTracing } from './start-tracing.js';
import { FileError } from './watched-file.js';

const HELP = `Usage: inspector-gateway [command]

Serves telemetry of Amazon Inspector Classic's assessment runs over GraphQL.

Commands:
  (none)           the GraphQL gateway and, unless INSPECTOR_ENDPOINT says otherwise, the archive as its upstream
  archive          the archive alone: an endpoint for AWS CLIs and SDKs that speaks Inspector Classic's protocol
  archive import   bring files of the AWS CLI, boto3 and the SDKs into the archive
  archive export   write the archive, or a part of it, as records
  archive stats    show what the archive holds, and how it went by month
  archive search   find runs, findings and hosts
  archive compare  show what changed from one run to another
  keys             make, list and revoke API keys of callers
  fake             an Inspector endpoint for tests, which fails as you say

Options:
  -h, --help   show this text; behind a command on the archive, its own

Environment:
${describeVariables()}

${SECRET_SETTINGS.join(', ')} may stand in files, which ${SECRET_SETTINGS.map((name) => `${name}_FILE`).join(', ')} name.
`;

/** Runs the command line; the exit code is undefined while a service goes on. */
export async function runCommandLine(): Promise<number | undefined> {
  if (!isMainThread) {
    await runArchiveThread();
    return undefined;
  }
  const [first, second, ...others] = process.argv.slice(2);
  if (first === WORKER_COMMAND && cluster.isWorker) return report(work());
  if (first === 'archive') {
    // Imported only here, so that a gateway starts faster.
    const { findArchiveCommand, runArchiveCommand } = await import('./commands/archive-commands.js');
    const archiveCommand = findArchiveCommand(second);
    if (archiveCommand !== undefined) return runArchiveCommand(archiveCommand, others);
  }
  if (first === 'keys') {
    const { runKeysCommand } = await import('./commands/keys-command.js');
    return runKeysCommand(process.argv.slice(3), process.env.API_KEYS_FILE);
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
    process.stderr.write(`${toTerminalLines((error as Error).message)}\n\n${HELP}`);
    return 2;
  }
  if (wantsHelp) {
    process.stdout.write(HELP);
    return 0;
  }
  return report(serve(command));
}

const toTerminalLines = (message: string) => message.split('\n').map(toTerminalText).join('\n');

/** Waits for a start. Its failure is a line on stderr and an exit code. */
async function report(starting: Promise<void>): Promise<number | undefined> {
  try {
    await starting;
    return undefined;
  } catch (error) {
    if (![ConfigError, FileError, ListenError, ArchiveOpenError, WorkerError].some((type) => error instanceof type)) {
      throw error;
    }
    process.stderr.write(`${toTerminalLines((error as Error).message)}\n`);
    return error instanceof ConfigError || error instanceof FileError ? 2 : 1;
  }
}

async function serve(command: string | undefined): Promise<void> {
  // Without a listener the service would end when the reader of stdout does.
  process.stdout.on('error', () => {});
  if (command === 'archive') {
    const config = parseArchiveConfig(withSecretFiles(process.env));
    const { startArchiveAlone } = await import('./archive-service.js');
    const starting = startArchiveAlone(config, startLog(config.logLevel).logger);
    stopOnSignals(starting);
    const { url, description, metricsUrl } = await starting;
    const archive = `Archive  ${url}  (Inspector Classic's protocol; ${description})\n`;
    process.stdout.write(archive + toMetricsLine(metricsUrl));
  } else {
    const config = parseConfig(withSecretFiles(process.env), inspectorRegions);
    const starting = startGateway(config, startLog(config.logLevel));
    stopOnSignals(starting);
    process.stdout.write(toBanner(await starting, config));
  }
}

/** Runs a worker until the process that started it stops it. */
async function work(): Promise<void> {
  const { id, stopAsked, answerMetrics, ...primary } = joinPrimary();
  // The primary answers at METRICS_PORT for all.
  const config = { ...parseConfig(withSecretFiles(process.env), inspectorRegions), workers: 1, metricsPort: null };
  const starting = startGateway(config, startLog(config.logLevel, { worker: id }), primary).then((gateway) => {
    const tellMetrics = answerMetrics(gateway.collectMetrics);
    return { stop: () => gateway.stop().then(tellMetrics) };
  });
  stopAsked.then(() => stop(starting));
  await starting;
}

/** Creates the log, which also gets the SDK's warnings on the console of responses that it cannot read, as one line each. */
function startLog(level: string, base?: object): Log {
  const log = createLog(level, base);
  console.warn = (...words: unknown[]) => log.logger.warn({ warning: String(words[0]).split('\n', 1)[0] }, 'warning');
  return log;
}

function toBanner({ url: address, archive, exampleQuery, metricsUrl }: RunningGateway, config: Config): string {
  const { inspectorEndpoint: endpoint, workers, basePath } = config;
  const url = address + basePath;
  const processes = workers > 1 ? `  (${workers} processes answer)` : '';
  const upstream =
    archive === null
      ? `Upstream ${endpoint === 'aws' ? 'AWS (which ended Inspector Classic on 20 May 2026: expect no answer)' : endpoint}`
      : `Archive  ${archive.url}  (its upstream: Inspector Classic's protocol; ${archive.description})`;
  const pages = arePagesBuilt();
  const explorer = config.explorer && pages ? `  (explorer: ${url}/explorer)` : '';
  return `${toPortalLine(config, pages, url)}Gateway  ${url}/graphql${explorer}${processes}
${upstream}
${toMetricsLine(metricsUrl)}${toAuthLine(config)}
${archive?.exampleRun === null ? `There is nothing to ask for yet. ${HOW_TO_IMPORT}` : toTry(url, exampleQuery)}

`;
}

function toMetricsLine(url: string | null): string {
  return url === null ? '' : `Metrics  ${url}\n`;
}

/** Nobody should give away a history by forgetting a setting. */
function toAuthLine({ host, isAuthSaid }: Config): string {
  if (isAuthSaid || isLoopback(host)) return '';
  return `Warning  Everybody who reaches ${host} may see everything: AUTH says how callers are known, AUTH=none that this is meant\n`;
}

function toPortalLine({ portal, explorer }: Config, areBuilt: boolean, url: string): string {
  if (!areBuilt && (portal || explorer)) return 'Portal   not built: `npm run build` builds it\n';
  return portal ? `Portal   ${url}/\n` : '';
}

function toTry(url: string, query: string): string {
  const body = JSON.stringify({ query: query.replace(/\s+/g, ' ').trim() });
  return `Try:\n  curl -s ${url}/graphql -H 'content-type: application/json' -d '${body}'`;
}

/** Stops gracefully at the first SIGTERM or SIGINT, within 10 s, also during a start, and at once at the second. */
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
  // A failed start has reported itself.
  await starting.then((running) => running.stop()).catch(() => {});
  await stopTracing();
  process.exit();
}
