import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { POSITION_KEY_BYTES, sealPosition, unsealPosition } from '../src/archive/store/sealed-position.js';

const key = randomBytes(POSITION_KEY_BYTES);
const id = fc.integer({ min: 1, max: 2 ** 31 - 1 });

describe('A sealed position', () => {
  test('is read by its key, for its own place and nothing else', () => {
    fc.assert(
      fc.property(id, fc.string(), fc.string(), (id, place, other) => {
        const sealed = sealPosition(key, id, place);
        expect(sealed).toBe(sealPosition(key, id, place));
        expect(unsealPosition(key, sealed, place)).toBe(id);
        if (other !== place) expect(unsealPosition(key, sealed, other)).toBeNull();
        expect(unsealPosition(randomBytes(POSITION_KEY_BYTES), sealed, place)).toBeNull();
      }),
    );
  });

  test('does not show its id: neighbours have nothing in common', () => {
    const bytesOf = (id: number) => [...Buffer.from(sealPosition(key, id, 'list'), 'base64url')];
    const [one, next] = [bytesOf(1), bytesOf(2)];
    expect(one).toHaveLength(16);
    // By chance one byte in 256 is the same.
    expect(one.filter((byte, place) => byte === next[place]).length).toBeLessThan(6);
  });

  test.each(['', 'x', 'MS5hYmM', 'AAAAAAAAAAAAAAAAAAAAAA', '!'.repeat(22), 'A'.repeat(300)])(
    'is nothing like %j',
    (text) => {
      expect(unsealPosition(key, text, 'list')).toBeNull();
    },
  );

  test('changed in any way is none', () => {
    const sealed = sealPosition(key, 7, 'list');
    for (const text of [`${sealed}=`, `${sealed}A`, ` ${sealed}`, sealed.slice(1), sealed.toLowerCase()])
      expect(unsealPosition(key, text, 'list')).toBeNull();
    for (let place = 0; place < 16; place += 1) {
      const bytes = Buffer.from(sealed, 'base64url').map((byte, at) => (at === place ? byte ^ 1 : byte));
      expect(unsealPosition(key, Buffer.from(bytes).toString('base64url'), 'list')).toBeNull();
    }
  });
});
