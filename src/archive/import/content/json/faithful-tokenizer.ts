import { Tokenizer } from '@streamparser/json';
import { UnsafeNumber } from '../../../documents.js';

/** Keeps numbers that JavaScript cannot hold from being rounded, and U+FEFF in text. */
export class FaithfulTokenizer extends Tokenizer {
  constructor() {
    super({ separator: '' });
    // Its own decoder takes each U+FEFF after which a piece of text begins for a byte order mark, and drops it.
    const { bufferedString } = this as unknown as { bufferedString: { decoder: unknown } };
    bufferedString.decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  }

  protected override parseNumber(text: string): number {
    const number = Number(text);
    // Behind a point, what is left of 2^53 is less.
    const isFaithful = Math.abs(number) <= (/\.\d*[1-9]/.test(text) ? MAX_FRACTIONAL : Number.MAX_SAFE_INTEGER);
    return isFaithful ? number : (new UnsafeNumber(text) as unknown as number);
  }
}

/** From here on every other number with halves is rounded. */
const MAX_FRACTIONAL = 2 ** 52;
