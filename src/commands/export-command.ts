import { createWriteStream, rmSync } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type ExportFilter, exportRecords } from '../archive/export.js';
import { openDatabaseAt } from '../archive/store/database.js';
import { toTerminalJson } from '../process/terminal-text.js';
import {
  type Command,
  endOnSignals,
  OutputError,
  type ParsedArguments,
  parseRunArn,
  parseTime,
  UsageError,
} from './command.js';

/** `archive export`: writes the archive, or a part of it, as records. */
export const exportCommand: Command = {
  help: `Usage: inspector-gateway archive export [FILE] [--account ID]... [--region REGION]... [--run ARN] [--from TIME]
                                        [--to TIME]

Writes the archive as records {"operation": ..., "input": ..., "output": ...}, one a line, to FILE, gzip when it ends in
.gz, or to stdout. Importing them into an empty archive gives the same archive again. FILE appears when it is complete.

Options, which have to hold together:
  --account ID      what is in this account; may be repeated
  --region REGION   what is in this region; may be repeated
  --run ARN         this run, with all that belongs to it or that it refers to
  --from TIME       the same for the runs that were created at this moment or later: epoch seconds, or ISO 8601 with its
                    offset, such as 2024-01-01T00:00:00Z
  --to TIME         ... at this moment or earlier
  -h, --help        show this text

Rules packages, which are in accounts of AWS, are exported where an exported run or template has them.

Environment:
  ARCHIVE_URL     the archive: sqlite:path or postgres://user@host/database
  ARCHIVE_CREATE  1 makes an empty one when there is none, which is an error otherwise

Exit code: 0, 1 when the archive or FILE failed, 2 for a wrong call.
`,
  options: {
    account: { type: 'string', multiple: true },
    region: { type: 'string', multiple: true },
    run: { type: 'string', multiple: true },
    from: { type: 'string', multiple: true },
    to: { type: 'string', multiple: true },
  },
  prepare(args) {
    const [file = '-', ...others] = args.positionals;
    if (others.length > 0) throw new UsageError(`Expected one FILE, but got ${args.positionals.join(' ')}.`);
    const filter = parseFilter(args);

    return async (archive) => {
      const database = await openDatabaseAt(archive);
      try {
        let records = 0;
        const write = file === '-' ? writeToStdout : await createFileWriter(file);
        await write(
          toChunks(exportRecords(database, filter), () => {
            records += 1;
          }),
        );
        process.stderr.write(`Exported ${records} entities.\n`);
      } finally {
        await database.close();
      }
      return 0;
    };
  },
};

function parseFilter(args: ParsedArguments): ExportFilter {
  const filter = {
    accounts: args.valuesOf('account'),
    regions: args.valuesOf('region'),
    runArn: parseRunArn(args),
    from: parseTime(args, 'from'),
    to: parseTime(args, 'to'),
  };
  for (const account of filter.accounts) {
    if (!/^\d{12}$/.test(account)) throw new UsageError(`Expected 12 digits behind --account, but got "${account}".`);
  }
  for (const region of filter.regions) {
    if (!/^[a-z]+(-[a-z]+)+-\d+$/.test(region)) {
      throw new UsageError(`Expected a region such as us-west-2 behind --region, but got "${region}".`);
    }
  }
  if (filter.from !== undefined && filter.to !== undefined && filter.from > filter.to) {
    throw new UsageError('Expected --from to be no later than --to.');
  }
  return filter;
}

const CHUNK_CHARACTERS = 65_536;

async function* toChunks(lines: AsyncIterable<string>, onLine: () => void): AsyncGenerator<string> {
  let chunk = '';
  for await (const line of lines) {
    onLine();
    // It may be shown by a terminal, now or later.
    chunk += `${toTerminalJson(line)}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

type Writer = (chunks: AsyncIterable<string>) => Promise<void>;

const writeToStdout: Writer = (chunks) => pipeline(chunks, process.stdout, { end: false });

/** Replaces a file as a whole, by a temporary one; a device or a pipe is written directly. */
async function createFileWriter(file: string): Promise<Writer> {
  const target = await stat(file).catch(() => null);
  if (target?.isDirectory()) throw new OutputError(`${file} cannot be written: it is a folder`);
  if (target !== null && !target.isFile()) return (chunks) => writeFile(chunks, file, file);
  const path = target === null ? file : await realpath(file);
  return async (chunks) => {
    const temporary = `${path}.${process.pid}.part`;
    endOnSignals(() => rmSync(temporary, { force: true }));
    try {
      await writeFile(chunks, temporary, file);
      await rename(temporary, path).catch((cause) => throwOutputError(cause, file));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  };
}

async function writeFile(chunks: AsyncIterable<string>, path: string, file: string): Promise<void> {
  const sink = createWriteStream(path);
  let failure: Error | undefined;
  sink.on('error', (error) => {
    failure = error;
  });
  try {
    await (file.endsWith('.gz') ? pipeline(chunks, createGzip(), sink) : pipeline(chunks, sink));
  } catch (error) {
    if (error === failure) throwOutputError(error, file);
    throw error;
  }
}

function throwOutputError(cause: unknown, file: string): never {
  // Without the system call and its path, which is the temporary file's.
  const reason = (cause as Error).message.replace(/, \w+ '.*$/s, '');
  throw new OutputError(`${file} cannot be written: ${reason}`, { cause });
}
