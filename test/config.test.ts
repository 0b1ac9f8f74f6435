import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ConfigError, describeVariables, parseArchiveConfig, parseConfig } from '../src/config.js';
import { inspectorRegions } from '../src/inspector/inspector-arn.js';

const parse = (environment: Record<string, string>) => parseConfig(environment, inspectorRegions);

describe('The environment', () => {
  test('may be empty', () => {
    expect(parse({})).toEqual({
      host: '127.0.0.1',
      port: 4000,
      allowedHosts: [],
      tls: null,
      archivePort: 4001,
      metricsPort: null,
      archiveUrl: null,
      archiveReadUrl: null,
      archiveKeysFile: null,
      mayCreateArchive: false,
      inspectorEndpoint: 'embedded',
      inspectorRegions: [],
      inspectorRolesFile: null,
      awsIdentity: { name: expect.any(String), isOfMachine: true },
      connectTimeoutMs: 1000,
      deadlineMs: 5000,
      maxAttempts: 3,
      concurrency: 40,
      cacheTtlMs: 300_000,
      cacheTerminalTtlMs: 86_400_000,
      cacheRunningTtlMs: 5000,
      cacheStaleMs: 3_600_000,
      cacheMaxRuns: 10_000,
      cacheMaxResponseBytes: 134_217_728,
      redisUrls: [],
      workers: 1,
      maxRunsPerOperation: 100,
      maxFieldsPerOperation: 50_000,
      maxAnswerBytes: 33_554_432,
      corsOrigins: ['https://studio.apollographql.com', 'http://localhost:*', 'http://127.0.0.1:*'],
      corsCredentials: false,
      introspection: true,
      explorer: true,
      portal: true,
      basePath: '',
      trustedProxies: [],
      signInAs: null,
      isAuthSaid: false,
      auth: null,
      trustedDocuments: 'off',
      trustedDocumentsFiles: [],
      budget: null,
      arePublicToCaches: false,
      auditFile: null,
      auditWhenFull: 'block',
      logLevel: 'info',
      isDevelopment: false,
    });
  });

  test('takes the files of TLS together', () => {
    const files = { TLS_CERT_FILE: 'a.crt', TLS_KEY_FILE: 'a.key' };
    expect(parse(files).tls).toEqual({ certFile: 'a.crt', keyFile: 'a.key', clientCaFile: null });
    expect(parse({ ...files, TLS_CLIENT_CA_FILE: 'ca.crt' }).tls?.clientCaFile).toBe('ca.crt');
    expect(() => parse({ TLS_CERT_FILE: 'a.crt' })).toThrow(
      'TLS_KEY_FILE: expected a file, since TLS_CERT_FILE is set',
    );
    expect(() => parse({ TLS_CLIENT_CA_FILE: 'ca.crt' })).toThrow(
      'TLS_CERT_FILE: expected a file, since TLS_CLIENT_CA_FILE is set\nTLS_KEY_FILE: expected a file, since TLS_CLIENT_CA_FILE is set',
    );
  });

  test('counts an empty variable as unset', () => {
    expect(parse({ PORT: '', INSPECTOR_ENDPOINT: '', CORS_ORIGINS: '' })).toEqual(parse({}));
  });

  test('may have 0 where 0 has a meaning', () => {
    expect(parse({ PORT: '0', ARCHIVE_PORT: '0', CACHE_TTL_SECONDS: '0' })).toMatchObject({
      port: 0,
      archivePort: 0,
      cacheTtlMs: 0,
    });
  });

  test.each([
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '4e3'],
    ['PORT', ' 4000'],
    ['INSPECTOR_MAX_ATTEMPTS', '0'],
    ['INSPECTOR_CONCURRENCY', '1.5'],
    ['INSPECTOR_ENDPOINT', 'localhost:4001'],
    ['INSPECTOR_ENDPOINT', 'ftp://archive.example'],
    ['INSPECTOR_ENDPOINT', 'http://'],
    ['INSPECTOR_ENDPOINT', 'http://127.0.0.1:99999'],
    ['INSPECTOR_ENDPOINT', 'http://127.0.0.1:1/?a=b'],
    ['HOST', ' '],
    ['ALLOWED_HOSTS', 'gateway.example:4000'],
    ['ALLOWED_HOSTS', 'https://gateway.example'],
    ['ALLOWED_HOSTS', 'a.example,,b.example'],
    ['CACHE_MAX_RUNS', '10000000'],
    ['REDIS_URL', 'localhost:6379'],
    ['REDIS_URL', 'redis://a:6379,http://b'],
    ['AUDIT_WHEN_FULL', 'wait'],
    ['WORKERS', '0'],
    ['WORKERS', 'all'],
    ['ARCHIVE_CREATE', 'true'],
    ['INSPECTOR_REGIONS', 'us-east-1,eu-west-3'],
    ['CORS_ORIGINS', 'portal.example'],
    ['CORS_ORIGINS', 'https://portal.example/'],
    ['CORS_ORIGINS', 'https://*'],
    ['CORS_ORIGINS', 'https://portal.*'],
    ['CORS_ORIGINS', 'https://a*.portal.example'],
    ['CORS_ORIGINS', 'http://localhost:80:*'],
    ['CORS_CREDENTIALS', 'true'],
    ['INTROSPECTION', '1'],
    ['EXPLORER', 'yes'],
    ['BASE_PATH', 'inspector'],
    ['BASE_PATH', '/inspector/'],
    ['BASE_PATH', '/'],
    ['BASE_PATH', '/a/../b'],
    ['BASE_PATH', '/a b'],
    ['BASE_PATH', '/graphql'],
    ['BASE_PATH', '/schema.graphql'],
    ['TRUSTED_PROXIES', 'true'],
    ['TRUSTED_PROXIES', '1'],
    ['TRUSTED_PROXIES', 'proxy.example'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', '0.0.0.0/0'],
    ['TRUSTED_PROXIES', '10.0.0.1,::/0'],
    ['LOG_LEVEL', 'INFO'],
  ])('%s=%s is an error that names the variable, what was expected and the value', (name, value) => {
    expect(() => parse({ [name]: value })).toThrow(ConfigError);
    expect(() => parse({ [name]: value })).toThrow(
      new RegExp(`^${name}.*: expected (?!Invalid).+, but got ${JSON.stringify(value).replace(/[?.*]/g, '\\$&')}$`),
    );
  });

  test('is reported with all errors, a line each', () => {
    const parseAll = () => parse({ PORT: '4001', CACHE_MAX_RUNS: 'y', LOG_LEVEL: 'z' });
    expect(parseAll).toThrow(/^CACHE_MAX_RUNS: .*\nLOG_LEVEL: .*\nARCHIVE_PORT: expected another port.*$/);
  });

  test('is never reported with a password', () => {
    const parsePassword = () => parse({ INSPECTOR_ENDPOINT: 'http://user:password@archive.example' });
    expect(parsePassword).toThrow(/but got "http:\/\/\*\*\*@archive\.example"$/);
  });

  test('of the archive alone may have wrong variables of the gateway', () => {
    const environment = { ARCHIVE_PORT: '4000', INSPECTOR_ENDPOINT: 'aws', PORT: 'x' };
    expect(parseArchiveConfig(environment)).toEqual({
      host: '127.0.0.1',
      allowedHosts: [],
      archivePort: 4000,
      metricsPort: null,
      archiveUrl: null,
      archiveReadUrl: null,
      archiveKeysFile: null,
      mayCreateArchive: false,
      logLevel: 'info',
    });
    expect(() => parseArchiveConfig({ ARCHIVE_PORT: 'x' })).toThrow(/^ARCHIVE_PORT: expected/);
  });

  test('cannot give two servers one port', () => {
    expect(() => parse({ PORT: '4001' })).toThrow(/ARCHIVE_PORT: expected another port/);
    expect(parse({ PORT: '4001', INSPECTOR_ENDPOINT: 'http://127.0.0.1:9' }).port).toBe(4001);
    expect(() => parse({ METRICS_PORT: '4000' })).toThrow(
      /^METRICS_PORT: expected another port than PORT, but got "4000"/,
    );
    expect(() => parse({ METRICS_PORT: '4001' })).toThrow(/^METRICS_PORT: expected another port than ARCHIVE_PORT/);
    expect(() => parseArchiveConfig({ METRICS_PORT: '4001' })).toThrow(/^METRICS_PORT: expected another port/);
    expect(parse({ PORT: '0', ARCHIVE_PORT: '0', METRICS_PORT: '0' }).metricsPort).toBe(0);
  });

  test('may list hosts that requests may name, by name, pattern and address', () => {
    const ALLOWED_HOSTS = 'gateway.example, *.portal.example, 10.0.0.1, [fe80::1], my_host, *';
    const allowedHosts = ['gateway.example', '*.portal.example', '10.0.0.1', '[fe80::1]', 'my_host', '*'];
    expect(parse({ ALLOWED_HOSTS })).toMatchObject({ allowedHosts });
    expect(parseArchiveConfig({ ALLOWED_HOSTS })).toMatchObject({ allowedHosts });
  });

  test('allows origins of Apollo Studio and of this machine outside production only', () => {
    const origins = (environment: Record<string, string>) => parse(environment).corsOrigins;
    expect(origins({ CORS_ORIGINS: 'https://a.example, https://b.example:8443' })).toEqual([
      'https://a.example',
      'https://b.example:8443',
      'https://studio.apollographql.com',
      'http://localhost:*',
      'http://127.0.0.1:*',
    ]);
    expect(origins({ CORS_ORIGINS: 'https://a.example', NODE_ENV: 'production' })).toEqual(['https://a.example']);
  });

  test('may list origins by patterns of names and ports', () => {
    const origins = ['https://*.portal.example', 'http://portal.example:*', 'http://*.localhost:8080', '*'];
    expect(parse({ CORS_ORIGINS: origins.join(), NODE_ENV: 'production' }).corsOrigins).toEqual(origins);
  });

  test('may allow credentials only with listed origins', () => {
    expect(parse({ CORS_CREDENTIALS: 'on', CORS_ORIGINS: 'https://*.portal.example' }).corsCredentials).toBe(true);
    expect(() => parse({ CORS_CREDENTIALS: 'on', CORS_ORIGINS: 'https://a.example, *' })).toThrow(
      /^CORS_CREDENTIALS: expected CORS_ORIGINS to name origins/,
    );
  });

  test('enables the portal unless it is off', () => {
    expect(parse({ NODE_ENV: 'production' }).portal).toBe(true);
    expect(parse({ PORTAL: 'off' }).portal).toBe(false);
  });

  test('enables schema and explorer outside production, unless each is set', () => {
    const shown = (environment: Record<string, string>) => {
      const { introspection, explorer } = parse(environment);
      return [introspection, explorer];
    };
    expect(shown({ NODE_ENV: 'production' })).toEqual([false, false]);
    expect(shown({ NODE_ENV: 'production', INTROSPECTION: 'on' })).toEqual([true, false]);
    expect(shown({ NODE_ENV: 'production', EXPLORER: 'on' })).toEqual([false, true]);
    expect(shown({ INTROSPECTION: 'off', EXPLORER: 'off' })).toEqual([false, false]);
  });

  test('may have roles of accounts with every upstream but the archive inside', () => {
    const INSPECTOR_ROLES_FILE = 'roles.json';
    const endpoint = { INSPECTOR_ENDPOINT: 'https://inspector.example', INSPECTOR_ROLES_FILE };
    expect(parse(endpoint).inspectorRolesFile).toBe(INSPECTOR_ROLES_FILE);
    expect(() => parse({ INSPECTOR_ROLES_FILE })).toThrow(
      new ConfigError('INSPECTOR_ENDPOINT: expected `aws` or a URL, since INSPECTOR_ROLES_FILE is set'),
    );
  });

  test('may have a base path and trusted proxies', () => {
    const TRUSTED_PROXIES = '10.0.0.0/8, 127.0.0.1,fd00::/8, ::1';
    expect(parse({ BASE_PATH: '/tools/inspector.v1', TRUSTED_PROXIES })).toMatchObject({
      basePath: '/tools/inspector.v1',
      trustedProxies: ['10.0.0.0/8', '127.0.0.1', 'fd00::/8', '::1'],
    });
  });
});

describe('ARCHIVE_URL', () => {
  const parseUrl = (ARCHIVE_URL: string, environment: Record<string, string> = { HOME: '/home/me' }) =>
    parse({ ARCHIVE_URL, ...environment }).archiveUrl;

  test.each([
    'sqlite:history.db',
    'sqlite:./history.db',
    'sqlite:../a b/history.db',
    'sqlite:/var/lib/history.db',
    'sqlite:///var/lib/history.db',
    'sqlite:./~/history.db',
    'sqlite:a=b@c.db',
    'sqlite:C:\\history.db',
    'sqlite::memory:',
    'postgres://user:secret@host:1/database?sslmode=require',
    'postgresql://user@host/database',
  ])('may be %s', (url) => {
    expect(parseUrl(url)).toBe(url);
  });

  const inShell = (path: string) => `(~ is not expanded; in a shell, write sqlite:$HOME${path})`;
  const windows = 'without the carriage return at its end, which a file with Windows line ends leaves';
  test.each([
    ['sqlite://rel.db', 'sqlite:rel.db, or with an absolute path sqlite:///absolute/rel.db'],
    ['sqlite:~/h.db', `sqlite:/home/me/h.db ${inShell('/h.db')}`],
    ['sqlite://~/h.db', `sqlite:/home/me/h.db ${inShell('/h.db')}`],
    ['sqlite:~', `sqlite:/home/me/archive.db ${inShell('/archive.db')}`],
    ['~/h.db', `sqlite:/home/me/h.db ${inShell('/h.db')}`],
    ['history.db', 'sqlite:history.db'],
    ['./history.db', 'sqlite:history.db'],
    ['/var/lib/history.db', 'sqlite:/var/lib/history.db'],
    ['sqlite:exports/', 'sqlite:exports/archive.db'],
    ['sqlite:history.db\r', `sqlite:history.db ${windows}`],
    ['history.db\r', `sqlite:history.db ${windows}`],
    ['sqlite:history.db ', 'sqlite:history.db without the white space behind it'],
    [' sqlite:history.db', 'sqlite:history.db without the white space before it'],
    ['sqlite:a\u0000b.db', 'a value without control characters'],
  ])('is refused when it is %j, with the right form', (url, expected) => {
    expect(() => parseUrl(url)).toThrow(
      new ConfigError(`ARCHIVE_URL: expected ${expected}, but got ${JSON.stringify(url)}`),
    );
  });

  test('is refused with ~ also without HOME', () => {
    expect(() => parseUrl('sqlite:~/h.db', {})).toThrow(/: expected sqlite:\$HOME\/h\.db, but got "sqlite:~\/h\.db"$/);
  });

  test.each([
    ['postgres://user:secret@host/database\r', `a value ${windows}`],
    ['postgres://user:secret@host/data\tbase', 'a value without control characters'],
    ['postgres://user:se/cret@host:1/database', 'sqlite:path or postgres://user@host/database'],
    ['sqlite://user:secret@host/database', 'sqlite:path or postgres://user@host/database'],
    ['user:secret@host/database', 'sqlite:path or postgres://user@host/database'],
    ['host=a password=secret', 'sqlite:path or postgres://user@host/database'],
    ['sqlite:~/secret=1@2', 'sqlite:path or postgres://user@host/database'],
  ])('is refused when it is %j, and the error quotes nothing of it', (url, expected) => {
    expect(() => parseUrl(url)).toThrow(new ConfigError(`ARCHIVE_URL: expected ${expected}, but got something else`));
  });
});

describe('The regions to list runs from', () => {
  test('are those of INSPECTOR_REGIONS, or AWS_REGION', () => {
    const regions = (environment: Record<string, string>) =>
      parse({ INSPECTOR_ENDPOINT: 'aws', AWS_REGION: 'us-east-2', ...environment }).inspectorRegions;
    expect(regions({ INSPECTOR_REGIONS: 'us-east-1, us-gov-west-1,us-east-1' })).toEqual([
      'us-east-1',
      'us-gov-west-1',
    ]);
    expect(regions({})).toEqual(['us-east-2']);
  });

  test('are required with AWS, and have to be regions that Inspector Classic had', () => {
    expect(() => parse({ INSPECTOR_ENDPOINT: 'aws' })).toThrow(/INSPECTOR_REGIONS \(or AWS_REGION\): expected regions/);
    expect(() => parse({ INSPECTOR_ENDPOINT: 'aws', AWS_REGION: 'eu-west-3' })).toThrow(/but got "eu-west-3"/);
  });

  test('are ignored otherwise', () => {
    expect(parse({ AWS_REGION: 'eu-west-3' }).inspectorRegions).toEqual([]);
  });
});

test('The README and the help text name every variable', () => {
  const names = [...describeVariables().matchAll(/^ {2}([A-Z_]+)/gm)].map((match) => match[1] as string);
  expect(names).toHaveLength(56);
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const name of names) expect(readme).toContain(`\`${name}\``);
});
