import { describe, expect, test } from '@jest/globals';
import { UnsafeNumber } from '../src/archive/documents.js';
import {
  looksLikeYaml,
  MAX_YAML_BYTES,
  parseYamlDocuments,
  YamlSyntaxError,
} from '../src/archive/import/content/yaml-documents.js';

const RUN = 'arn:aws:inspector:us-west-2:111122223333:target/0-AbCd1234/template/0-EfGh5678/run/0-IjKl9012';

const OUTPUT = `assessmentRuns:
- arn: ${RUN}
  createdAt: '2016-03-22T20:56:10.035000+00:00'
  dataCollected: true
  durationInSeconds: 3600
  findingCounts: {}
  name: |-
    First
    Assessment
failedItems: {}
`;

const RUN_VALUE = {
  arn: RUN,
  createdAt: '2016-03-22T20:56:10.035000+00:00',
  dataCollected: true,
  durationInSeconds: 3600,
  findingCounts: {},
  name: 'First\nAssessment',
};

const toValues = (text: string) => [...parseYamlDocuments(text)].map(({ value }) => value);

describe('YAML documents', () => {
  test('of the AWS CLI are the JSON that says the same', () => {
    expect([...parseYamlDocuments(OUTPUT)]).toEqual([
      { line: 1, value: { assessmentRuns: [RUN_VALUE], failedItems: {} }, itemLines: null },
    ]);
  });

  test('of a stream are a list of pages, with the line of each', () => {
    const stream = '- failedItems: {}\n  findings: []\n# page 2\n- findings:\n  - arn: x\n';
    expect([...parseYamlDocuments(stream)]).toEqual([
      { line: 1, value: [{ failedItems: {}, findings: [] }, { findings: [{ arn: 'x' }] }], itemLines: [1, 4] },
    ]);
  });

  test('follow one another, with the line of each, and empty ones are none', () => {
    const text = `\n# of two runs\n---\na: 1\n---\n# nothing\n---\r\n\r\nb: 2\r\n...\n`;
    expect([...parseYamlDocuments(text)]).toMatchObject([
      { line: 4, value: { a: 1 } },
      { line: 9, value: { b: 2 } },
    ]);
    expect(toValues('')).toEqual([]);
  });

  test.each(['9007199254740992', '18446744073709551615', '1e400'])(
    'have for the number %s, which would be rounded, what cannot be kept',
    (text) => {
      const values = [...parseYamlDocuments(`a: ${text}`)].map(({ value }) => (value as { a: unknown }).a);
      expect(values).toEqual([expect.any(UnsafeNumber)]);
    },
  );

  test.each<[string, unknown]>([
    ['3600', 3600],
    ['-0.5', -0.5],
    ['1458680170.035', 1458680170.035],
    ['1.458680170035E9', 1458680170.035],
    ['9007199254740991', 9007199254740991],
    ['0x10', '0x10'],
    ['0o17', '0o17'],
    ['012345678901', '012345678901'],
    ['.inf', '.inf'],
    ["'7'", '7'],
    ['"7"', '7'],
    ['!!str 7', '7'],
    ['true', true],
    ['False', false],
    ['yes', 'yes'],
    ['null', null],
    ['~', null],
    ['', null],
    ["''", ''],
    ['2016-03-22T20:56:10.035000+00:00', '2016-03-22T20:56:10.035000+00:00'],
    ['2016-03-22', '2016-03-22'],
    ['12:30:45', '12:30:45'],
    ['=', '='],
    ['"a\\u00e4\\n"', 'aä\n'],
  ])('have for the scalar %j the value %j', (scalar, value) => {
    expect(toValues(`a: ${scalar}\n`)).toEqual([{ a: value }]);
  });

  test('may have any name for a member', () => {
    const [value] = toValues('"__proto__": {a: 1}\nconstructor: 2\n<<: {b: 3}\n7: x\n') as [Record<string, unknown>];
    expect(Object.entries(value)).toEqual([
      ['7', 'x'],
      ['__proto__', { a: 1 }],
      ['constructor', 2],
      ['<<', { b: 3 }],
    ]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test.each([
    [
      'a name twice',
      'a: 1\nb: 2\na: 3\n',
      'line 3: expected every name once in a YAML map, but this one is there already',
    ],
    ['a reference', 'a: &x [1]\nb: *x\n', 'line 2: expected YAML without references, but got *x'],
    ['a tag', 'a: 1\nb: !!binary aGk=\n', 'line 2: expected YAML without tags, but got tag:yaml.org,2002:binary'],
    [
      'a tag of Python',
      'a: !!python/object:x {}\n',
      'line 1: expected YAML without tags, but got tag:yaml.org,2002:python/object:x',
    ],
    ['a list for a name', '? [1]\n: 2\n', 'line 1: expected the names of a YAML map to be text'],
    ['a tab', 'a:\n\t- b\n', 'line 2: expected YAML, which is indented by blanks, but got a tab'],
    [
      'text that is cut off',
      'a: 1\nb: "x\n',
      'line 3: expected YAML, but its structure breaks here: a part of the file',
    ],
    ['prose', 'a: b: c\n', 'line 1: expected YAML, but its structure breaks here: a part of the file is missing'],
    ['what is too deep', `a:\n  ${'- '.repeat(200)}x`, 'line 2: expected YAML to be at most 100 levels deep'],
    [
      'what is far too deep',
      '['.repeat(100_000) + ']'.repeat(100_000),
      'line 1: expected YAML to be at most 100 levels deep',
    ],
    [
      'what is indented too deep',
      Array.from({ length: 200 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      'line 102: expected YAML to be at most 100 levels deep',
    ],
    ['too many values', '- 1\n'.repeat(700_000), ': expected no more of YAML than up to here: turn it into JSON'],
    [
      'too much',
      'a'.repeat(MAX_YAML_BYTES + 1),
      'expected at most 16777216 bytes of YAML: turn it into JSON, of which',
    ],
  ])('tell the line and the reason for %s', (_, text, message) => {
    expect(() => toValues(text)).toThrow(YamlSyntaxError);
    expect(() => toValues(text)).toThrow(expect.objectContaining({ message: expect.stringContaining(message) }));
  });

  test('that unfold to a billion are refused at the first reference', () => {
    const names = 'abcdefghij'.split('');
    const levels = names.map((name, place) =>
      place === 0
        ? `${name}: &${name} [x]`
        : `${name}: &${name} [${Array(9)
            .fill(`*${names[place - 1]}`)
            .join(', ')}]`,
    );
    expect(() => toValues(levels.join('\n'))).toThrow('line 2: expected YAML without references, but got *a');
  });

  test('before one that is broken are given first', () => {
    const documents = parseYamlDocuments('a: 1\n---\nb: "');
    expect(documents.next().value).toMatchObject({ value: { a: 1 } });
    expect(() => documents.next()).toThrow(/^line 3: /);
  });
});

describe('Text looks like YAML', () => {
  test.each([
    ['an output', OUTPUT],
    ['an output with what comes first in it', 'failedItems: {}\nfindings: []\n'],
    ['a page of a stream', `- assessmentRuns:\n  - arn: ${RUN}\n`],
    ['a page that begins with a token', `nextToken: 'abc'\n`],
    ['a list of runs', `- arn: ${RUN}\n  assessmentTemplateArn: x\n`],
    ['a list of agents', `- agentHealth: HEALTHY\n  agentHealthCode: RUNNING\n  assessmentRunArn: ${RUN}\n  telemetry`],
    ['one run', `arn: ${RUN}\ncreatedAt: '2016-03-22T20:56:10.035000+00:00'\n`],
    ['behind a mark, a comment and dashes', `\ufeff# runs\r\n---\r\ntelemetryMetadata:\r\n- count: 2\r\n`],
  ])('for %s', (_, text) => {
    expect(looksLikeYaml(text)).toBe(true);
  });

  test.each([
    ['nothing', ''],
    ['JSON', JSON.stringify({ assessmentRuns: [{ arn: RUN }] }, null, 4)],
    ['a list in JSON', '[\n  "findings: x"\n]'],
    ['a word of an output in prose', 'findings: we had three of them last year\n'],
    ['a word of an output above prose', 'findings:\nwe had three of them last year\n'],
    ['prose about a run', `The run ${RUN} has failed.\nIt was the second one.\n`],
    ['notes', `arn: see below\n\nThe run is\narn: ${RUN}\n`],
    ['an error message', 'An error occurred (AccessDenied) when calling the X operation: no\n'],
    ['the text output of the AWS CLI', `ASSESSMENTRUNS\t${RUN}\tFalse\n`],
    ['a list of PowerShell', `Arn           : ${RUN}\nName          : x\n`],
    ['an HTTP answer', 'HTTP/1.1 200 OK\nContent-Type: application/json\n'],
    ['other YAML', 'version: 3\nservices:\n  a: {}\n'],
  ])('not for %s', (_, text) => {
    expect(looksLikeYaml(text)).toBe(false);
  });
});
