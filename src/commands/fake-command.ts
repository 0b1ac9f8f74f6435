import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { parse as parseYaml } from 'yaml';
import { startFakeInspector } from '../fake/fake-inspector.js';
import { type FaultRule, FaultRulesError, parseFaultRules } from '../fake/fault-rules.js';
import { toTerminalText } from '../process/terminal-text.js';

const DEFAULT_PORT = 4001;
const DEFAULT_CONTROL_PORT = 4002;
const MAX_PORT = 65_535;
const MAX_RUNS = 100_000;

const HELP = `Usage: inspector-gateway fake [options] [PATH...]

An Inspector endpoint for tests: the archive over made-up runs or your exports, which fails as you say.

Arguments:
  PATH   files and folders to serve, as archive import takes them; without PATH and --runs, the built-in sample

Options:
  --runs N             serve N made-up runs
  --faults FILE        rules of what fails, as YAML or JSON
  --port N             where it listens, on 127.0.0.1 (${DEFAULT_PORT}; 0 takes a free one)
  --control-port N     where faults are changed and calls are read while it runs (${DEFAULT_CONTROL_PORT}; 0 takes a free one)
  -h, --help           show this text

A rule names a fault, and when it happens: operation, arn (* is any text), times, probability with seed.

  faults:
    - { operation: GetTelemetryMetadata, arn: '*/run/0-MKkpXXPE', fault: throttling, times: 2 }
    - { operation: DescribeAssessmentRuns, fault: latency, ms: 2000, probability: 0.1, seed: 7 }
    - { fault: exception, type: AccessDeniedException, errorCode: ACCESS_DENIED_TO_ASSESSMENT_RUN, canRetry: false }

Faults: exception (type, status, canRetry, errorCode, message), throttling, status (status), html (status), latency (ms),
hang, reset, cut, wrongJson, failedItems (failureCode, retryable).

The control port answers GET /calls, GET /faults, PUT /faults (a list of rules as JSON), DELETE /faults, and DELETE / for
both. Give the gateway the endpoint as INSPECTOR_ENDPOINT.
`;

/** Runs the fake until a signal. The exit code is undefined while it runs; failures are written to stderr. */
export async function runFakeCommand(args: string[]): Promise<number | undefined> {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        runs: { type: 'string' },
        faults: { type: 'string' },
        port: { type: 'string' },
        'control-port': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(HELP);
      return 0;
    }
    const fake = await startFakeInspector({
      ...(values.runs !== undefined && { runs: parseNumber('--runs', values.runs, MAX_RUNS) }),
      files: positionals,
      faults: values.faults === undefined ? [] : await readRules(values.faults),
      port: parseNumber('--port', values.port ?? String(DEFAULT_PORT), MAX_PORT),
      controlPort: parseNumber('--control-port', values['control-port'] ?? String(DEFAULT_CONTROL_PORT), MAX_PORT),
    });
    process.stdout.write(`Fake     ${fake.url}  (Inspector Classic's protocol)\nControl  ${fake.controlUrl}\n`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => fake.stop());
    return undefined;
  } catch (error) {
    const message = toMessage(error as NodeJS.ErrnoException & { address?: string; port?: number });
    process.stderr.write(`${message.split('\n').map(toTerminalText).join('\n')}\n`);
    return 2;
  }
}

function toMessage({
  code,
  message,
  address,
  port,
}: NodeJS.ErrnoException & { address?: string; port?: number }): string {
  if (code !== 'EADDRINUSE') return message;
  return `http://${address}:${port} is already in use: set --port or --control-port to another port, or 0 for a free one.`;
}

async function readRules(path: string): Promise<FaultRule[]> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new FaultRulesError(`Expected a file of rules at ${path}: ${error.message}`);
  });
  try {
    return parseFaultRules(parseYaml(text) ?? []);
  } catch (error) {
    if (error instanceof FaultRulesError) throw error;
    throw new FaultRulesError(`Expected YAML or JSON in ${path}: ${(error as Error).message}`);
  }
}

function parseNumber(option: string, text: string, max: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= max) return number;
  throw new Error(`Expected a whole number from 0 to ${max} behind ${option}, but got ${JSON.stringify(text)}.`);
}
