import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import type { ArchiveLocation } from './archive/archive-url.js';
import { ARCHIVE_URL_FORMS, findArchiveUrlProblem } from './archive/archive-url-form.js';
import type { AuthSettings } from './auth/authenticator.js';
import type { BudgetLimits } from './budget.js';
import type { TrustedDocumentsMode } from './graphql/trusted-documents.js';
import type { TlsSettings } from './process/tls-files.js';

/** All settings, with defaults. */
export interface Config {
  host: string;
  port: number;
  /** Hosts that requests may name beside those of loopback: names, `*.example` or `*`. */
  allowedHosts: readonly string[];
  /** The files by which the gateway's port speaks TLS; null where it does not. */
  tls: TlsSettings | null;
  archivePort: number;
  /** Where Prometheus is answered; null for nowhere. */
  metricsPort: number | null;
  /** `sqlite:path` or `postgres://…`; null for the built-in sample. */
  archiveUrl: string | null;
  /** A read replica of the archive at `archiveUrl`, which is served in its place; null for none. */
  archiveReadUrl: string | null;
  /** The access keys by which calls of the archive have to be signed; null where they need not be. */
  archiveKeysFile: string | null;
  /** Whether to create a missing archive at `archiveUrl`. */
  mayCreateArchive: boolean;
  /** `embedded`, `aws`, or the http(s) URL of an Inspector endpoint. */
  inspectorEndpoint: string;
  /** The regions to list runs from; used with `aws` only. */
  inspectorRegions: readonly string[];
  /** The roles by which calls for accounts are signed; null for none. */
  inspectorRolesFile: string | null;
  /** Whose credentials are used with `aws`, as far as the environment tells. */
  awsIdentity: AwsIdentity;
  connectTimeoutMs: number;
  deadlineMs: number;
  maxAttempts: number;
  concurrency: number;
  /** 0 caches nothing, whatever the other TTLs are. */
  cacheTtlMs: number;
  /** Of runs that have ended. */
  cacheTerminalTtlMs: number;
  /** Of runs that are still going on. */
  cacheRunningTtlMs: number;
  /** How long beyond its TTL a value is served while the upstream fails. */
  cacheStaleMs: number;
  cacheMaxRuns: number;
  cacheMaxResponseBytes: number;
  /** A Redis or Valkey server, or several nodes of a cluster; empty for none. */
  redisUrls: readonly string[];
  /** Processes that answer; 1 for this one alone. */
  workers: number;
  maxRunsPerOperation: number;
  maxFieldsPerOperation: number;
  maxAnswerBytes: number;
  /** Origins, with `*.` for any names below one and `:*` for any port; or `*` for all. */
  corsOrigins: readonly string[];
  /** Whether pages of those origins may send cookies and the like. */
  corsCredentials: boolean;
  /** Whether introspection is allowed. */
  introspection: boolean;
  /** Whether `/explorer` and Apollo's Sandbox are served. */
  explorer: boolean;
  /** Whether `/` is the portal. */
  portal: boolean;
  /** The path under which everything is served, `/inspector`; empty for the root. */
  basePath: string;
  /** Addresses and ranges of proxies whose X-Forwarded-For is trusted. */
  trustedProxies: readonly string[];
  /** The client of the identity provider as which visitors of the portal sign in. */
  signInAs: { clientId: string; scope: string } | null;
  /** Whether AUTH was set: without it, everybody who reaches another address than loopback may see everything. */
  isAuthSaid: boolean;
  /** How callers are known; null where everybody may see everything. */
  auth: AuthSettings | null;
  /** What is done with operations that no manifest has, and the files of manifests. */
  trustedDocuments: TrustedDocumentsMode;
  trustedDocumentsFiles: readonly string[];
  /** What callers may spend; null where that is not limited. */
  budget: BudgetLimits | null;
  /** Whether caches that callers share may keep answers for those who may see everything. */
  arePublicToCaches: boolean;
  /** Where audit lines go: a path, `-` for stdout, or null for nowhere; and what is done while it takes none. */
  auditFile: string | null;
  auditWhenFull: 'block' | 'drop';
  logLevel: string;
  /** Shows stack traces in `errors`. */
  isDevelopment: boolean;
}

/** The message has a line for each wrong variable, with what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const STUDIO_ORIGIN = 'https://studio.apollographql.com';
/** Origins of pages in development, on any port: Vite, Storybook and others each have one. */
const DEVELOPMENT_ORIGINS = [STUDIO_ORIGIN, 'http://localhost:*', 'http://127.0.0.1:*'];
/**
 * Segments of unreserved characters that are not `.` or `..`. Not a path of the gateway's own, which would be ambiguous behind
 * a proxy that strips the base path.
 */
const BASE_PATH =
  /^(?!\/(?:graphql|schema\.graphql|healthz|readyz|explorer|sandbox|assets|portal\.json|runs?|findings?|hosts?|compare|import)$)(?:\/(?!\.+(?:\/|$))[\w.~-]+)+$/;
/** Of public keys alone: with a shared secret, whoever verifies a token could make one. */
const OIDC_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** The variables of the environment, in the order of the help text; `meta` has their lines there. */
function createVariables(regions: readonly string[], home?: string) {
  return z.object({
    HOST: z
      .string()
      .regex(/^\S+$/, 'a host name or an IP address')
      .default('127.0.0.1')
      .meta({ help: 'address that the gateway listens on' }),
    PORT: integer(0, 65_535).default(4000).meta({ help: 'port of the gateway; 0 takes a free one' }),
    ALLOWED_HOSTS: list(
      z.string().refine(isHostPattern, 'host names without ports, *.example, or *, separated by commas'),
    )
      .default([])
      .meta({
        help: 'names that requests may have in Host, separated by commas: gateway.example, *.example, or * for any',
        defaultText: 'on loopback its names and addresses, elsewhere any',
      }),
    TLS_CERT_FILE: z.string().optional().meta({
      help: "certificate of the gateway's port in PEM, with those between it and its CA, which speaks HTTPS then; read again when it changes",
      defaultText: 'none',
    }),
    TLS_KEY_FILE: z.string().optional().meta({ help: 'its key in PEM, unencrypted', defaultText: 'none' }),
    TLS_CLIENT_CA_FILE: z.string().optional().meta({
      help: 'CAs in PEM: whoever has no certificate of theirs is refused at the handshake (mutual TLS)',
      defaultText: 'none',
    }),
    INSPECTOR_ENDPOINT: z
      .string()
      .refine(isEndpoint, '`embedded`, `aws`, or an http(s) URL without user name, password, query and fragment')
      .default('embedded')
      .meta({ help: '`embedded` (the archive inside the gateway), `aws`, or the URL of an Inspector endpoint' }),
    ARCHIVE_PORT: integer(0, 65_535).default(4001).meta({ help: 'port of the archive; 0 takes a free one' }),
    METRICS_PORT: integer(0, 65_535)
      .optional()
      .meta({ help: 'port at which Prometheus is answered, at HOST; 0 takes a free one', defaultText: 'none' }),
    ARCHIVE_URL: archiveUrl(home)
      .optional()
      .meta({ help: 'the archive: sqlite:path or postgres://…', defaultText: 'the built-in sample' }),
    ARCHIVE_READ_URL: z
      .string()
      .refine(
        (text) => isPostgresUrl(text) && findArchiveUrlProblem(text, home) === null,
        'postgres://user@host/database',
      )
      .optional()
      .meta({
        help: 'a read replica of the PostgreSQL at ARCHIVE_URL, which is served in its place',
        defaultText: 'none',
      }),
    ARCHIVE_KEYS_FILE: z.string().optional().meta({
      help: "access keys, in the form of AWS's shared credentials file, by which calls of the archive have to be signed",
      defaultText: 'none: any signature or none will do',
    }),
    ARCHIVE_CREATE: archiveCreate().meta({
      help: '1 makes an empty archive at ARCHIVE_URL when there is none; archive import always does',
    }),
    INSPECTOR_REGIONS: list(z.enum(regions, `regions that Inspector Classic had: ${regions.join(', ')}`))
      .optional()
      .meta({ help: 'with `aws`: the regions to list runs from, separated by commas', defaultText: 'AWS_REGION' }),
    INSPECTOR_ROLES_FILE: z.string().optional().meta({
      help: 'a file, JSON or YAML, of the role by which the calls for each account are signed, with its external ID',
      defaultText: 'none',
    }),
    INSPECTOR_CONNECT_TIMEOUT_MS: integer(1, 600_000).default(1000).meta({ help: 'for connecting to Inspector' }),
    INSPECTOR_DEADLINE_MS: integer(1, 600_000).default(5000).meta({ help: 'for one logical read, retries included' }),
    INSPECTOR_MAX_ATTEMPTS: integer(1, 100).default(3).meta({ help: 'attempts at a call that may be retried' }),
    INSPECTOR_CONCURRENCY: integer(1, 10_000)
      .default(40)
      .meta({ help: 'calls in flight, for each endpoint; with aws each region has one' }),
    CACHE_TTL_SECONDS: integer(0, 31_536_000)
      .default(300)
      .meta({ help: 'how long telemetry and details are kept; 0 keeps nothing at all' }),
    CACHE_TERMINAL_TTL_SECONDS: integer(1, 31_536_000)
      .default(86_400)
      .meta({ help: 'the same for runs that are known to have ended' }),
    CACHE_RUNNING_TTL_SECONDS: integer(1, 31_536_000)
      .default(5)
      .meta({ help: 'the same for runs that are known to go on' }),
    CACHE_STALE_SECONDS: integer(0, 31_536_000)
      .default(3600)
      .meta({ help: 'how long beyond its time what is known stands in for an upstream that fails' }),
    CACHE_MAX_RUNS: integer(1, 1_000_000).default(10_000).meta({ help: 'how many runs are kept' }),
    CACHE_MAX_RESPONSE_BYTES: integer(0, 999_999_999)
      .default(134_217_728)
      .meta({ help: 'how many bytes of whole answers are kept; 0 keeps none' }),
    REDIS_URL: list(
      z.string().refine(isRedisUrl, 'redis://host:port or rediss://…; of a cluster several, separated by commas'),
    )
      .default([])
      .meta({ help: 'a Redis or Valkey that replicas share: redis://… or rediss://…, of a cluster several' }),
    WORKERS: z
      .string()
      .refine((text) => text === 'auto' || /^[1-9]\d{0,2}$/.test(text), '`auto` or a whole number from 1 to 999')
      .default('1')
      .meta({ help: 'processes that answer; `auto` is one for each core' }),
    MAX_RUNS_PER_OPERATION: integer(1, 100_000)
      .default(100)
      .meta({ help: 'distinct runs that one GraphQL operation may ask for' }),
    MAX_FIELDS_PER_OPERATION: integer(100, 10_000_000)
      .default(50_000)
      .meta({ help: 'fields that one GraphQL operation may ask for, those of each row and item counted' }),
    MAX_ANSWER_BYTES: integer(1024, 268_435_456)
      .default(33_554_432)
      .meta({ help: 'bytes of one answer; an operation that is estimated at more than a quarter is refused' }),
    CORS_ORIGINS: list(
      z.string().refine(isOriginPattern, 'origins such as https://portal.example, https://*.portal.example, or *'),
    )
      .default([])
      .meta({
        help: `origins, separated by commas, whose pages may ask: https://portal.example, https://*.portal.example, http://portal.example:* for any port, or * for any; unless NODE_ENV is production also ${DEVELOPMENT_ORIGINS.join(', ')}`,
      }),
    CORS_CREDENTIALS: onOrOff().default('off').meta({
      help: '`on` lets pages of CORS_ORIGINS send cookies and the like',
    }),
    INTROSPECTION: onOrOff().optional().meta({
      help: '`on` or `off`: whether the schema can be asked for, by introspection and at /schema.graphql',
      defaultText: 'off if NODE_ENV is production, else on',
    }),
    EXPLORER: onOrOff().optional().meta({
      help: '`on` or `off`: whether /explorer asks GraphQL in the browser',
      defaultText: 'off if NODE_ENV is production, else on',
    }),
    PORTAL: onOrOff().default('on').meta({ help: '`on` or `off`: whether / shows the history in the browser' }),
    BASE_PATH: z
      .string()
      .regex(BASE_PATH, 'a path such as /inspector, without a slash at its end, and not /graphql')
      .default('')
      .meta({ help: 'path under which everything is served: /inspector', defaultText: 'the root' }),
    AUTH: z
      .string()
      .refine((text) => /^(none|oidc|keys|oidc,keys|keys,oidc)$/.test(text), '`none`, `oidc`, `keys` or `oidc,keys`')
      .optional()
      .meta({
        help: 'how callers are known: `oidc` by tokens of an identity provider, `keys` by API keys, `oidc,keys` by either; `none` lets everybody see everything',
        defaultText: 'none, with a warning where HOST is not a loopback address',
      }),
    OIDC_ISSUER: z
      .string()
      .refine(isIssuer, 'the http(s) URL of an identity provider, without query and fragment')
      .optional()
      .meta({ help: 'with `oidc`: the issuer of the tokens that are taken', defaultText: 'none' }),
    OIDC_AUDIENCE: list(z.string().min(1, 'names, separated by commas')).optional().meta({
      help: 'with `oidc`: for whom tokens have to be, one of these, separated by commas',
      defaultText: 'none',
    }),
    OIDC_ALGORITHMS: list(z.enum(OIDC_ALGORITHMS, `algorithms among ${OIDC_ALGORITHMS.join(', ')}`))
      .default(['RS256'])
      .meta({ help: 'with `oidc`: the algorithms by which tokens may be signed', defaultText: 'RS256' }),
    OIDC_CLIENT_ID: z
      .string()
      .optional()
      .meta({ help: 'with `oidc`: the public client as which visitors of the portal sign in', defaultText: 'none' }),
    OIDC_SCOPE: z
      .string()
      .default('openid')
      .meta({ help: 'with `oidc`: the scope for which they ask, names separated by spaces' }),
    OIDC_GROUPS_CLAIM: z
      .string()
      .default('groups')
      .meta({ help: "with `oidc`: the claim of a token that names the caller's groups, or the path to it with dots" }),
    RIGHTS_FILE: z
      .string()
      .optional()
      .meta({ help: 'with `oidc`: a file, YAML or JSON, of what each group may see', defaultText: 'none' }),
    API_KEYS_FILE: z
      .string()
      .optional()
      .meta({ help: 'with `keys`: the file of API keys; `keys create` makes them', defaultText: 'none' }),
    CACHE_PUBLIC: z.enum(['0', '1'], '0 or 1').default('0').meta({
      help: 'with AUTH: 1 lets caches that callers share keep answers for those who may see everything',
    }),
    TRUSTED_DOCUMENTS: z
      .enum(['off', 'log', 'safelist', 'require'], '`off`, `log`, `safelist` or `require`')
      .default('off')
      .meta({
        help: 'what is done with operations of no manifest: `log` tells of them, `safelist` refuses them, `require` also what is sent as text',
      }),
    TRUSTED_DOCUMENTS_FILES: list(z.string().min(1, 'paths, separated by commas'))
      .default([])
      .meta({ help: 'manifests of documents by their ids: of Apollo, client-preset, Relay or Hive' }),
    BUDGET_PER_SECOND: integer(0, 999_999_999).default(0).meta({
      help: 'fields that a caller may ask for a second, counted as for MAX_FIELDS_PER_OPERATION; what was kept costs nothing; 0 for any number',
    }),
    BUDGET_BURST: integer(1, 999_999_999)
      .optional()
      .meta({ help: 'fields that a caller may ask for at once', defaultText: 'BUDGET_PER_SECOND for a minute' }),
    TRUSTED_PROXIES: list(
      z.string().refine(isAddressRange, 'addresses and ranges of them such as 10.0.0.0/8 or ::1, separated by commas'),
    )
      .default([])
      .meta({ help: 'addresses of proxies whose X-Forwarded-For is believed: 10.0.0.0/8, ::1' }),
    AUDIT_FILE: z.string().optional().meta({
      help: 'a file or FIFO to which a line is appended for each operation; - for stdout',
      defaultText: 'none',
    }),
    AUDIT_WHEN_FULL: z.enum(['block', 'drop'], '`block` or `drop`').default('block').meta({
      help: 'what happens while AUDIT_FILE takes no lines: `block` withholds answers, `drop` loses lines and counts them',
    }),
    OTEL_EXPORTER_OTLP_ENDPOINT: z
      .string()
      .refine(
        (text) => /^https?:\/\/[^?#]+$/.test(text) && URL.canParse(text),
        'an http(s) URL such as http://127.0.0.1:4318',
      )
      .optional()
      .meta({
        help: "OpenTelemetry collector to which traces are sent, by OTLP as JSON over HTTP; OpenTelemetry's other variables hold as well",
        defaultText: 'none',
      }),
    LOG_LEVEL: z
      .enum(LOG_LEVELS, `one of ${LOG_LEVELS.join(', ')}`)
      .default('info')
      .meta({ help: LOG_LEVELS.join(', ') }),
    NODE_ENV: z.string().default('').meta({
      help: '`production` hides schema and explorer and refuses pages of localhost, `development` shows stack traces',
      defaultText: 'unset',
    }),
  });
}

/**
 * Parses the environment. An empty variable counts as unset. Throws a ConfigError that reports all wrong variables.
 * `regions` are those that INSPECTOR_REGIONS may name.
 */
export function parseConfig(environment: Environment, regions: readonly string[]): Config {
  const set = withoutEmpty(environment);
  const wantsAmbientRegion = set.INSPECTOR_ENDPOINT === 'aws' && set.INSPECTOR_REGIONS === undefined;
  if (wantsAmbientRegion) set.INSPECTOR_REGIONS = set.AWS_REGION ?? '';
  const clashes = [
    ...findPortClashes({
      PORT: set.PORT ?? '4000',
      ...((set.INSPECTOR_ENDPOINT ?? 'embedded') === 'embedded' && { ARCHIVE_PORT: set.ARCHIVE_PORT ?? '4001' }),
      METRICS_PORT: set.METRICS_PORT,
    }),
    ...findCredentialsClash(set),
    ...findReplicaClash(set),
    ...findAuthClash(set),
    ...findTlsClash(set),
    ...findRolesClash(set),
  ];
  const variables = parse(createVariables(regions, set.HOME), set, clashes);
  const isProduction = variables.NODE_ENV === 'production';
  const isOn = (text: 'on' | 'off' | undefined) => (text === undefined ? !isProduction : text === 'on');
  return {
    host: variables.HOST,
    port: variables.PORT,
    allowedHosts: variables.ALLOWED_HOSTS,
    tls: toTlsSettings(variables),
    archivePort: variables.ARCHIVE_PORT,
    metricsPort: variables.METRICS_PORT ?? null,
    archiveUrl: variables.ARCHIVE_URL ?? null,
    archiveReadUrl: variables.ARCHIVE_READ_URL ?? null,
    archiveKeysFile: variables.ARCHIVE_KEYS_FILE ?? null,
    mayCreateArchive: variables.ARCHIVE_CREATE === '1',
    inspectorEndpoint: variables.INSPECTOR_ENDPOINT,
    inspectorRegions: [...new Set(variables.INSPECTOR_REGIONS)],
    inspectorRolesFile: variables.INSPECTOR_ROLES_FILE ?? null,
    awsIdentity: toAwsIdentity(set),
    connectTimeoutMs: variables.INSPECTOR_CONNECT_TIMEOUT_MS,
    deadlineMs: variables.INSPECTOR_DEADLINE_MS,
    maxAttempts: variables.INSPECTOR_MAX_ATTEMPTS,
    concurrency: variables.INSPECTOR_CONCURRENCY,
    cacheTtlMs: variables.CACHE_TTL_SECONDS * 1000,
    cacheTerminalTtlMs: variables.CACHE_TERMINAL_TTL_SECONDS * 1000,
    cacheRunningTtlMs: variables.CACHE_RUNNING_TTL_SECONDS * 1000,
    cacheStaleMs: variables.CACHE_STALE_SECONDS * 1000,
    cacheMaxRuns: variables.CACHE_MAX_RUNS,
    cacheMaxResponseBytes: variables.CACHE_MAX_RESPONSE_BYTES,
    redisUrls: variables.REDIS_URL,
    workers: variables.WORKERS === 'auto' ? availableParallelism() : Number(variables.WORKERS),
    maxRunsPerOperation: variables.MAX_RUNS_PER_OPERATION,
    maxFieldsPerOperation: variables.MAX_FIELDS_PER_OPERATION,
    maxAnswerBytes: variables.MAX_ANSWER_BYTES,
    corsOrigins: [...new Set([...variables.CORS_ORIGINS, ...(isProduction ? [] : DEVELOPMENT_ORIGINS)])],
    corsCredentials: variables.CORS_CREDENTIALS === 'on',
    introspection: isOn(variables.INTROSPECTION),
    explorer: isOn(variables.EXPLORER),
    portal: variables.PORTAL === 'on',
    basePath: variables.BASE_PATH,
    trustedProxies: variables.TRUSTED_PROXIES,
    isAuthSaid: variables.AUTH !== undefined,
    auth: toAuthSettings(variables),
    signInAs:
      variables.OIDC_CLIENT_ID === undefined
        ? null
        : { clientId: variables.OIDC_CLIENT_ID, scope: variables.OIDC_SCOPE },
    trustedDocuments: variables.TRUSTED_DOCUMENTS,
    trustedDocumentsFiles: variables.TRUSTED_DOCUMENTS_FILES,
    budget:
      variables.BUDGET_PER_SECOND === 0
        ? null
        : {
            unitsPerSecond: variables.BUDGET_PER_SECOND,
            burst: variables.BUDGET_BURST ?? 60 * variables.BUDGET_PER_SECOND,
          },
    arePublicToCaches: variables.CACHE_PUBLIC === '1',
    auditFile: variables.AUDIT_FILE ?? null,
    auditWhenFull: variables.AUDIT_WHEN_FULL,
    logLevel: variables.LOG_LEVEL,
    isDevelopment: variables.NODE_ENV === 'development',
  };
}

/** Parses the variables of the archive alone, and ignores others. */
export function parseArchiveConfig(
  environment: Environment,
): Pick<
  Config,
  | 'host'
  | 'allowedHosts'
  | 'archivePort'
  | 'metricsPort'
  | 'archiveUrl'
  | 'archiveReadUrl'
  | 'archiveKeysFile'
  | 'mayCreateArchive'
  | 'logLevel'
> {
  const set = withoutEmpty(environment);
  const type = createVariables([], set.HOME).pick({
    HOST: true,
    ALLOWED_HOSTS: true,
    ARCHIVE_PORT: true,
    METRICS_PORT: true,
    ARCHIVE_URL: true,
    ARCHIVE_READ_URL: true,
    ARCHIVE_KEYS_FILE: true,
    ARCHIVE_CREATE: true,
    OTEL_EXPORTER_OTLP_ENDPOINT: true,
    LOG_LEVEL: true,
  });
  const ports = { ARCHIVE_PORT: set.ARCHIVE_PORT ?? '4001', METRICS_PORT: set.METRICS_PORT };
  const variables = parse(type, set, [...findPortClashes(ports), ...findReplicaClash(set)]);
  return {
    host: variables.HOST,
    allowedHosts: variables.ALLOWED_HOSTS,
    archivePort: variables.ARCHIVE_PORT,
    metricsPort: variables.METRICS_PORT ?? null,
    archiveUrl: variables.ARCHIVE_URL ?? null,
    archiveReadUrl: variables.ARCHIVE_READ_URL ?? null,
    archiveKeysFile: variables.ARCHIVE_KEYS_FILE ?? null,
    mayCreateArchive: variables.ARCHIVE_CREATE === '1',
    logLevel: variables.LOG_LEVEL,
  };
}

/** Parses the archive of a command, where ARCHIVE_URL is required. Throws a ConfigError. */
export function parseArchiveLocation(environment: Environment): ArchiveLocation {
  const set = withoutEmpty(environment);
  const type = z.object({
    ARCHIVE_URL: archiveUrl(set.HOME, `${ARCHIVE_URL_FORMS}, naming the archive to work on`),
    ARCHIVE_CREATE: archiveCreate(),
  });
  const variables = parse(type, set, []);
  return { url: variables.ARCHIVE_URL, mayCreate: variables.ARCHIVE_CREATE === '1' };
}

/** The help text: a line for each variable with its name, meaning and default. */
export function describeVariables(): string {
  const shape = createVariables([]).shape;
  const width = Math.max(...Object.keys(shape).map((name) => name.length)) + 2;
  return Object.entries(shape)
    .map(([name, type]) => {
      const { help, defaultText } = type.meta() as { help: string; defaultText?: string };
      return `  ${name.padEnd(width)}${help} (${defaultText ?? (String(type.parse(undefined)) || 'none')})`;
    })
    .join('\n');
}

/** The identity whose credentials the AWS SDK uses. */
export interface AwsIdentity {
  /** The variables that name it. */
  readonly name: string;
  /** Whether it depends on files or the machine, so that the same name on another one may be another identity. */
  readonly isOfMachine: boolean;
}

const AWS_IDENTITY_VARIABLES = [
  ...['AWS_PROFILE', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
  ...['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'],
];

/**
 * The SDK prefers an access key of the environment, which is globally unique, unless a profile is named. Other credentials
 * depend on files and the machine (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html).
 */
function toAwsIdentity(set: Environment): AwsIdentity {
  const { AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = set;
  if (AWS_PROFILE === undefined && AWS_ACCESS_KEY_ID !== undefined && AWS_SECRET_ACCESS_KEY !== undefined) {
    return { name: AWS_ACCESS_KEY_ID, isOfMachine: false };
  }
  return { name: JSON.stringify(AWS_IDENTITY_VARIABLES.map((name) => set[name] ?? null)), isOfMachine: true };
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

/** `forms` is the expectation in errors of URLs of no known form. */
function archiveUrl(home: string | undefined, forms = ARCHIVE_URL_FORMS) {
  return z.string(forms).superRefine((text, context) => {
    const problem = findArchiveUrlProblem(text, home);
    if (problem === null) return;
    const { expected, got } = problem;
    context.addIssue({
      code: 'custom',
      message: expected === ARCHIVE_URL_FORMS ? forms : expected,
      params: { got },
    });
  });
}

function archiveCreate() {
  return z.enum(['0', '1'], '0 or 1').default('0');
}

function isRedisUrl(text: string): boolean {
  return /^rediss?:\/\/[^/?#]+(\/\d*)?$/.test(text) && URL.canParse(text);
}

function onOrOff() {
  return z.enum(['on', 'off'], '`on` or `off`');
}

/** An origin as browsers write it, whose name may begin with `*.` and whose port may be `*`; or `*`. */
function isOriginPattern(text: string): boolean {
  if (text === '*') return true;
  const isAnyPort = text.endsWith(':*');
  const origin = (isAnyPort ? text.slice(0, -2) : text).replace('://*.', '://any.');
  if (origin.includes('*') || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.origin === origin && (!isAnyPort || url.port === '');
}

/** An address or a range, but not the range of all addresses: any client could forge its own then. */
function isAddressRange(text: string): boolean {
  const [address = '', length, ...others] = text.split('/');
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  if (bits === 0 || others.length > 0 || address.includes('%')) return false;
  return length === undefined || (/^[1-9]\d{0,2}$/.test(length) && Number(length) <= bits);
}

/** A name, `*.` and a name, an address, or `*`; without a port, which is not compared. */
function isHostPattern(text: string): boolean {
  return text === '*' || isIP(text.replace(/^\[(.*)\]$/, '$1')) !== 0 || /^(\*\.)?[\w-]+(\.[\w-]+)*\.?$/.test(text);
}

function isIssuer(text: string): boolean {
  return /^https?:\/\/[^?#]+$/.test(text) && URL.canParse(text);
}

function isEndpoint(text: string): boolean {
  if (text === 'embedded' || text === 'aws') return true;
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === '';
}

type Environment = Record<string, string | undefined>;

function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
}

function parse<T extends z.ZodType>(type: T, set: Environment, problems: readonly string[]): z.output<T> {
  const result = type.safeParse(set);
  const all = [...(result.error?.issues ?? []).map((issue) => toProblem(issue, set)), ...problems];
  if (!result.success || all.length > 0) throw new ConfigError(all.join('\n'));
  return result.data;
}

/** Gateways of one archive share what they have read, whichever replica they read: it is known by the URL of the archive. */
function findReplicaClash({ ARCHIVE_URL, ARCHIVE_READ_URL }: Environment): string[] {
  if (ARCHIVE_READ_URL === undefined || isPostgresUrl(ARCHIVE_URL ?? '')) return [];
  return ['ARCHIVE_READ_URL: expected ARCHIVE_URL beside it, with the URL of the PostgreSQL that it is a replica of'];
}

/** The archive inside knows no roles. */
function findRolesClash({ INSPECTOR_ROLES_FILE, INSPECTOR_ENDPOINT = 'embedded' }: Environment): string[] {
  if (INSPECTOR_ROLES_FILE === undefined || INSPECTOR_ENDPOINT !== 'embedded') return [];
  return ['INSPECTOR_ENDPOINT: expected `aws` or a URL, since INSPECTOR_ROLES_FILE is set'];
}

const isPostgresUrl = (text: string) => /^postgres(ql)?:\/\//.test(text);

/** What AUTH needs, and what is of no use without it: rights that nobody looks at would seem to protect something. */
function findAuthClash(set: Environment): string[] {
  const kinds = (set.AUTH ?? 'none').split(',');
  const needs: Record<string, readonly string[]> = {
    oidc: ['OIDC_ISSUER', 'OIDC_AUDIENCE', 'RIGHTS_FILE'],
    keys: ['API_KEYS_FILE'],
  };
  return Object.entries(needs).flatMap(([kind, names]) =>
    kinds.includes(kind)
      ? names
          .filter((name) => set[name] === undefined)
          .map((name) => `${name}: expected a value, since AUTH is ${set.AUTH}`)
      : names
          .filter((name) => set[name] !== undefined)
          .map(
            (name) => `AUTH: expected ${kind} in it, since ${name} is set, but got ${JSON.stringify(set.AUTH ?? '')}`,
          ),
  );
}

function toAuthSettings(variables: {
  AUTH?: string | undefined;
  OIDC_ISSUER?: string | undefined;
  OIDC_AUDIENCE?: string[] | undefined;
  OIDC_ALGORITHMS: string[];
  OIDC_GROUPS_CLAIM: string;
  RIGHTS_FILE?: string | undefined;
  API_KEYS_FILE?: string | undefined;
}): AuthSettings | null {
  const { AUTH = 'none', OIDC_ISSUER = '', OIDC_AUDIENCE = [], RIGHTS_FILE = '', API_KEYS_FILE = '' } = variables;
  if (AUTH === 'none') return null;
  const kinds = AUTH.split(',');
  return {
    oidc: kinds.includes('oidc')
      ? {
          issuer: OIDC_ISSUER,
          audiences: OIDC_AUDIENCE,
          algorithms: variables.OIDC_ALGORITHMS,
          groupsClaim: variables.OIDC_GROUPS_CLAIM,
          rightsFile: RIGHTS_FILE,
        }
      : null,
    keysFile: kinds.includes('keys') ? API_KEYS_FILE : null,
  };
}

/** A certificate is of no use without its key, and nobody can be asked for one where there is no TLS. */
function findTlsClash({ TLS_CERT_FILE, TLS_KEY_FILE, TLS_CLIENT_CA_FILE }: Environment): string[] {
  const needed = Object.entries({ TLS_CERT_FILE, TLS_KEY_FILE });
  const [given] = [...needed, ['TLS_CLIENT_CA_FILE', TLS_CLIENT_CA_FILE] as const].filter(([, path]) => path);
  if (given === undefined) return [];
  return needed.filter(([, path]) => !path).map(([name]) => `${name}: expected a file, since ${given[0]} is set`);
}

function toTlsSettings(variables: {
  TLS_CERT_FILE?: string | undefined;
  TLS_KEY_FILE?: string | undefined;
  TLS_CLIENT_CA_FILE?: string | undefined;
}): TlsSettings | null {
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile, TLS_CLIENT_CA_FILE: clientCaFile = null } = variables;
  return certFile === undefined || keyFile === undefined ? null : { certFile, keyFile, clientCaFile };
}

/** Of ports by their variables, each that is the same as one before it. */
function findPortClashes(ports: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(ports).flatMap(([name, port], index) => {
    const [other] =
      Object.entries(ports)
        .slice(0, index)
        .find(([, before]) => before === port) ?? [];
    if (other === undefined || port === undefined || port === '0') return [];
    return [`${name}: expected another port than ${other}, but got ${JSON.stringify(port)} for both`];
  });
}

/** https://fetch.spec.whatwg.org/#cors-protocol-and-credentials */
function findCredentialsClash({ CORS_CREDENTIALS, CORS_ORIGINS = '' }: Environment): string[] {
  const isForAll = CORS_ORIGINS.split(',').some((part) => part.trim() === '*');
  if (CORS_CREDENTIALS !== 'on' || !isForAll) return [];
  return ['CORS_CREDENTIALS: expected CORS_ORIGINS to name origins, since browsers send none to *, but got "on"'];
}

function toProblem(issue: z.core.$ZodIssue, set: Environment): string {
  const name = String(issue.path[0]);
  const source = name === 'INSPECTOR_REGIONS' ? 'INSPECTOR_REGIONS (or AWS_REGION)' : name;
  const value = set[name] ?? '';
  // A wrong URL may have a password, that of an archive anywhere: its issue has the text that may be shown.
  const got = issue.code === 'custom' ? issue.params?.got : undefined;
  const shown = got ?? JSON.stringify(value.replace(/\/\/[^/,]*@/g, '//***@'));
  return `${source}: expected ${issue.message}, but got ${shown}`;
}
