import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UnsafeNumber } from '../src/archive/documents.js';
import {
  type Detach,
  Detached,
  type JsonDocument,
  type JsonPath,
} from '../src/archive/import/content/json/json-document.js';
import { readJsonDocuments, readJsonText } from '../src/archive/import/content/json/json-documents.js';
import { JsonSyntaxError } from '../src/archive/import/content/json/json-syntax-error.js';
import { toJsonDocuments } from '../src/archive/import/content/json/pruned-value.js';

/** Tests of long text take a while on a busy machine. */
const LONG_TEXT_LIMIT_MS = 60_000;

const keepsAll: Detach = () => null;

/** What the bytes hold, and the error with which they break off. */
async function read(chunks: readonly (string | Uint8Array)[], detach: Detach = keepsAll) {
  const documents: JsonDocument[] = [];
  try {
    for await (const some of readJsonDocuments(toChunks(chunks), detach)) documents.push(...some);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return { documents, error };
    throw error;
  }
  return { documents, error: null };
}

async function* toChunks(chunks: readonly (string | Uint8Array)[]) {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

const toValues = (documents: readonly JsonDocument[]) => documents.map(({ value }) => value);

/** Takes every object with the member `arn`, and remembers where. */
function createTaker() {
  const taken: { path: JsonPath; value: object }[] = [];
  const detach: Detach = (value, path) => {
    if (Array.isArray(value) || !Object.hasOwn(value, 'arn')) return null;
    taken.push({ path: [...path], value: structuredClone(value) });
    return new Detached();
  };
  /** Members with numbers for names come first in an object that JSON.parse makes. */
  const sorted = () => taken.map((item) => JSON.stringify(item)).sort();
  return { detach, sorted };
}

/** JSON as text, in all of its spellings, with what is nearly JSON among it. */
const space = fc.constantFrom('', '', '', ' ', '  ', '\t', '\r', '\n', '\r\n');
const character = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }).map(toRaw) },
  fc.constantFrom(
    '\\n',
    '\\/',
    '\\u0000',
    '\\u00e9',
    '\\ud800',
    '\\udc00',
    '\\ud83d\\ude00',
    '\\\\',
    '\\"',
    '\ufeff',
    'é',
    '漢',
    '😀',
  ),
  fc.constantFrom('":', '" :', ',1e5', ' 12345678901234567890', '__proto__', '{', ']').map(toRaw),
);
const string = fc.array(character, { maxLength: 6 }).map((characters) => `"${characters.join('')}"`);
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.constantFrom('-0', '0.50', '1E3', '1e-7', '-1.5e+2', '9007199254740991', '9007199254740992', '-9007199254740993'),
  fc.constantFrom('9007199254740993.0', '1e16', '1e400', '0.12345678901234567890', '123456789012345678901234567890'),
);
const name = fc.oneof(string, fc.constantFrom('"a"', '"arn"', '"1"', '"toString"', '"__proto__"', '"\\u005f_proto__"'));
const { value: json } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(string, number, fc.constantFrom('true', 'false', 'null')),
    joined(
      '[',
      fc.tuple(space, tie('value'), space).map((parts) => parts.join('')),
      ']',
    ),
    joined(
      '{',
      fc.tuple(space, name, space, fc.constant(':'), space, tie('value'), space).map((parts) => parts.join('')),
      '}',
    ),
  ),
}));
const documents = fc
  .array(fc.tuple(json, fc.constantFrom('\n', '\n', '\r\n', ' ', '', '\n\n')), { maxLength: 5 })
  .map((parts) => parts.flat().join(''));
/** The same with something cut out, put in or turned into something else. */
const brokenDocuments = fc
  .tuple(
    documents,
    fc.nat(),
    fc.nat({ max: 3 }),
    fc.constantFrom('', '', '"', '{', '}', '[', ']', ',', ':', '\\', '\n', '1', 'x', '\0'),
  )
  .map(([text, place, length, added]) => {
    const start = place % (text.length + 1);
    return text.slice(0, start) + added + text.slice(start + length);
  });

function joined(opening: string, item: fc.Arbitrary<string>, closing: string): fc.Arbitrary<string> {
  return fc.array(item, { maxLength: 4 }).map((items) => `${opening}${items.join(',')}${closing}`);
}

function toRaw(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Bytes cut at these places, which are taken round and round. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const borders = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...borders].map((start, number) => bytes.subarray(start, borders[number] ?? bytes.length));
}

describe('JSON documents', () => {
  test('are the same wherever their bytes are cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(documents, brokenDocuments),
        fc.constantFrom('', '\ufeff'),
        fc.array(fc.nat(), { maxLength: 8 }),
        async (text, mark, places) => {
          const bytes = Buffer.from(mark + text);
          const [whole, pieces] = [createTaker(), createTaker()];
          const expected = await read([bytes], whole.detach);
          const actual = await read(cut(bytes, places), pieces.detach);
          expect(actual.documents).toEqual(expected.documents);
          expect(pieces.sorted()).toEqual(whole.sorted());
          expect(actual.error?.at.line).toBe(expected.error?.at.line);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('are the same when a chunk without bytes comes in the middle of text', async () => {
    const bytes = Buffer.from('[\n]"\u{10000}"');
    const { documents, error } = await read([bytes.subarray(0, 5), new Uint8Array(), bytes.subarray(5)]);
    expect(toValues(documents)).toEqual(['\u{10000}']);
    expect(error).toBeNull();
  });

  test('are the same by a line and by its tokens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(documents, brokenDocuments), async (text) => {
        const [byLine, byToken] = [createTaker(), createTaker()];
        const { documents, error } = await read([text], byLine.detach);
        const tokenized = readJsonText(text, 1, byToken.detach);
        expect(error === null).toBe(tokenized !== undefined);
        if (tokenized === undefined) return;
        expect(toValues(documents)).toEqual(toValues(tokenized));
        expect(byLine.sorted()).toEqual(byToken.sorted());
      }),
      { numRuns: 4000 },
    );
  });

  test('are what JSON.parse says, or refused for what it would lose', async () => {
    await fc.assert(
      fc.asyncProperty(json, async (text) => {
        const { documents, error } = await read([`{"only":${text}}`]);
        if (error !== null) expect(error.message).toMatch(/ twice$|__proto__$/);
        else if (!hasUnsafeNumber(documents)) expect(toValues(documents)).toEqual([{ only: JSON.parse(text) }]);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['{"a":1,"a":2}', 'line 1: expected each member of an object once, but got "a" twice'],
    ['{"a" :1,"a":2}', 'line 1: expected each member of an object once, but got "a" twice'],
    ['{"a":1,"a"\t:2}', 'line 1: expected each member of an object once, but got "a" twice'],
    ['{"a":1,"\\u0061":2}', 'line 1: expected each member of an object once, but got "a" twice'],
    ['{"b":{},\n"a":1,\n"a":2}', 'line 3: expected each member of an object once, but got "a" twice'],
    ['{"__proto__":{}}', 'line 1: expected no member of the name __proto__'],
    ['{"a":[{"\\u005f_proto__":1}]}', 'line 1: expected no member of the name __proto__'],
    ['{"a":\n{"__proto__":1}}', 'line 2: expected no member of the name __proto__'],
    ['{"a":1', 'line 1: expected JSON, but got the end of the file'],
    ['{"a":1}\n"x', 'line 2: expected JSON, but got the end of the file'],
    ['{"a":1}\n\n{"a" 1}', 'line 3: expected JSON, but got "{\\"a\\" 1}"'],
    ['[1,2],', 'line 1: expected JSON, but got "[1,2],"'],
    ['{"a":01}', 'line 1: expected JSON, but got "{\\"a\\":01}"'],
    ['{"a":NaN}', 'line 1: expected JSON, but got "{\\"a\\":NaN}"'],
  ])('refuse %j', async (text, message) => {
    expect((await read([text])).error?.message).toBe(message);
  });

  test('that have been parsed already have no member __proto__ either', () => {
    for (const value of [JSON.parse('{"__proto__":{}}'), [{ a: [JSON.parse('{"__proto__":1}')] }]]) {
      expect(() => toJsonDocuments(value, 7, keepsAll)).toThrow('line 7: expected no member of the name __proto__');
    }
  });

  test.each([
    ['a list', '[', ']'],
    ['an object', '{"a":', '}'],
  ])('are at most 64 deep, of which each is %s', async (_, opening, closing) => {
    const nested = (depth: number, border: string) =>
      `${(opening + border).repeat(depth)}1${(border + closing).repeat(depth)}`;
    for (const border of ['', '\n']) {
      expect((await read([nested(64, border)])).error).toBeNull();
      for (const depth of [65, 100_000]) {
        const { error } = await read([nested(depth, border)]);
        expect(error?.message).toMatch(/^line \d+: expected lists and objects at most 64 deep in each other$/);
      }
    }
  });

  test.each([
    ...['9007199254740992', '-9007199254740992', '9007199254740993', '9007199254740993.0', '90071992547409930e-1'],
    ...['1e16', '1E400', '-1e400', '123456789012345678901234567890', '12345678901234567890.5'],
  ])('keep the number %s as it is written, which JavaScript cannot hold', async (text) => {
    for (const border of ['', '\n']) {
      const { documents } = await read([`{"a":${border}[0,${text}]}`]);
      expect(documents).toEqual([{ line: 1, value: { a: [0, new UnsafeNumber(text)] } }]);
    }
  });

  test.each(['9007199254740991', '-9007199254740991', '9007199254740991.0', '1e15', '0.1', '-1.5E-10', '5e-324'])(
    'take the number %s',
    async (text) => {
      for (const border of ['', '\n']) {
        expect((await read([`{"a":${border}${text}}`])).documents).toEqual([{ line: 1, value: { a: Number(text) } }]);
      }
    },
  );

  test.each(['\ufeff', 'x\ufeffy', '\ufeff\ufeff', 'x"\ufeff"', '\ud800', 'x\udc00y', '\u2028', '\u007f'])(
    'keep the text %j',
    async (text) => {
      for (const border of ['', '\n']) {
        const { documents } = await read([`{"a":${border}${JSON.stringify(text)}}`]);
        expect(documents).toEqual([{ line: 1, value: { a: text } }]);
      }
    },
  );

  test('may stand behind a byte order mark', async () => {
    const bytes = Buffer.from('\ufeff{"a":1}\n');
    for (const chunks of [[bytes], [bytes.subarray(0, 1), bytes.subarray(1, 2), bytes.subarray(2)]]) {
      expect(await read(chunks)).toEqual({ documents: [{ line: 1, value: { a: 1 } }], error: null });
    }
    expect(await read(['\ufeff'])).toEqual({ documents: [], error: null });
  });

  test.each([
    ['text', [0x22, 0xfc, 0x22]],
    ['text with a character that breaks off', [0x22, 0xe6, 0xbc, 0x22]],
    ['text with half a pair of surrogates', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a name', [0x7b, 0x22, 0xfc, 0x22, 0x3a, 0x31, 0x7d]],
  ])('are refused where %s is not UTF-8', async (_, bytes) => {
    const { error, documents } = await read([Buffer.from('{}\n'), Buffer.from([...bytes, 0x0a]), Buffer.from('{}\n')]);
    expect(documents).toHaveLength(1);
    expect(error).toMatchObject({ message: 'line 2: expected text in UTF-8', at: { line: 2, kind: 'encoding' } });
  });

  const MEBIBYTE = 'x'.repeat(1024 * 1024);
  const TOO_LONG =
    "expected a document with at most 40 MiB of what is not Inspector Classic's: split it, for example with jq -c";

  test(
    'may be long lines and hold long text',
    async () => {
      const { documents, error } = await read(['{"a":"', ...Array(30).fill(MEBIBYTE), '"}\n{"b":"', MEBIBYTE, '"}']);
      expect(error).toBeNull();
      expect(documents).toEqual([
        { line: 1, value: { a: MEBIBYTE.repeat(30) } },
        { line: 2, value: { b: MEBIBYTE } },
      ]);
    },
    LONG_TEXT_LIMIT_MS,
  );

  test.each([
    ['an object', '{"a":"'],
    ['text', '"'],
    ['text in a list', '[{},"'],
  ])(
    'are at most 40 MiB long when they are %s',
    async (_, beginning) => {
      const { error } = await read(['{}\n\n', beginning, ...Array(42).fill(MEBIBYTE)]);
      expect(error?.message).toBe(`line 3: ${TOO_LONG}`);
    },
    LONG_TEXT_LIMIT_MS,
  );

  test(
    'may be of any length where parts of them are detached',
    async () => {
      const { detach, sorted } = createTaker();
      const item = `{"arn":"${MEBIBYTE}"},`;
      const { documents, error } = await read(['{"a":[', ...Array(60).fill(item), '1]}'], detach);
      expect(error).toBeNull();
      expect(documents).toEqual([{ line: 1, value: { a: [1, new Detached()] } }]);
      expect(sorted()).toHaveLength(60);
    },
    LONG_TEXT_LIMIT_MS,
  );
});

function hasUnsafeNumber(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return value instanceof UnsafeNumber || Object.values(value).some(hasUnsafeNumber);
}
