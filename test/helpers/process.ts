import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The built command in a process of its own, with no environment but the one that is given. */
export function runMain(args: string[] = [], environment: Record<string, string> = {}, nodeOptions: string[] = []) {
  const child = spawn(process.execPath, [...nodeOptions, MAIN, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const exited = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));

  return {
    child,
    exited,
    /** The first match on stdout; rejects when the process ends without one. */
    async stdoutMatch(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const match = pattern.exec(output.stdout);
        if (match !== null) return match;
        const ended = await Promise.race([once(child.stdout, 'data'), exited]);
        if ('code' in ended && !pattern.test(output.stdout)) throw new Error(`It ended with ${JSON.stringify(ended)}`);
      }
    },
    /** The log so far: a JSON object for each line on stderr. */
    log: () => output.stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : [])),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
