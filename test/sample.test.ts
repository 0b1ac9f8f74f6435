import { expect, test } from '@jest/globals';
import { createSample } from '../src/archive/sample.js';
import { type AwsExample, readAwsExamples, withoutToken, withTimesAsNumbers } from './helpers/aws-examples.js';

const examples = [...readAwsExamples('sdk'), ...readAwsExamples('every-source')];

test.each(examples.map((example) => [example.operation, example] as const))(
  "The sample holds AWS's example of %s",
  (operation, { input, output }: AwsExample) => {
    const answers = createSample()
      .filter((record) => record.operation === operation && isSameResource(record.input, input))
      .map((record) => JSON.parse(JSON.stringify(record.output)));
    // The sample describes more than one rules package in one answer.
    const documented = toPartialMatch(withTimesAsNumbers(withoutToken(output)));
    expect(answers).toContainEqual(documented);
  },
);

/** Whether two inputs name the same, if both name something. */
function isSameResource(ours: object, documented: object): boolean {
  const names = ({ maxResults, ...input }: Record<string, unknown>) => JSON.stringify(input);
  return Object.keys(ours).length === 0 || names({ ...ours }) === names({ ...documented });
}

/** Lists may hold more. */
function toPartialMatch(output: Record<string, unknown>): unknown {
  const members = Object.entries(output).map(([name, value]) => [
    name,
    Array.isArray(value) ? expect.arrayContaining(value) : value,
  ]);
  return Object.fromEntries(members);
}
