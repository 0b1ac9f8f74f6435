#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { ConfigError, describeVariables, parseConfig } from './config.js';
import { type Running, startArchive, startGateway } from './gateway.js';
import { exampleQuery } from './graphql/graphql-server.js';
import { inspectorRegions } from './inspector/assessment-run-arn.js';
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
  const config = parseConfig(process.env, inspectorRegions);
  // The log goes to stderr: stdout is for people, and for programs that read the addresses.
  const logger = pino({ level: config.logLevel, base: null }, pino.destination({ fd: 2, sync: true }));
  if (command === 'archive') {
    const archive = await startArchive({ host: config.host, port: config.archivePort }, logger);
    stopOnSignals(archive);
    process.stdout.write(`Archive  ${archive.url}  (Inspector Classic's protocol; the built-in sample, read-only)\n`);
    return;
  }
  const gateway = await startGateway(config, logger);
  stopOnSignals(gateway);
  process.stdout.write(toBanner(gateway, config.inspectorEndpoint));
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

/** The first SIGTERM or SIGINT stops in order, within 10 s; a second one stops at once. */
function stopOnSignals(running: Running): void {
  let stopping = false;
  const onSignal = async () => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(0), STOP_LIMIT_MS).unref();
    await running.stop();
    process.exit(0);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
