import { type Tokenizer, TokenizerError, TokenType } from '@streamparser/json';
import { show } from '../../../documents.js';
import { FaithfulTokenizer } from './faithful-tokenizer.js';
import { type Detach, Detached, type JsonDocument } from './json-document.js';
import {
  createDepthError,
  createEncodingError,
  createLimitError,
  createPrototypeError,
  JsonSyntaxError,
  MAX_DEPTH,
} from './json-syntax-error.js';
import { ListBuilder } from './pruned-value.js';

/** What a document may hold that is not detached; in memory it is several times as large. */
const MAX_DOCUMENT_BYTES = 40 * 1024 * 1024;

/** As much of a line as tells what it is. */
const MAX_SHOWN_BYTES = 2000;

/** What ends a line. */
export const NEWLINE = 0x0a;

/** A list or object that is still open. */
interface Frame {
  readonly list: ListBuilder | null;
  readonly members: Record<string, unknown> | null;
  readonly start: number;
  /** Bytes of what has been detached from it. */
  detachedBytes: number;
  /** Where the next value goes. */
  key: string | number;
}

/** What may come next. */
type Expectation = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end';

/** Builds trees of the tokens of text that comes in pieces; each piece is of one line. */
export function createTreeBuilder(detach: Detach, onDocument: (document: JsonDocument) => void) {
  const frames: Frame[] = [];
  let path: (string | number)[] = [];
  let expectation: Expectation = 'value';
  /** How many of the open frames are lists at the top, whose items are documents. */
  let outerLists = 0;
  let line = 1;
  let documentLine = 1;
  let documentStart = 0;
  let piece: Uint8Array = new Uint8Array();
  let written = 0;
  const tokenizer = createTokenizer();

  function createTokenizer(): Tokenizer {
    const created = new FaithfulTokenizer();
    created.onError = (error) => {
      throw error;
    };
    created.onToken = ({ token, value, offset }) => take(token, value, offset);
    return created;
  }

  function take(token: TokenType, value: unknown, offset: number): void {
    switch (token) {
      case TokenType.LEFT_BRACE:
      case TokenType.LEFT_BRACKET:
        expect('value');
        open(token === TokenType.LEFT_BRACKET, offset);
        return;
      case TokenType.RIGHT_BRACE:
        expect('name or end');
        close(offset + 1, 'object');
        return;
      case TokenType.RIGHT_BRACKET:
        expect('value or end');
        close(offset + 1, 'list');
        return;
      case TokenType.COMMA: {
        expect('comma or end');
        const frame = frames.at(-1);
        if (frame === undefined) throw fail();
        expectation = frame.list === null ? 'name' : 'value';
        if (frame.list !== null) frame.key = (frame.key as number) + 1;
        return;
      }
      case TokenType.COLON:
        expect('colon');
        expectation = 'value';
        return;
      case TokenType.SEPARATOR:
        return;
      default:
        if (expectation.startsWith('name')) {
          if (token !== TokenType.STRING) throw fail();
          const frame = frames.at(-1) as Frame;
          frame.key = value as string;
          if (frame.key === '__proto__') throw createPrototypeError(line);
          if (Object.hasOwn(frame.members as object, frame.key)) {
            const name = JSON.stringify(frame.key);
            throw createLimitError(line, `each member of an object once, but got ${name} twice`);
          }
          expectation = 'colon';
          return;
        }
        expect('value');
        if (frames.length === outerLists) documentLine = line;
        add(value, 0);
    }

    function expect(what: Expectation): void {
      const isFine =
        expectation === what ||
        (what === 'value' && expectation === 'value or end') ||
        (what === 'name or end' && expectation === 'comma or end' && frames.at(-1)?.members !== null) ||
        (what === 'value or end' && expectation === 'comma or end' && frames.at(-1)?.list !== null);
      if (!isFine) fail();
    }
  }

  function fail(): never {
    throw createError(
      `line ${line}: expected JSON, but got ${show(Buffer.from(piece.subarray(0, MAX_SHOWN_BYTES)).toString().trim())}`,
      'syntax',
    );
  }

  function createError(message: string, kind: JsonSyntaxError['at']['kind']): JsonSyntaxError {
    return new JsonSyntaxError(message, { kind, line, bytes: piece });
  }

  function open(isList: boolean, offset: number): void {
    if (frames.length >= MAX_DEPTH) throw createDepthError(line);
    if (frames.length > outerLists) path.push((frames.at(-1) as Frame).key);
    else {
      documentLine = line;
      documentStart = offset;
      path = [];
    }
    const frame: Frame = {
      list: isList ? new ListBuilder(detach, [...path], documentLine) : null,
      members: isList ? null : {},
      start: offset,
      detachedBytes: 0,
      key: 0,
    };
    if (isList && frames.length === outerLists) outerLists += 1;
    frames.push(frame);
    expectation = isList ? 'value or end' : 'name or end';
  }

  function close(end: number, type: 'object' | 'list'): void {
    const frame = frames.pop() as Frame;
    if ((frame.list !== null) !== (type === 'list')) fail();
    if (frames.length < outerLists) {
      outerLists -= 1;
      afterValue();
      return;
    }
    const value = frame.list?.end() ?? detach(frame.members as object, path, documentLine) ?? frame.members;
    const isDetached = value instanceof Detached;
    if (frames.length > outerLists) path.pop();
    add(value, isDetached ? end - frame.start : frame.detachedBytes);
  }

  function add(value: unknown, detachedBytes: number): void {
    const frame = frames.at(-1);
    if (frames.length === outerLists) {
      onDocument({ line: documentLine, value });
      documentStart = written;
    } else if (frame !== undefined) {
      frame.detachedBytes += detachedBytes;
      if (frame.list !== null) frame.list.add(value);
      else (frame.members as Record<string, unknown>)[frame.key as string] = value;
    }
    afterValue();
  }

  function afterValue(): void {
    expectation = frames.length === 0 ? 'value' : 'comma or end';
  }

  function heldBytes(): number {
    return written - documentStart - frames.reduce((sum, { detachedBytes }) => sum + detachedBytes, 0);
  }

  /** The tokenizer's words are about its states; what people need is the place. */
  function guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (error instanceof TokenizerError) fail();
      if ((error as { code?: unknown }).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
      throw createEncodingError(line, piece);
    }
  }

  return {
    isBetweenDocuments: () => frames.length === 0 && (piece.length === 0 || piece.at(-1) === NEWLINE),
    /** Takes a line, or a part of one. */
    write(bytes: Uint8Array, itsLine: number): void {
      // Behind no bytes it would seem to be between documents, in the middle of text.
      if (bytes.length === 0) return;
      line = itsLine;
      piece = bytes;
      written += bytes.length;
      guard(() => tokenizer.write(bytes));
      if (heldBytes() <= MAX_DOCUMENT_BYTES) return;
      const beginning = frames.length > outerLists ? documentLine : line;
      throw createLimitError(
        beginning,
        `a document with at most ${MAX_DOCUMENT_BYTES / 1024 / 1024} MiB of what is not Inspector Classic's: split it, ` +
          'for example with jq -c',
      );
    },
    end(itsLine: number): void {
      line = itsLine;
      try {
        tokenizer.end();
      } catch (error) {
        if (error instanceof TokenizerError) throw createError(toEndMessage(), 'end');
        throw error;
      }
      if (frames.length > 0 || expectation !== 'value') throw createError(toEndMessage(), 'end');
    },
  };

  function toEndMessage(): string {
    return `line ${line}: expected JSON, but got the end of the file`;
  }
}
