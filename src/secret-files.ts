import { readFileSync } from 'node:fs';
import { ConfigError } from './config.js';

/** Settings that may hold a password. Each may stand in a file that `…_FILE` names, as orchestrators mount secrets. */
export const SECRET_SETTINGS = ['ARCHIVE_URL', 'ARCHIVE_READ_URL', 'REDIS_URL', 'OTEL_EXPORTER_OTLP_HEADERS'] as const;

type Environment = Record<string, string | undefined>;

/**
 * The environment with the content of secret files in place of their names, without line breaks at the end. Throws a
 * ConfigError that names all files that cannot be read, and settings that are given twice.
 */
export function withSecretFiles(environment: Environment): Environment {
  const problems: string[] = [];
  const secrets: Environment = {};
  for (const name of SECRET_SETTINGS) {
    const path = environment[`${name}_FILE`];
    if (!path) continue;
    if (environment[name]) problems.push(`${name}: expected either ${name} or ${name}_FILE, but got both`);
    try {
      secrets[name] = readFileSync(path, 'utf8').replace(/[\r\n]+$/, '');
    } catch (error) {
      problems.push(`${name}_FILE: ${(error as Error).message}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return { ...environment, ...secrets };
}
