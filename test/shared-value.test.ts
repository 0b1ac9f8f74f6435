import { expect, test } from '@jest/globals';
import { arnKinds } from '../src/inspector/inspector-arn.js';
import { decodeValue, encodeValue } from '../src/redis/shared-value.js';
import { arnOf, entityOf } from './helpers/entities.js';

const readAt = Date.now();
const share = (value: object) => decodeValue(encodeValue({ value, readAt }));

test.each(arnKinds)('%s is the same for the replicas that share it', (kind) => {
  const entity = entityOf[kind](arnOf(kind, 7) as never);
  expect(share(entity)).toMatchObject({ value: entity, readAt });
});

test.each(arnKinds)('What is absent of %s is absent for the replicas that share it', (kind) => {
  const entity = entityOf[kind](arnOf(kind, 7) as never);
  const sparse = Object.fromEntries(Object.keys(entity).map((name) => [name, name === 'arn' ? entity.arn : null]));
  expect(share(sparse)).toMatchObject({ value: sparse, readAt });
});

test('What was read in the future is read anew, and what another clock is a little ahead with was read now', () => {
  const value = entityOf.assessmentRun(arnOf('assessmentRun', 7));
  expect(decodeValue(encodeValue({ value, readAt: Date.now() + 3_600_000 }))).toBeNull();
  const shared = decodeValue(encodeValue({ value, readAt: Date.now() + 4000 }));
  expect(Math.abs((shared?.readAt ?? 0) - Date.now())).toBeLessThan(1000);
  expect(Math.abs((shared?.readAtMonotonicMs ?? 0) - performance.now())).toBeLessThan(1000);
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
  expect(share(run)).toMatchObject({ value: run, readAt });
});
