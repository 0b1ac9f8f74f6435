/** Text that is not JSON, or no document that can be taken. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';

  constructor(
    message: string,
    /** What is wrong, and where: the line, from 1, with its bytes as far as they are at hand. */
    readonly at: {
      readonly kind: 'syntax' | 'end' | 'encoding' | 'limit';
      readonly line: number;
      readonly bytes: Uint8Array;
    },
  ) {
    super(message);
  }
}

/** Deeper than anything that was written on purpose. */
export const MAX_DEPTH = 64;

/** Of text that is not UTF-8. */
export function createEncodingError(line: number, bytes: Uint8Array): JsonSyntaxError {
  return new JsonSyntaxError(`line ${line}: expected text in UTF-8`, { kind: 'encoding', line, bytes });
}

/** Of what is deeper than `MAX_DEPTH`. */
export function createDepthError(line: number): JsonSyntaxError {
  return createLimitError(line, `lists and objects at most ${MAX_DEPTH} deep in each other`);
}

/** An object would take over what is in such a member. */
export function createPrototypeError(line: number): JsonSyntaxError {
  return createLimitError(line, 'no member of the name __proto__');
}

/** Of JSON that is not taken. */
export function createLimitError(line: number, expectation: string): JsonSyntaxError {
  const message = `line ${line}: expected ${expectation}`;
  return new JsonSyntaxError(message, { kind: 'limit', line, bytes: new Uint8Array() });
}
