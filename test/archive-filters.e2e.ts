import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { engines, openEmptyArchive } from './helpers/archives.js';
import { call, importRecords, startEndpoint } from './helpers/endpoint.js';
import { createHistory, type Structure, toLines } from './helpers/histories.js';
import { rounds } from './helpers/rounds.js';

const REGIONS = ['us-west-2', 'eu-west-1'];
const STATES = ['COMPLETED', 'FAILED', 'CANCELED', 'COMPLETED_WITH_ERRORS'];
const SEVERITIES = ['High', 'Low', 'Informational'];
const PACKAGES = [0, 1, 2, 3].map(
  (number) => `arn:aws:inspector:us-west-2:758058086616:rulespackage/0-Package${number}`,
);
/** Characters that mean something to GLOB, LIKE or JSON, others that do not, and one of two code units. */
const CHARACTERS = ['a', 'A', 'b', '*', '?', '[', ']', '^', '-', '%', '_', '\\', '"', "'", ' ', '.', 'é', '😀'];
const NAMES = [
  'Run 100%',
  'Run 100x',
  'run 100%',
  'Run_1',
  'Run-1',
  'a[b]c',
  'abc',
  'a*c',
  'a\\c',
  'a?c',
  '[^a]',
  'ab',
  'aab',
  'aaab',
  'bb "quoted"',
  'Émile 😀',
  ...Array.from({ length: 24 }, (_, number) => toText(number * 7919)),
];
const START = 1_458_680_170;

const histories = NAMES.map((name, number) => {
  const history = createHistory(1 + Math.floor(number / 3), {
    account: number % 5 === 0 ? '999999999999' : '123456789012',
    region: REGIONS[number % 7 === 0 ? 1 : 0] as string,
  });
  const rulesPackageArns = PACKAGES.filter((_, place) => (number + 1) & (1 << place));
  const run: Structure = {
    ...history.run,
    arn: `${history.template.arn}/run/0-Run${number}`,
    name,
    state: STATES[number % STATES.length],
    durationInSeconds: 180 + (number % 6) * 60,
    rulesPackageArns,
    stateChangedAt: START + (number % 11) + 0.5,
  };
  if (number % 4 === 0) delete run.startedAt;
  else run.startedAt = START + (number % 9) + 0.25;
  if (number % 3 === 0) delete run.completedAt;
  else run.completedAt = START + (number % 10) + 0.125;
  const template: Structure = { ...history.template, name, durationInSeconds: run.durationInSeconds, rulesPackageArns };
  const target: Structure = { ...history.target, name };
  const finding: Structure = {
    ...history.finding,
    arn: `${run.arn}/finding/0-Finding`,
    id: number % 6 === 0 ? undefined : `CVE-${number % 5}`,
    severity: number % 7 === 0 ? undefined : SEVERITIES[number % SEVERITIES.length],
    serviceAttributes: { schemaVersion: 1, rulesPackageArn: PACKAGES[number % PACKAGES.length] },
    assetAttributes: {
      schemaVersion: 1,
      agentId: number % 8 === 0 ? undefined : `i-${number % 4}`,
      autoScalingGroup: number % 3 === 0 ? undefined : `group-${number % 3}`,
    },
    attributes: [{ key: 'package', value: `p${number % 3}` }, { key: `only-${number % 2}` }],
    userAttributes: number % 2 === 0 ? [{ key: 'team', value: `t${number % 3}` }] : [],
    createdAt: START + (number % 12) + 0.75,
  };
  return { run, template, target, finding };
});

const toRecord = (operation: string, member: string, structures: Structure[]) => ({
  operation,
  input: {},
  output: { [member]: structures, failedItems: {} },
});

/** In the order of the archive, each once: of several with the same ARN the first. */
const structures = Object.fromEntries(
  (['run', 'template', 'target', 'finding'] as const).map((kind) => [
    kind,
    [...new Map(histories.map((history) => [history[kind].arn, history[kind]] as const).reverse()).values()].reverse(),
  ]),
) as Record<'run' | 'template' | 'target' | 'finding', Structure[]>;

const records = toLines([
  toRecord('DescribeAssessmentTargets', 'assessmentTargets', structures.target),
  toRecord('DescribeAssessmentTemplates', 'assessmentTemplates', structures.template),
  toRecord('DescribeAssessmentRuns', 'assessmentRuns', structures.run),
  toRecord('DescribeFindings', 'findings', structures.finding),
]);

function toText(number: number): string {
  const character = CHARACTERS[number % CHARACTERS.length] as string;
  return number < CHARACTERS.length ? character : character + toText(Math.floor(number / CHARACTERS.length));
}

// What the filters are documented to mean, said another way.

interface Filter {
  // biome-ignore lint/suspicious/noExplicitAny: whatever the operation takes
  [member: string]: any;
}

const isAnyOf = (wanted: unknown[] | undefined, value: unknown) => !wanted?.length || wanted.includes(value);
const hasAnyOf = (wanted: unknown[] | undefined, values: unknown[]) =>
  !wanted?.length || wanted.some((one) => values.includes(one));
const isBetween = (from: number | undefined, to: number | undefined, value: number | undefined) =>
  (from === undefined && to === undefined) ||
  (value !== undefined && value >= (from ?? 0) && value <= (to ?? Infinity));

/** Goes through the name from left to right, and takes each part between two stars where it first occurs. */
function fits(pattern: string | undefined, name: string): boolean {
  if (pattern === undefined) return true;
  if (!pattern.includes('*')) return pattern === name;
  const parts = pattern.split('*');
  const [first = '', last = ''] = [parts.shift(), parts.pop()];
  if (!name.startsWith(first) || !name.slice(first.length).endsWith(last)) return false;
  const end = name.length - last.length;
  let place = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, place);
    if (found === -1 || found + part.length > end) return false;
    place = found + part.length;
  }
  return true;
}

function hasAttribute(wanted: Structure[] | undefined, own: Structure[]): boolean {
  if (!wanted?.length) return true;
  return wanted.some(({ key, value }) =>
    own.some((one) => one.key === key && (value === undefined || one.value === value)),
  );
}

const tests: Record<string, (structure: Structure, filter: Filter) => boolean> = {
  ListAssessmentRuns: (run, filter) =>
    fits(filter.namePattern, run.name) &&
    isAnyOf(filter.states, run.state) &&
    hasAnyOf(filter.rulesPackageArns, run.rulesPackageArns) &&
    isBetween(filter.durationRange?.minSeconds, filter.durationRange?.maxSeconds, run.durationInSeconds) &&
    isBetween(filter.startTimeRange?.beginDate, filter.startTimeRange?.endDate, run.startedAt) &&
    isBetween(filter.completionTimeRange?.beginDate, filter.completionTimeRange?.endDate, run.completedAt) &&
    isBetween(filter.stateChangeTimeRange?.beginDate, filter.stateChangeTimeRange?.endDate, run.stateChangedAt),
  ListAssessmentTemplates: (template, filter) =>
    fits(filter.namePattern, template.name) &&
    hasAnyOf(filter.rulesPackageArns, template.rulesPackageArns) &&
    isBetween(filter.durationRange?.minSeconds, filter.durationRange?.maxSeconds, template.durationInSeconds),
  ListAssessmentTargets: (target, filter) => fits(filter.assessmentTargetNamePattern, target.name),
  ListFindings: (finding, filter) =>
    isAnyOf(filter.agentIds, finding.assetAttributes.agentId) &&
    isAnyOf(filter.autoScalingGroups, finding.assetAttributes.autoScalingGroup) &&
    isAnyOf(filter.ruleNames, finding.id) &&
    isAnyOf(filter.severities, finding.severity) &&
    isAnyOf(filter.rulesPackageArns, finding.serviceAttributes.rulesPackageArn) &&
    hasAttribute(filter.attributes, finding.attributes) &&
    hasAttribute(filter.userAttributes, finding.userAttributes) &&
    isBetween(filter.creationTimeRange?.beginDate, filter.creationTimeRange?.endDate, finding.createdAt),
};

// What is asked.

/** With a star in front of a character, or in its place. */
function withStar(text: string, place: number, isCut: boolean): string {
  const characters = [...text];
  return [...characters.slice(0, place), '*', ...characters.slice(isCut ? place + 1 : place)].join('');
}

/** Half of the patterns are made of a name, so that some match. */
const namePattern = fc
  .oneof(
    fc.array(fc.constantFrom(...CHARACTERS), { minLength: 1, maxLength: 6 }).map((characters) => characters.join('')),
    fc
      .tuple(fc.constantFrom(...NAMES), fc.array(fc.nat({ max: 12 }), { maxLength: 3 }), fc.boolean())
      .map(([name, places, isCut]) => places.reduce((pattern, place) => withStar(pattern, place, isCut), name)),
  )
  .filter((pattern) => pattern.length > 0);

const someOf = <T>(values: readonly T[]) => fc.array(fc.constantFrom(...values), { maxLength: 3 });

/** Ends are moments that there are, and ones just beside them. */
const timeRange = fc
  .record(
    {
      beginDate: fc.nat({ max: 24 }).map((eighths) => START + eighths / 2 + 0.125),
      endDate: fc.nat({ max: 24 }).map((eighths) => START + eighths / 2 + 0.25),
    },
    { requiredKeys: [] },
  )
  .filter(({ beginDate = 0, endDate = Infinity }) => beginDate <= endDate);

const durationRange = fc
  .record(
    { minSeconds: fc.integer({ min: 180, max: 500 }), maxSeconds: fc.integer({ min: 180, max: 500 }) },
    { requiredKeys: [] },
  )
  .filter(({ minSeconds = 0, maxSeconds = Infinity }) => minSeconds <= maxSeconds);

const attribute = (keys: string[], values: string[]) =>
  fc.record({ key: fc.constantFrom(...keys), value: fc.constantFrom(...values) }, { requiredKeys: ['key'] });

const packages = someOf([...PACKAGES, 'arn:aws:inspector:us-west-2:758058086616:rulespackage/0-Package']);

const operations: [string, keyof typeof structures, string, Record<string, fc.Arbitrary<unknown>>][] = [
  [
    'ListAssessmentRuns',
    'run',
    'assessmentRunArns',
    {
      namePattern,
      states: someOf([...STATES, 'CREATED']),
      rulesPackageArns: packages,
      durationRange,
      startTimeRange: timeRange,
      completionTimeRange: timeRange,
      stateChangeTimeRange: timeRange,
    },
  ],
  [
    'ListAssessmentTemplates',
    'template',
    'assessmentTemplateArns',
    { namePattern, rulesPackageArns: packages, durationRange },
  ],
  ['ListAssessmentTargets', 'target', 'assessmentTargetArns', { assessmentTargetNamePattern: namePattern }],
  [
    'ListFindings',
    'finding',
    'findingArns',
    {
      agentIds: someOf(['i-0', 'i-1', 'i-2', 'I-1']),
      autoScalingGroups: someOf(['group-1', 'group-2', 'group']),
      ruleNames: someOf(['CVE-0', 'CVE-1', 'CVE-2', '']),
      severities: someOf([...SEVERITIES, 'Medium']),
      rulesPackageArns: packages,
      attributes: fc.array(attribute(['package', 'only-0', 'nothing'], ['p0', 'p1']), { maxLength: 2 }),
      userAttributes: fc.array(attribute(['team'], ['t0', 't1', 'T0']), { maxLength: 2 }),
      creationTimeRange: timeRange,
    },
  ],
];

const rows = operations.flatMap(([operation, kind, member, filters]) => [
  ...Object.entries(filters).map(([name, values]) => ({
    title: `${operation} by ${name}`,
    operation,
    kind,
    member,
    filters: fc.record({ [name]: values }),
  })),
  {
    title: `${operation} by several together`,
    operation,
    kind,
    member,
    filters: fc.record(filters as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] }),
  },
]);

describe.each(engines)('The filters over $name', (engine) => {
  let url: string;
  beforeAll(async () => {
    const archiveUrl = await engine.createUrl();
    await importRecords(archiveUrl, records);
    ({ url } = await startEndpoint(archiveUrl));
  });

  /** All pages of a list, and how long each of them was. */
  async function list(operation: string, member: string, filter: Filter, pageSize: number, region?: string) {
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const { body } = await call(url, operation, { filter, maxResults: pageSize, nextToken }, region);
      expect(body.__type).toBeUndefined();
      expect(body[member].length).toBeLessThanOrEqual(pageSize);
      arns.push(...body[member]);
      nextToken = body.nextToken;
    } while (nextToken !== undefined);
    return arns;
  }

  test.each(rows)('give what the model says, in its order: $title', async ({ operation, kind, member, filters }) => {
    const matches = tests[operation] as (structure: Structure, filter: Filter) => boolean;
    await fc.assert(
      fc.asyncProperty(
        filters,
        fc.constantFrom(undefined, ...REGIONS),
        fc.constantFrom(1, 7, 100),
        async (filter, region, pageSize) => {
          const expected = structures[kind]
            .filter(({ arn }) => region === undefined || arn.split(':')[3] === region)
            .filter((structure) => matches(structure, filter))
            .map(({ arn }) => arn);
          expect(await list(operation, member, filter, pageSize, region)).toEqual(expected);
        },
      ),
      { numRuns: rounds(20, 100) },
    );
  });

  test('find each run by its name, in which nothing but a star is special', async () => {
    for (const { name } of structures.run.filter((run) => !run.name.includes('*'))) {
      const expected = structures.run.filter((run) => run.name === name).map(({ arn }) => arn);
      expect(await list('ListAssessmentRuns', 'assessmentRunArns', { namePattern: name }, 100)).toEqual(expected);
      const arns = await list('ListAssessmentRuns', 'assessmentRunArns', { namePattern: `*${name}*` }, 100);
      expect(arns).toEqual(structures.run.filter((run) => run.name.includes(name)).map(({ arn }) => arn));
    }
  });

  test('pass over findings that say nothing of their attributes', async () => {
    const { url: archiveUrl, tables } = await openEmptyArchive(engine);
    const { run, finding } = createHistory(1);
    const createFinding = (id: string): Structure => ({
      ...finding,
      arn: `${run.arn}/finding/${id}`,
      userAttributes: [{ key: 'team', value: 'a' }],
    });
    const [all, no, neither] = [createFinding('0-All'), createFinding('0-No'), createFinding('0-Neither')] as const;
    await importRecords(archiveUrl, toLines([toRecord('DescribeFindings', 'findings', [all, no, neither])]));
    for (const [{ arn }, document] of [
      [no, { ...no, attributes: undefined }],
      [neither, { ...neither, attributes: undefined, userAttributes: undefined }],
    ] as const) {
      await tables
        .updateTable('documents')
        .set({ document: JSON.stringify(document) })
        .where('key', '=', arn)
        .execute();
    }
    const { url: ownUrl } = await startEndpoint(archiveUrl);
    const list = async (filter: Filter) => (await call(ownUrl, 'ListFindings', { filter })).body.findingArns;
    expect(await list({})).toEqual([all.arn, no.arn, neither.arn]);
    expect(await list({ attributes: [{ key: 'package_name' }] })).toEqual([all.arn]);
    expect(await list({ userAttributes: [{ key: 'team' }] })).toEqual([all.arn, no.arn]);
    const both = { attributes: [{ key: 'package_name' }], userAttributes: [{ key: 'team' }] };
    expect(await list(both)).toEqual([all.arn]);
  });
});
