import { isUtf8 } from 'node:buffer';
import { Tokenizer, TokenizerError, TokenType } from '@streamparser/json';
import { show, UnsafeNumber } from '../documents.js';

/** A JSON document: a value at the top of a file, or an item of a list there. */
export interface JsonDocument {
  /** Where it begins, from 1. */
  readonly line: number;
  /** What is left of it when `detach` has taken its parts. */
  readonly value: unknown;
}

/** What stands where something was detached. */
export class Detached {
  /** The runs and templates that it is of, as far as it says so; two stand for any number. */
  constructor(
    readonly runArns: ReadonlySet<string> = new Set(),
    readonly templateArns: ReadonlySet<string> = new Set(),
  ) {}

  /** In a message. */
  toJSON(): string {
    return '…';
  }

  and(other: Detached): Detached {
    return new Detached(unite(this.runArns, other.runArns), unite(this.templateArns, other.templateArns));
  }
}

function unite(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return one.size > 1 || (one.size === 1 && other.size === 0) ? one : new Set([...one, ...other].slice(0, 2));
}

/** The names and indexes that lead to a value in its document. */
export type JsonPath = readonly (string | number)[];

/**
 * Takes an object, or a list of text that grows long, out of a document, so that memory never holds more than what is not
 * known yet; null when it has to stay. It is called from the inside out.
 */
export type Detach = (value: object, path: JsonPath, line: number) => Detached | null;

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

/** What a document may hold that is not detached; in memory it is several times as large. */
const MAX_DOCUMENT_BYTES = 40 * 1024 * 1024;
/** A line up to this length is parsed at once by JSON.parse, which takes a fraction of a tokenizer's time. */
const MAX_WHOLE_LINE_BYTES = 1024 * 1024;
/** Deeper than anything that was written on purpose. */
const MAX_DEPTH = 64;
/** A list of text of this length is offered to `detach` while it goes on: nothing of the API has one that is nearly as long. */
const LONG_LIST_LENGTH = 50_000;

const NEWLINE = 0x0a;

/**
 * Reads JSON documents that follow one another, a line each or not, or stand in lists, from bytes in UTF-8: those that end
 * in a chunk of bytes together, often none. Throws a JsonSyntaxError.
 */
export async function* readJsonDocuments(
  chunks: AsyncIterable<Uint8Array>,
  detach: Detach,
): AsyncGenerator<readonly JsonDocument[]> {
  let documents: JsonDocument[] = [];
  const builder = createTreeBuilder(detach, (document) => documents.push(document));
  let line = 1;
  let rest: Uint8Array = new Uint8Array();
  let isFirst = true;

  function takeLine(bytes: Uint8Array, isBuffered: boolean): void {
    const document = isBuffered && builder.isBetweenDocuments() ? parseLine(bytes, line, detach) : undefined;
    if (document === undefined) builder.write(bytes, line);
    else if (document !== null) documents.push(...document);
  }

  function takeChunk(chunk: Uint8Array): void {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (isFirst && bytes.length >= BYTE_ORDER_MARK.length) {
      if (BYTE_ORDER_MARK.every((byte, place) => bytes[place] === byte)) bytes = bytes.subarray(BYTE_ORDER_MARK.length);
      isFirst = false;
    }
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      takeLine(bytes.subarray(start, end + 1), true);
      line += 1;
      start = end + 1;
    }
    rest = bytes.subarray(start);
    // A line that is part of a longer document need not be whole.
    if (isFirst || (rest.length <= MAX_WHOLE_LINE_BYTES && builder.isBetweenDocuments())) return;
    takeLine(rest, false);
    rest = new Uint8Array();
  }

  function takeEnd(): void {
    if (rest.length > 0) takeLine(rest, true);
    builder.end(line);
  }

  function takeDocuments(): readonly JsonDocument[] {
    const taken = documents;
    documents = [];
    return taken;
  }

  try {
    for await (const chunk of chunks) {
      takeChunk(chunk);
      yield takeDocuments();
    }
    takeEnd();
  } catch (error) {
    // What came before it in the same chunk has its own problems.
    if (error instanceof JsonSyntaxError) yield takeDocuments();
    throw error;
  }
  yield takeDocuments();
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Reads JSON that stands as text in a document; undefined when it is something else. */
export function readJsonText(text: string, line: number, detach: Detach): JsonDocument[] | undefined {
  const documents: JsonDocument[] = [];
  const builder = createTreeBuilder(detach, (document) => documents.push({ ...document, line }));
  try {
    builder.write(Buffer.from(text), 1);
    builder.end(1);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
  return documents;
}

/** A value that has been parsed already as documents: the items of a list are documents by themselves. */
export function toJsonDocuments(value: unknown, line: number, detach: Detach): JsonDocument[] {
  if (Array.isArray(value)) return value.flatMap((item) => toJsonDocuments(item, line, detach));
  return [{ line, value: prune(value, [], line, detach) }];
}

/** What JSON.parse would round without a word, as far as it does not stand in the middle of text. */
const LONG_NUMBER = /[[:,\s]-?\d(?:\d{15}|[\d.]*[eE])/;
/** A name that `countNames` would miss. */
const SPACED_COLON = /"\s+:/;

/** The documents of a line; null for an empty one, and undefined for one that has to go through the tokenizer. */
function parseLine(bytes: Uint8Array, line: number, detach: Detach): JsonDocument[] | null | undefined {
  if (!isUtf8(bytes)) throw createEncodingError(line, bytes);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  if (LONG_NUMBER.test(text) || SPACED_COLON.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text.trim() === '' ? null : undefined;
  }
  // JSON.parse takes the last of two members with the same name.
  if (typeof value !== 'object' || value === null || countMembers(value, 0) !== countNames(text)) return undefined;
  return toJsonDocuments(value, line, detach);
}

/** Quotes followed by a colon: as many as there are members, or more where text holds some. */
function countNames(text: string): number {
  let names = 0;
  for (let place = text.indexOf('":'); place !== -1; place = text.indexOf('":', place + 2)) names += 1;
  return names;
}

/** How many members all objects in a value have; not a number where it is too deep, or has a member `__proto__`. */
function countMembers(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth >= MAX_DEPTH || Object.hasOwn(value, '__proto__')) return Number.NaN;
  const items = Object.values(value);
  return items.reduce<number>(
    (sum, item) => sum + countMembers(item, depth + 1),
    Array.isArray(value) ? 0 : items.length,
  );
}

/** A value without what `detach` takes. */
function prune(value: unknown, path: JsonPath, line: number, detach: Detach): unknown {
  if (typeof value !== 'object' || value === null || value instanceof UnsafeNumber) return value;
  if (path.length > MAX_DEPTH) throw createDepthError(line);
  if (Array.isArray(value)) {
    const items = new ListBuilder(detach, path, line);
    for (const [place, item] of value.entries()) items.add(prune(item, [...path, place], line, detach));
    return items.end();
  }
  const members = value as Record<string, unknown>;
  if (Object.hasOwn(members, '__proto__')) throw createPrototypeError(line);
  for (const [name, member] of Object.entries(members)) {
    if (typeof member === 'object' && member !== null) members[name] = prune(member, [...path, name], line, detach);
  }
  return detach(members, path, line) ?? members;
}

/** A list without its detached items, for which one item stands at its end. */
class ListBuilder {
  private items: unknown[] = [];
  private detached: Detached | null = null;
  private texts = 0;

  constructor(
    private readonly detach: Detach,
    private readonly path: JsonPath,
    private readonly line: number,
  ) {}

  add(item: unknown): void {
    if (item instanceof Detached) {
      this.detached = this.detached?.and(item) ?? item;
      return;
    }
    this.items.push(item);
    if (typeof item === 'string') this.texts += 1;
    if (this.texts < LONG_LIST_LENGTH || this.texts !== this.items.length) return;
    const detached = this.detach(this.items, this.path, this.line);
    if (detached === null) return;
    this.detached = this.detached?.and(detached) ?? detached;
    this.items = [];
    this.texts = 0;
  }

  end(): unknown {
    if (this.detached === null) return this.items;
    return this.items.length === 0 ? this.detached : [...this.items, this.detached];
  }
}

/** Keeps numbers that JavaScript cannot hold from being rounded, and U+FEFF in text. */
class FaithfulTokenizer extends Tokenizer {
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

/** A list or object that is still open. */
interface Frame {
  readonly list: ListBuilder | null;
  readonly members: Record<string, unknown> | null;
  readonly start: number;
  /** Bytes of what has been detached from it. */
  detachedBytes: number;
  /** Where the next value goes. */
  place: string | number;
}

/** What may come next. */
type Expectation = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end';

/** Builds trees of the tokens of text that comes in pieces; each piece is of one line. */
function createTreeBuilder(detach: Detach, onDocument: (document: JsonDocument) => void) {
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
        if (frame.list !== null) frame.place = (frame.place as number) + 1;
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
          frame.place = value as string;
          if (frame.place === '__proto__') throw createPrototypeError(line);
          if (Object.hasOwn(frame.members as object, frame.place)) {
            const name = JSON.stringify(frame.place);
            throw createError(`line ${line}: expected each member of an object once, but got ${name} twice`, 'limit');
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
    throw createError(`line ${line}: expected JSON, but got ${show(toText(piece).trim())}`, 'syntax');
  }

  function createError(message: string, kind: JsonSyntaxError['at']['kind']): JsonSyntaxError {
    return new JsonSyntaxError(message, { kind, line, bytes: piece });
  }

  function open(isList: boolean, offset: number): void {
    if (frames.length >= MAX_DEPTH) throw createDepthError(line);
    if (frames.length > outerLists) path.push((frames.at(-1) as Frame).place);
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
      place: 0,
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
      else (frame.members as Record<string, unknown>)[frame.place as string] = value;
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
      line = itsLine;
      piece = bytes;
      written += bytes.length;
      guard(() => tokenizer.write(bytes));
      if (heldBytes() <= MAX_DOCUMENT_BYTES) return;
      const beginning = frames.length > outerLists ? documentLine : line;
      throw createError(
        `line ${beginning}: expected a document with at most ${MAX_DOCUMENT_BYTES / 1024 / 1024} MiB of what is not ` +
          "Inspector Classic's: split it, for example with jq -c",
        'limit',
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

function createEncodingError(line: number, bytes: Uint8Array): JsonSyntaxError {
  return new JsonSyntaxError(`line ${line}: expected text in UTF-8`, { kind: 'encoding', line, bytes });
}

function createDepthError(line: number): JsonSyntaxError {
  const message = `line ${line}: expected lists and objects at most ${MAX_DEPTH} deep in each other`;
  return new JsonSyntaxError(message, { kind: 'limit', line, bytes: new Uint8Array() });
}

/** An object would take over what is in such a member. */
function createPrototypeError(line: number): JsonSyntaxError {
  const message = `line ${line}: expected no member of the name __proto__`;
  return new JsonSyntaxError(message, { kind: 'limit', line, bytes: new Uint8Array() });
}

/** As much of a line as tells what it is. */
function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, MAX_SHOWN_BYTES)).toString();
}

const MAX_SHOWN_BYTES = 2000;
