/** What content is by its first bytes. */
export interface FileType {
  readonly name: string;
  /** What people call it, with its article. */
  readonly noun: string;
  /** What to do to import what is in it; null where the importer reads it itself. */
  readonly advice: string | null;
}

/** How many bytes tell every type: a tar archive is told by its first header. */
export const HEAD_BYTES = 512;

const UNPACK = 'unpack it and import the files in it';
const NO_DATA = 'import the JSON or YAML that the AWS CLI or an SDK wrote';

interface Signature extends FileType {
  readonly magic: readonly number[] | string;
  readonly offset?: number;
}

/** https://www.garykessler.net/library/file_sigs.html, and the formats' own specifications. */
const signatures: readonly Signature[] = [
  { name: 'gzip', noun: 'a gzip file', advice: null, magic: [0x1f, 0x8b] },
  { name: 'zip', noun: 'a zip archive', advice: UNPACK, magic: 'PK\x03\x04' },
  { name: 'zip', noun: 'a zip archive', advice: UNPACK, magic: 'PK\x05\x06' },
  { name: 'zip', noun: 'a zip archive', advice: UNPACK, magic: 'PK\x07\x08' },
  { name: 'pdf', noun: 'a PDF file', advice: null, magic: '%PDF-' },
  { name: '7z', noun: 'a 7-Zip archive', advice: UNPACK, magic: '7z\xbc\xaf\x27\x1c' },
  { name: 'rar', noun: 'a RAR archive', advice: UNPACK, magic: 'Rar!\x1a\x07' },
  { name: 'bzip2', noun: 'a bzip2 file', advice: 'unpack it with bzip2 -d', magic: '1AY&SY', offset: 4 },
  { name: 'xz', noun: 'an xz file', advice: 'unpack it with xz -d', magic: '\xfd7zXZ\0' },
  { name: 'zstd', noun: 'a Zstandard file', advice: 'unpack it with zstd -d', magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: 'lz4', noun: 'an LZ4 file', advice: 'unpack it with lz4 -d', magic: [0x04, 0x22, 0x4d, 0x18] },
  { name: 'compress', noun: 'a .Z file', advice: 'unpack it with uncompress', magic: [0x1f, 0x9d] },
  { name: 'png', noun: 'a PNG image', advice: NO_DATA, magic: '\x89PNG\r\n' },
  { name: 'jpeg', noun: 'a JPEG image', advice: NO_DATA, magic: [0xff, 0xd8, 0xff] },
  { name: 'gif', noun: 'a GIF image', advice: NO_DATA, magic: 'GIF8' },
  { name: 'parquet', noun: 'a Parquet file', advice: 'write its rows as JSON', magic: 'PAR1' },
  { name: 'avro', noun: 'an Avro file', advice: 'write its rows as JSON', magic: 'Obj\x01' },
  { name: 'arrow', noun: 'an Arrow file', advice: 'write its rows as JSON', magic: 'ARROW1' },
  { name: 'sqlite', noun: 'an SQLite database', advice: NO_DATA, magic: 'SQLite format 3\0' },
  { name: 'pickle', noun: 'a Python pickle', advice: 'load it and write it with json.dump', magic: [0x80, 0x02] },
  { name: 'pickle', noun: 'a Python pickle', advice: 'load it and write it with json.dump', magic: [0x80, 0x03] },
  { name: 'pickle', noun: 'a Python pickle', advice: 'load it and write it with json.dump', magic: [0x80, 0x04, 0x95] },
  { name: 'pickle', noun: 'a Python pickle', advice: 'load it and write it with json.dump', magic: [0x80, 0x05, 0x95] },
  { name: 'ole', noun: 'an old Office document', advice: NO_DATA, magic: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1] },
  { name: 'java', noun: 'a serialized Java object', advice: NO_DATA, magic: [0xac, 0xed, 0x00, 0x05] },
  { name: 'elf', noun: 'a program', advice: NO_DATA, magic: '\x7fELF' },
  { name: 'salted', noun: 'a file that OpenSSL has encrypted', advice: 'decrypt it first', magic: 'Salted__' },
  {
    name: 'utf-32',
    noun: 'text in UTF-32',
    advice: 'turn it into UTF-8: iconv -f UTF-32 -t UTF-8 FILE',
    magic: [0xff, 0xfe, 0, 0],
  },
  {
    name: 'utf-32',
    noun: 'text in UTF-32',
    advice: 'turn it into UTF-8: iconv -f UTF-32 -t UTF-8 FILE',
    magic: [0, 0, 0xfe, 0xff],
  },
];

const tar: FileType = { name: 'tar', noun: 'a tar archive', advice: UNPACK };

/** The type of the content that begins like this; null for text and for what is not known. */
export function detectFileType(head: Uint8Array): FileType | null {
  const known = signatures.find(({ magic, offset = 0 }) =>
    [...magic].every((byte, place) => head[offset + place] === (typeof byte === 'string' ? byte.charCodeAt(0) : byte)),
  );
  return known ?? (isTarHeader(head) ? tar : null);
}

/**
 * A tar header has the sum of its own bytes at offset 148, with blanks in the sum's place (POSIX pax, "ustar Interchange
 * Format"); older archives than those that say `ustar` have it, too.
 */
function isTarHeader(head: Uint8Array): boolean {
  if (head.length < HEAD_BYTES || head[0] === 0) return false;
  const stated = String.fromCharCode(...head.subarray(148, 156));
  if (!/^ *[0-7]{1,7}[ \0]+$/.test(stated)) return false;
  const sum = head.subarray(0, HEAD_BYTES).reduce((total, byte, place) => {
    return total + (place >= 148 && place < 156 ? 0x20 : byte);
  }, 0);
  return sum === Number.parseInt(stated, 8);
}
