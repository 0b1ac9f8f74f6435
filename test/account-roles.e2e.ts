import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { endAfterAll } from './helpers/cleanup.js';
import { giveSession, type StsAnswer, sendStsError, startFakeSts } from './helpers/fake-sts.js';
import { type Json, startGateway } from './helpers/gateway.js';
import { runMain } from './helpers/process.js';
import { freshArn } from './helpers/runs.js';
import {
  answerLikeInspector,
  sendJson,
  startScriptedUpstream,
  type UpstreamCall,
} from './helpers/scripted-upstream.js';

const [ONE, TWO, WITHOUT] = ['111111111111', '222222222222', '333333333333'] as const;
const roleOf = (account: string, name = 'Inspector') => `arn:aws:iam::${account}:role/${name}`;
const roles: Record<string, { roleArn: string; externalId?: string }> = {
  [TWO]: { roleArn: roleOf(TWO) },
  [ONE]: { roleArn: roleOf(ONE), externalId: 'of-one' },
};

const folder = mkdtempSync(join(tmpdir(), 'roles-'));
endAfterAll(async () => rmSync(folder, { recursive: true }));

function writeRoles(path: string, content: unknown): string {
  writeFileSync(`${path}.new`, typeof content === 'string' ? content : JSON.stringify(content));
  renameSync(`${path}.new`, path);
  return path;
}

const arnIn = (account: string) => freshArn().replace(/\d{12}/, account);
const toSession = ({ headers }: UpstreamCall) => headers['x-amz-security-token'];
const toTemplate = (arn: string) => arn.split('/run/')[0] as string;

/** Runs of each account, which its role lists in pages of one. */
const listed: Record<string, string[]> = { [ONE]: [arnIn(ONE), arnIn(ONE)], [TWO]: [arnIn(TWO), arnIn(TWO)] };

/** Answers as Inspector does whoever has the session of a role in the account that is asked for. */
function answerAccount(call: UpstreamCall, response: ServerResponse): void {
  const account = /^session of arn:aws:iam::(\d{12}):/.exec(String(toSession(call)))?.[1];
  const asked = JSON.stringify(call.input).match(/(?<=:inspector:[a-z0-9-]*:)\d{12}/g) ?? [];
  if (asked.some((its) => its !== account && its !== WITHOUT)) {
    const denial = { __type: 'AccessDeniedException', message: `no ${account}`, errorCode: 'X', canRetry: false };
    sendJson(response, 400, denial);
  } else if (call.operation === 'ListRulesPackages') {
    sendJson(response, 200, { rulesPackageArns: [] });
  } else if (call.operation === 'ListAssessmentRunAgents') {
    sendJson(response, 200, { assessmentRunAgents: [] });
  } else if (call.operation === 'ListAssessmentRuns') {
    const all = account === undefined ? [] : (listed[account] as string[]);
    const start = Number(call.input.nextToken ?? 0);
    const next = start + 1 < all.length ? { nextToken: String(start + 1) } : {};
    sendJson(response, 200, { assessmentRunArns: all.slice(start, start + 1), ...next });
  } else void answerLikeInspector(call, response);
}

let sts: Awaited<ReturnType<typeof startFakeSts>>;
let upstream: Awaited<ReturnType<typeof startScriptedUpstream>>;

beforeAll(async () => {
  sts = await startFakeSts();
  endAfterAll(sts.stop);
  upstream = await startScriptedUpstream(answerAccount);
  endAfterAll(upstream.stop);
});

beforeEach(() => {
  sts.script.answer = giveSession();
  sts.calls.length = 0;
  upstream.calls.length = 0;
});

let files = 0;

/** A gateway that has assumed no role yet. */
async function start(environment: Record<string, string> = {}, content: unknown = roles) {
  files += 1;
  const path = writeRoles(join(folder, `roles-${files}.json`), content);
  const gateway = await startGateway({
    INSPECTOR_ENDPOINT: upstream.url,
    INSPECTOR_ROLES_FILE: path,
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_ACCESS_KEY_ID: 'AKGATEWAY',
    AWS_SECRET_ACCESS_KEY: 'secret',
    ...environment,
  });
  endAfterAll(gateway.kill);
  const askFor = (arns: string[]) =>
    gateway.query('query($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { arn name telemetryTotal { count } } }', {
      arns,
    });
  return { ...gateway, path, askFor };
}

test('Each account is asked by its role, which is assumed once, with its external ID', async () => {
  const { askFor } = await start();
  const arns = [arnIn(ONE), arnIn(TWO), arnIn(ONE), arnIn(TWO)];
  const [first] = await Promise.all([askFor(arns), askFor([arnIn(ONE)]), askFor([arnIn(TWO)])]);
  expect(first.errors).toBeUndefined();
  expect(first.data.assessmentRunsByArn.map(({ arn }: Json) => arn)).toEqual(arns);
  await askFor([arnIn(ONE)]);
  const signed = { sessionName: 'inspector-gateway', accessKeyId: 'AKGATEWAY' };
  expect(sts.calls.sort((a, b) => a.account.localeCompare(b.account))).toEqual([
    { account: ONE, roleArn: roleOf(ONE), externalId: 'of-one', ...signed },
    { account: TWO, roleArn: roleOf(TWO), externalId: null, ...signed },
  ]);
  // A Describe call is of one account.
  for (const { input, ...call } of upstream.callsOf('DescribeAssessmentRuns')) {
    const account = /role.*|$/.exec(String(toSession({ input, ...call })))?.input.split(':')[4];
    for (const arn of input.assessmentRunArns) expect(arn).toContain(`:${account}:`);
  }
});

test('An account without a role is asked as without roles', async () => {
  const { askFor } = await start();
  const { errors } = await askFor([arnIn(WITHOUT), arnIn(ONE)]);
  expect(errors).toBeUndefined();
  expect(sts.calls).toHaveLength(1);
  const others = upstream.calls.filter(({ input }) => JSON.stringify(input).includes(WITHOUT));
  expect(others.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
});

const TRUST = 'Check the role, whom it trusts, its external ID, and the credentials of the gateway.';
const denied = `The gateway may not take its role in account ${ONE}. ${TRUST}`;
const unavailable = `STS, which gives the role of account ${ONE}, is not available for now.`;

test.each<[string, StsAnswer, object, number]>([
  [
    'AccessDenied',
    (_, response) => sendStsError(response, 403, 'AccessDenied'),
    { code: 'ACCESS_DENIED', canRetry: false, message: denied },
    1,
  ],
  [
    'ExpiredToken',
    (_, response) => sendStsError(response, 403, 'ExpiredTokenException'),
    { code: 'ACCESS_DENIED', canRetry: false, message: denied },
    1,
  ],
  [
    'InvalidClientTokenId',
    (_, response) => sendStsError(response, 403, 'InvalidClientTokenId'),
    { code: 'ACCESS_DENIED', canRetry: false, message: denied },
    1,
  ],
  [
    'a region of STS that is off',
    (_, response) => sendStsError(response, 403, 'RegionDisabledException'),
    { code: 'ACCESS_DENIED', canRetry: false, message: denied },
    1,
  ],
  [
    'an input that STS does not take',
    (_, response) => sendStsError(response, 400, 'ValidationError'),
    { code: 'ACCESS_DENIED', canRetry: false, message: denied },
    1,
  ],
  [
    'throttling',
    (_, response) => sendStsError(response, 400, 'Throttling'),
    { code: 'THROTTLED', canRetry: true, message: `STS asks for fewer requests for the role of account ${ONE}.` },
    2,
  ],
  [
    'an STS that fails',
    (_, response) => sendStsError(response, 503, 'ServiceUnavailable'),
    { code: 'SERVICE_UNAVAILABLE', canRetry: true, message: unavailable },
    2,
  ],
  [
    'an STS that hangs up',
    (_, response) => response.destroy(),
    { code: 'SERVICE_UNAVAILABLE', canRetry: true, message: unavailable },
    2,
  ],
  ['an STS that does not answer', () => {}, { code: 'TIMEOUT', canRetry: true }, 1],
  [
    'an answer without credentials',
    (_, response) => response.writeHead(200).end('<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>'),
    { code: 'ACCESS_DENIED', canRetry: false },
    1,
  ],
  [
    'an answer that is none',
    (_, response) => response.writeHead(200).end('<html>'),
    { code: 'BAD_UPSTREAM_RESPONSE', canRetry: false },
    1,
  ],
])('One account fails alone: %s', async (_title, answer, expected, attempts) => {
  sts.script.answer = (call, response) =>
    call.account === ONE ? answer(call, response) : giveSession()(call, response);
  const gateway = await start({ INSPECTOR_MAX_ATTEMPTS: '2', INSPECTOR_DEADLINE_MS: '3000' });
  const [one, two] = [arnIn(ONE), arnIn(TWO)];
  const { data, errors } = await gateway.query(
    'query($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { arn telemetryTotal { count } } }',
    { arns: [one, two] },
  );
  expect(data.assessmentRunsByArn).toEqual([
    { arn: one, telemetryTotal: null },
    { arn: two, telemetryTotal: { count: expect.any(Number) } },
  ]);
  const { message, ...extensions } = { ...errors[0].extensions, message: errors[0].message };
  expect(errors).toHaveLength(1);
  expect({ message, ...extensions }).toMatchObject(expected);
  expect(sts.calls.filter(({ account }) => account === ONE)).toHaveLength(attempts);
  for (const secret of ['role/', 'user/', 'of-one', '127.0.0.1']) expect(JSON.stringify(errors)).not.toContain(secret);
});

test('An account whose STS fails again and again opens the circuit of no other', async () => {
  sts.script.answer = (call, response) =>
    call.account === ONE ? sendStsError(response, 503, 'ServiceUnavailable') : giveSession()(call, response);
  const { askFor } = await start({ INSPECTOR_MAX_ATTEMPTS: '1' });
  let message = '';
  while (!/left alone/.test(message)) {
    const all = await Promise.all(Array.from({ length: 80 }, () => askFor([arnIn(ONE)])));
    message = JSON.stringify(all);
  }
  const { errors } = await askFor([arnIn(TWO)]);
  expect(errors).toBeUndefined();
});

describe('A list', () => {
  const toArns = (answer: Json) => answer.data?.assessmentRuns?.nodes.map(({ arn }: Json) => arn);

  test('is of all accounts that have a role, page by page', async () => {
    const gateway = await start();
    const all = [...(listed[ONE] as string[]), ...(listed[TWO] as string[])];
    expect(toArns(await gateway.query('{ assessmentRuns(first: 10) { nodes { arn } } }'))).toEqual(all);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = (await gateway.query(
        'query($after: String) { assessmentRuns(first: 1, after: $after) { nodes { arn } pageInfo { hasNextPage endCursor } } }',
        { after },
      )) as Json;
      seen.push(...data.assessmentRuns.nodes.map(({ arn }: Json) => arn));
      after = data.assessmentRuns.pageInfo.hasNextPage ? data.assessmentRuns.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(all);
  });

  test('by templates asks their accounts alone', async () => {
    const gateway = await start();
    const query = 'query($arns: [ID!]) { assessmentRuns(filter: { templateArns: $arns }) { nodes { arn } } }';
    expect(toArns(await gateway.query(query, { arns: [toTemplate(arnIn(TWO))] }))).toEqual(listed[TWO]);
    expect(sts.calls.map(({ account }) => account)).toEqual([TWO]);
    const arns = [toTemplate(arnIn(WITHOUT)), toTemplate(arnIn(TWO))];
    expect(toArns(await gateway.query(query, { arns }))).toEqual(listed[TWO]);
    const asked = upstream
      .callsOf('ListAssessmentRuns')
      .map((call) => [
        call.input.assessmentTemplateArns.map((arn: string) => arn.split(':')[4]).join(),
        String(toSession(call)).split(':')[4],
      ]);
    expect(asked).toEqual([
      [TWO, TWO],
      [TWO, TWO],
      [TWO, TWO],
      [TWO, TWO],
      [WITHOUT, undefined],
    ]);
  });

  test('of what belongs to a run asks its account, and rules packages are listed once', async () => {
    const gateway = await start();
    const arn = arnIn(TWO);
    await gateway.query(
      `{ assessmentRun(arn: "${arn}") { agents { nodes { agentId } } } rulesPackages { nodes { arn } } }`,
    );
    expect(sts.calls.map(({ account }) => account)).toEqual([TWO]);
    expect(upstream.callsOf('ListAssessmentRunAgents').map(toSession)).toEqual([`session of ${roleOf(TWO)}`]);
    expect(upstream.callsOf('ListRulesPackages').map(toSession)).toEqual([undefined]);
  });

  test('fails with the account that fails, and names it', async () => {
    sts.script.answer = (call, response) =>
      call.account === TWO ? sendStsError(response, 403, 'AccessDenied') : giveSession()(call, response);
    const gateway = await start();
    const { errors } = await gateway.query('{ assessmentRuns(first: 10) { nodes { arn } } }');
    expect(errors[0]).toMatchObject({
      message: expect.stringContaining(`account ${TWO}`),
      extensions: { code: 'ACCESS_DENIED', operation: 'AssumeRole', requestId: 'sts-request-id' },
    });
  });
});

test('Credentials that have not expired outlive an STS that fails', async () => {
  // Less than the five minutes before which new ones are asked for.
  sts.script.answer = giveSession(200);
  const { askFor } = await start({ INSPECTOR_MAX_ATTEMPTS: '1' });
  expect((await askFor([arnIn(ONE)])).errors).toBeUndefined();
  sts.script.answer = (_, response) => sendStsError(response, 503, 'ServiceUnavailable');
  sts.calls.length = 0;
  for (let times = 0; times < 3; times += 1) expect((await askFor([arnIn(ONE)])).errors).toBeUndefined();
  // It is left alone for a while.
  expect(sts.calls.length).toBe(1);
});

test('A file of roles that changes is read again', async () => {
  const { askFor, path, stderrMatch } = await start();
  await askFor([arnIn(ONE)]);
  writeRoles(path, { [ONE]: { roleArn: roleOf(ONE, 'Other') } });
  await stderrMatch(/file was read again/);
  await askFor([arnIn(ONE)]);
  expect(sts.calls.map(({ roleArn, externalId }) => [roleArn, externalId])).toEqual([
    [roleOf(ONE), 'of-one'],
    [roleOf(ONE, 'Other'), null],
  ]);
  expect(toSession(upstream.calls.at(-1) as UpstreamCall)).toBe(`session of ${roleOf(ONE, 'Other')}`);
});

test.each<[string, unknown, string]>([
  ['a role of another account', { [ONE]: { roleArn: roleOf(TWO) } }, `${ONE}.roleArn: expected a role of this account`],
  ['what is no account', { one: { roleArn: roleOf(ONE) } }, 'expected the 12 digits of an account'],
  ['what is no role', { [ONE]: { roleArn: 'Inspector' } }, `${ONE}.roleArn: expected the ARN of a role`],
  ['a member that there is not', { [ONE]: { roleArn: roleOf(ONE), external: 'x' } }, ONE],
])('A file of roles with %s ends the start', async (_title, content, reason) => {
  files += 1;
  const path = writeRoles(join(folder, `roles-${files}.json`), content);
  const { exited } = runMain([], { PORT: '0', INSPECTOR_ENDPOINT: upstream.url, INSPECTOR_ROLES_FILE: path });
  const { code, stderr } = await exited;
  expect([code, stderr]).toEqual([2, expect.stringContaining(`INSPECTOR_ROLES_FILE: ${path}: `)]);
  expect(stderr).toContain(reason);
});
