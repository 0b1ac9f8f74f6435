import {
  Composer,
  CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type ParsedNode,
  Parser,
  Scalar,
} from 'yaml';
import { UnsafeNumber } from '../../documents.js';
import { entities } from '../../entities.js';

/** A document of a YAML stream. */
export interface YamlDocument {
  /** Where its content begins, from 1. */
  readonly line: number;
  readonly value: unknown;
  /** Where each item begins, when it is a list: `--output yaml-stream` gives a page of output in each. */
  readonly itemLines: readonly number[] | null;
}

/** Text that is not YAML, or more of YAML than data; the message says in which line. */
export class YamlSyntaxError extends Error {
  override readonly name = 'YamlSyntaxError';
}

/** YAML is parsed in memory: 14 MB of findings take 13 s and 700 MB, about 250 bytes for each lexeme. */
export const MAX_YAML_BYTES = 16 * 1024 * 1024;
const MAX_LEXEMES = 2_500_000;

/** Deeper than anything in the API, and far from a stack overflow. */
const MAX_DEPTH = 100;

/**
 * The documents of YAML text as JSON, as `aws --output yaml` and `yaml-stream` write it. Plain scalars are JSON's numbers,
 * booleans and null, or else text, as times are. A number beyond 2^53-1 is an UnsafeNumber. Throws a YamlSyntaxError.
 */
export function* parseYamlDocuments(text: string): Generator<YamlDocument> {
  if (Buffer.byteLength(text) > MAX_YAML_BYTES) {
    throw new YamlSyntaxError(`expected at most ${MAX_YAML_BYTES} bytes of YAML: ${TURN_INTO_JSON}`);
  }
  refuseExcess(text);
  const lines = new LineCounter();
  const parser = new Parser(lines.addNewLine);
  // Names are checked below in less than quadratic time, and scalars are texts until they are read as JSON's.
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, logLevel: 'silent', version: '1.2' });
  const lineAt = (offset: number) => lines.linePos(offset).line || 1;
  const tokens = refuseDeep(parser.parse(text), lineAt);
  for (const document of composer.compose(tokens, true, text.length)) yield* toDocuments(document, lineAt);
}

const TURN_INTO_JSON = 'turn it into JSON, of which any amount can be imported';

/** Refuses what would exhaust memory when it is parsed, such as 16 MB of brackets. */
function refuseExcess(text: string): void {
  let lexemes = 0;
  let line = 1;
  let brackets = 0;
  let dashes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    if (lexemes > MAX_LEXEMES) {
      throw new YamlSyntaxError(`line ${line}: expected no more of YAML than up to here: ${TURN_INTO_JSON}`);
    }
    const type = CST.tokenType(lexeme);
    if (type === 'flow-map-start' || type === 'flow-seq-start') brackets += 1;
    else if (type === 'flow-map-end' || type === 'flow-seq-end') brackets -= 1;
    else if (type === 'seq-item-ind' || type === 'explicit-key-ind') dashes += 1;
    if (lexeme.includes('\n')) {
      line += lexeme.split('\n').length - 1;
      dashes = 0;
    }
    if (brackets + dashes > MAX_DEPTH) throw tooDeep(line);
  }
}

function tooDeep(line: number): YamlSyntaxError {
  return new YamlSyntaxError(`line ${line}: expected YAML to be at most ${MAX_DEPTH} levels deep`);
}

type LineAt = (offset: number) => number;

/** Throws before the recursive composer could overflow the stack: compiling a regular expression there ends the process. */
function* refuseDeep(tokens: Iterable<CST.Token>, lineAt: LineAt): Generator<CST.Token> {
  for (const token of tokens) {
    const left: [CST.Token | null | undefined, number][] = [[token, 0]];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [inner, depth] = next;
      if (inner === null || inner === undefined) continue;
      if (depth > MAX_DEPTH + 1) throw tooDeep(lineAt(inner.offset));
      if (inner.type === 'document') left.push([inner.value, depth + 1]);
      if (!('items' in inner)) continue;
      for (const { key, value } of inner.items) left.push([key, depth + 1], [value, depth + 1]);
    }
    yield token;
  }
}

function* toDocuments(document: Document.Parsed, lineAt: LineAt): Generator<YamlDocument> {
  const [problem] = document.errors;
  if (problem !== undefined) throw new YamlSyntaxError(toMessage(problem, lineAt(problem.pos[0])));
  const { contents } = document;
  // Comments and empty documents hold nothing.
  if (contents === null || (isScalar(contents) && contents.source === '' && contents.type === Scalar.PLAIN)) return;
  yield {
    line: lineAt(contents.range[0]),
    value: toValue(contents as ParsedNode, lineAt),
    itemLines: isSeq(contents) ? contents.items.map((item) => lineAt((item as ParsedNode).range[0])) : null,
  };
}

function toMessage({ code }: { code: string; message: string }, line: number): string {
  if (code === 'TAB_AS_INDENT') return `line ${line}: expected YAML, which is indented by blanks, but got a tab`;
  return `line ${line}: expected YAML, but its structure breaks here: a part of the file is missing or was edited`;
}

function toValue(node: ParsedNode | null, lineAt: LineAt): unknown {
  if (node === null) return null;
  const fail = (expectation: string): never => {
    throw new YamlSyntaxError(`line ${lineAt(node.range[0])}: ${expectation}`);
  };
  if (isAlias(node)) return fail(`expected YAML without references, but got *${node.source}`);
  if (node.tag !== undefined && node.tag !== STRING_TAG) return fail(`expected YAML without tags, but got ${node.tag}`);
  if (isScalar(node)) return toScalar(node);
  if (isSeq(node)) return node.items.map((item) => toValue(item as ParsedNode | null, lineAt));
  if (!isMap(node)) return fail('expected a value');
  const members = new Map<string, unknown>();
  for (const { key, value } of node.items) {
    if (!isScalar(key)) return fail('expected the names of a YAML map to be text');
    const name = String(key.value);
    if (members.has(name)) {
      const line = lineAt((key as ParsedNode).range[0]);
      throw new YamlSyntaxError(`line ${line}: expected every name once in a YAML map, but this one is there already`);
    }
    members.set(name, toValue(value as ParsedNode | null, lineAt));
  }
  // Not one by one: __proto__ is a name like any other.
  return Object.fromEntries(members);
}

const STRING_TAG = 'tag:yaml.org,2002:str';

/** RFC 8259, section 6; YAML 1.2.2, section 10.2.1.4, has the same with more that is not written by the AWS CLI. */
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

function toScalar(node: Scalar.Parsed): unknown {
  const text = node.value as string;
  if (node.type !== Scalar.PLAIN || node.tag === STRING_TAG) return text;
  if (/^(null|Null|NULL|~|)$/.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  if (!JSON_NUMBER.test(text)) return text;
  const number = Number(text);
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : new UnsafeNumber(text);
}

/** The members by which an output of Inspector Classic can begin. */
const outputMembers = new Set([...entities.map(({ member }) => member), 'failedItems', 'nextToken', 'NextToken']);

/** How many lines tell YAML from other text. */
const LINES = 50;

/** Whether text is YAML: it begins with a member of an output, or all lines look like YAML and one has an Inspector ARN. */
export function looksLikeYaml(head: string): boolean {
  const lines = head
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .slice(0, LINES)
    .filter((line) => !/^\s*(#.*)?$|^(---|\.\.\.)(\s.*)?$|^%YAML /.test(line));
  const [first, second = ''] = lines;
  if (first === undefined || /^\s*[[{]/.test(first)) return false;
  const member = /^(?:- )?(["']?)(\w+)\1:(\s|$)/.exec(first)?.[2];
  if (member === undefined) return false;
  const isHeading = /:\s*$/.test(first);
  const isMember = isHeading
    ? /^\s*(- )+["'\w]|^\s+["']?[\w./:-]+["']?:(\s|$)/.test(second)
    : /:\s+(["'[{|>].*|null|~)$/.test(first);
  if (outputMembers.has(member) && isMember) return true;
  // The last line may be cut off.
  const isStructured = lines
    .slice(0, -1)
    .every((line) => /^\s*(- )*(["']?)[\w./:@-]+\2:(\s|$)|^\s*- \S|^\s{2,}\S/.test(line));
  return isStructured && lines.some((line) => /^\s*(- )?(\w+:\s+)?["']?arn:aws[\w-]*:inspector:/.test(line));
}
