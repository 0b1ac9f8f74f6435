/*
 * Scans a document before it is parsed
 *
 * graphql-js parses, validates and executes by recursion, and keeps comments among the tokens. So the depth of a document
 * with its fragments, and its tokens, are counted before, in one pass over the text, for plugins/request-guard.ts, which has the
 * limits. Invalid text is left to the parser.
 * https://spec.graphql.org/October2021/#sec-Appendix-Grammar-Summary.Lexical-Tokens
 */

/** The size of a document. */
export interface DocumentScan {
  /** Tokens and comments; the scan ends at one more than `maxTokens`. */
  readonly tokens: number;
  readonly lines: number;
  /** The depth of nested brackets of any kind, with those of spread fragments; Infinity for circular ones. */
  readonly depth: number;
  /** A fragment that spreads itself, directly or through others; null when there is none. */
  readonly circularFragment: string | null;
}

/** An operation or a fragment. */
interface Definition {
  /** Its own depth, without fragments. */
  depth: number;
  /** The depths at which it spreads fragments; null without any. */
  spreads: Map<string, number> | null;
}

const BLOCK_QUOTE = '"""';
const NAME = /[_A-Za-z][_0-9A-Za-z]*/y;
const NUMBER = /-?\d[\w.+-]*/y;
const OPERATION_KEYWORDS = new Set(['query', 'mutation', 'subscription']);

/** Scans the text of a document, up to `maxTokens`. */
export function scanDocument(text: string, maxTokens: number): DocumentScan {
  const definitions: Definition[] = [];
  /** Null until the first one: most queries have none. */
  let fragments: Map<string, Definition> | null = null;
  let tokens = 0;
  let depth = 0;
  /** The definition that is being scanned; null between two. */
  let current: Definition | null = null;
  /** The meaning of the next name, if it has one. */
  let expected: 'fragment' | 'spread' | null = null;

  function begin(): Definition {
    const definition = { depth: 0, spreads: null };
    definitions.push(definition);
    return definition;
  }

  function takeName(name: string): void {
    if (expected === 'fragment') {
      fragments ??= new Map();
      current = fragments.get(name) ?? begin();
      fragments.set(name, current);
    } else if (expected === 'spread' && name !== 'on') {
      if (current !== null) {
        current.spreads ??= new Map();
        current.spreads.set(name, Math.max(depth, current.spreads.get(name) ?? 0));
      }
    } else if (depth === 0 && current === null) {
      if (name === 'fragment') {
        expected = 'fragment';
        return;
      }
      if (OPERATION_KEYWORDS.has(name)) current = begin();
    }
    expected = null;
  }

  for (let at = 0; at < text.length && tokens <= maxTokens; ) {
    const character = text[at] as string;
    switch (character) {
      case ' ':
      case '\n':
      case '\r':
      case '\t':
      case ',':
      case '\ufeff':
        at += 1;
        continue;
      case '#':
        at = findLineEnd(text, at);
        break;
      case '"':
        at = text.startsWith(BLOCK_QUOTE, at) ? findBlockEnd(text, at + 3) : findStringEnd(text, at + 1);
        break;
      case '.':
        expected = 'spread';
        at += text.startsWith('...', at) ? 3 : 1;
        break;
      case '{':
      case '(':
      case '[':
        expected = null;
        current ??= begin();
        depth += 1;
        current.depth = Math.max(current.depth, depth);
        at += 1;
        break;
      case '}':
      case ')':
      case ']':
        expected = null;
        depth = Math.max(0, depth - 1);
        if (depth === 0 && character === '}') current = null;
        at += 1;
        break;
      default:
        NAME.lastIndex = at;
        NUMBER.lastIndex = at;
        if (NAME.test(text)) {
          takeName(text.slice(at, NAME.lastIndex));
          at = NAME.lastIndex;
        } else {
          expected = null;
          at = NUMBER.test(text) ? NUMBER.lastIndex : at + 1;
        }
    }
    tokens += 1;
  }
  const { depth: deepest, circularFragment } =
    fragments === null ? { depth: maxOf(definitions), circularFragment: null } : measure(definitions, fragments);
  return { tokens, lines: countLines(text), depth: deepest, circularFragment };
}

function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  for (let at = text.indexOf('\r'); at !== -1; at = text.indexOf('\r', at + 1)) {
    if (text[at + 1] !== '\n') lines += 1;
  }
  return lines;
}

function findLineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at += 1;
  return at;
}

/** The index after a string that began before `from`; an unclosed one ends with its line, where the parser fails. */
function findStringEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') return at + 1;
    if (character === '\n' || character === '\r') return at;
    at += character === '\\' ? 2 : 1;
  }
  return at;
}

function findBlockEnd(text: string, from: number): number {
  let end = text.indexOf(BLOCK_QUOTE, from);
  while (end > from && text[end - 1] === '\\') end = text.indexOf(BLOCK_QUOTE, end + 3);
  return end === -1 ? text.length : end + 3;
}

/** Adds the depths of spread fragments. Each fragment is followed once, so that this is linear in tokens. */
function measure(definitions: readonly Definition[], fragments: ReadonlyMap<string, Definition>) {
  const depths = new Map<Definition, number>();
  let circularFragment: string | null = null;

  function follow(definition: Definition): number {
    const earlier = depths.get(definition);
    if (earlier !== undefined) return earlier;
    // Found again while it is followed, the fragment is circular.
    depths.set(definition, Number.POSITIVE_INFINITY);
    let deepest = definition.depth;
    for (const [name, at] of definition.spreads ?? []) {
      const fragment = fragments.get(name);
      if (fragment === undefined) continue;
      const below = follow(fragment);
      if (below === Number.POSITIVE_INFINITY) circularFragment ??= name;
      deepest = Math.max(deepest, at + below);
    }
    depths.set(definition, deepest);
    return deepest;
  }

  for (const definition of definitions) follow(definition);
  return { depth: Math.max(0, ...depths.values()), circularFragment };
}

function maxOf(definitions: readonly Definition[]): number {
  let deepest = 0;
  for (const { depth } of definitions) deepest = Math.max(deepest, depth);
  return deepest;
}
