import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  isAccountGlob,
  isInScope,
  isRegionGlob,
  MAX_SCOPE_LENGTH,
  matchesGlob,
  parseScope,
} from '../src/domain/scope.js';

describe('A glob', () => {
  test.each([
    ['123456789012', '123456789012', true],
    ['123456789012', '123456789013', false],
    ['*', '123456789012', true],
    ['*', '', true],
    ['**', 'eu-west-1', true],
    ['9999*', '999912345678', true],
    ['9999*', '999', false],
    ['*99', '123456789099', true],
    ['us-*-1', 'us-west-1', true],
    ['us-*-1', 'us-west-2', false],
    ['us-*-1', 'us-gov-west-1', true],
    ['12*12', '1212', true],
    ['12*21', '121', false],
    ['1*2*3', '1123', true],
    ['1*22*2', '122', false],
    ['', '', true],
    ['', '1', false],
  ])('%j matches %j: %j', (glob, text, matches) => {
    expect(matchesGlob(glob, text)).toBe(matches);
  });

  test('matches what the regular expression of the same meaning matches', () => {
    const of = (...letters: string[]) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 12 });
    fc.assert(
      fc.property(of('1', '2', '*'), of('1', '2'), (glob, text) => {
        expect(matchesGlob(glob, text)).toBe(new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('of accounts has up to 12 digits and stars, one of regions small letters, digits, hyphens and stars', () => {
    for (const glob of ['123456789012', '*', '12*', '*0*1*']) expect(isAccountGlob(glob)).toBe(true);
    for (const glob of ['', '1234567890123', '12?', 'a', ' 1', '１', '1\n']) expect(isAccountGlob(glob)).toBe(false);
    for (const glob of ['eu-west-1', '*', 'us-gov-*', '*-1']) expect(isRegionGlob(glob)).toBe(true);
    for (const glob of ['', 'EU-*', 'eu_west', 'eu west', '[a-z]', '%', 'eu-west-1\n', 'a'.repeat(65)])
      expect(isRegionGlob(glob)).toBe(false);
  });
});

describe('A resource is in a scope', () => {
  const scope = [
    { accounts: ['111122223333'], regions: ['eu-*'] },
    { accounts: ['9999*', '8888*'], regions: ['us-west-2', 'us-east-1'] },
  ];

  test.each([
    ['111122223333', 'eu-west-1', true],
    ['111122223333', 'us-west-2', false],
    ['999900000000', 'us-west-2', true],
    ['888800000000', 'us-east-1', true],
    ['999900000000', 'eu-west-1', false],
    ['777700000000', 'us-west-2', false],
  ])('when one entry has both its account %s and its region %s: %j', (account, region, isIn) => {
    expect(isInScope(scope, account, region)).toBe(isIn);
  });

  test('when one entry has its account, if it is in no region', () => {
    expect(isInScope(scope, '111122223333', '')).toBe(true);
    expect(isInScope(scope, '777700000000', '')).toBe(false);
    expect(isInScope([{ accounts: ['*'], regions: [] }], '111122223333', '')).toBe(false);
  });

  test('only if there are entries, and these have globs', () => {
    for (const empty of [[], [{ accounts: [], regions: ['*'] }], [{ accounts: ['*'], regions: [] }]])
      expect(isInScope(empty, '111122223333', 'eu-west-1')).toBe(false);
  });
});

describe('The text of a scope', () => {
  test.each([
    '[]',
    '[{"accounts":["123456789012","9999*"],"regions":["eu-*"]}]',
    '[{"accounts":[],"regions":[]},{"regions":["*"],"accounts":["*"]}]',
  ])('is a list of entries: %s', (text) => {
    expect(parseScope(text)).toEqual(JSON.parse(text));
  });

  test.each([
    '',
    '[',
    'null',
    '{}',
    '{"accounts":["*"],"regions":["*"]}',
    '[null]',
    '[[]]',
    '["*"]',
    '[{"accounts":["*"]}]',
    '[{"regions":["*"]}]',
    '[{"accounts":"*","regions":["*"]}]',
    '[{"accounts":["*"],"regions":{"0":"*"}}]',
    '[{"accounts":[123456789012],"regions":["*"]}]',
    '[{"accounts":["*"],"regions":["EU-*"]}]',
    '[{"accounts":["1234567890123"],"regions":["*"]}]',
    '[{"accounts":["*"],"regions":["*"],"account":["123456789012"]}]',
    '[{"accounts":["*"],"regions":["*"]}], [{"accounts":["*"],"regions":["*"]}]',
  ])('is nothing else: %s', (text) => {
    expect(parseScope(text)).toBeNull();
  });

  test('has up to 64 kB', () => {
    const ofLength = (length: number) => `[${' '.repeat(length - 2)}]`;
    expect(parseScope(ofLength(MAX_SCOPE_LENGTH))).toEqual([]);
    expect(parseScope(ofLength(MAX_SCOPE_LENGTH + 1))).toBeNull();
  });
});
