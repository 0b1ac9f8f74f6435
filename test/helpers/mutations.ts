import fc from 'fast-check';

/*
 * Files as accidents and scripts leave them: JSON of which something was removed, added, renamed or moved, and text that
 * was cut, joined or damaged.
 */

/** A change of a JSON value; `place` picks what is changed, whatever the value's size. */
type Change = (json: unknown, place: number) => unknown;

interface Spot {
  readonly parent: Record<string, unknown> | unknown[];
  readonly key: string | number;
}

/** Everything in a value but the value itself. */
function findSpots(json: unknown): Spot[] {
  if (typeof json !== 'object' || json === null) return [];
  const parent = json as Record<string, unknown> | unknown[];
  const keys = Array.isArray(json) ? [...json.keys()] : Object.keys(json);
  return keys.flatMap((key) => [{ parent, key }, ...findSpots((json as Record<string | number, unknown>)[key])]);
}

function at(change: (spot: Spot, value: unknown, json: unknown) => void): Change {
  return (json, place) => {
    const changed = { root: structuredClone(json) };
    const spots = findSpots(changed);
    const spot = spots[place % spots.length] as Spot;
    change(spot, (spot.parent as Record<string | number, unknown>)[spot.key], changed.root);
    return changed.root;
  };
}

function set({ parent, key }: Spot, value: unknown): void {
  (parent as Record<string | number, unknown>)[key] = value;
}

function remove({ parent, key }: Spot): void {
  if (Array.isArray(parent)) parent.splice(key as number, 1);
  else if (key !== 'root') delete parent[key];
}

const otherValue = fc.constantFrom<unknown>(
  ...[
    null,
    true,
    0,
    -1,
    1.5,
    2 ** 40,
    2 ** 53 + 2,
    1458680170,
    1700000000000,
    '',
    'x',
    'High',
    '1458680170',
    '2016-03-22T20:56:10',
  ],
  ...[
    '\ud800',
    [],
    {},
    [[]],
    [{}],
    [null],
    { Value: 'High' },
    { arn: 'arn:aws:inspector:us-west-2:1:x' },
    '{"arn":1}',
    '[]',
  ],
);
const otherName = fc.constantFrom(
  ...['arn', 'Arn', 'agentId', 'assessmentRunArn', 'resourceArn', 'telemetryMetadata', 'tags', 'findings', 'input'],
  ...['output', 'operation', 'assessmentRuns', 'x', 'A B', '0', 'failedItems', 'nextToken', 'exclusionPreviews'],
  ...['assessmentRunArns', 'status', 'roleArn', 'stateChangedAt', 'Message', 'toString', 'name'],
);

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constant(at(remove)),
  otherValue.map((value) => at((spot) => set(spot, structuredClone(value)))),
  otherName.map((name) =>
    at((spot, value) => {
      remove(spot);
      set(Array.isArray(spot.parent) ? spot : { ...spot, key: spot.key === 'root' ? 'root' : name }, value);
    }),
  ),
  fc.tuple(otherName, otherValue).map(([name, value]) =>
    at((spot, member) => {
      if (typeof member === 'object' && member !== null && !Array.isArray(member))
        set({ parent: member as Record<string, unknown>, key: name }, structuredClone(value));
      else set(spot, [member, structuredClone(value)]);
    }),
  ),
  otherName.map((name) => at((spot, value) => set(spot, { [name]: value }))),
  fc.constant(at((spot, value) => set(spot, [value]))),
  fc.constant(at((spot, value) => set(spot, JSON.stringify(value)))),
  fc.constant(at((spot, value) => set(spot, Array.isArray(value) ? value.slice(1) : [value, structuredClone(value)]))),
  // Something of the value moves to another place in it.
  fc.nat().map((number) =>
    at((spot, value, json) => {
      const spots = findSpots({ root: json });
      const other = spots[number % spots.length] as Spot;
      const copy = structuredClone((other.parent as Record<string | number, unknown>)[other.key]);
      if (number % 2 === 0) set(spot, copy);
      else set(spot, { moved: copy, left: value });
    }),
  ),
);

/** A value after some changes. */
export function changed(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(value, fc.array(fc.tuple(change, fc.nat()), { maxLength: 2 }))
    .map(([json, changes]) => changes.reduce((result, [apply, place]) => apply(result, place), json));
}

type Damage = (bytes: Buffer, place: number) => Buffer;

const damage = fc.constantFrom<Damage[]>(
  (bytes, place) => bytes.subarray(0, place),
  (bytes, place) => bytes.subarray(place),
  (bytes, place) => Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)]),
  (bytes, place) => Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 40)]),
  (bytes, place) => Buffer.concat([bytes.subarray(0, place), Buffer.from('\n'), bytes.subarray(place)]),
  (bytes, place) => Buffer.concat([bytes.subarray(0, place), Buffer.from('","'), bytes.subarray(place)]),
  (bytes, place) => Buffer.concat([bytes.subarray(0, place), bytes.subarray(0, place)]),
  (bytes, place) => Buffer.concat([bytes.subarray(place), bytes.subarray(0, place)]),
  (bytes, place) => flip(bytes, place, 1),
  (bytes, place) => flip(bytes, place, 4),
  (bytes, place) => flip(bytes, place, 0x80),
  (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\n', ''), 'latin1'),
);

function flip(bytes: Buffer, place: number, bit: number): Buffer {
  const flipped = Buffer.from(bytes);
  if (flipped.length > 0) flipped[place % flipped.length] = (flipped[place % flipped.length] as number) ^ bit;
  return flipped;
}

/** Bytes after some damage, most often none. */
export function damaged(bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const damages = fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.array(fc.tuple(damage, fc.nat()), { minLength: 1, maxLength: 2 }),
  );
  return fc
    .tuple(bytes, damages)
    .map(([whole, all]) => all.reduce((result, [apply, place]) => apply(result, place % (result.length + 1)), whole));
}
