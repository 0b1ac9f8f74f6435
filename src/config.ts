import { z } from 'zod';

/** Everything that can be set, with defaults filled in. Durations say their unit. */
export interface Config {
  host: string;
  port: number;
  archivePort: number;
  /** `embedded`, `aws`, or the http(s) URL of an Inspector endpoint. */
  inspectorEndpoint: string;
  /** The regions to list runs from; used with `aws` only. */
  inspectorRegions: readonly string[];
  connectTimeoutMs: number;
  deadlineMs: number;
  maxAttempts: number;
  concurrency: number;
  cacheTtlMs: number;
  cacheMaxRuns: number;
  maxRunsPerOperation: number;
  /** Origins, or `*` for all. */
  corsOrigins: readonly string[];
  logLevel: string;
  nodeEnv: string;
}

/** Its message names each variable that is wrong, with what was expected, a line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const STUDIO_ORIGIN = 'https://studio.apollographql.com';
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Every variable of the environment that is read, in the order of the help text; `meta` is its line there. */
function createVariables(regions: readonly string[]) {
  return z.object({
    HOST: z.string().default('127.0.0.1').meta({ help: 'address that the gateway listens on' }),
    PORT: integer(0, 65_535).default(4000).meta({ help: 'port of the gateway; 0 takes a free one' }),
    INSPECTOR_ENDPOINT: z
      .union([z.literal(['embedded', 'aws']), z.url({ protocol: /^https?$/ })], '`embedded`, `aws`, or an http(s) URL')
      .refine((endpoint) => !endpoint.includes('@'), 'a URL without a user name or password')
      .default('embedded')
      .meta({ help: '`embedded` (the archive inside the gateway), `aws`, or the URL of an Inspector endpoint' }),
    ARCHIVE_PORT: integer(0, 65_535).default(4001).meta({ help: 'port of the archive; 0 takes a free one' }),
    INSPECTOR_REGIONS: list(z.enum(regions, `regions that Inspector Classic had: ${regions.join(', ')}`))
      .optional()
      .meta({ help: 'with `aws`: the regions to list runs from, separated by commas', defaultText: 'AWS_REGION' }),
    INSPECTOR_CONNECT_TIMEOUT_MS: integer(1, 600_000).default(1000).meta({ help: 'for connecting to Inspector' }),
    INSPECTOR_DEADLINE_MS: integer(1, 600_000).default(5000).meta({ help: 'for one logical read, retries included' }),
    INSPECTOR_MAX_ATTEMPTS: integer(1, 100).default(3).meta({ help: 'attempts at a call that may be retried' }),
    INSPECTOR_CONCURRENCY: integer(1, 10_000).default(40).meta({ help: 'calls in flight, in the whole process' }),
    CACHE_TTL_SECONDS: integer(0, 31_536_000).default(300).meta({ help: 'how long telemetry and details are kept' }),
    CACHE_MAX_RUNS: integer(1, 10_000_000).default(10_000).meta({ help: 'how many runs are kept' }),
    MAX_RUNS_PER_OPERATION: integer(1, 100_000)
      .default(100)
      .meta({ help: 'distinct runs that one GraphQL operation may ask for' }),
    CORS_ORIGINS: list(z.string().refine(isOrigin, 'origins such as https://portal.example, or *'))
      .default([])
      .meta({
        help: `origins, separated by commas, whose pages may ask; ${STUDIO_ORIGIN} may unless NODE_ENV is production`,
      }),
    LOG_LEVEL: z
      .enum(LOG_LEVELS, `one of ${LOG_LEVELS.join(', ')}`)
      .default('info')
      .meta({ help: LOG_LEVELS.join(', ') }),
    NODE_ENV: z
      .string()
      .default('')
      .meta({ help: '`production` hides the schema, `development` shows stack traces', defaultText: 'unset' }),
  });
}

/**
 * The environment as a Config. An empty variable counts as unset. Throws a ConfigError that reports everything at once.
 * `regions` are the ones that INSPECTOR_REGIONS may name.
 */
export function parseConfig(environment: Record<string, string | undefined>, regions: readonly string[]): Config {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const wantsAmbientRegion = set.INSPECTOR_ENDPOINT === 'aws' && set.INSPECTOR_REGIONS === undefined;
  if (wantsAmbientRegion) set.INSPECTOR_REGIONS = set.AWS_REGION ?? '';
  const result = createVariables(regions).safeParse(set);
  if (!result.success) throw new ConfigError(result.error.issues.map((issue) => toProblem(issue, set)).join('\n'));
  const variables = result.data;
  if (
    variables.INSPECTOR_ENDPOINT === 'embedded' &&
    variables.PORT !== 0 &&
    variables.PORT === variables.ARCHIVE_PORT
  ) {
    throw new ConfigError(`ARCHIVE_PORT: expected another port than PORT, but got ${variables.PORT} for both`);
  }
  const studio = variables.NODE_ENV === 'production' ? [] : [STUDIO_ORIGIN];
  return {
    host: variables.HOST,
    port: variables.PORT,
    archivePort: variables.ARCHIVE_PORT,
    inspectorEndpoint: variables.INSPECTOR_ENDPOINT,
    inspectorRegions: variables.INSPECTOR_REGIONS ?? [],
    connectTimeoutMs: variables.INSPECTOR_CONNECT_TIMEOUT_MS,
    deadlineMs: variables.INSPECTOR_DEADLINE_MS,
    maxAttempts: variables.INSPECTOR_MAX_ATTEMPTS,
    concurrency: variables.INSPECTOR_CONCURRENCY,
    cacheTtlMs: variables.CACHE_TTL_SECONDS * 1000,
    cacheMaxRuns: variables.CACHE_MAX_RUNS,
    maxRunsPerOperation: variables.MAX_RUNS_PER_OPERATION,
    corsOrigins: [...new Set([...variables.CORS_ORIGINS, ...studio])],
    logLevel: variables.LOG_LEVEL,
    nodeEnv: variables.NODE_ENV,
  };
}

/** One line for each variable: its name, what it does and its default. */
export function describeVariables(): string {
  const shape = createVariables([]).shape;
  const width = Math.max(...Object.keys(shape).map((name) => name.length)) + 2;
  return Object.entries(shape)
    .map(([name, type]) => {
      const { help, defaultText } = type.meta() as { help: string; defaultText?: string };
      return `  ${name.padEnd(width)}${help} (${defaultText ?? (type.parse(undefined) || 'none')})`;
    })
    .join('\n');
}

function integer(min: number, max: number) {
  return z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max, {
      message: `a whole number from ${min} to ${max}`,
    })
    .transform(Number);
}

function list<T extends z.ZodType<string, string>>(item: T) {
  return z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(item));
}

function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text);
}

function toProblem(issue: z.core.$ZodIssue, set: Record<string, string | undefined>): string {
  const name = String(issue.path[0]);
  const source = name === 'INSPECTOR_REGIONS' ? 'INSPECTOR_REGIONS (or AWS_REGION)' : name;
  return `${source}: expected ${issue.message}, but got ${JSON.stringify(set[name] ?? '')}`;
}
