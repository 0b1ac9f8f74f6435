import { Tokenizer, TokenizerError, TokenParser, TokenParserError, TokenType } from '@streamparser/json';

/** What is read of a stream of JSON documents, in its order. */
export type Piece = DocumentItem | DocumentEnd;

/** An item of a list or map that is a member of a document: `{"findings": [item, …]}`. */
export interface DocumentItem {
  readonly type: 'item';
  /** Where its document began, from 1. */
  readonly line: number;
  readonly member: string;
  readonly key: string | number;
  readonly value: unknown;
}

/** The end of a document, with those of its members that were asked for as a whole. */
export interface DocumentEnd {
  readonly type: 'end';
  readonly line: number;
  /** The names of all its members; null when it is not an object. */
  readonly memberNames: readonly string[] | null;
  readonly members: Readonly<Record<string, unknown>>;
}

/** Which members of a document are wanted; the others are not kept in memory. */
interface Wanted {
  /** Given item by item, as many as there may be. */
  readonly byItem: ReadonlySet<string>;
  /** Given at the document's end. */
  readonly whole: ReadonlySet<string>;
}

/** Far more than one entity takes, or one answer of the API in a record; in memory it is many times as large. */
const MAX_PIECE_BYTES = 8 * 1024 * 1024;

/** Text that is not JSON; the message says in which line. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

/**
 * Reads JSON documents that follow one another, a line each or not, or stand in one array, and gives them in pieces, so
 * that memory never holds more of a list than one item. Throws a JsonSyntaxError.
 */
export async function* readJsonDocuments(chunks: AsyncIterable<Uint8Array>, wanted: Wanted): AsyncGenerator<Piece> {
  const pieces: Piece[] = [];
  const lines = createLineCounter();
  let depth = 0;
  /** How deep the members of a document lie: 1, or 2 for documents in an array. */
  let memberDepth = 1;
  let line = 1;
  let memberNames: string[] = [];
  let members: Record<string, unknown> = {};
  let lastString = '';
  let isAfterName = false;
  let lastOffset = 0;
  /** Behind the last piece: what has been read since is in memory. */
  let pieceStart = 0;

  function end(names: readonly string[] | null): void {
    pieces.push({ type: 'end', line, memberNames: names, members });
    pieceStart = lastOffset;
    memberNames = [];
    members = {};
  }

  const wholePaths = [...wanted.whole].map((name) => `$.${name}`);
  const parser = new TokenParser({ paths: ['$.*.*', ...wholePaths], keepStack: false, separator: '' });
  parser.onValue = ({ value, key, stack }) => {
    const member = stack.length === memberDepth ? key : stack[1]?.key;
    if (typeof member !== 'string') return;
    if (stack.length === memberDepth) {
      // Among documents in an array each is as small as one answer of the API.
      if (memberDepth === 1 || wanted.byItem.has(member) || wanted.whole.has(member)) members[member] = value;
    } else if (!wanted.whole.has(member)) {
      if (wanted.byItem.has(member)) pieces.push({ type: 'item', line, member, key: key as string | number, value });
      // Kept or not, it is out of the parser's memory now.
      pieceStart = lastOffset;
    }
  };
  parser.onError = rethrow;

  const tokenizer = new Tokenizer({ separator: '' });
  tokenizer.onError = rethrow;
  tokenizer.onToken = (parsed) => {
    const { token, value, offset } = parsed;
    lastOffset = offset;
    const opens = token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET;
    const closes = token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET;
    if (depth === 0) memberDepth = token === TokenType.LEFT_BRACKET ? 2 : 1;
    if (depth === memberDepth - 1 && !closes && token !== TokenType.COMMA) {
      line = lines.at(offset);
      if (token !== TokenType.LEFT_BRACE && !(depth === 0 && opens)) end(null);
    }
    // What is no list and no object has no items to be given one by one.
    if (isAfterName && !opens) members[lastString] = value;
    if (token === TokenType.STRING) lastString = value as string;
    isAfterName = token === TokenType.COLON && depth === memberDepth;
    if (isAfterName) memberNames.push(lastString);
    if (opens) depth += 1;
    parser.write(parsed);
    if (closes) {
      depth -= 1;
      if (depth === memberDepth - 1 && token === TokenType.RIGHT_BRACE) end(memberNames);
    }
  };

  try {
    for await (const chunk of chunks) {
      lines.add(chunk);
      tokenizer.write(chunk);
      yield* pieces.splice(0);
      if (lines.end() - pieceStart > MAX_PIECE_BYTES)
        throw new JsonSyntaxError(toTooLargeMessage(lines.at(lastOffset)));
    }
    if (!tokenizer.isEnded) tokenizer.end();
    if (depth > 0) throw new EndedEarly();
  } catch (error) {
    if (!isSyntaxError(error)) throw error;
    // What came before it in the same chunk has its own problems.
    yield* pieces.splice(0);
    throw new JsonSyntaxError(toSyntaxMessage(error, lines, lastOffset), { cause: error });
  }
  yield* pieces.splice(0);
}

function rethrow(error: Error): never {
  throw error;
}

function isSyntaxError(error: unknown): error is Error {
  return (
    error instanceof TokenizerError ||
    error instanceof TokenParserError ||
    error instanceof EndedEarly ||
    isEncodingError(error)
  );
}

function isEncodingError(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
}

function toTooLargeMessage(line: number): string {
  return `line ${line}: expected no entity or record to be larger than ${MAX_PIECE_BYTES} bytes`;
}

class EndedEarly extends Error {}

/** The libraries' words for it are about their states; what people need is the place. */
function toSyntaxMessage(error: Error, lines: LineCounter, lastOffset: number): string {
  if (isEncodingError(error)) return `line ${lines.at(lastOffset)}, or behind it: expected text in UTF-8`;
  const position = /absolute position "(\d+)"/.exec(error.message)?.[1];
  const unexpected = /^Unexpected "?(.*?)"? (?:at|in) /s.exec(error.message)?.[1];
  if (unexpected === undefined) return `line ${lines.at(lines.end())}: expected JSON, but got the end of the file`;
  const line = lines.at(position === undefined ? lastOffset : Number(position));
  // Tokens are named, with their text in brackets.
  const found = /^[A-Z_]+ \("(.*)"\)$/s.exec(unexpected)?.[1] ?? unexpected;
  return `line ${line}: expected JSON, but got ${JSON.stringify(found)}`;
}

type LineCounter = ReturnType<typeof createLineCounter>;

const NEWLINE = 0x0a;

/** Lines of a stream that is never in memory as a whole; asked for in their order. */
function createLineCounter() {
  let chunk: Uint8Array = new Uint8Array();
  let chunkStart = 0;
  let counted = 0;
  let line = 1;

  function countTo(end: number): void {
    for (; counted < end; counted += 1) if (chunk[counted] === NEWLINE) line += 1;
  }

  return {
    add(next: Uint8Array): void {
      countTo(chunk.length);
      chunkStart += chunk.length;
      chunk = next;
      counted = 0;
    },
    /** The offset behind the present chunk. */
    end: () => chunkStart + chunk.length,
    /** The line of a byte of the present chunk. */
    at(offset: number): number {
      countTo(Math.min(offset - chunkStart, chunk.length));
      return line;
    },
  };
}
