import { crc32, deflateRawSync } from 'node:zlib';

/** A file of a zip archive, and what of its entry is to be out of the ordinary. */
export interface ZippedFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly isStored?: boolean;
  /** Instead of those that there are. */
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly unixMode?: number;
}

/** A zip archive, made after APPNOTE.TXT; `repeatedTimes` lists every file so often, as overlapping bombs do. */
export function toZip(files: readonly ZippedFile[], { repeatedTimes = 1 } = {}): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, content, isStored = false, method, flags = 0x800, crc, unixMode = 0o100644 } of files) {
    const data = Buffer.from(content as Uint8Array);
    const packed = isStored ? data : deflateRawSync(data);
    const nameBytes = Buffer.from(name);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(flags, 2);
    shared.writeUInt16LE(method ?? (isStored ? 0 : 8), 4);
    shared.writeUInt32LE(crc ?? crc32(data), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(data.length, 18);
    shared.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, nameBytes, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((unixMode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    const central = Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), shared, rest, nameBytes]);
    locals.push(local);
    for (let time = 0; time < repeatedTimes; time += 1) centrals.push(central);
    offset += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(centrals.length, 8);
  end.writeUInt16LE(centrals.length, 10);
  end.writeUInt32LE(Buffer.concat(centrals).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...centrals, end]);
}
