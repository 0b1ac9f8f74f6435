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
  /** The first bytes, in each way in which they begin. */
  readonly magic: readonly string[];
  readonly offset?: number;
}

/** https://www.garykessler.net/library/file_sigs.html, and the formats' own specifications. */
const signatures: readonly Signature[] = [
  { name: 'gzip', noun: 'a gzip file', advice: null, magic: ['\x1f\x8b'] },
  { name: 'zip', noun: 'a zip archive', advice: UNPACK, magic: ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08'] },
  { name: 'pdf', noun: 'a PDF file', advice: null, magic: ['%PDF-'] },
  { name: '7z', noun: 'a 7-Zip archive', advice: UNPACK, magic: ['7z\xbc\xaf\x27\x1c'] },
  { name: 'rar', noun: 'a RAR archive', advice: UNPACK, magic: ['Rar!\x1a\x07'] },
  { name: 'bzip2', noun: 'a bzip2 file', advice: 'unpack it with bzip2 -d', magic: ['1AY&SY'], offset: 4 },
  { name: 'xz', noun: 'an xz file', advice: 'unpack it with xz -d', magic: ['\xfd7zXZ\0'] },
  { name: 'zstd', noun: 'a Zstandard file', advice: 'unpack it with zstd -d', magic: ['\x28\xb5\x2f\xfd'] },
  { name: 'lz4', noun: 'an LZ4 file', advice: 'unpack it with lz4 -d', magic: ['\x04\x22\x4d\x18'] },
  { name: 'compress', noun: 'a .Z file', advice: 'unpack it with uncompress', magic: ['\x1f\x9d'] },
  { name: 'png', noun: 'a PNG image', advice: NO_DATA, magic: ['\x89PNG\r\n'] },
  { name: 'jpeg', noun: 'a JPEG image', advice: NO_DATA, magic: ['\xff\xd8\xff'] },
  { name: 'gif', noun: 'a GIF image', advice: NO_DATA, magic: ['GIF8'] },
  { name: 'parquet', noun: 'a Parquet file', advice: 'write its rows as JSON', magic: ['PAR1'] },
  { name: 'avro', noun: 'an Avro file', advice: 'write its rows as JSON', magic: ['Obj\x01'] },
  { name: 'arrow', noun: 'an Arrow file', advice: 'write its rows as JSON', magic: ['ARROW1'] },
  { name: 'sqlite', noun: 'an SQLite database', advice: NO_DATA, magic: ['SQLite format 3\0'] },
  {
    name: 'pickle',
    noun: 'a Python pickle',
    advice: 'load it and write it with json.dump',
    magic: ['\x80\x02', '\x80\x03', '\x80\x04\x95', '\x80\x05\x95'],
  },
  { name: 'ole', noun: 'an old Office document', advice: NO_DATA, magic: ['\xd0\xcf\x11\xe0\xa1\xb1'] },
  { name: 'java', noun: 'a serialized Java object', advice: NO_DATA, magic: ['\xac\xed\x00\x05'] },
  { name: 'elf', noun: 'a program', advice: NO_DATA, magic: ['\x7fELF'] },
  { name: 'salted', noun: 'a file that OpenSSL has encrypted', advice: 'decrypt it first', magic: ['Salted__'] },
  {
    name: 'utf-32',
    noun: 'text in UTF-32',
    advice: 'turn it into UTF-8: iconv -f UTF-32 -t UTF-8 FILE',
    magic: ['\xff\xfe\0\0', '\0\0\xfe\xff'],
  },
];

const tar: FileType = { name: 'tar', noun: 'a tar archive', advice: UNPACK };

/** The type of the content that begins like this; null for text and for what is not known. */
export function detectFileType(head: Uint8Array): FileType | null {
  const known = signatures.find(({ magic, offset = 0 }) =>
    magic.some((bytes) => [...bytes].every((byte, index) => head[offset + index] === byte.charCodeAt(0))),
  );
  return known ?? (isTarHeader(head) ? tar : null);
}

/** Checks the header's sum at offset 148 (POSIX pax, "ustar Interchange Format"), which archives before ustar have, too. */
function isTarHeader(head: Uint8Array): boolean {
  if (head.length < HEAD_BYTES || head[0] === 0) return false;
  const stated = String.fromCharCode(...head.subarray(148, 156));
  if (!/^ *[0-7]{1,7}[ \0]+$/.test(stated)) return false;
  const sum = head.subarray(0, HEAD_BYTES).reduce((total, byte, index) => {
    return total + (index >= 148 && index < 156 ? 0x20 : byte);
  }, 0);
  return sum === Number.parseInt(stated, 8);
}
