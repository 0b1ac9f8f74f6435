import { describe, expect, test } from '@jest/globals';
import { Lexer, Source, TokenKind } from 'graphql';
import { scanDocument } from '../src/graphql/execution/document-scan.js';
import { createChance, createHostileRequest } from './helpers/hostile-requests.js';

const scan = (text: string) => scanDocument(text, 1_000_000);

/** The tokens and depth by graphql-js, or null for invalid text. */
function lex(text: string): { tokens: number; depth: number } | null {
  const lexer = new Lexer(new Source(text));
  let tokens = 0;
  let depth = 0;
  let deepest = 0;
  try {
    while (lexer.advance().kind !== TokenKind.EOF) {
      tokens += 1;
      if (['{', '(', '['].includes(lexer.token.kind)) depth += 1;
      if (['}', ')', ']'].includes(lexer.token.kind)) depth -= 1;
      if (depth < 0) return null;
      deepest = Math.max(deepest, depth);
      if (lexer.token.prev?.kind === TokenKind.COMMENT) return null;
    }
  } catch {
    return null;
  }
  return { tokens, depth: deepest };
}

test('The scan finds the tokens and the depth that graphql-js finds', () => {
  let compared = 0;
  for (let seed = 1; seed <= 400; seed += 1) {
    const { text } = createHostileRequest(createChance(seed));
    let query: unknown;
    try {
      query = JSON.parse(text)?.query;
    } catch {
      continue;
    }
    if (typeof query !== 'string' || query.length > 100_000 || query.includes('fragment')) continue;
    const expected = lex(query);
    if (expected === null) continue;
    expect({ seed, tokens: scan(query).tokens, depth: scan(query).depth }).toEqual({ seed, ...expected });
    compared += 1;
  }
  // With another mix of requests this test would be empty.
  expect(compared).toBeGreaterThan(60);
});

describe('The scan', () => {
  test.each([
    ['', 0, 0],
    ['{ a }', 3, 1],
    ['{ a(b: [1, -2.5e3, {c: "}"}]) }', 16, 4],
    ['# { [ (\n{ a } # b', 5, 1],
    ['{ a(b: "\\"{", c: """ { \\""" { """) }', 11, 2],
    ['"{" """{""" { a }', 5, 1],
    ['query Q($a: [Int!] = [1]) @b(c: {d: 1}) { a }', 29, 2],
    ['{ ...F } fragment F on T { a { b } }', 14, 3],
    ['{ a { ...F } } fragment F on T { b { ... on T { ...G } } } fragment G on T { c { d } }', 33, 7],
    ['query fragment { ...on T { a } ...T } fragment T on T { a }', 19, 2],
  ])('of %s counts tokens and levels', (text, tokens, depth) => {
    expect(scan(text)).toMatchObject({ tokens, depth, circularFragment: null });
  });

  test.each([
    ['{ ...F } fragment F on T { ...F }', 'F'],
    ['fragment F on T { a { ...G } } fragment G on T { ... { ...F } }', 'F'],
    ['{ a } fragment __proto__ on T { ...constructor } fragment constructor on T { ...__proto__ }', '__proto__'],
  ])('of %s finds the circular fragment', (text, circularFragment) => {
    expect(scan(text)).toMatchObject({ circularFragment });
  });

  test('counts line breaks of any kind, and stops after the maximum of tokens', () => {
    expect(scan('{\r\na\nb\rc\n\n}').lines).toBe(6);
    expect(scanDocument('{ a b c d e }', 3).tokens).toBe(4);
  });
});
