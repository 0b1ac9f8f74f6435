/** Half of the bits, since bitwise operators know 32 of them and a number 53. */
const HALF = 26;
const LENGTH = 3;

/** A name's trigrams as 52 bits. A name can only match a pattern whose bits it has, which is much cheaper than LIKE. */
export function toNameBitmap(name: string): number {
  return toPatternBitmap(name.replaceAll('*', '\0'));
}

/** The bits of every name that matches a pattern, in which `*` stands for any text. */
export function toPatternBitmap(pattern: string): number {
  let [low, high] = [0, 0];
  for (const part of pattern.split('*')) {
    for (let index = 0; index + LENGTH <= part.length; index += 1) {
      const characters = part.charCodeAt(index) * 961 + part.charCodeAt(index + 1) * 31 + part.charCodeAt(index + 2);
      const bit = characters % (2 * HALF);
      if (bit < HALF) low |= 1 << bit;
      else high |= 1 << (bit - HALF);
    }
  }
  return high * 2 ** HALF + low;
}
