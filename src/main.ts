#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { type Logger, pino } from 'pino';
import { ConfigError, describeVariables, parseArchiveConfig, parseConfig } from './config.js';
import { exampleQuery, inspectorRegions, type Running, startArchive, startGateway } from './gateway.js';
import { ListenError } from './listen.js';

const STOP_LIMIT_MS = 10_000;

const HELP = `Usage: inspector-gateway [command]

Serves telemetry of Amazon Inspector Classic's assessment runs over GraphQL.

Commands:
  (none)    the GraphQL gateway and, unless INSPECTOR_ENDPOINT says otherwise, the archive as its upstream
  archive   the archive alone: an endpoint for AWS CLIs and SDKs that speaks Inspector Classic's protocol

Options:
  -h, --help   show this text

Environment:
${describeVariables()}
`;

process.exitCode = await main();

/** Runs the command line; the exit code is undefined while a service goes on. */
async function main(): Promise<number | undefined> {
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
  try {
    await serve(command);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof ListenError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error instanceof ConfigError ? 2 : 1;
  }
}

async function serve(command: string | undefined): Promise<void> {
  if (command === 'archive') {
    const config = parseArchiveConfig(process.env);
    const starting = startArchive({ host: config.host, port: config.archivePort }, createLogger(config.logLevel));
    stopOnSignals(starting);
    const { url } = await starting;
    process.stdout.write(`Archive  ${url}  (Inspector Classic's protocol; the built-in sample, read-only)\n`);
  } else {
    const config = parseConfig(process.env, inspectorRegions);
    const starting = startGateway(config, createLogger(config.logLevel));
    stopOnSignals(starting);
    process.stdout.write(toBanner(await starting, config.inspectorEndpoint));
  }
}

/** The log goes to stderr: stdout is for people, and for programs that read the addresses. */
function createLogger(level: string): Logger {
  const logger = pino({ level, base: null }, pino.destination({ fd: 2, sync: true }));
  // The SDK complains there of answers that it can hardly read, in several lines.
  console.warn = (...words: unknown[]) => logger.warn({ warning: String(words[0]).split('\n', 1)[0] }, 'warning');
  return logger;
}

function toBanner({ url, archiveUrl }: { url: string; archiveUrl: string | null }, endpoint: string): string {
  const upstream =
    archiveUrl === null
      ? `Upstream ${endpoint === 'aws' ? 'AWS (which ended Inspector Classic on 20 May 2026: expect no answer)' : endpoint}`
      : `Archive  ${archiveUrl}  (its upstream: Inspector Classic's protocol; the built-in sample, read-only)`;
  const body = JSON.stringify({ query: exampleQuery.replace(/\s+/g, ' ').trim() });
  return `Gateway  ${url}/graphql  (explorer: ${url}/)
${upstream}

Try:
  curl -s ${url}/graphql -H 'content-type: application/json' -d '${body}'

`;
}

/** The first SIGTERM or SIGINT stops in order, within 10 s, even what is still starting; a second one stops at once. */
function stopOnSignals(starting: Promise<Running>): void {
  let stopping = false;
  const onSignal = async () => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(0), STOP_LIMIT_MS).unref();
    // What fails to start has reported it itself.
    await starting.then((running) => running.stop()).catch(() => {});
    process.exit();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
