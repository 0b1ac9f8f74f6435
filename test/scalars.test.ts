import { describe, expect, test } from '@jest/globals';
import { Long } from '../src/graphql/fields/scalars.js';
import { createTestGraph } from './helpers/graph.js';
import { createScriptedInspectorApi } from './helpers/scripted-inspector-api.js';

/** Lists the runs that started from this time on; returns the time in the call of Inspector, or the errors. */
async function listFrom(query: string, variables: Record<string, unknown> = {}) {
  const { inspector, calls } = createScriptedInspectorApi();
  const { errors } = await createTestGraph(inspector).query(query, variables);
  const criteria = calls.listAssessmentRuns[0]?.criteria;
  return { errors, from: criteria?.startedBetween?.from?.toISOString() };
}

const toQuery = (literal: string) =>
  `{ assessmentRuns(filter: { startedBetween: { from: ${literal} } }) { nodes { arn } } }`;
const QUERY =
  'query ($from: DateTime) { assessmentRuns(filter: { startedBetween: { from: $from } }) { nodes { arn } } }';

describe('A DateTime that is given', () => {
  test.each([
    ['2025-01-08', '2025-01-08T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2025-01-08T01:30:00+02:00', '2025-01-07T23:30:00.000Z'],
    ['2025-01-08t01:30:00.25z', '2025-01-08T01:30:00.250Z'],
  ])('may be %s, as a literal and as a variable', async (text, from) => {
    expect(await listFrom(toQuery(JSON.stringify(text)))).toEqual({ from, errors: undefined });
    expect(await listFrom(QUERY, { from: text })).toEqual({ from, errors: undefined });
  });

  test.each([
    '2025-02-30',
    '2025-02-29T00:00:00Z',
    '2025-13-01',
    '2025-01-08T24:00:00Z',
    '2025-01-08T00:00:00',
    '2025-01-08Z',
    '2025-01',
    '8 January 2025',
    20250108,
    ['2025-01-08'],
  ])('may not be %j, and the error says where and what is expected', async (value) => {
    for (const { errors, from } of [
      await listFrom(toQuery(JSON.stringify(value))),
      await listFrom(QUERY, { from: value }),
    ]) {
      expect(from).toBeUndefined();
      expect(errors).toEqual([
        expect.objectContaining({
          message: expect.stringMatching(/DateTime expects RFC 3339 text such as .*, or a date such as 2016-03-22/),
          locations: [{ line: 1, column: expect.any(Number) }],
        }),
      ]);
      expect(errors[0].message).toContain(Array.isArray(value) ? '2025-01-08' : String(value));
    }
  });
});

test.each([2 ** 53, 1.5, '7', true])('A Long is never made of %j', (value) => {
  expect(() => Long.parseValue(value)).toThrow('Long expects a whole number between -(2^53-1) and 2^53-1.');
  expect(() => Long.serialize(value)).toThrow('Long cannot represent a value that is not a whole number');
});
