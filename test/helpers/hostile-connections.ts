import { METHODS } from 'node:http';
import { operations } from '../../src/archive/wire/operations.js';
import type { Chance } from './hostile-requests.js';
import { exampleArn } from './runs.js';

/** A script of a client on a connection of its own: what it sends, as Latin-1, and how it leaves. */
export interface HostileConnection {
  kind: string;
  /** Written one after the other. */
  pieces: string[];
  /** The answers that it must get before it leaves; null where the connection may be closed without one. */
  answers: number | null;
  /** How it leaves as soon as it has sent; absent where it waits for answers. */
  leaves?: 'with a half-closed connection' | 'with a reset';
}

/** The server, with some of its data. */
export interface Peer {
  port: 'gateway' | 'archive';
  /** Page tokens of its lists. */
  tokens: readonly string[];
}

interface RequestText {
  method?: string;
  target?: string;
  headers?: readonly string[];
  body?: string | undefined;
}

type Make = (chance: Chance, peer: Peer) => Omit<HostileConnection, 'kind'>;

const HOST = 'Host: localhost';
const CLOSE = 'Connection: close';
const CRLF = '\r\n';
const JSON_TYPE = 'Content-Type: application/json';
const AMZ_TYPE = 'Content-Type: application/x-amz-json-1.1';

const times = <T>(count: number, make: (number: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const toBytes = (text: string) => Buffer.from(text).toString('latin1');
const complete = (text: string) => ({ pieces: [text], answers: 1 });
const loose = (text: string) => ({ pieces: [text], answers: null });

const CONTROL = ['\x00', '\x01', '\t', '\x0b', '\x0c', '\x1b', '\x7f', '\x80', '\xff', '\r', '\n', ' '];
const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', '__defineGetter__', 'x'];
const SIZES = [0, 1, 255, 4096, 8191, 16_383, 16_384, 16_385, 70_000];

/** Random bytes. */
function toNoise(chance: Chance, limit: number): string {
  return times(chance.size(limit), () => String.fromCharCode(chance.below(256))).join('');
}

function write({ method = 'GET', target = '/', headers = [], body }: RequestText): string {
  const length = body === undefined ? [] : [`Content-Length: ${body.length}`];
  return `${[`${method} ${target} HTTP/1.1`, ...headers, ...length].join(CRLF)}${CRLF}${CRLF}${body ?? ''}`;
}

/** A valid request, whose connection stays open unless `headers` close it. */
function toValid(chance: Chance, peer: Peer, headers: string[] = []): string {
  const own = [HOST, ...headers];
  if (chance.below(6) === 0) return write({ target: chance.pick(['/healthz', '/readyz']), headers: own });
  if (peer.port === 'archive') {
    const operation = chance.pick([...operations.keys()]);
    const target = `X-Amz-Target: InspectorService.${operation}`;
    const body = JSON.stringify(inputOf(operation, peer));
    return write({ method: 'POST', headers: [...own, AMZ_TYPE, target], body });
  }
  if (chance.below(5) === 0) {
    const target = `/graphql?query=${encodeURIComponent(chance.pick(QUERIES))}`;
    return write({ target, headers: [...own, 'apollo-require-preflight: 1'] });
  }
  const body = JSON.stringify({ query: chance.pick(QUERIES) });
  return write({ method: 'POST', target: '/graphql', headers: [...own, JSON_TYPE], body });
}

const QUERIES = [
  '{ __typename }',
  `{ assessmentRun(arn: "${exampleArn}") { name state telemetry { messageType count } } }`,
  '{ assessmentRuns(first: 5) { nodes { arn template { name } findingCounts { severity count } } } }',
];

const GRAPHQL = {
  query:
    'query Q($arn: ID!, $first: Int, $filter: AssessmentRunFilter, $order: AssessmentRunOrder, $after: String) { assessmentRun(arn: $arn) { name } assessmentRuns(first: $first, filter: $filter, orderBy: $order, after: $after) { totalCount nodes { arn } pageInfo { endCursor } } }',
  operationName: 'Q',
  variables: {
    arn: exampleArn,
    first: 3,
    filter: { states: ['COMPLETED'], namePattern: 'Run*', startedBetween: { from: '2016-01-01T00:00:00Z' } },
    order: 'NAME_ASC',
    after: null,
  },
  extensions: { clientLibrary: { name: 'x', version: '1' } },
};

const [templateArn = ''] = exampleArn.split('/run/');
const [targetArn = ''] = exampleArn.split('/template/');
const packageArn = 'arn:aws:inspector:us-west-2:758058086616:rulespackage/0-X1KXtawP';
const findingArn = `${exampleArn}/finding/0-HwPnsDm4`;
const range = { beginDate: 0, endDate: 1.7e9 };

/** A complete input for each reading operation. */
const inputs: Readonly<Record<string, object>> = {
  GetTelemetryMetadata: { assessmentRunArn: exampleArn },
  GetAssessmentReport: { assessmentRunArn: exampleArn, reportFileFormat: 'PDF', reportType: 'FULL' },
  GetExclusionsPreview: {
    assessmentTemplateArn: templateArn,
    previewToken: '00000000-0000-0000-0000-000000000000',
    locale: 'EN_US',
  },
  DescribeAssessmentRuns: { assessmentRunArns: [exampleArn, `${exampleArn}x`] },
  DescribeAssessmentTargets: { assessmentTargetArns: [targetArn] },
  DescribeAssessmentTemplates: { assessmentTemplateArns: [templateArn] },
  DescribeExclusions: { exclusionArns: [`${exampleArn}/exclusion/0-Abcdefgh`], locale: 'EN_US' },
  DescribeFindings: { findingArns: [findingArn], locale: 'EN_US' },
  DescribeResourceGroups: { resourceGroupArns: ['arn:aws:inspector:us-west-2:123456789012:resourcegroup/0-PyGXopAI'] },
  DescribeRulesPackages: { rulesPackageArns: [packageArn], locale: 'EN_US' },
  ListAssessmentRuns: {
    assessmentTemplateArns: [templateArn],
    filter: {
      namePattern: 'Run*',
      states: ['COMPLETED'],
      durationRange: { minSeconds: 180, maxSeconds: 86_400 },
      rulesPackageArns: [packageArn],
      startTimeRange: range,
      completionTimeRange: range,
      stateChangeTimeRange: range,
    },
  },
  ListAssessmentRunAgents: {
    assessmentRunArn: exampleArn,
    filter: { agentHealths: ['HEALTHY'], agentHealthCodes: ['RUNNING'] },
  },
  ListAssessmentTargets: { filter: { assessmentTargetNamePattern: '*' } },
  ListAssessmentTemplates: {
    assessmentTargetArns: [targetArn],
    filter: { namePattern: '*a*b*c*', durationRange: { minSeconds: 180 }, rulesPackageArns: [packageArn] },
  },
  ListEventSubscriptions: { resourceArn: templateArn },
  ListExclusions: { assessmentRunArn: exampleArn },
  ListFindings: {
    assessmentRunArns: [exampleArn],
    filter: {
      agentIds: ['i-1'],
      autoScalingGroups: ['group'],
      ruleNames: ['rule'],
      severities: ['High'],
      rulesPackageArns: [packageArn],
      attributes: [{ key: 'INSTANCE_ID', value: 'i-1' }],
      userAttributes: [{ key: 'a' }],
      creationTimeRange: range,
    },
  },
  ListTagsForResource: { resourceArn: templateArn },
  PreviewAgents: { previewAgentsArn: targetArn },
};

function inputOf(operation: string, { tokens }: Peer): object {
  const input = inputs[operation] ?? {};
  return operation.startsWith('List') ? { ...input, maxResults: 2, nextToken: tokens[0] } : input;
}

const ODD_STRINGS = ['', ' ', '\u0000', '\ud800', '\u2028', '💥', '*', '%', "'", '"; DROP TABLE runs', '\\', ...NAMES];

/** Random JSON, also deep and long. */
function toOddJson(chance: Chance, { tokens }: Peer): string {
  const depth = chance.size(20_000);
  const count = chance.size(5000);
  return chance.pick<() => string>([
    () => chance.pick(['null', 'true', '0', '-0', '1e400', '-1', '1.5', '9007199254740993', '2147483648', '""']),
    () => chance.pick(['[]', '{}', '[[]]', '[{}]', '[null]', '{"":1}', '"arn:aws:inspector:::"']),
    () => JSON.stringify(chance.pick(ODD_STRINGS).repeat(chance.size(400))),
    () => JSON.stringify(mutate(chance, chance.pick([exampleArn, findingArn, packageArn, ...tokens]))),
    () => `${'['.repeat(depth)}1${']'.repeat(depth)}`,
    () => `${'{"filter":'.repeat(depth)}1${'}'.repeat(depth)}`,
    () => `[${times(count, () => JSON.stringify(exampleArn)).join()}]`,
    () => `[${times(count, (n) => n).join()}]`,
    () => `{${times(count, (n) => `"x${n}":${n}`).join()}}`,
    () => `{"${chance.pick(NAMES)}":{"${chance.pick(NAMES)}":1}}`,
    () => chance.pick(['', 'undefined', 'NaN', "'x'", '[1,]', '{"a"}', '01', '"\\u12"', '/**/1']),
  ])();
}

/** A value as JSON, with a few parts replaced. */
function toHostileJson(value: unknown, chance: Chance, peer: Peer): string {
  if (chance.below(14) === 0) return toOddJson(chance, peer);
  if (Array.isArray(value)) {
    const items = value.flatMap((item) => times(chance.pick([1, 1, 1, 1, 0, 2, 60]), () => item));
    return `[${items.map((item) => toHostileJson(item, chance, peer)).join()}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).flatMap(([name, member]) => {
    if (chance.below(12) === 0) return [];
    const written = chance.below(20) === 0 ? mutate(chance, name) : name;
    return times(
      chance.below(15) === 0 ? 2 : 1,
      () => `${JSON.stringify(written)}:${toHostileJson(member, chance, peer)}`,
    );
  });
  if (chance.below(10) === 0) members.push(`${JSON.stringify(chance.pick(ODD_STRINGS))}:${toOddJson(chance, peer)}`);
  return `{${members.join()}}`;
}

/** A text with a few mutations: characters removed, doubled, replaced or inserted. */
function mutate(chance: Chance, text: string): string {
  let mutated = text;
  for (let changes = chance.size(6); changes > 0; changes -= 1) {
    const from = chance.below(mutated.length + 1);
    const to = from + chance.below(Math.min(12, mutated.length - from) + 1);
    const between = chance.pick<() => string>([
      () => '',
      () => mutated.slice(from, to).repeat(2),
      () => String.fromCharCode(chance.below(256)),
      () => chance.pick(CONTROL),
      () =>
        chance.pick([CRLF, `${CRLF}${CRLF}`, ': ', ' HTTP/1.1', '/', '%', '%00', ',', ';', '"', '0', '99999999999']),
    ])();
    mutated = `${mutated.slice(0, from)}${between}${mutated.slice(to)}`;
  }
  return mutated;
}

/** A text in up to `limit` pieces. */
function split(chance: Chance, text: string, limit: number): string[] {
  const places = times(chance.below(limit), () => chance.below(text.length + 1)).sort((a, b) => a - b);
  return [0, ...places].map((place, index) => text.slice(place, places[index] ?? text.length));
}

/** A request with this body, or only its head, for the kind of server. */
function toPost(chance: Chance, peer: Peer, body: string | undefined, headers: string[] = [CLOSE]): string {
  if (peer.port === 'gateway')
    return write({ method: 'POST', target: '/graphql', headers: [HOST, JSON_TYPE, ...headers], body });
  const target = `X-Amz-Target: InspectorService.${chance.pick([...operations.keys()])}`;
  return write({ method: 'POST', headers: [HOST, AMZ_TYPE, target, ...headers], body });
}

const toChunkedHead = (chance: Chance, peer: Peer) =>
  toPost(chance, peer, undefined, [CLOSE, 'Transfer-Encoding: chunked']);

/** The chunks of a body, with what HTTP allows in chunks. */
function toChunks(chance: Chance, body: string): string {
  const chunks = split(chance, body, 6).filter((chunk) => chunk !== '');
  const toExtension = () => chance.pick(['', '', ';a', ';a=b', ';a="b c"', ` ;${'x'.repeat(chance.size(300))}`]);
  const toTrailer = () => chance.pick(['', '', `X-Trailer: y${CRLF}`, `Content-Length: 3${CRLF}`]);
  return `${chunks.map((chunk) => `${chunk.length.toString(16)}${toExtension()}${CRLF}${chunk}${CRLF}`).join('')}0${CRLF}${toTrailer()}${CRLF}`;
}

const PATHS = [
  '/graphql',
  '/graphql/',
  '//graphql',
  '/graphql?',
  '/graphql?query',
  '/graphql;x',
  '/%67raphql',
  '/graphql%00',
  '/graphql/..',
  '/./graphql',
  '/..%2f..%2fetc/passwd',
  '/',
  '//',
  '/?',
  '/healthz/',
  '/readyz?x=%',
  '/%',
  '/%c0%ae',
  '/%ff',
  '/%e2%80%ae',
  '/%u0041',
  '/\\',
  '/a b'.replace(' ', '%20'),
  '/"<script>',
  '/__proto__',
  '/constructor',
  '*',
  'http://localhost/healthz',
  'http://evil.example/graphql',
  'https://localhost:443/',
  '/assessment-reports/',
  '/assessment-reports/x',
  `/assessment-reports/${exampleArn}/${'0'.repeat(64)}.pdf`,
  `/assessment-reports/${encodeURIComponent(exampleArn)}/${'0'.repeat(64)}.html`,
  `/assessment-reports/${exampleArn}/../../x.pdf`,
];

const HOSTS = [
  'localhost',
  'LOCALHOST.',
  'localhost:',
  'localhost:99999',
  'a.localhost',
  '127.0.0.1:1',
  '127.1',
  '0x7f.1',
  '[::1]',
  '[::1]:80',
  '[::ffff:127.0.0.1]',
  '[::1%25lo]',
  'evil.example',
  'localhost.evil.example',
  'localhost@evil.example',
  'evil.example#localhost',
  'localhost, evil.example',
  '',
  ' ',
  '[',
  ']',
  ':',
  '..',
  '__proto__',
  '\xe9\xff',
  'xn--',
];

const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'application/json;charset="x"',
  'application/json; charset=',
  'application/json;;;',
  'APPLICATION/JSON',
  'application/graphql',
  'application/graphql+json',
  'application/x-amz-json-1.0',
  'application/x-amz-json-1.1',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'multipart/mixed;deferSpec=20220824',
  'text/plain',
  'text/html',
  'application/graphql-response+json',
  '*/*',
  '*/*;q=0',
  '/',
  ';',
  '',
  '__proto__',
];

const LENGTHS = [
  '',
  '-1',
  '+5',
  '5,5',
  '5, 6',
  '0x5',
  '1e3',
  '5 ',
  '05',
  '99999999999999999999',
  '18446744073709551616',
];
const ENCODINGS = [
  'chunked',
  'Chunked',
  'chunked, chunked',
  'identity',
  'chunked, identity',
  'identity, chunked',
  'gzip, chunked',
  'xchunked',
  ' chunked',
  '\x0bchunked',
  'chunked\x00',
  '"chunked"',
  'chunked;q=1',
  '',
];

/** The first bytes of other protocols. */
const OTHER_PROTOCOLS = [
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00',
  '\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03',
  '\x80\x2e\x01\x00\x02',
  'SSH-2.0-OpenSSH_9.6\r\n',
  '*1\r\n$4\r\nPING\r\n',
  'PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
  '\x00\x00\x00\x08\x04\xd2\x16\x2f',
  'EHLO localhost\r\nQUIT\r\n',
  'GET /\r\n',
  'GET / HTTP/0.9\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  'GET / HTTP/1.2\r\nHost: localhost\r\n\r\n',
  'GET / HTTP/3.0\r\nHost: localhost\r\n\r\n',
  'ICY 200 OK\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  '\r\n\r\n\r\n\r\n',
];

const CREDENTIALS = [
  'AWS4-HMAC-SHA256 Credential=AKID/20160101/us-west-2/inspector/aws4_request, SignedHeaders=host, Signature=0',
  'AWS4-HMAC-SHA256 Credential=AKID/20160101/eu-west-1/inspector/aws4_request, SignedHeaders=host, Signature=0',
  'AWS4-HMAC-SHA256 Credential=AKID/20160101/fips-us-west-2/inspector/aws4_request',
  'AWS4-HMAC-SHA256 Credential=/20160101/us-west-2/inspector/aws4_request',
  'AWS4-HMAC-SHA256 Credential=',
  'AWS4-HMAC-SHA256',
  'AWS4-ECDSA-P256-SHA256 Credential=AKID/20160101/inspector/aws4_request',
  'Basic eDp5',
  'Bearer __proto__',
  '',
];

const toPresigned = (chance: Chance, credential: string) =>
  `/?${times(chance.size(8), () => chance.pick(['X-Amz-Algorithm=AWS4-HMAC-SHA256', `X-Amz-Credential=${encodeURIComponent(credential)}`, 'X-Amz-Expires=-1', 'X-Amz-Date=x', 'X-Amz-Signature=%', 'x=%ff', '&&'])).join('&')}`;

/** Kinds of connections for both servers. */
const kindsOfBoth: Readonly<Record<string, Make>> = {
  'what is no HTTP': (chance) => loose(toNoise(chance, 3000)),
  'another protocol': (chance) => loose(`${chance.pick(OTHER_PROTOCOLS)}${toNoise(chance, 40)}`),
  'a request line that is none': (chance, peer) => {
    const [line = '', ...rest] = toValid(chance, peer, [CLOSE]).split(CRLF);
    return loose([mutate(chance, line), ...rest].join(CRLF));
  },
  'bytes exchanged': (chance, peer) => loose(mutate(chance, toValid(chance, peer, [CLOSE]))),
  'an odd method': (chance) => {
    const method = chance.pick(METHODS.filter((name) => name !== 'CONNECT'));
    return complete(write({ method, target: chance.pick(PATHS.slice(0, 25)), headers: [HOST, CLOSE] }));
  },
  'a method that nobody knows': (chance) =>
    loose(
      write({ method: chance.pick(['FOO', 'get', 'GETS', 'PRI', '', 'M', '\x00', 'POST\t']), headers: [HOST, CLOSE] }),
    ),
  'an odd path': (chance) =>
    complete(write({ target: chance.pick(PATHS), headers: [HOST, CLOSE, chance.pick(['A: b', 'Accept: text/html'])] })),
  'a path of odd bytes': (chance) =>
    loose(write({ target: `${mutate(chance, chance.pick(PATHS))}${toNoise(chance, 30)}`, headers: [HOST, CLOSE] })),
  'a long path': (chance) =>
    loose(
      write({
        target: `/${chance.pick(['a', '/', '%61', '../', '?a=b&'])}`.repeat(chance.size(5000)),
        headers: [HOST, CLOSE],
      }),
    ),
  'headers as large as they may be, and larger': (chance, peer) =>
    loose(toValid(chance, peer, [CLOSE, `X-Large: ${'x'.repeat(chance.pick(SIZES))}`])),
  'very many headers': (chance, peer) =>
    loose(toValid(chance, peer, [CLOSE, ...times(chance.size(4000), (n) => `${chance.pick(NAMES)}${n}: 1`)])),
  'headers that are doubled': (chance, peer) => {
    const doubled = times(chance.size(5), () =>
      chance.pick([
        HOST,
        'Host: evil.example',
        CLOSE,
        'Connection: keep-alive',
        JSON_TYPE,
        AMZ_TYPE,
        'Content-Length: 1',
        'Authorization: x',
        'Origin: null',
        'Accept: */*',
        'X-Request-Id: a',
        'Cookie: a=b',
        'Content-Encoding: gzip',
        'X-Amz-Target: InspectorService.ListFindings',
        'Transfer-Encoding: chunked',
      ]),
    );
    return loose(toValid(chance, peer, [CLOSE, ...doubled]));
  },
  'odd headers': (chance, peer) => {
    const odd = times(chance.size(6), () =>
      chance.pick<() => string>([
        () => `${chance.pick(NAMES)}: ${chance.pick(NAMES)}`,
        () => `X: a${CRLF} folded`,
        () => 'no colon',
        () => 'Space : x',
        () => ': nameless',
        () => `X: ${toNoise(chance, 20)}`,
        () => `X-Request-Id: ${chance.pick(ODD_STRINGS.slice(5))}${'y'.repeat(chance.size(300))}`,
        () => `Origin: ${chance.pick(['null', '*', 'https://evil.example', 'x'.repeat(500)])}`,
        () => `Accept: ${chance.pick(TYPES)}`,
        () => `Connection: ${chance.pick(['close, x', 'keep-alive', 'x', 'host', ''])}`,
        () => `If-None-Match: ${chance.pick(['*', 'W/"x"', ','.repeat(5000)])}`,
        () => `Range: bytes=${chance.pick(['0-1', '-1', '9-1', '0-0,'.repeat(500)])}`,
        () => `Forwarded: for=${chance.pick(ODD_STRINGS.slice(7))}`,
      ])(),
    );
    return loose(toValid(chance, peer, [...odd, CLOSE]));
  },
  chunks: (chance, peer) => complete(toChunkedHead(chance, peer) + toChunks(chance, '{"query":"{ __typename }"}')),
  'broken chunks': (chance, peer) => {
    const size = chance.pick(['zz', '-1', '0x2', 'ffffffffffffffffff', '7fffffff', '2', '', ' 2', '2 ', '2;', '\x002']);
    const body = chance.pick([
      `${size}${CRLF}{}${CRLF}0${CRLF}${CRLF}`,
      `2${chance.pick(CONTROL)}{}0`,
      mutate(chance, toChunks(chance, '{"a":1}')),
    ]);
    return loose(toChunkedHead(chance, peer) + body);
  },
  'a length that is none': (chance, peer) => {
    const text = toPost(chance, peer, '{"query":"{ __typename }"}');
    return loose(text.replace(/Content-Length: \d+/, `Content-Length: ${chance.pick(LENGTHS)}`));
  },
  'a length of another body': (chance, peer) => {
    const text = toPost(chance, peer, '{"query":"{ __typename }"}', []);
    const length = chance.below(60);
    return loose(
      `${text.replace(/Content-Length: \d+/, `Content-Length: ${length}`)}${toValid(chance, peer, [CLOSE])}`,
    );
  },
  'transfer encodings': (chance, peer) => {
    const encoding = `Transfer-Encoding${chance.pick(['', '', ' '])}: ${chance.pick(ENCODINGS)}`;
    const smuggled = toValid(chance, peer, [CLOSE]);
    return loose(`${toPost(chance, peer, `0${CRLF}${CRLF}`, [encoding])}${chance.pick(['', smuggled])}`);
  },
  'requests in a row': (chance, peer) => {
    const count = chance.size(40);
    const texts = times(count, (n) => toValid(chance, peer, n === count - 1 ? [CLOSE] : []));
    return { pieces: split(chance, texts.join(''), 4), answers: count };
  },
  'requests in a row, one of them broken': (chance, peer) => {
    const texts = times(chance.size(12), () => toValid(chance, peer));
    texts[chance.below(texts.length)] = mutate(chance, toValid(chance, peer));
    return loose(texts.join(''));
  },
  'very many requests in a row': (chance, peer) =>
    loose(write({ target: '/healthz', headers: [HOST] }).repeat(chance.size(1500)) + toValid(chance, peer, [CLOSE])),
  'a request that trickles': (chance, peer) => ({
    pieces: split(chance, toValid(chance, peer, [CLOSE]), 30),
    answers: 1,
  }),
  'half a request': (chance, peer) => {
    const text = toValid(chance, peer);
    return {
      pieces: [text.slice(0, chance.below(text.length))],
      answers: null,
      leaves: chance.pick(['with a half-closed connection', 'with a reset']),
    };
  },
  'a client that does not wait': (chance, peer) => ({
    pieces: [toValid(chance, peer).repeat(chance.size(8))],
    answers: null,
    leaves: chance.pick(['with a half-closed connection', 'with a reset']),
  }),
  'an odd host': (chance, peer) => {
    const host = chance.pick(HOSTS);
    return complete(toValid(chance, peer, [CLOSE]).replace(HOST, `Host: ${host}`));
  },
  'no host, or many': (chance, peer) =>
    loose(
      toValid(chance, peer, [CLOSE]).replace(
        `${HOST}${CRLF}`,
        `Host: ${chance.pick(HOSTS)}${CRLF}`.repeat(chance.below(3)),
      ),
    ),
  'an expectation': (chance, peer) => {
    const expected = chance.pick(['100-continue', '100-Continue', '100-continue, x', 'x', '', '200-ok']);
    return complete(toPost(chance, peer, '{"query":"{ __typename }"}', [`Expect: ${expected}`, CLOSE]));
  },
  'an upgrade': (chance, peer) => {
    const protocol = chance.pick(['websocket', 'h2c', 'TLS/1.0', 'x', '__proto__']);
    const headers = [
      'Connection: Upgrade, close',
      `Upgrade: ${protocol}`,
      'HTTP2-Settings: AAMAAABkAAQAAP__',
      'Sec-WebSocket-Key: x',
    ];
    return loose(toValid(chance, peer, headers));
  },
  'a tunnel': (chance) =>
    loose(
      write({
        method: 'CONNECT',
        target: chance.pick(['evil.example:443', 'localhost', '/', ':', '[::1]:1']),
        headers: [HOST],
      }) + toNoise(chance, 100),
    ),
  'a type, a charset or an encoding': (chance, peer) => {
    const { port } = peer;
    const headers = [
      HOST,
      CLOSE,
      `Content-Type: ${chance.pick(TYPES)}`,
      `Accept: ${chance.pick(TYPES)}`,
      `Accept-Encoding: ${chance.pick(['gzip', '*', 'br;q=1', ''])}`,
      ...(chance.below(3) === 0
        ? [`Content-Encoding: ${chance.pick(['gzip', 'identity', 'br', 'x', '', 'gzip, gzip'])}`]
        : []),
      ...(port === 'archive' ? ['X-Amz-Target: InspectorService.ListRulesPackages'] : []),
    ];
    const body = chance.pick(['{"query":"{ __typename }"}', '{}', 'query={__typename}', '\x1f\x8b\x08\x00', '']);
    return complete(write({ method: 'POST', target: port === 'gateway' ? '/graphql' : '/', headers, body }));
  },
  'a body that is no UTF-8': (chance, peer) => {
    const body = chance.pick([
      `{"query":"${toNoise(chance, 50).replaceAll(/["\\]/g, '')}"}`,
      '\xef\xbb\xbf{"query":"{ __typename }"}',
      '\xff\xfe{\x00}\x00',
      '{"query":"\xed\xa0\x80"}',
      '{"\xc0\xaf":1}',
      '\x00',
      toNoise(chance, 400),
    ]);
    return complete(toPost(chance, peer, body));
  },
  'a body that is too large': (chance, peer) =>
    loose(toPost(chance, peer, `{"query":"${'x'.repeat(1024 * 1024 - 60 + chance.below(200))}"}`)),
};

/** Kinds for the gateway. */
const kindsOfGateway: Readonly<Record<string, Make>> = {
  'GraphQL by POST': (chance, peer) => {
    const after = chance.below(2) === 0 ? null : mutate(chance, chance.pick(peer.tokens));
    const request = { ...GRAPHQL, variables: { ...GRAPHQL.variables, after } };
    return complete(toPost(chance, peer, toBytes(toHostileJson(request, chance, peer))));
  },
  'GraphQL by POST, with another query': (chance, peer) =>
    complete(toPost(chance, peer, toBytes(JSON.stringify({ ...GRAPHQL, query: mutate(chance, GRAPHQL.query) })))),
  'GraphQL by POST, broken': (chance, peer) => complete(toPost(chance, peer, mutate(chance, JSON.stringify(GRAPHQL)))),
  'GraphQL by GET': (chance, peer) => {
    const parameters = Object.entries({
      query: chance.pick([...QUERIES, 'mutation { x }', 'subscription { x }', GRAPHQL.query]),
      operationName: chance.pick(['Q', ...NAMES]),
      variables: toHostileJson(GRAPHQL.variables, chance, peer).slice(0, 4000),
      extensions: toHostileJson({ persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } }, chance, peer).slice(
        0,
        4000,
      ),
    })
      .filter(() => chance.below(4) > 0)
      .flatMap((pair) => times(chance.below(10) === 0 ? 2 : 1, () => pair))
      .map(
        ([name, value]) =>
          `${name}=${chance.below(8) === 0 ? escape(mutate(chance, value.slice(0, 300))) : encodeURIComponent(Buffer.from(value).toString())}`,
      );
    const headers = [HOST, CLOSE, ...(chance.below(5) === 0 ? [] : ['apollo-require-preflight: 1'])];
    return loose(write({ target: `/graphql?${parameters.join('&')}`, headers }));
  },
  'a batch': (chance, peer) =>
    complete(
      toPost(chance, peer, `[${times(chance.size(200), () => JSON.stringify({ query: '{ __typename }' })).join()}]`),
    ),
};

/** Kinds for the archive. */
const kindsOfArchive: Readonly<Record<string, Make>> = {
  'an operation': (chance, peer) => {
    const operation = chance.pick([...operations.keys()]);
    const body = toBytes(toHostileJson(inputOf(operation, peer), chance, peer));
    return complete(
      write({ method: 'POST', headers: [HOST, CLOSE, AMZ_TYPE, `X-Amz-Target: InspectorService.${operation}`], body }),
    );
  },
  'a list, gone on with': (chance, peer) => {
    const operation = chance.pick([...operations.keys()].filter((name) => name.startsWith('List')));
    const nextToken = chance.pick([
      ...peer.tokens,
      ...peer.tokens.map((token) => mutate(chance, token)),
      toNoise(chance, 320),
    ]);
    const body = toBytes(JSON.stringify({ maxResults: chance.pick([1, 2, 500]), nextToken }));
    return complete(
      write({ method: 'POST', headers: [HOST, CLOSE, AMZ_TYPE, `X-Amz-Target: InspectorService.${operation}`], body }),
    );
  },
  'an operation that is none': (chance) => {
    const name = chance.pick([...NAMES, '', 'listFindings', 'ListFindings ', '.', 'x'.repeat(chance.size(3000))]);
    const target = `${chance.pick(['InspectorService.', 'Inspector2.', '', '.', 'InspectorService'])}${name}`;
    return complete(write({ method: 'POST', headers: [HOST, CLOSE, AMZ_TYPE, `X-Amz-Target: ${target}`], body: '{}' }));
  },
  'a signature': (chance, peer) => {
    const whole = chance.pick(CREDENTIALS);
    const credential = chance.below(2) === 0 ? whole : mutate(chance, whole).replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '');
    return complete(toPost(chance, peer, '{}', [CLOSE, `Authorization: ${credential}`]));
  },
  'a presigned request': (chance, peer) => {
    const credential = mutate(chance, 'AKID/20160101/us-west-2/inspector/aws4_request');
    return complete(toPost(chance, peer, '{}').replace('POST / ', `POST ${toPresigned(chance, credential)} `));
  },
  'a report': (chance) => {
    const path = `${exampleArn}/${'0'.repeat(chance.pick([0, 1, 64, 5000]))}.${chance.pick(['pdf', 'html', 'exe', '__proto__'])}`;
    const target = `/assessment-reports/${encodeURI(chance.below(2) === 0 ? path : mutate(chance, path))}`;
    return complete(write({ target, headers: [HOST, CLOSE] }));
  },
};

const kinds = {
  gateway: { ...kindsOfBoth, ...kindsOfGateway },
  archive: { ...kindsOfBoth, ...kindsOfArchive },
};

/** A connection of a random kind; half of them send requests that are answered. */
export function createHostileConnection(chance: Chance, peer: Peer): HostileConnection {
  const own = peer.port === 'gateway' ? kindsOfGateway : kindsOfArchive;
  const kind = chance.pick(Object.keys(chance.below(3) === 0 ? own : kindsOfBoth));
  return { kind, ...(kinds[peer.port][kind] as Make)(chance, peer) };
}
