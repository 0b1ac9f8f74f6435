import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [MAIN, MODULES] = ['dist', 'build'].map((folder) =>
  fileURLToPath(new URL(`../../${folder}/main.js`, import.meta.url)),
) as [string, string];
if (statSync(MAIN).mtimeMs < statSync(MODULES).mtimeMs) throw new Error(`${MAIN} is of an older build: npm run build`);

/** Runs the built command in a process of its own, with only this environment. A shell runs the `script`, with the command as "$@". */
export function runMain(
  args: string[] = [],
  environment: Record<string, string> = {},
  nodeOptions: string[] = [],
  script?: string,
) {
  // A module can be replaced as long as they are not joined.
  const main = 'BENCH_WITHOUT' in environment ? MODULES : MAIN;
  const command = [process.execPath, ...nodeOptions, main, ...args];
  if (script !== undefined) command.unshift('sh', '-c', script, 'sh');
  const child = spawn(command[0] as string, command.slice(1), {
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // The command may end before it has read its input.
  child.stdin.on('error', () => {});
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const exited = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));

  /** Resolves with the result of `find` once the process has written it; rejects when the process ends before. */
  async function written<T>(stream: 'stdout' | 'stderr', find: () => T | null | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== null && found !== undefined) return found;
      const ended = await Promise.race([once(child[stream], 'data'), exited]);
      if ('code' in ended && find() == null) throw new Error(`It ended with ${JSON.stringify(ended)}`);
    }
  }

  /** The log so far, with an object for each line of JSON on stderr. */
  const log = () => output.stderr.split('\n').flatMap((line) => (line.endsWith('}') ? [JSON.parse(line)] : []));

  return {
    child,
    exited,
    log,
    /** The text of stderr so far. */
    stderrText: () => output.stderr,
    /** The lines of stderr so far that are not JSON. */
    notJson: () => output.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{')),
    /** The lines of stderr since they were last taken, which are forgotten: a string holds half a GiB. */
    takeLines(): string[] {
      const lines = output.stderr.split('\n');
      output.stderr = lines.pop() as string;
      return lines;
    },
    /** Its resident memory: VmRSS of https://docs.kernel.org/filesystems/proc.html; null without /proc. */
    residentKib(): number | null {
      if (!existsSync('/proc/self/status')) return null;
      return Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]);
    },
    /** The first match on stdout. */
    stdoutMatch: (pattern: RegExp) => written('stdout', () => pattern.exec(output.stdout)),
    /** The first match on stderr. */
    stderrMatch: (pattern: RegExp) => written('stderr', () => pattern.exec(output.stderr)),
    /** The log line of a request. */
    requestLine: (requestId: string) =>
      written('stderr', () => log().find((line) => line.msg === 'request' && line.requestId === requestId)),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
