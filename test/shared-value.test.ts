import { expect, test } from '@jest/globals';
import { arnKinds } from '../src/inspector/inspector-arn.js';
import { toCachedShape } from '../src/inspector/upstream-response.js';
import { decodeValue, encodeValue } from '../src/redis/shared-value.js';
import { arnOf, entityOf } from './helpers/entities.js';
import { telemetryOf } from './helpers/runs.js';

const fetchedAt = Date.now();
const share = (value: object) => decodeValue(encodeValue({ value, fetchedAt }));

test.each(arnKinds)('Replicas share %s unchanged', (kind) => {
  const entity = entityOf[kind](arnOf(kind, 7) as never);
  expect(share(entity)).toMatchObject({ value: entity, fetchedAt });
});

test.each(arnKinds)('Replicas share absent members of %s as null', (kind) => {
  const entity = entityOf[kind](arnOf(kind, 7) as never);
  const sparse = Object.fromEntries(Object.keys(entity).map((name) => [name, name === 'arn' ? entity.arn : null]));
  expect(share(sparse)).toMatchObject({ value: sparse, fetchedAt });
});

test.each(arnKinds)('The version of shared values depends on every member of %s', (kind) => {
  const { properties } = JSON.parse(toCachedShape());
  expect(Object.keys(properties[kind].properties).sort()).toEqual(
    Object.keys(entityOf[kind](arnOf(kind, 7) as never)).sort(),
  );
});

test('The version of shared values depends on every member of a row', () => {
  const { properties } = JSON.parse(toCachedShape());
  const [row] = telemetryOf(arnOf('assessmentRun', 7));
  expect(Object.keys(properties.telemetryMetadata.items.properties).sort()).toEqual(Object.keys(row ?? {}).sort());
});

test('A value from the future is refused, and one from a clock that is a little ahead counts as fetched now', () => {
  const value = entityOf.assessmentRun(arnOf('assessmentRun', 7));
  expect(decodeValue(encodeValue({ value, fetchedAt: Date.now() + 3_600_000 }))).toBeNull();
  const shared = decodeValue(encodeValue({ value, fetchedAt: Date.now() + 4000 }));
  expect(Math.abs((shared?.fetchedAt ?? 0) - Date.now())).toBeLessThan(1000);
  expect(Math.abs((shared?.fetchedAtMonotonicMs ?? 0) - performance.now())).toBeLessThan(1000);
});

test('Replicas share unknown values unchanged', () => {
  const run = {
    ...entityOf.assessmentRun(arnOf('assessmentRun', 7)),
    state: 'PAUSED',
    durationInSeconds: 2 ** 40,
    findingCounts: [{ severity: '__proto__', count: 1 }],
    stateChanges: [{ state: null, stateChangedAt: null }],
    notifications: [],
  };
  expect(share(run)).toMatchObject({ value: run, fetchedAt });
});
