import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { packTar, type TarEntry } from 'modern-tar';
import { parseEncoding, UnknownEncodingError } from '../src/archive/import/sources/decode.js';
import { findSources, type Source, SourceError } from '../src/archive/import/sources/sources.js';
import { unpackSource } from '../src/archive/import/sources/unpack.js';
import { UNPACK_LIMITS, type UnpackLimits } from '../src/archive/import/sources/unpack-limits.js';
import { createFolder } from './helpers/archives.js';
import { toZip } from './helpers/zip.js';

type Content = string | Uint8Array;

async function toFile(content: Content, name = 'exports'): Promise<string> {
  const path = join(await createFolder(), name);
  await writeFile(path, content);
  return path;
}

async function toFileSource(content: Content, { encoding, name }: { encoding?: string; name?: string } = {}) {
  const [source] = await findSources([await toFile(content, name)], Readable.from([]), { encoding });
  return source as Source;
}

/** Stdin that brings a few bytes at a time. */
async function toStdinSource(content: Uint8Array, chunkBytes = 700): Promise<Source> {
  const chunks = Array.from({ length: Math.ceil(content.length / chunkBytes) }, (_, place) =>
    content.subarray(place * chunkBytes, (place + 1) * chunkBytes),
  );
  const [source] = await findSources(['-'], Readable.from(chunks));
  return source as Source;
}

async function readBytes(source: Source, onBytes?: (bytes: number) => void): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.read(onBytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function toArray<T>(items: AsyncIterable<T>): Promise<T[]> {
  const array: T[] = [];
  for await (const item of items) array.push(item);
  return array;
}

const readText = async (source: Source) => (await readBytes(source)).toString();

/** What each file comes to, by its name behind the folder's: its text, or the problem with it. */
async function unpack(source: Source, limits?: UnpackLimits): Promise<[string, string][]> {
  const files: [string, string][] = [];
  const start = source.name.length - basename(source.name).length;
  for await (const file of unpackSource(source, limits)) {
    files.push([file.name.slice(start), await readText(file).catch((error) => toProblem(error))]);
  }
  return files;
}

function toProblem(error: unknown): string {
  expect(error).toBeInstanceOf(SourceError);
  const { message } = error as Error;
  expect(message).not.toMatch(/\n/);
  return `! ${message}`;
}

const unpackFile = async (content: Content, limits?: UnpackLimits) => unpack(await toFileSource(content), limits);

const toEntry = ([name, body]: [string, Content]): TarEntry => ({
  header: { name, size: Buffer.from(body as Uint8Array).length },
  body,
});
const toTar = async (files: Record<string, Content>) => Buffer.from(await packTar(Object.entries(files).map(toEntry)));
const zipOf = (files: Record<string, Content>) =>
  toZip(Object.entries(files).map(([name, content]) => ({ name, content })));

describe('Text in another encoding', () => {
  const text = '{"name": "Jörg – “Möhs” €"}\n';
  const WINDOWS_1252 = Buffer.from(text, 'latin1');
  // What Windows puts where ISO 8859-1 has no letters.
  [...text].forEach((char, place) => {
    const byte = { '–': 0x96, '“': 0x93, '”': 0x94, '€': 0x80 }[char];
    if (byte !== undefined) WINDOWS_1252[place] = byte;
  });

  test.each<[string, Content, string | undefined, string]>([
    ['of Windows', WINDOWS_1252, 'windows-1252', text],
    ['of Windows, named otherwise', WINDOWS_1252, 'Latin1', text],
    ['of Windows in gzip', gzipSync(WINDOWS_1252), 'cp1252', text],
    ['of Japan', Buffer.from([0x93, 0xfa, 0x96, 0x7b, 0x0a]), 'shift_jis', '日本\n'],
    ['without a mark', Buffer.from(text, 'utf16le'), 'utf-16le', text],
    ['that a mark tells', Buffer.from(`\ufeff${text}`, 'utf16le'), undefined, text],
    ['that a mark tells against what was said', Buffer.from(`\ufeff${text}`, 'utf16le'), 'windows-1252', text],
    ['that is UTF-8 by its mark, whatever was said', `\ufeff${text}`, 'windows-1252', `\ufeff${text}`],
  ])('%s becomes UTF-8', async (_, content, encoding, expected) => {
    expect(await readText(await toFileSource(content, { encoding: encoding as string }))).toBe(expected);
  });

  test.each([
    ['shift_jis', Buffer.from([0x93, 0xfa, 0x96, 0x7b]), '日本'],
    ['utf-16be', Buffer.from('a😀b', 'utf16le').swap16(), 'a😀b'],
    ['gb18030', Buffer.from([0xc4, 0xe3, 0x81, 0x30, 0x81, 0x30]), '你\x80'],
  ])('of %s is read wherever its bytes are cut', async (encoding, content, expected) => {
    // Behind what is looked at to tell what it is.
    const text =
      encoding === 'utf-16be' ? Buffer.from('x'.repeat(600), 'utf16le').swap16() : Buffer.from('x'.repeat(600));
    const chunks = [text, ...[...content].map((byte) => Uint8Array.of(byte))];
    const [source] = await findSources(['-'], Readable.from(chunks), { encoding });
    expect(await readText(source as Source)).toBe('x'.repeat(600) + expected);
  });

  test('is refused with the line where it is none of that encoding', async () => {
    const source = await toFileSource(Buffer.from([0x61, 0x0a, 0x82, 0x0a]), { encoding: 'shift_jis' });
    await expect(readText(source)).rejects.toEqual(new SourceError('line 1, or behind it: expected text in shift_jis'));
  });

  test('leaves a PDF as it is', async () => {
    const pdf = Buffer.from('%PDF-1.4\n%\x80\xff\n', 'latin1');
    expect(await readBytes(await toFileSource(pdf, { encoding: 'windows-1252' }))).toEqual(pdf);
  });

  test.each(['utf8000', '', 'iso-2022-kr', 'utf-32'])('has no label %j', async (encoding) => {
    expect(() => parseEncoding(encoding)).toThrow(UnknownEncodingError);
    await expect(findSources([], Readable.from([]), { encoding })).rejects.toThrow(
      /^expected an encoding by a name that browsers know, such as windows-1252, .*, but got "/,
    );
  });

  test('has labels in any case', () => {
    expect(['Windows-1252', 'SJIS', 'utf-16', 'UTF8'].map(parseEncoding)).toEqual([
      'windows-1252',
      'shift_jis',
      'utf-16le',
      'utf-8',
    ]);
  });
});

describe('Content that is no text', () => {
  test.each<[string, Content, string]>([
    ['a PNG image', '\x89PNG\r\n\x1a\n', 'expected text, but this is a PNG image: import the JSON or YAML'],
    ['a Parquet file', 'PAR1\x15', 'expected text, but this is a Parquet file: write its rows as JSON'],
    ['a 7-Zip archive', '7z\xbc\xaf\x27\x1c', 'expected text, but this is a 7-Zip archive: unpack it and import'],
    [
      'xz in gzip',
      gzipSync(Buffer.from('\xfd7zXZ\0', 'latin1')),
      'expected text, but this is an xz file: unpack it with',
    ],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0]), 'expected text, but this is text in UTF-32: turn it'],
  ])('is told for %s', async (_, content, problem) => {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
    expect(await unpackFile(bytes)).toEqual([['exports', expect.stringContaining(`! ${problem}`)]]);
  });

  test.each([
    ['cut off', gzipSync('x'.repeat(9000)).subarray(0, 30), 'it is cut off, so get the whole file again'],
    ['broken', Buffer.concat([gzipSync('x').subarray(0, 12), Buffer.alloc(50, 0xff)]), 'it is broken there (invalid'],
  ])('is told for gzip that is %s', async (_, content, reason) => {
    expect(await unpackFile(content)).toEqual([
      ['exports', expect.stringContaining(`! expected gzip data up to its end: ${reason}`)],
    ]);
  });
});

describe('A source', () => {
  test.each<[string, Content]>([
    ['a file', 'text'],
    ['a packed file', gzipSync('text')],
    ['an empty file', ''],
  ])('that is %s is unpacked to itself, to be read as often as one likes', async (_, content) => {
    const source = await toFileSource(content);
    const [unpacked, ...others] = await toArray(unpackSource(source));
    expect(others).toEqual([]);
    expect(unpacked).toBe(source);
    expect(await readText(source)).toBe(await readText(source));
  });

  test('of stdin is read from its start, though its start was looked at', async () => {
    const text = 'abc'.repeat(1000);
    for (const content of [Buffer.from(text), gzipSync(text)]) {
      expect(await unpack(await toStdinSource(content, 7))).toEqual([['stdin', text]]);
    }
  });

  test('that cannot be opened says so when it is read', async () => {
    const [source] = await findSources([await toFile('')], Readable.from([]));
    const unreadable = { ...source, stored: { ...source?.stored, open: () => failing() } } as Source;
    async function* failing() {
      yield Buffer.from('');
      throw new Error('EACCES');
    }
    const [unpacked] = await toArray(unpackSource(unreadable));
    expect(unpacked).toBe(unreadable);
  });
});

describe('An archive', () => {
  const files = {
    'us-west-2/runs.json': '{"assessmentRuns": []}',
    './0-R0000001/telemetry.json': '{}',
    '/home/me/a.json': 'absolute',
    'leer.json': '',
    'us-west-2/.DS_Store': 'hidden',
    '.git/config': 'hidden',
    '__MACOSX/us-west-2/._runs.json': 'hidden',
  };
  const expected = (name: string) => [
    [`${name}/us-west-2/runs.json`, '{"assessmentRuns": []}'],
    [`${name}/0-R0000001/telemetry.json`, '{}'],
    [`${name}/home/me/a.json`, 'absolute'],
    [`${name}/leer.json`, ''],
  ];

  const makers: [string, () => Promise<Buffer>][] = [
    ['zip', async () => zipOf({ 'us-west-2/': '', ...files })],
    ['tar', async () => toTar(files)],
    ['tar.gz', async () => gzipSync(await toTar(files))],
    ['zip.gz', async () => gzipSync(zipOf(files))],
  ];

  test.each(makers)('in %s gives its files by their paths, without hidden ones, whatever its name', async (_, make) => {
    expect(await unpackFile(await make())).toEqual(expected('exports'));
  });

  test.each(makers)('in %s gives them from stdin, too, and leaves nothing behind', async (_, make) => {
    const isOurs = (name: string) => name.startsWith('inspector-gateway-') && name.endsWith('.zip');
    const before = readdirSync(tmpdir()).filter(isOurs);
    expect(await unpack(await toStdinSource(await make()))).toEqual(expected('stdin'));
    expect(readdirSync(tmpdir()).filter(isOurs)).toEqual(before);
  });

  test.each(makers)('in %s can be walked as often as one likes, reading some of its files', async (_, make) => {
    const source = await toFileSource(await make());
    for (const wanted of ['leer.json', 'runs.json', 'telemetry.json']) {
      const texts: string[] = [];
      for await (const file of unpackSource(source)) if (file.name.endsWith(wanted)) texts.push(await readText(file));
      expect(texts).toHaveLength(1);
    }
  });

  test.each(makers)('in %s can be left in the middle of a file', async (_, make) => {
    const source = await toFileSource(await make());
    for await (const file of unpackSource(source)) {
      for await (const _chunk of file.read()) break;
      break;
    }
    expect(await unpack(source)).toEqual(expected('exports'));
  });

  test.each(makers)('in %s gives files that can be read while they are the current one', async (_, make) => {
    const [first, ...others] = await toArray(unpackSource(await toFileSource(await make())));
    expect([first, ...others].map((file) => file?.isRepeatable)).toEqual([false, false, false, false]);
    await expect(readText(first as Source)).rejects.toThrow(/can be read once, while it is the current file$/);
  });

  test.each(makers)('in %s counts no more bytes than it has', async (_, make) => {
    const source = await toFileSource(await make());
    let bytes = 0;
    for await (const file of unpackSource(source)) await readBytes(file, (read) => (bytes += read));
    const size = source.sizeBytes as number;
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(size);
  });

  test('of large files counts nearly all of its bytes', async () => {
    const large = Object.fromEntries(
      [1, 2, 3].map((number) => [
        `${number}.json`,
        Buffer.from(Array.from({ length: 400_000 }, () => Math.random() * 256)),
      ]),
    );
    for (const content of [zipOf(large), await toTar(large), gzipSync(await toTar(large))]) {
      const source = await toFileSource(content);
      let bytes = 0;
      for await (const file of unpackSource(source)) {
        await readBytes(file, (read) => (bytes += read)).catch(() => {});
      }
      expect(bytes / content.length).toBeGreaterThan(0.95);
      expect(bytes / content.length).toBeLessThanOrEqual(1);
    }
  });

  test('gives what archives in it hold, and text of the encoding that was said', async () => {
    const latin1 = Buffer.from('Möhs', 'latin1');
    const inner = zipOf({
      'a.txt': latin1,
      'b.tgz': gzipSync(await toTar({ 'c.txt': latin1, 'd.txt.gz': gzipSync(latin1) })),
    });
    const source = await toFileSource(await toTar({ 'x/inner.zip': inner, 'e.txt': latin1 }), { encoding: 'latin1' });
    expect(await unpack(source)).toEqual([
      ['exports/x/inner.zip/a.txt', 'Möhs'],
      ['exports/x/inner.zip/b.tgz/c.txt', 'Möhs'],
      ['exports/x/inner.zip/b.tgz/d.txt.gz', 'Möhs'],
      ['exports/e.txt', 'Möhs'],
    ]);
  });

  test('of tar passes over a large file that is hidden, however its bytes come', async () => {
    const tar = await toTar({ '.hidden': 'x'.repeat(100_000), 'a.json': '{}' });
    expect(await unpack(await toStdinSource(tar, 700))).toEqual([['stdin/a.json', '{}']]);
  });

  test('that is stored as it is, and not packed, is one as well', async () => {
    const zip = toZip([{ name: 'a.json', content: '{}', isStored: true }]);
    expect(await unpackFile(zip)).toEqual([['exports/a.json', '{}']]);
  });

  test('of Windows has its paths with backslashes and in the code page of DOS', async () => {
    const zip = toZip([{ name: 'us-west-2\\M\x94hs.json', content: '{}', flags: 0 }]);
    // The test writes names in UTF-8: put the byte that DOS has.
    const dos = Buffer.from(zip.toString('latin1').replaceAll('M\xc2\x94hs', 'M\x94\x94hs'), 'latin1');
    expect(await unpackFile(dos)).toEqual([['exports/us-west-2/Möö' + 'hs.json', '{}']]);
  });
});

describe('An archive that cannot be taken tells why for', () => {
  const nested = async (depth: number): Promise<Buffer> =>
    depth === 0 ? Buffer.from('{}') : zipOf({ 'a.json': await nested(depth - 1) });
  const tarOf = async (entry: TarEntry) => Buffer.from(await packTar([entry, toEntry(['b.json', '{}'])]));

  test.each<[string, () => Promise<Buffer>, [string, string][]]>([
    [
      'archives within archives',
      () => nested(4),
      [['exports/a.json/a.json/a.json', 'expected at most 3 archives inside one another: unpack the outer ones first']],
    ],
    [
      'gzip within gzip',
      async () => gzipSync(gzipSync(gzipSync(gzipSync('{}')))),
      [['exports', 'expected it to be packed by gzip at most 3 times, one time inside the other']],
    ],
    [
      'gzip within gzip in an archive',
      async () => toTar({ 'a.gz': gzipSync(gzipSync(gzipSync(gzipSync('{}')))), 'b.json': '{}' }),
      [
        ['exports/a.gz', 'expected it to be packed by gzip at most 3 times, one time inside the other'],
        ['exports/b.json', '{}'],
      ],
    ],
    [
      'one encrypted file',
      async () =>
        toZip([
          { name: 'a.json', content: '{}', flags: 1 },
          { name: 'b.json', content: '{}' },
        ]),
      [
        [
          'exports/a.json',
          'expected no password, but the zip archive has encrypted it: unpack it with its password first',
        ],
        ['exports/b.json', '{}'],
      ],
    ],
    [
      'another way of packing',
      async () => toZip([{ name: 'a.json', content: '{}', method: 9 }]),
      [['exports/a.json', 'expected the zip archive to pack it by deflate, but got Deflate64, as Windows does with']],
    ],
    [
      'a link in a zip archive',
      async () => toZip([{ name: 'a.json', content: '../x', unixMode: 0o120777 }]),
      [['exports/a.json', 'expected a file, but the zip archive holds a link: pack it again without --symlinks']],
    ],
    [
      'a link in a tar archive',
      () => tarOf({ header: { name: 'a.json', size: 0, type: 'symlink', linkname: 'x' } }),
      [
        [
          'exports/a.json',
          'expected a file, but the tar archive holds a link to "x": pack it again with tar --dereference',
        ],
        ['exports/b.json', '{}'],
      ],
    ],
    [
      'a second name of a file in a tar archive',
      () => tarOf({ header: { name: 'a.json', size: 0, type: 'link', linkname: 'x' } }),
      [
        [
          'exports/a.json',
          'expected a file, but the tar archive holds a link to "x": pack it again with tar --hard-dereference',
        ],
        ['exports/b.json', '{}'],
      ],
    ],
    [
      'a pipe',
      () => tarOf({ header: { name: 'a.json', size: 0, type: 'fifo' } }),
      [
        ['exports/a.json', 'expected a file, but the tar archive holds a device or a pipe of that name'],
        ['exports/b.json', '{}'],
      ],
    ],
    [
      'a name that leads out of it',
      async () => zipOf({ '../../etc/passwd': 'x', 'b.json': '{}' }),
      [
        [
          'exports/../../etc/passwd',
          'expected a name inside the archive, but "../../etc/passwd" leads out of it: if you',
        ],
        ['exports/b.json', '{}'],
      ],
    ],
    [
      'a file that is not what the archive says',
      async () =>
        toZip([
          { name: 'a.json', content: '{}', crc: 7 },
          { name: 'b.json', content: '{}' },
        ]),
      [
        ['exports/a.json', 'expected a zip archive that is whole, but this is broken: get it again'],
        ['exports/b.json', '{}'],
      ],
    ],
    [
      'a zip archive that is cut off',
      async () => zipOf({ 'a.json': '{}' }).subarray(0, 60),
      [['exports', 'expected a zip archive up to its end, but it is cut off: get the whole file again']],
    ],
    [
      'a zip archive whose directory is broken',
      async () => {
        const zip = zipOf({ 'a.json': '{}' });
        zip[zip.lastIndexOf('PK\x01\x02')] = 0;
        return zip;
      },
      [['exports', 'expected a zip archive that is whole, but this is broken: get it again']],
    ],
    [
      'a part of a zip archive',
      async () => {
        const zip = zipOf({ 'a.json': '{}' });
        zip.writeUInt16LE(1, zip.length - 18);
        return zip;
      },
      [['exports', 'expected a whole zip archive, but this is one of several parts: join and unpack them first']],
    ],
    [
      'a tar archive that is cut off in a file',
      async () => (await toTar({ 'a.json': 'x'.repeat(5000) })).subarray(0, 2000),
      [
        ['exports/a.json', 'expected a tar archive up to its end, but it is cut off: get the whole file again'],
        ['exports', 'expected a tar archive up to its end, but it is cut off: get the whole file again'],
      ],
    ],
    [
      'a tar archive that is broken',
      async () => (await toTar({ 'a.json': '{}', 'b.json': '{}' })).fill('x', 1024 + 100, 1024 + 120),
      [
        ['exports/a.json', '{}'],
        ['exports', 'expected a tar archive that is whole, but this is broken: get it again'],
      ],
    ],
    [
      'a packed tar archive that is cut off',
      async () =>
        gzipSync(
          await toTar({ 'a.json': Buffer.from(Array.from({ length: 200_000 }, () => Math.random() * 256)) }),
        ).subarray(0, 100_000),
      [
        ['exports/a.json', 'expected gzip data up to its end: it is cut off, so get the whole file again'],
        ['exports', 'expected gzip data up to its end: it is cut off, so get the whole file again'],
      ],
    ],
    [
      'a zip archive with nothing in it',
      async () => zipOf({}),
      [['exports', 'expected files in it, but the zip archive holds none']],
    ],
    [
      'an Excel workbook',
      async () => zipOf({ '[Content_Types].xml': '', 'xl/workbook.xml': '' }),
      [
        [
          'exports',
          'expected JSON or YAML, but this is an Excel workbook: import the JSON or YAML that the AWS CLI or',
        ],
      ],
    ],
    [
      'a Word document in an archive',
      async () => zipOf({ 'a.docx': zipOf({ 'word/document.xml': '' }), 'b.json': '{}' }),
      [
        [
          'exports/a.docx',
          'expected JSON or YAML, but this is a Word document: import the JSON or YAML that the AWS CLI',
        ],
        ['exports/b.json', '{}'],
      ],
    ],
  ])('%s', async (_, make, problems) => {
    const told = await unpackFile(await make());
    expect(told.map(([name]) => name)).toEqual(problems.map(([name]) => name));
    for (const [place, [, text]] of told.entries()) {
      expect(text.replace(/^! /, '')).toContain(problems[place]?.[1]);
    }
  });
});

describe('Unpacking ends with a message for', () => {
  const limits: UnpackLimits = { ...UNPACK_LIMITS, freeBytes: 100_000, ratio: 50 };
  const ZEROS = Buffer.alloc(5_000_000);
  const TOO_MUCH =
    '! expected it to unpack to at most 50 times its size, as exports do: to import it all the same, unpack';

  test.each<[string, () => Promise<Buffer>, string]>([
    ['a zip bomb', async () => zipOf({ 'a.json': ZEROS }), 'exports/a.json'],
    ['a packed bomb in a tar archive', async () => gzipSync(await toTar({ 'a.json': ZEROS })), 'exports/a.json'],
    ['a bomb in an archive', async () => zipOf({ 'b.zip': zipOf({ 'a.json': ZEROS }) }), 'exports/b.zip/a.json'],
  ])('%s', async (_, make, name) => {
    const told = await unpackFile(await make(), limits);
    expect(told[0]).toEqual([name, expect.stringContaining(TOO_MUCH)]);
  });

  test('many names of one file', async () => {
    const zip = toZip([{ name: 'a.json', content: ZEROS.subarray(0, 90_000) }], { repeatedTimes: 200 });
    const told = await unpackFile(zip, limits);
    expect(told.at(-1)?.[1]).toContain(TOO_MUCH);
    expect(told[0]?.[1]).toHaveLength(90_000);
  });

  test('plain gzip of more than exports ever come to', async () => {
    const bomb = gzipSync(Buffer.alloc(UNPACK_LIMITS.freeBytes + 1_000_000));
    const source = await toFileSource(bomb);
    let bytes = 0;
    await expect(
      (async () => {
        for await (const chunk of source.read()) bytes += chunk.length;
      })(),
    ).rejects.toThrow(/^expected it to unpack to at most 300 times its size/);
    expect(bytes).toBeLessThanOrEqual(UNPACK_LIMITS.freeBytes);
  });

  test('too many files', async () => {
    const files = Object.fromEntries([1, 2, 3, 4].map((number) => [`${number}.json`, '{}']));
    for (const content of [zipOf(files), await toTar(files)]) {
      expect(await unpackFile(content, { ...UNPACK_LIMITS, entries: 3 })).toEqual([
        ['exports/1.json', '{}'],
        ['exports/2.json', '{}'],
        ['exports/3.json', '{}'],
        ['exports', '! expected at most 3 files in an archive: unpack it first'],
      ]);
    }
  });

  test('a zip archive that is too large for a temporary file', async () => {
    const inner = toZip([{ name: 'a.json', content: '{}'.repeat(1000), isStored: true }]);
    expect(await unpackFile(await toTar({ 'a.zip': inner }), { ...UNPACK_LIMITS, spooledBytes: 1000 })).toEqual([
      [
        'exports/a.zip',
        '! expected a zip archive that is not a file of its own to have at most 1000 bytes: save or unpack it first',
      ],
    ]);
  });
});
