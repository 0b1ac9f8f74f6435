import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Database, IN_MEMORY, openDatabase } from '../src/archive/store/database.js';
import { createReader } from '../src/archive/store/reader.js';
import { entityTables } from '../src/archive/store/tables.js';
import { EVERYTHING } from '../src/archive/store/visibility.js';
import { operations } from '../src/archive/wire/operations.js';
import { type Operation, runOperation } from '../src/archive/wire/shared/operation.js';
import { endAfterAll } from './helpers/cleanup.js';
import { exportText, importFiles } from './helpers/exports.js';
import { createHistory, type History, type Structure, toLines, toOutputs, toRecords } from './helpers/histories.js';
import { changed, damaged } from './helpers/mutations.js';

/** Short and always the same for every change of the code, long and always different on demand. */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 12);
const SEED = process.env.FUZZ_SECONDS === undefined ? { seed: 20160216 } : {};

const known = createHistory(1);
const KNOWN = [
  toRecords(known),
  toRecords(createHistory(2)),
  toLines([
    { assessmentRunArns: [createHistory(5).run.arn] },
    { findingArns: [known.finding.arn, createHistory(6).finding.arn] },
    ...toFurtherRecords(known),
  ]),
].join('');

/** What the archive keeps besides what histories have. */
function toFurtherRecords({ template, target }: History): Structure[] {
  const roleArn = 'arn:aws:iam::123456789012:role/inspector';
  return [
    {
      operation: 'DescribeCrossAccountAccessRole',
      input: {},
      output: { roleArn, valid: true, registeredAt: 1458680170 },
    },
    {
      operation: 'ListEventSubscriptions',
      input: { resourceArn: template.arn },
      output: {
        subscriptions: [
          {
            resourceArn: template.arn,
            topicArn: 'arn:aws:sns:us-west-2:123456789012:topic',
            eventSubscriptions: [{ event: 'FINDING_REPORTED', subscribedAt: 1458680170 }],
          },
        ],
      },
    },
    {
      operation: 'PreviewAgents',
      input: { previewAgentsArn: target.arn },
      output: { agentPreviews: [{ agentId: 'i-1', hostname: 'example' }] },
    },
    {
      operation: 'GetExclusionsPreview',
      input: { assessmentTemplateArn: template.arn, previewToken: '01234567-89ab-cdef-0123-456789abcdef' },
      output: { previewStatus: 'COMPLETED', exclusionPreviews: [{ title: 'x', scopes: [], attributes: [] }] },
    },
  ];
}

/** The outputs of every read operation, and records of them: of what the archive has, later, and of what it has not. */
const material: unknown[] = [known, createLater(1, 60), createLater(1, -60), createHistory(3)].flatMap((history) => {
  const { run, template, target, finding, exclusion, rulesPackage } = history;
  const records = [
    ...toRecords(history)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
    ...toFurtherRecords(history),
  ];
  return [
    ...records,
    ...records.map(({ output }) => output),
    ...Object.values(toOutputs(history)),
    ...Object.values(history),
    { assessmentRunArns: [run.arn], nextToken: 'x' },
    { assessmentTemplateArns: [template.arn] },
    { assessmentTargetArns: [target.arn] },
    { findingArns: [finding.arn] },
    { exclusionArns: [exclusion.arn] },
    { rulesPackageArns: [rulesPackage.arn] },
    { status: 'COMPLETED', url: 'https://example.com/report.pdf' },
    { ...run, telemetryMetadata: history.telemetry },
    { run, telemetry: { telemetryMetadata: history.telemetry } },
    { template: { ...template, tags: history.tags }, findings: [finding] },
    { ...run, findings: [finding], of: { template, note: 'x' } },
    { ...finding, related: [{ exclusion }, history.agent] },
  ];
});

/** The same things, as they would be some seconds later, with other contents. */
function createLater(number: number, seconds: number): History {
  const history = createHistory(number);
  Object.assign(history.run, { state: 'FAILED', stateChangedAt: history.run.stateChangedAt + seconds });
  Object.assign(history.finding, { title: 'x', updatedAt: history.finding.updatedAt + seconds });
  Object.assign(history.target, { name: 'x', updatedAt: history.target.updatedAt + seconds });
  Object.assign(history.template, { name: 'x', assessmentRunCount: 1 + seconds });
  Object.assign(history.exclusion, { title: 'x' });
  return history;
}

const piece = changed(fc.constantFrom(...material));
const text = fc
  .array(
    fc.tuple(
      piece.chain((json) => fc.constantFrom(JSON.stringify(json), JSON.stringify(json, null, 1))),
      fc.constantFrom('\n', '\r\n', '', ' '),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => parts.flat().join(''));

/** A file that may be anything, and shows itself when it fails a test. */
const file = fc
  .record({
    bytes: damaged(
      fc
        .oneof(
          text,
          fc.array(piece, { maxLength: 3 }).map((list) => JSON.stringify(list)),
        )
        .map((all) => Buffer.from(all)),
    ),
    name: fc.constantFrom('x.json', '0-R0000001.json', '0-L0000001.json', '0-T0000002-0-R0000002.json'),
    runArn: fc.constantFrom(undefined, undefined, known.run.arn),
  })
  .map((given) => ({
    ...given,
    [fc.toStringMethod]: () => JSON.stringify({ ...given, bytes: given.bytes.toString('latin1') }),
  }));

test(
  'No file changes anything that was there before, whatever is in it, and its summary adds up',
  async () => {
    const database = await openDatabase(IN_MEMORY);
    endAfterAll(database.close);
    const reset = async () => {
      for (const table of entityTables) await database.tables.deleteFrom(table).execute();
      expect((await importFiles(database, { 'known.json': KNOWN })).refused).toEqual([]);
    };
    await reset();
    const before = await readAll(database);
    const outcomes = { kept: 0, refused: 0 };

    await fc.assert(
      fc.asyncProperty(file, async ({ bytes, name, runArn }) => {
        const { counts, refused, arns } = await importFiles(database, { [name]: bytes }, { runArn });
        const after = await readAll(database);
        if (refused.length > 0) {
          outcomes.refused += 1;
          expect(after).toEqual(before);
          return;
        }
        outcomes.kept += 1;
        expectNothingLost(before, after);
        expectNothingMadeUp(bytes, before, after);
        expectSum(bytes, counts);
        const news = [...Object.values(counts), ...Object.values(arns)].filter(
          (count) => 'replaced' in count || (count.new ?? 0) > 0,
        );
        if (news.length > 0) await reset();
        else expect(after).toEqual(before);
      }),
      { ...SEED, numRuns: 1_000_000, interruptAfterTimeLimit: SECONDS * 1000, endOnFailure: SECONDS < 60 },
    );
    // Neither kind is a rare one.
    expect(Math.min(outcomes.kept, outcomes.refused)).toBeGreaterThan(10);
  },
  SECONDS * 1000 + 60_000,
);

interface Everything {
  /** Outputs by the input that gives them. */
  readonly described: ReadonlyMap<string, Structure>;
  /** ARNs that are known by their names only. */
  readonly named: ReadonlySet<string>;
  /** What lists answer, each in its order. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
}

const LISTS: Record<string, object> = {
  ListAssessmentRuns: {},
  ListAssessmentTemplates: {},
  ListAssessmentTargets: {},
  ListFindings: {},
  ListRulesPackages: {},
  ListExclusions: { assessmentRunArn: known.run.arn },
  ListAssessmentRunAgents: { assessmentRunArn: known.run.arn },
};

/** Everything that the archive answers; what it exports is compared with what it describes. */
async function readAll(database: Database): Promise<Everything> {
  const reader = createReader(database);
  const context = { reader, visibility: EVERYTHING, origin: 'http://any' };
  const ask = async (operation: string, input: object) =>
    JSON.parse(await runOperation(operations.get(operation) as Operation, input, context));
  const described = new Map<string, Structure>();
  const named = new Set<string>();
  for (const line of (await exportText(database)).split('\n').filter((one) => one !== '')) {
    const { operation, input, output } = JSON.parse(line);
    if (/^List.*(Runs|Templates|Targets|Findings|Exclusions|Packages)$/.test(operation)) {
      for (const arn of Object.values(output).flat()) named.add(arn as string);
      continue;
    }
    const place = described.size;
    described.set(JSON.stringify([operation, input, toIdentity(output)]), output);
    expect(described.size).toBe(place + 1);
    if (/^Describe(?!Cross)/.test(operation)) expect(await ask(operation, input)).toEqual(output);
  }
  const lists: Record<string, string[]> = {};
  for (const [operation, input] of Object.entries(LISTS)) {
    const items = Object.values(await ask(operation, { ...input, maxResults: 500 }))[0] as unknown[];
    lists[operation] = items.map((item) => (typeof item === 'string' ? item : (item as { agentId: string }).agentId));
  }
  return { described, named, lists };
}

/** Of several outputs with the same input, which one it is. */
function toIdentity(output: Structure): unknown {
  const [item] = output.assessmentRunAgents ?? output.agentPreviews ?? output.subscriptions ?? [];
  return item?.agentId ?? item?.topicArn ?? output.exclusionPreviews ?? output.roleArn;
}

function expectNothingLost(before: Everything, after: Everything): void {
  for (const [place, output] of before.described) {
    const now = after.described.get(place) as Structure;
    const isNewer = now !== undefined && (toVersion(now) ?? -Infinity) > (toVersion(output) ?? -Infinity);
    if (!isNewer) expect([place, now]).toEqual([place, output]);
  }
  for (const arn of before.named) {
    expect(after.named.has(arn) || [...after.described.keys()].some((place) => place.includes(`["${arn}"]`))).toBe(
      true,
    );
  }
  for (const [operation, list] of Object.entries(before.lists)) {
    expect(after.lists[operation]?.slice(0, list.length)).toEqual(list);
  }
}

/** What is new has no member of which the file says nothing. */
function expectNothingMadeUp(bytes: Buffer, before: Everything, after: Everything): void {
  const added = [...after.described].filter(([place]) => !before.described.has(place));
  const names = new Set(added.flatMap(([, output]) => Object.values(output).flatMap(findNames)));
  const text = bytes.toString();
  expect([...names].filter((name) => /^\w+$/.test(name) && !text.includes(name))).toEqual([]);
}

function findNames(json: unknown): string[] {
  if (typeof json !== 'object' || json === null) return [];
  return [...(Array.isArray(json) ? [] : Object.keys(json)), ...Object.values(json).flatMap(findNames)];
}

/** What tells the later one of two states. */
function toVersion(output: Structure): number | undefined {
  const [item] =
    output.assessmentRuns ?? output.assessmentTargets ?? output.findings ?? output.assessmentTemplates ?? [];
  if (item === undefined) return output.registeredAt;
  return item.stateChangedAt ?? item.updatedAt ?? item.assessmentRunCount;
}

type Numbers = Record<string, number>;

/** Each thing that says what it is has been counted once; those in text may have been left there. */
function expectSum(bytes: Buffer, counts: Record<string, Numbers>): void {
  const documents = splitJson(bytes.toString());
  if (documents === null) return;
  const [fewest, most] = [false, true].map((readsText) => {
    const found: Numbers = {};
    for (const document of documents) count(document, found, readsText);
    return found;
  }) as [Numbers, Numbers];
  const kinds = new Set([...Object.keys(most), ...Object.keys(counts).filter((kind) => IDENTIFIED.has(kind))]);
  for (const kind of kinds) {
    const { new: added = 0, unchanged = 0, replaced = 0 } = counts[kind] ?? {};
    const sum = added + unchanged + replaced;
    // Telemetry and tags may stand by themselves as well.
    const isFine = sum >= (fewest[kind] ?? 0) && (sum <= (most[kind] ?? 0) || !IDENTIFIED.has(kind));
    expect([kind, sum, isFine]).toEqual([kind, sum, true]);
  }
}

const RUN = 'target/0-[A-Za-z0-9]+/template/0-[A-Za-z0-9]+/run/0-[A-Za-z0-9]+';
const ARNS: Record<string, RegExp> = Object.fromEntries(
  Object.entries({
    assessmentTarget: RUN.slice(0, RUN.indexOf('/template')),
    assessmentTemplate: RUN.slice(0, RUN.indexOf('/run')),
    assessmentRun: RUN,
    finding: `${RUN}/finding/0-[A-Za-z0-9]+`,
    exclusion: `${RUN}/exclusion/0-[A-Za-z0-9]+`,
    resourceGroup: 'resourcegroup/0-[A-Za-z0-9]+',
    rulesPackage: 'rulespackage/0-[A-Za-z0-9]+',
    // The material is of one region; that a damaged one is another's is as good as impossible.
  }).map(([kind, resource]) => [kind, new RegExp(`^arn:aws:inspector:us-west-[12]:\\d{12}:${resource}$`)]),
);
const IDENTIFIED = new Set([...Object.keys(ARNS), 'assessmentRunAgent', 'eventSubscription']);

function count(json: unknown, found: Numbers, readsText: boolean, depth = 0): void {
  if (typeof json === 'string') {
    if (readsText && depth < 4) for (const inner of splitJson(json) ?? []) count(inner, found, true, depth + 1);
    return;
  }
  if (typeof json !== 'object' || json === null) return;
  const kind = Array.isArray(json) ? undefined : toKind(json as Structure);
  if (kind !== undefined) found[kind] = (found[kind] ?? 0) + 1;
  const member = JOINED[kind ?? ''] ?? '';
  const joined = (json as Structure)[member];
  if (Array.isArray(joined) && !joined.some((item) => findKinds(item).length > 0))
    found[member] = (found[member] ?? 0) + 1;
  for (const member of Object.values(json)) count(member, found, readsText, depth);
}

/** Members that are kept by themselves where somebody has put them into a thing. */
const JOINED: Record<string, string> = { assessmentRun: 'telemetryMetadata', assessmentTemplate: 'tags' };

function findKinds(json: unknown): string[] {
  const found: Numbers = {};
  count(json, found, false);
  return Object.keys(found);
}

/** The kind of what says itself what it is. */
function toKind(json: Structure): string | undefined {
  const arn = [json.arn, json.Arn].find((value) => typeof value === 'string');
  const kind = Object.keys(ARNS).find((name) => arn !== undefined && ARNS[name]?.test(arn));
  if (kind !== undefined) return kind;
  if (typeof json.agentId === 'string')
    return typeof json.assessmentRunArn === 'string' ? 'assessmentRunAgent' : undefined;
  const isSubscription = typeof json.topicArn === 'string' && Array.isArray(json.eventSubscriptions);
  return isSubscription && json.resourceArn !== undefined ? 'eventSubscription' : undefined;
}

/** JSON values that follow one another; null where there is something else. */
function splitJson(text: string): unknown[] | null {
  const values: unknown[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.replace(/^\ufeff/, ' ').matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (/^[[{]/.test(token)) depth += 1;
    if (/^[\]}]/.test(token)) depth -= 1;
    if (depth !== 0) continue;
    try {
      values.push(JSON.parse(text.slice(start, index + token.length)));
    } catch {
      return null;
    }
    start = index + token.length;
  }
  return text.slice(start).trim() === '' ? values : null;
}
