import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as sdk from '@aws-sdk/client-inspector';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createFolder } from './helpers/archives.js';
import { createClient } from './helpers/aws-client.js';
import {
  type AwsExample,
  type AwsExampleSource,
  readAwsExamples,
  withoutToken,
  withTimesAsNumbers,
} from './helpers/aws-examples.js';
import { graphQuestions } from './helpers/aws-examples-graph.js';
import { endAfterAll } from './helpers/cleanup.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { runMain } from './helpers/process.js';
import { exampleArn } from './helpers/runs.js';

const run = promisify(execFile);

/** All examples are of this region. */
const REGION = 'us-west-2';

/** A file to import, or several, and the options of that import. */
interface Import {
  readonly files: Readonly<Record<string, string>>;
  readonly options?: readonly string[];
}

/** How the examples of a source are saved. An archive holds those of one source: the sources contradict each other. */
interface Saved {
  readonly source: AwsExampleSource;
  readonly examples: readonly AwsExample[];
  /** Further options of the AWS CLI: each of the sources but the first is asked for with signed requests. */
  readonly cliOptions: readonly string[];
  toImports(): Import[];
}

/** Their outputs do not say what they are of, so that something else has to. */
const UNOWNED = ['GetTelemetryMetadata', 'ListTagsForResource', 'PreviewAgents'];

/** Of the SDKs' example of ListFindings only the input says that Inspector listed another run's finding for this run. */
const NEEDS_INPUT = [...UNOWNED, 'ListFindings'];

const everySource = readAwsExamples('every-source');
const sources: Saved[] = [
  {
    source: 'sdk',
    examples: [...readAwsExamples('sdk'), ...everySource],
    cliOptions: ['--no-sign-request'],
    /** Bare outputs, and records where the output does not say enough. */
    toImports() {
      return [
        {
          files: Object.fromEntries(
            this.examples.map(({ operation, input, output }) =>
              NEEDS_INPUT.includes(operation)
                ? [`${operation}.json`, JSON.stringify({ operation, input, output })]
                : [`${operation}.json`, JSON.stringify(output, null, 2)],
            ),
          ),
        },
      ];
    },
  },
  {
    source: 'cli-reference',
    examples: [...readAwsExamples('cli-reference'), ...everySource],
    cliOptions: [],
    /** What `aws inspector … > file` leaves behind; the path says whose it is where the output does not. */
    toImports() {
      return [
        {
          files: Object.fromEntries(
            this.examples.map(({ operation, input, output }) => [
              UNOWNED.includes(operation) ? `${operation}/${toFileName(input)}.json` : `${operation}.json`,
              `${JSON.stringify(output, null, 4)}\n`,
            ]),
          ),
        },
      ];
    },
  },
  {
    source: 'api-reference',
    examples: [...readAwsExamples('api-reference'), ...everySource],
    cliOptions: [],
    /** Bodies of responses; `--run` says whose telemetry it is. */
    toImports() {
      const telemetry = this.examples.filter(({ operation }) => operation === 'GetTelemetryMetadata');
      const others = this.examples.filter((example) => !telemetry.includes(example));
      return [
        {
          files: Object.fromEntries(
            others.map(({ operation, input, output }) => [
              UNOWNED.includes(operation) ? `${toFileName(input)}/${operation}` : operation,
              JSON.stringify(output),
            ]),
          ),
        },
        {
          files: Object.fromEntries(telemetry.map(({ output }) => ['telemetry.json', JSON.stringify(output)])),
          options: ['--run', exampleArn],
        },
      ];
    },
  },
];

/** The ARN that an input names, as file systems take it. */
function toFileName(input: Record<string, unknown>): string {
  const [arn] = Object.values(input).filter((value) => String(value).startsWith('arn:'));
  return String(arn).replaceAll(/[:/]/g, '_');
}

/** What is compared: no page token, times as epoch seconds, and lists of ARNs in no order, for AWS promises none. */
function toComparable(output: Json): Json {
  return typeof output === 'object' ? withArnsSorted(withTimesAsNumbers(withoutToken(output))) : output;
}

function withArnsSorted(output: Json): Json {
  const isArns = (value: Json) => Array.isArray(value) && value.every((item) => String(item).startsWith('arn:'));
  return Object.fromEntries(
    Object.entries<Json>(output).map(([name, value]) => [name, isArns(value) ? [...value].sort() : value]),
  );
}

function toKebabCase(operation: string): string {
  return operation.replaceAll(/(?<=.)([A-Z])/g, '-$1').toLowerCase();
}

function createCommand(operation: string, input: object): never {
  const Command = (sdk as Json)[`${operation}Command`];
  return new Command(input) as never;
}

const env = {
  ...process.env,
  AWS_ACCESS_KEY_ID: 'any',
  AWS_SECRET_ACCESS_KEY: 'any',
  AWS_DEFAULT_REGION: REGION,
  AWS_REGION: REGION,
  AWS_PAGER: '',
};

/** These clients are not npm packages: where they are not installed, their tests are left out and say so. */
const hasCli = spawnSync('aws', ['--version']).status === 0;
const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0;

/** Prints what boto3 is answered, signed and unsigned; a moment is its epoch seconds, an exception its text. */
const SCRIPT = `
import boto3, botocore, json, re, sys
from botocore.config import Config
signed = boto3.client('inspector', endpoint_url=sys.argv[1])
unsigned = boto3.client('inspector', endpoint_url=sys.argv[1], config=Config(signature_version=botocore.UNSIGNED))
def run(client, operation, input):
    try:
        answer = getattr(client, re.sub(r'(?<!^)([A-Z])', r'_\\1', operation).lower())(**input)
        answer.pop('ResponseMetadata')
        return answer
    except Exception as error:
        return str(error)
examples = json.load(sys.stdin)
answers = [[run(client, **example) for client in (signed, unsigned)] for example in examples]
print(json.dumps(answers, default=lambda moment: moment.timestamp()))
`;

/** Prints what `python -m awscli` writes for each list of words: all in one process, since to start takes longer than to ask. */
const CLI_SCRIPT = `
import contextlib, io, json, runpy, sys
def run(words):
    sys.argv = ['aws', *words]
    written = [io.TextIOWrapper(io.BytesIO(), 'utf-8') for stream in ('stdout', 'stderr')]
    code = 0
    with contextlib.redirect_stdout(written[0]), contextlib.redirect_stderr(written[1]):
        try:
            runpy.run_module('awscli', run_name='__main__')
        except SystemExit as exit:
            code = exit.code or 0
    for stream in written:
        stream.flush()
    return [code, *(stream.buffer.getvalue().decode() for stream in written)]
print(json.dumps([run(words) for words in json.load(sys.stdin)]))
`;

/** Whether the AWS CLI is a module of this Python, as it is where a package manager or pip installed it. */
const hasCliModule = spawnSync('python3', ['-m', 'awscli', '--version']).status === 0;

/** The exit code of the AWS CLI, and what it writes on stdout and stderr, for each list of words. */
async function runCli(commands: string[][]): Promise<[number, string, string][]> {
  if (hasCliModule) {
    const asking = run('python3', ['-c', CLI_SCRIPT], { env });
    asking.child.stdin?.end(JSON.stringify(commands));
    return JSON.parse((await asking).stdout);
  }
  const written: [number, string, string][] = [];
  for (const words of commands) {
    const { code = 0, stdout, stderr } = await run('aws', words, { env }).catch((error) => error);
    written.push([code, stdout, stderr]);
  }
  return written;
}

/** What the AWS CLI prints for each example, or what it says against it, by operation. */
async function askCli(url: string, { examples, cliOptions }: Saved): Promise<Map<string, Json>> {
  const commands = examples.map(({ operation, input }) => [
    ...['inspector', toKebabCase(operation), '--cli-input-json', JSON.stringify(input), ...cliOptions],
    ...['--endpoint-url', url, '--output', 'json'],
  ]);
  const written = await runCli(commands);
  return new Map(
    examples.map(({ operation }, place) => {
      const [code, stdout = '', stderr] = written[place] ?? [];
      return [operation, code === 0 ? JSON.parse(stdout || '{}') : stderr];
    }),
  );
}

/** What boto3 is answered for each example: signed, and unsigned. */
async function askBoto3(url: string, { examples }: Saved): Promise<Json[][]> {
  const asking = run('python3', ['-c', SCRIPT, url], { env });
  asking.child.stdin?.end(JSON.stringify(examples.map(({ operation, input }) => ({ operation, input }))));
  return JSON.parse((await asking).stdout);
}

describe.each(sources.map((saved) => ({ ...saved, title: saved.source })))('The examples of $title', (saved) => {
  const { examples } = saved;
  const imports: { code: number | null; stdout: string; stderr: string }[] = [];
  let gateway: Awaited<ReturnType<typeof startGateway>>;
  let cliAnswers: Map<string, Json>;
  let boto3Answers: Json[][];

  beforeAll(async () => {
    const folder = await createFolder();
    const ARCHIVE_URL = `sqlite:${join(folder, 'archive.db')}`;
    for (const [place, { files, options = [] }] of saved.toImports().entries()) {
      const exports = join(folder, `exports-${place}`);
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(exports, name)), { recursive: true });
        writeFileSync(join(exports, name), text);
      }
      imports.push(await runMain(['archive', 'import', exports, ...options], { ARCHIVE_URL }).exited);
    }
    gateway = await startGateway({ ARCHIVE_URL });
    endAfterAll(gateway.kill);
    if (hasCli) cliAnswers = await askCli(gateway.archiveUrl, saved);
    if (hasBoto3) boto3Answers = await askBoto3(gateway.archiveUrl, saved);
  }, 180_000);

  test('are imported, each of them, and none is left out', () => {
    for (const { code, stdout, stderr } of imports) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('Refused') });
      expect(stdout).not.toContain('nothing in it that the archive keeps');
    }
  });

  describe('come back over the wire', () => {
    test.each(examples)('$operation, unsigned', async ({ operation, input, output }) => {
      const response = await fetch(gateway.archiveUrl, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `InspectorService.${operation}`,
        },
        body: JSON.stringify(input),
      });
      const answer = withArnsSorted(withoutToken((await response.json()) as Json));
      // On the wire, a time is a number.
      expect({ status: response.status, answer }).toEqual({ status: 200, answer: toComparable(output) });
    });

    test.each(examples)('$operation, to the AWS SDK for JavaScript', async ({ operation, input, output }) => {
      const client = createClient(gateway.archiveUrl, REGION);
      const { $metadata, ...answer }: Json = await client.send(createCommand(operation, input));
      expect(toComparable(answer)).toEqual(toComparable(output));
    });
  });

  (hasCli ? describe : describe.skip)('come back to the AWS CLI (left out where `aws` is not installed)', () => {
    test.each(examples)('$operation', ({ operation, output }) => {
      expect(toComparable(cliAnswers.get(operation))).toEqual(toComparable(output));
    });
  });

  (hasBoto3 ? describe : describe.skip)('come back to boto3 (left out where it is not installed)', () => {
    test.each(examples.map(({ operation, output }, place) => ({ operation, output, place })))(
      '$operation, signed and unsigned',
      ({ output, place }) => {
        expect(boto3Answers[place]?.map(toComparable)).toEqual([toComparable(output), toComparable(output)]);
      },
    );
  });

  const inGraph = examples.filter(({ operation }) => graphQuestions[operation] !== undefined);
  test.each(inGraph)('agree with the graph: $operation', async ({ operation, input, output }) => {
    const questions = graphQuestions[operation]?.(withTimesAsNumbers(output), input) ?? [];
    expect(questions).not.toHaveLength(0);
    for (const { query, variables, expected, errors } of questions) {
      expect(await gateway.query(query, variables)).toEqual({ data: expected, errors });
    }
  });
});
