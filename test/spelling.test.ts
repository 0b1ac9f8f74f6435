import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSpeller, findMember, toCanonicalName } from '../src/archive/spelling.js';

const names = ['assessmentRunArn', 'arn', 'ipv4Address', 'durationInSeconds', 'amiId'];
const spell = createSpeller(names);

const spellings: Record<string, (name: string) => string> = {
  camelCase: (name) => name,
  PascalCase: (name) => name.charAt(0).toUpperCase() + name.slice(1),
  snake_case: (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  SCREAMING_SNAKE_CASE: (name) => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
  'kebab-case': (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  lowercase: (name) => name.toLowerCase(),
};

test.each(Object.entries(spellings))(
  'Members in %s have their own names, in their order and with their values',
  (_, toSpelling) => {
    const value = Object.fromEntries(names.map((name, place) => [toSpelling(name), place]));
    expect(Object.entries(spell(value) as object)).toEqual(names.map((name, place) => [name, place]));
    for (const [place, name] of names.entries()) expect(findMember(value, name)).toBe(place);
  },
);

test('Members of other names stay as they are, and so does what is no object', () => {
  const value = { Further: 1, further_more: { Arn: 'x' }, arns: 2, constructor: 3, toString: 4 };
  expect(spell(value)).toBe(value);
  expect(spell({ ...value, Arn: 5 })).toEqual({ ...value, arn: 5 });
  for (const other of [null, undefined, 1, 'Arn', true, ['Arn']]) expect(spell(other)).toBe(other);
});

test.each([[{ arn: 1, Arn: 2 }], [{ Arn: 2, arn: 1 }]])('Two spellings of one name are two members: %j', (value) => {
  expect(spell(value)).toEqual({ arn: 1, Arn: 2 });
  expect(findMember(value, 'arn')).toBe(1);
});

test('Of two foreign spellings of one name the first one is the member, and none is lost', () => {
  expect(spell({ ARN: 1, Arn: 2, amiId: 3 })).toEqual({ arn: 1, Arn: 2, amiId: 3 });
  expect(findMember({ ARN: 1, Arn: 2 }, 'arn')).toBe(1);
});

test('No member is lost or changed, whatever the names are', () => {
  const name = fc.oneof(
    fc.string(),
    fc
      .tuple(fc.constantFrom(...names), fc.constantFrom(...Object.values(spellings)))
      .map(([one, toSpelling]) => toSpelling(one)),
    fc.constantFrom('toString', 'hasOwnProperty', 'valueOf', '_arn_', 'a-rn'),
  );
  fc.assert(
    fc.property(fc.uniqueArray(name, { selector: String }), (given) => {
      const members = given.filter((one) => one !== '__proto__');
      const value = Object.fromEntries(members.map((one, place) => [one, place]));
      const spelled = spell(value) as Record<string, number>;
      expect(Object.values(spelled).sort()).toEqual(Object.values(value).sort());
      for (const [one, place] of Object.entries(spelled)) {
        const before = Object.keys(value).find((key) => value[key] === place) ?? '';
        expect(one === before || (toCanonicalName(one) === toCanonicalName(before) && names.includes(one))).toBe(true);
      }
      expect(spell(spelled)).toEqual(spelled);
    }),
    { numRuns: 1000 },
  );
});

test('A member that an object only inherits is none of it', () => {
  expect(findMember({}, 'toString')).toBeUndefined();
  expect(findMember(Object.create({ Arn: 1 }), 'arn')).toBeUndefined();
});
