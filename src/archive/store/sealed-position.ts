import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

/*
 * Positions in tokens of pages. A position is the id of a row, and ids count what the whole archive has: in plain text they
 * would tell a caller how much there is that the caller may not see. They are sealed with a key of the archive, so that a
 * token is valid after a restart and at other replicas.
 */

const CIPHER_KEY_BYTES = 32;
/** A key for the cipher, and one for the digest. */
export const POSITION_KEY_BYTES = 2 * CIPHER_KEY_BYTES;

const CIPHER = 'aes-256-ecb';
const BLOCK_BYTES = 16;
const ID_BYTES = 4;
/** The largest id of PostgreSQL's integers. */
const MAX_ID = 2 ** 31 - 1;

/** The text of an id, and of a digest of what it is a position of: one block of the cipher, in which no two are alike. */
export function sealPosition(key: Buffer, id: number, place: unknown): string {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.writeUInt32BE(id);
  const digest = createHmac('sha256', key.subarray(CIPHER_KEY_BYTES))
    .update(JSON.stringify([id, place]))
    .digest();
  digest.copy(block, ID_BYTES);
  const cipher = createCipheriv(CIPHER, key.subarray(0, CIPHER_KEY_BYTES), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]).toString('base64url');
}

/** The id of such a text; null for what was never given for this place. */
export function unsealPosition(key: Buffer, text: string, place: unknown): number | null {
  const sealed = Buffer.from(text, 'base64url');
  if (sealed.length !== BLOCK_BYTES) return null;
  const decipher = createDecipheriv(CIPHER, key.subarray(0, CIPHER_KEY_BYTES), null).setAutoPadding(false);
  const id = Buffer.concat([decipher.update(sealed), decipher.final()]).readUInt32BE();
  // Base64 has several ways to write the same, of which only ours was ever given.
  return id > 0 && id <= MAX_ID && text === sealPosition(key, id, place) ? id : null;
}
