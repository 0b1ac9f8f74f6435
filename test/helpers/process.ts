import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/**
 * The built command in a process of its own, with no environment but the one that is given. With a `script`
 * a shell runs that, and has the command as "$@".
 */
export function runMain(
  args: string[] = [],
  environment: Record<string, string> = {},
  nodeOptions: string[] = [],
  script?: string,
) {
  const words = [process.execPath, ...nodeOptions, MAIN, ...args];
  if (script !== undefined) words.unshift('sh', '-c', script, 'sh');
  const child = spawn(words[0] as string, words.slice(1), {
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // What ends before it has read everything is not asked to.
  child.stdin.on('error', () => {});
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const exited = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));

  /** Resolves with what `find` finds once the process has written it; rejects when the process ends without. */
  async function written<T>(stream: 'stdout' | 'stderr', find: () => T | null | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== null && found !== undefined) return found;
      const ended = await Promise.race([once(child[stream], 'data'), exited]);
      if ('code' in ended && find() == null) throw new Error(`It ended with ${JSON.stringify(ended)}`);
    }
  }

  /** The log so far: an object for each line of JSON on stderr. */
  const log = () => output.stderr.split('\n').flatMap((line) => (line.endsWith('}') ? [JSON.parse(line)] : []));

  return {
    child,
    exited,
    log,
    /** All that it has written on stderr so far. */
    stderrText: () => output.stderr,
    /** The lines that it has written on stderr so far and that are no JSON. */
    notJson: () => output.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{')),
    /** Its resident memory, which https://docs.kernel.org/filesystems/proc.html calls VmRSS; null where there is no /proc. */
    residentKib(): number | null {
      if (!existsSync('/proc/self/status')) return null;
      return Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]);
    },
    /** The first match on stdout. */
    stdoutMatch: (pattern: RegExp) => written('stdout', () => pattern.exec(output.stdout)),
    /** The first match on stderr. */
    stderrMatch: (pattern: RegExp) => written('stderr', () => pattern.exec(output.stderr)),
    /** The line that ends the log of a request. */
    requestLine: (requestId: string) =>
      written('stderr', () => log().find((line) => line.msg === 'request' && line.requestId === requestId)),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
