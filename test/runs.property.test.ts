import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCachingInspectorApi } from '../src/inspector/cache/caching-inspector-api.js';
import { createTestGraph } from './helpers/graph.js';
import { cacheLimits, detailsOf, runArn, telemetryOf, toRunNumber } from './helpers/runs.js';
import { createFailure, createScriptedInspectorApi } from './helpers/scripted-inspector-api.js';

const failures = [
  createFailure({ code: 'NO_SUCH_ENTITY', canRetry: false }),
  createFailure({ code: 'THROTTLED', canRetry: true }),
];

/** Every third run fails, in one of two ways; the details of every fifth fail. */
const telemetryFailureOf = (arn: string) => (toRunNumber(arn) % 3 === 0 ? failures[toRunNumber(arn) % 2] : undefined);
const detailsFailureOf = (arn: string) => (toRunNumber(arn) % 5 === 0 ? failures[toRunNumber(arn) % 2] : undefined);

const number = fc.integer({ min: 1, max: 12 });
const form = fc.constantFrom('telemetry { count }', 'telemetryTotal { count }', 'name');
const selection = fc.record({ number, forms: fc.uniqueArray(form, { minLength: 1 }) });

test('Any mix of runs, aliases, duplicates and failures costs a call for each run, and results are in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(selection, { maxLength: 10 }),
      fc.array(number, { maxLength: 15 }),
      fc.integer({ min: 1, max: 12 }),
      async (aliases, listed, maxRuns) => {
        const { inspector, calls } = createScriptedInspectorApi({
          telemetry: async (arn) => {
            const failure = telemetryFailureOf(arn);
            if (failure !== undefined) throw failure;
            return telemetryOf(arn);
          },
          details: (arn) => detailsFailureOf(arn) ?? detailsOf(arn),
        });
        // Even a cache that is too small for the query keeps the calls apart.
        const cached = createCachingInspectorApi(inspector, { ...cacheLimits, maxRuns });
        const fields = aliases.map(
          ({ number, forms }, place) => `a${place}: assessmentRun(arn: "${runArn(number)}") { ${forms.join(' ')} }`,
        );
        const query = `query ($arns: [ID!]!) { ${fields.join(' ')} list: assessmentRunsByArn(arns: $arns) { arn telemetry { count } } }`;

        const { data, errors = [] } = await createTestGraph(cached).query(query, {
          arns: listed.map((n) => runArn(n)),
        });

        const failedPaths: string[] = [];
        const expectTelemetry = (number: number, path: string, value: unknown, whenGood: unknown) => {
          if (telemetryFailureOf(runArn(number)) !== undefined) failedPaths.push(path);
          expect(value).toEqual(telemetryFailureOf(runArn(number)) === undefined ? whenGood : null);
        };
        for (const [place, { number, forms }] of aliases.entries()) {
          const run = data[`a${place}`];
          if ('telemetry' in run) expectTelemetry(number, `a${place}.telemetry`, run.telemetry, [{ count: number }]);
          if ('telemetryTotal' in run)
            expectTelemetry(number, `a${place}.telemetryTotal`, run.telemetryTotal, { count: number });
          if ('name' in run) {
            const fails = detailsFailureOf(runArn(number)) !== undefined;
            if (fails) failedPaths.push(`a${place}.name`);
            expect(run.name).toBe(fails ? null : `Run ${number}`);
          }
          expect(Object.keys(run)).toHaveLength(forms.length);
        }
        expect(data.list).toHaveLength(listed.length);
        for (const [place, number] of listed.entries()) {
          expect(data.list[place].arn).toBe(runArn(number));
          expectTelemetry(number, `list.${place}.telemetry`, data.list[place].telemetry, [{ count: number }]);
        }
        expect(errors.map((error: { path: unknown[] }) => error.path.join('.')).sort()).toEqual(failedPaths.sort());

        const wantsTelemetry = aliases
          .filter(({ forms }) => forms.some((name) => name !== 'name'))
          .map(({ number }) => number);
        const wantsDetails = aliases.filter(({ forms }) => forms.includes('name')).map(({ number }) => number);
        expect(calls.getTelemetryMetadata.map(toRunNumber).sort()).toEqual(
          [...new Set([...wantsTelemetry, ...listed])].sort(),
        );
        expect(calls.describeAssessmentRuns.flat().map(toRunNumber).sort()).toEqual([...new Set(wantsDetails)].sort());
        expect(calls.describeAssessmentRuns).toHaveLength(wantsDetails.length > 0 ? 1 : 0);
      },
    ),
    { numRuns: 200 },
  );
});
