/** Half of the bits of a signature, since bitwise operators know 32 of them and a number 53. */
const HALF = 26;
const LENGTH = 3;

/**
 * A number of 52 bits, of which each three characters in a row of a name set one that others may share. A name can only fit
 * a pattern whose bits it has: asking for them costs an engine a fraction of matching the pattern.
 */
export function toNameSignature(name: string): number {
  return toPatternSignature(name.replaceAll('*', '\0'));
}

/** The bits that every name has that fits the pattern, in which `*` stands for any text. */
export function toPatternSignature(pattern: string): number {
  let [low, high] = [0, 0];
  for (const part of pattern.split('*')) {
    for (let place = 0; place + LENGTH <= part.length; place += 1) {
      const characters = part.charCodeAt(place) * 961 + part.charCodeAt(place + 1) * 31 + part.charCodeAt(place + 2);
      const bit = characters % (2 * HALF);
      if (bit < HALF) low |= 1 << bit;
      else high |= 1 << (bit - HALF);
    }
  }
  return high * 2 ** HALF + low;
}
