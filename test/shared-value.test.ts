import { expect, test } from '@jest/globals';
import { arnKinds } from '../src/inspector/inspector-arn.js';
import { decodeValue, encodeValue } from '../src/redis/shared-value.js';
import { arnOf, entityOf } from './helpers/entities.js';

const readAt = Date.now();
const share = (value: object) => decodeValue(encodeValue({ value, readAt }));

test.each(arnKinds)('%s is the same for the replicas that share it', (kind) => {
  const entity = entityOf[kind](arnOf(kind, 7) as never);
  expect(share(entity)).toEqual({ value: entity, readAt });
});

test.each(arnKinds)('What is absent of %s is absent for the replicas that share it', (kind) => {
  const entity = entityOf[kind](arnOf(kind, 7) as never);
  const sparse = Object.fromEntries(Object.keys(entity).map((name) => [name, name === 'arn' ? entity.arn : null]));
  expect(share(sparse)).toEqual({ value: sparse, readAt });
});

test('Values that nobody knows are the same for the replicas that share them', () => {
  const run = {
    ...entityOf.assessmentRun(arnOf('assessmentRun', 7)),
    state: 'PAUSED',
    durationInSeconds: 2 ** 40,
    findingCounts: [{ severity: '__proto__', count: 1 }],
    stateChanges: [{ state: null, stateChangedAt: null }],
    notifications: [],
  };
  expect(share(run)).toEqual({ value: run, readAt });
});
