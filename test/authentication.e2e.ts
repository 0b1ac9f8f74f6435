import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetTelemetryMetadataCommand, InspectorClient } from '@aws-sdk/client-inspector';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { exchange } from './helpers/client.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { startIdentityProvider } from './helpers/identity-provider.js';
import { createKeysFile } from './helpers/keys.js';
import { runMain } from './helpers/process.js';
import { exampleArn } from './helpers/runs.js';

type Gateway = Awaited<ReturnType<typeof startGateway>>;

const QUERY = `query Run($arn: ID!) { assessmentRun(arn: $arn) { name telemetryTotal { count } } }`;
const question = { query: QUERY, variables: { arn: exampleArn } };
const ANSWER = { assessmentRun: { name: 'Run 1 for ExampleAssessmentTemplate', telemetryTotal: { count: 1159 } } };
const ACCOUNT = exampleArn.split(':')[4] as string;
const IS_NOT_CALLER = { code: 'UNAUTHENTICATED', errorCode: null, canRetry: false };

const {
  path: keysPath,
  keys,
  write: writeKeys,
} = createKeysFile({
  all: { accounts: ['*'] },
  own: { accounts: [ACCOUNT] },
  other: { accounts: ['999999999999'] },
});
const accessKeys = join(keysPath, '..', 'access-keys');
writeFileSync(accessKeys, '# Of the team\n[team]\naws_access_key_id = AKTEAM\naws_secret_access_key = s3cret/+=\n');

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({ AUTH: 'keys', API_KEYS_FILE: keysPath, ARCHIVE_KEYS_FILE: accessKeys });
  endAfterAll(gateway.kill);
});

const as = (key: string) => ({ authorization: `Bearer ${key}` });

describe('A gateway that asks who its callers are', () => {
  test.each([
    ['POST', '/graphql'],
    ['GET', '/graphql?query={__typename}'],
    ['POST', '/graphql/'],
    ['GET', '/%67raphql?query={__typename}'],
    ['GET', '/schema.graphql'],
    ['GET', '/unknown'],
    ['GET', '/assets'],
    ['GET', '/healthz/../graphql?query={__typename}'],
    ['GET', '//graphql'],
    ['PUT', '/graphql'],
  ])('refuses %s %s by 401 and how to ask', async (method, path) => {
    const sent = method === 'GET' ? '' : JSON.stringify(question);
    const { status, headers, body } = await exchange(
      gateway.url,
      `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${sent.length}\r\nConnection: close\r\n\r\n${sent}`,
    );
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe('Bearer realm="inspector-gateway"');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-content-type-options']).toBe('nosniff');
    const { errors } = JSON.parse(body);
    expect(errors[0].extensions).toMatchObject(IS_NOT_CALLER);
    expect(errors[0].extensions.requestId).toBe(headers['x-request-id']);
  });

  test('says what was wrong with a key, and not what it was', async () => {
    const { status, headers, body } = await gateway.post(question, as('igk_nonsense'));
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe(
      'Bearer realm="inspector-gateway", error="invalid_token", error_description="The API key is mistyped: its checksum is another one."',
    );
    expect(body.errors[0].message).toBe('The API key is mistyped: its checksum is another one.');
    expect(gateway.stderrText()).not.toMatch('igk_');
  });

  test.each(['/', '/runs', '/run/', '/explorer', '/portal.json', '/healthz', '/readyz'])(
    'shows %s to everybody',
    async (path) => {
      expect((await fetch(gateway.url + path)).status).toBe(200);
    },
  );

  test('answers preflight requests of everybody, and lets pages send credentials', async () => {
    const { status, headers } = await fetch(`${gateway.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:3000',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-headers')).toBe('authorization');
    const refused = await gateway.post(question, { origin: 'http://localhost:3000' });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
  });

  test('says in the log who has asked', async () => {
    const { headers } = await gateway.post(question, { ...as(keys.own), 'x-request-id': 'who-asks' });
    expect(headers.get('x-request-id')).toBe('who-asks');
    expect(await gateway.requestLine('who-asks')).toMatchObject({ subject: 'own', status: 200 });
  });

  test('answers from no cache who may not ask, or see', async () => {
    const body = JSON.stringify(question);
    const send = async (headers: Record<string, string>, method = 'POST') => {
      const search = new URLSearchParams({ query: QUERY, variables: JSON.stringify(question.variables) });
      const response = await fetch(`${gateway.url}/graphql${method === 'GET' ? `?${search}` : ''}`, {
        method,
        headers: {
          'content-type': 'application/json',
          'x-inspector-explain': '1',
          'apollo-require-preflight': '1',
          ...headers,
        },
        ...(method === 'POST' && { body }),
      });
      return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
    };
    for (const method of ['POST', 'GET']) {
      for (const key of [keys.own, keys.own, keys.all, keys.all])
        expect((await send(as(key), method)).body.data).toEqual(ANSWER);
      const hit = await send(as(keys.own), method);
      expect(hit.headers.get('cache-status')).toMatch('hit');
      const headers = method === 'GET' ? { 'if-none-match': hit.headers.get('etag') as string } : {};
      expect((await send(headers, method)).status).toBe(401);
      const { status, body: denied } = await send({ ...as(keys.other), ...headers }, method);
      expect(status).toBe(200);
      expect(denied.data).toEqual({ assessmentRun: null });
      expect(denied.errors[0].extensions).toMatchObject({ code: 'ACCESS_DENIED', errorCode: null, canRetry: false });
    }
  });

  test('joins no text that a caller may not see', async () => {
    const ask = (key: string, arn: string) =>
      gateway.post({ query: QUERY, variables: { arn } }, { ...as(key), 'accept-encoding': 'identity' });
    const foreign = exampleArn.replace(ACCOUNT, '999999999999');
    for (let times = 0; times < 3; times += 1) await ask(keys.own, exampleArn);
    // The document is known for these rights now, if only by a denial.
    await ask(keys.other, foreign);
    const { body } = await ask(keys.other, exampleArn);
    expect(body.errors[0].extensions.code).toBe('ACCESS_DENIED');
  });

  test('keeps answers from caches that callers share', async () => {
    const search = new URLSearchParams({ query: QUERY, variables: JSON.stringify(question.variables) });
    for (let times = 0; times < 3; times += 1) {
      const { headers } = await fetch(`${gateway.url}/graphql?${search}`, {
        headers: { ...as(keys.all), 'apollo-require-preflight': '1' },
      });
      expect(headers.get('cache-control')).toMatch(/^private, /);
      expect(headers.get('vary')).toBe('Origin, Accept, Accept-Encoding, Authorization, X-Api-Key');
    }
  });

  test('lets them keep answers for all who may see everything where CACHE_PUBLIC says so', async () => {
    const open = await startGateway({ AUTH: 'keys', API_KEYS_FILE: keysPath, CACHE_PUBLIC: '1' });
    endAfterAll(open.kill);
    const search = new URLSearchParams({ query: QUERY, variables: JSON.stringify(question.variables) });
    const whose = async (key: string) => {
      const { headers } = await fetch(`${open.url}/graphql?${search}`, {
        headers: { ...as(key), 'apollo-require-preflight': '1' },
      });
      return headers.get('cache-control')?.split(',')[0];
    };
    expect([await whose(keys.all), await whose(keys.all), await whose(keys.own)]).toEqual([
      'public',
      'public',
      'private',
    ]);
  });

  test('denies what is of another account by any way in, before anything is asked', async () => {
    const run = exampleArn.replace(ACCOUNT, '999999999999');
    const query = `query Foreign($run: ID!, $finding: ID!, $template: ID!) {
      assessmentRun(arn: $run) { arn }
      assessmentRunsByArn(arns: [$run]) { arn }
      finding(arn: $finding) { arn }
      node(id: $template) { id }
      nodes(ids: [$run, $template]) { id }
      own: assessmentRun(arn: "${exampleArn}") { name comparison(with: $run) { base { arn } } }
    }`;
    const variables = { run, finding: `${run}/finding/0-abcdefgh`, template: run.split('/run/')[0] };
    const { result, calls } = await gateway.withArchiveCalls(() => gateway.post({ query, variables }, as(keys.own)));
    expect(result.body.data).toEqual({
      assessmentRun: null,
      assessmentRunsByArn: [null],
      finding: null,
      node: null,
      nodes: [null, null],
      own: { name: 'Run 1 for ExampleAssessmentTemplate', comparison: null },
    });
    expect(result.body.errors.map(({ extensions }: Json) => extensions.code)).toEqual(Array(7).fill('ACCESS_DENIED'));
    expect(calls.filter((call) => call !== 'DescribeAssessmentRuns')).toEqual([]);
  });

  test('gives the file of a report to nobody who may not see its run', async () => {
    const ask = async (arn: string, headers = {}) => {
      const response = await fetch(`${gateway.url}/report?${new URLSearchParams({ arn, format: 'PDF' })}`, { headers });
      return [response.status, ((await response.json()) as Json).errors[0].extensions.code];
    };
    expect(await ask(exampleArn)).toEqual([401, 'UNAUTHENTICATED']);
    expect(await ask(exampleArn, as(keys.other))).toEqual([403, 'ACCESS_DENIED']);
    expect(await ask(exampleArn, as(keys.own))).toEqual([404, 'NO_SUCH_REPORT']);
  });

  test('takes a key that was revoked for unknown within seconds, also for what was kept', async () => {
    expect((await gateway.post(question, as(keys.other))).status).toBe(200);
    writeKeys({ all: { accounts: ['*'] }, own: { accounts: [ACCOUNT] } });
    await gateway.stderrMatch(/file was read again/);
    const { status, body } = await gateway.post(question, as(keys.other));
    expect([status, body.errors[0].message]).toEqual([401, 'The API key is not known, or was revoked.']);
  });
});

describe('The archive of such a gateway', () => {
  const ask = (headers: Record<string, string> = {}) =>
    fetch(gateway.archiveUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'InspectorService.GetTelemetryMetadata',
        ...headers,
      },
      body: JSON.stringify({ assessmentRunArn: exampleArn }),
    });

  const createClient = (accessKeyId: string, secretAccessKey: string, over: object = {}) =>
    new InspectorClient({
      endpoint: gateway.archiveUrl,
      region: 'us-west-2',
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
      ...over,
    });
  const send = (client: InspectorClient) =>
    client.send(new GetTelemetryMetadataCommand({ assessmentRunArn: exampleArn }));

  test('answers nobody who has not signed', async () => {
    const response = await ask();
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({
      __type: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    });
    expect((await fetch(`${gateway.archiveUrl}/readyz`)).status).toBe(200);
  });

  test('answers who has signed by a key of its file, in the region of the signature', async () => {
    expect((await send(createClient('AKTEAM', 's3cret/+='))).telemetryMetadata).toHaveLength(29);
    await expect(send(createClient('AKTEAM', 's3cret/+=', { region: 'eu-west-1' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
  });

  test.each([
    ['of no key that is known', 'AKOTHER', 's3cret/+=', {}, 'UnrecognizedClientException'],
    ['by another secret', 'AKTEAM', 'secret', {}, 'InvalidSignatureException'],
    ['an hour ago', 'AKTEAM', 's3cret/+=', { systemClockOffset: -3_600_000 }, 'InvalidSignatureException'],
    ['in an hour', 'AKTEAM', 's3cret/+=', { systemClockOffset: 3_600_000 }, 'InvalidSignatureException'],
    ["by the gateway's key with a guessed secret", 'GATEWAY', 'GATEWAY', {}, 'InvalidSignatureException'],
  ])('refuses a signature %s', async (_name, id, secret, over, name) => {
    await expect(send(createClient(id, secret, over))).rejects.toMatchObject({ name });
  });

  test('refuses a signature for another body, target or path, or with a header more', async () => {
    const client = createClient('AKTEAM', 's3cret/+=');
    let signed: { headers: Record<string, string>; body: string } | undefined;
    client.middlewareStack.add(
      (next) => (args) => {
        signed = args.request as typeof signed;
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await send(client);
    const { headers, body } = signed as NonNullable<typeof signed>;
    // As long as the body is that is sent.
    delete headers['content-length'];
    const resend = async (over: { headers?: object; body?: string; path?: string }) => {
      const response = await fetch(new URL(over.path ?? '/', gateway.archiveUrl), {
        method: 'POST',
        headers: { ...headers, ...over.headers },
        body: over.body ?? body,
      });
      return [response.status, ((await response.json()) as Json).__type];
    };
    const refused = [400, 'InvalidSignatureException'];
    expect(await resend({})).toEqual([200, undefined]);
    expect(await resend({ body: `${body} ` })).toEqual(refused);
    expect(await resend({ headers: { 'x-amz-target': 'InspectorService.ListRulesPackages' } })).toEqual(refused);
    expect(await resend({ path: '/other' })).toEqual(refused);
    expect(await resend({ headers: { 'x-amz-user-agent': 'another' } })).toEqual(refused);
    expect(await resend({ headers: { 'x-amz-more': 'unsigned' } })).toEqual(refused);
  });
});

describe('A gateway with an identity provider', () => {
  test('takes its tokens, and is not ready before it knows its keys', async () => {
    const provider = await startIdentityProvider();
    const rights = join(keysPath, '..', 'rights.yaml');
    writeFileSync(rights, `groups: { portal: { accounts: ["${ACCOUNT}"] } }`);
    provider.setDown(true);
    const started = await startGateway({
      AUTH: 'oidc,keys',
      OIDC_ISSUER: provider.issuer,
      OIDC_AUDIENCE: 'gateway',
      RIGHTS_FILE: rights,
      API_KEYS_FILE: keysPath,
    });
    endAfterAll(started.kill);
    const token = await provider.createToken({ groups: ['portal'] });
    expect((await fetch(`${started.url}/readyz`)).status).toBe(503);
    const unavailable = await started.post(question, as(token));
    expect([unavailable.status, unavailable.headers.get('retry-after')]).toEqual([503, '5']);
    expect(unavailable.body.errors[0].extensions).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      canRetry: true,
      retryAfterMs: 5000,
    });
    expect((await started.post(question, as(keys.own))).body.data).toEqual(ANSWER);
    provider.setDown(false);
    await started.stderrMatch(/identity provider is back/);
    expect((await fetch(`${started.url}/readyz`)).status).toBe(200);
    expect((await started.post(question, as(token))).body.data).toEqual(ANSWER);
    const denied = await started.post(question, as(await provider.createToken({ groups: ['nobody'] })));
    expect(denied.body.errors[0].extensions.code).toBe('ACCESS_DENIED');
    const { status } = await started.post(question, as(await provider.createToken({ aud: 'somebody' })));
    expect(status).toBe(401);
    expect(started.stderrText()).not.toMatch(token);
  });
});

describe('A start', () => {
  test.each([
    [{ AUTH: 'oidc' }, /^OIDC_ISSUER: expected a value, since AUTH is oidc\nOIDC_AUDIENCE: .*\nRIGHTS_FILE: .*\n$/],
    [{ AUTH: 'keys' }, /^API_KEYS_FILE: expected a value, since AUTH is keys\n$/],
    [{ API_KEYS_FILE: keysPath }, /^AUTH: expected keys in it, since API_KEYS_FILE is set, but got ""\n$/],
    [{ AUTH: 'none,keys' }, /^AUTH: expected `none`, `oidc`, `keys` or `oidc,keys`, but got "none,keys"/],
    [{ AUTH: 'keys', API_KEYS_FILE: '/nowhere/keys' }, /^API_KEYS_FILE: \/nowhere\/keys: ENOENT/],
    [{ AUTH: 'keys', API_KEYS_FILE: accessKeys }, /^API_KEYS_FILE: .*: line 2: expected an object of JSON\n$/],
    [{ ARCHIVE_KEYS_FILE: keysPath }, /^ARCHIVE_KEYS_FILE: .*: line 1: expected \[a name\]/],
  ])('with %j fails by a line that says why', async (environment, expected) => {
    const { code, stderr } = await runMain([], { PORT: '0', ARCHIVE_PORT: '0', ...environment }).exited;
    expect(stderr).toMatch(expected);
    expect(code).not.toBe(0);
  });

  test.each([
    [{ HOST: '127.0.0.1' }, false],
    [{ HOST: '0.0.0.0' }, true],
    [{ HOST: '0.0.0.0', AUTH: 'none' }, false],
    [{ HOST: '0.0.0.0', AUTH: 'keys', API_KEYS_FILE: keysPath }, false],
  ])('with %j warns that everybody may see everything: %p', async (environment, warns) => {
    const main = runMain([], { PORT: '0', ARCHIVE_PORT: '0', ...environment } as Record<string, string>);
    const [text] = await main.stdoutMatch(/^[\s\S]*Try:/);
    await main.kill();
    expect(text.includes('Everybody who reaches 0.0.0.0 may see everything')).toBe(warns);
  });
});
