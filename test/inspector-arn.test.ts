import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inspectorRegions, parseAssessmentRunArn, toRegion } from '../src/inspector/inspector-arn.js';
import { InspectorFailure } from '../src/inspector/inspector-failure.js';
import { exampleArn, runArn } from './helpers/runs.js';

describe('The ARN of an assessment run', () => {
  test('is accepted unchanged, in each of the 14 regions', () => {
    expect(inspectorRegions).toHaveLength(14);
    for (const region of inspectorRegions) {
      const arn = runArn(1, region);
      expect(parseAssessmentRunArn(arn)).toBe(arn);
      expect(toRegion(arn)).toBe(region);
    }
  });

  test.each([
    ['', 'the ARN of an assessment run'],
    [` ${exampleArn}`, 'the ARN of an assessment run'],
    [`${exampleArn}\n`, 'the ARN of an assessment run'],
    [`${exampleArn}/finding/0-abcdefgh`, 'the ARN of an assessment run'],
    [exampleArn.replace(':inspector:', ':inspector2:'), 'the ARN of an assessment run'],
    [exampleArn.replace('123456789012', '12345678901'), 'the ARN of an assessment run'],
    [exampleArn.replace('arn:aws:', 'arn:aws-cn:'), 'the ARN of an assessment run'],
    [`${exampleArn}${'x'.repeat(300)}`, 'the ARN of an assessment run'],
    [exampleArn.replace('us-west-2', 'mars-1'), 'one of the regions of Inspector Classic'],
    [exampleArn.replace('us-west-2', 'us-gov-west-1'), 'the partition aws-us-gov for the region us-gov-west-1'],
  ])('%j is refused: expected %s', (text, expectation) => {
    expect(() => parseAssessmentRunArn(text)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(expectation) }),
    );
  });

  test('never has a region that is not one of these', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('aws', 'aws-us-gov'), (region, partition) => {
        const text = exampleArn.replace('us-west-2', () => region).replace('arn:aws:', `arn:${partition}:`);
        let isTaken = true;
        try {
          parseAssessmentRunArn(text);
        } catch (thrown) {
          isTaken = false;
          expect(thrown).toBeInstanceOf(InspectorFailure);
          expect(thrown).toMatchObject({
            code: 'INVALID_INPUT',
            errorCode: 'INVALID_ASSESSMENT_RUN_ARN',
            canRetry: false,
          });
        }
        expect(isTaken).toBe(
          inspectorRegions.includes(region) && (partition === 'aws-us-gov') === region.startsWith('us-gov-'),
        );
      }),
    );
  });
});
