import { spawnSync } from 'node:child_process';

/**
 * The first of these commands that is installed here; otherwise undefined, with a line that says which tests are left out,
 * and under CI=true an error.
 */
export function findInstalled(commands: readonly string[]): string | undefined {
  const found = commands.find((command) => spawnSync(command, ['-v']).error === undefined);
  if (found !== undefined) return found;
  const message = `Without ${commands.join(' or ')} here, what needs it is not tested.`;
  if (process.env.CI === 'true') throw new Error(`${message} Under CI=true it is required.`);
  process.stderr.write(`${message}\n`);
  return undefined;
}
