import { setImmediate as nextTurn } from 'node:timers/promises';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Scope } from '../../domain/scope.js';
import type { Calendar, Span } from '../calendar.js';
import { addSums, byKeys, type Dimension, type GroupedSums, type SummaryKind, toCount } from '../summary.js';
import type { Database } from './database.js';
import type { DocumentTest } from './list-query.js';
import { hasTextsOf } from './patterns.js';
import { isAmong } from './predicates.js';
import { type Criteria, type ResolvedCriteria, resolveCriteria, toPredicates } from './search/criteria.js';
import { DAY_S, SLOT_S } from './slots.js';
import { sumHigh, sumLow } from './sum-halves.js';
import type { Tables } from './tables.js';
import { UNDESCRIBED } from './writer.js';

/** What to summarize. */
export interface SummaryQuery {
  readonly kind: SummaryKind;
  readonly criteria: Criteria;
  /** What is summarized of; null for everything. */
  readonly scope: Scope | null;
  /** At most two. */
  readonly groupBy: readonly Dimension[];
  /** Null for no time axis. */
  readonly calendar: Calendar | null;
  /** At most so many groups. */
  readonly top: number;
  /** Groups that would have more cells, all together, need not have them: nobody will see them. */
  readonly maxBuckets: number;
}

/** Reads of statistics. */
export interface SummaryReader {
  fetchSummary(query: SummaryQuery): Promise<GroupedSums>;
}

/** Rows that are added up: where they are, and what they have. */
interface Source {
  readonly from: RawBuilder<unknown>;
  /** The terms that each row has, as far as the source knows them. */
  readonly dimensions: Partial<Record<Dimension, RawBuilder<unknown>>>;
  /** In epoch seconds. */
  readonly time: RawBuilder<unknown>;
  readonly sums: readonly RawBuilder<unknown>[];
  /** The column by whose ranges a SQLite archive is read, one after the other. */
  readonly slicedBy: { readonly table: keyof Tables; readonly column: string; readonly rowsPerSlice: number };
}

const column = (name: string) => sql.ref(name);

const findings: Source = {
  from: sql`finding_facts as fact`,
  dimensions: {
    SEVERITY: column('fact.severity'),
    RULES_PACKAGE: column('fact.package'),
    RULE: column('fact.rule'),
    ACCOUNT: column('fact.account'),
    REGION: column('fact.region'),
    TEMPLATE: column('fact.template'),
    HOST: column('fact.agent'),
  },
  time: column('fact.created_at'),
  sums: [sql`count(*)`],
  slicedBy: { table: 'finding_facts', column: 'id', rowsPerSlice: 100_000 },
};

/** Rows that are added up already, by units of time: 0 is the one of what has no time. */
interface Rollup extends Source {
  readonly unit: { readonly column: string; readonly seconds: number };
  /** The columns by which criteria may choose. */
  readonly columns: ReadonlySet<string>;
}

function createRollup(
  of: Source,
  table: keyof Tables,
  seconds: number,
  sums: Source['sums'],
  known: readonly Dimension[],
): Rollup {
  const name = seconds === SLOT_S ? 'slot' : 'day';
  const dimensions = known.map((dimension) => [dimension, sql`nullif(${of.dimensions[dimension]}, 0)`] as const);
  return {
    from: sql`${sql.table(table)} as fact`,
    dimensions: Object.fromEntries(dimensions),
    time: sql`nullif(${column(`fact.${name}`)}, 0) * ${sql.lit(seconds)}`,
    sums,
    slicedBy: { table, column: name, rowsPerSlice: 250_000 },
    unit: { column: name, seconds },
    columns: new Set(),
  };
}

const findingDays: Rollup = {
  ...createRollup(findings, 'finding_days', DAY_S, [sql`sum(fact.count)`], ['SEVERITY', 'RULES_PACKAGE']),
  columns: new Set(['package', 'severity']),
};

const findingSlots: Rollup = {
  ...createRollup(
    findings,
    'finding_slots',
    SLOT_S,
    [sql`sum(fact.count)`],
    ['SEVERITY', 'RULES_PACKAGE', 'ACCOUNT', 'REGION', 'TEMPLATE'],
  ),
  columns: new Set(['account', 'region', 'target', 'template', 'package', 'severity']),
};

const assessmentRuns: Source = {
  from: sql`run_facts as fact`,
  dimensions: {
    STATE: column('fact.state'),
    ACCOUNT: column('fact.account'),
    REGION: column('fact.region'),
    TEMPLATE: column('fact.template'),
  },
  time: column('fact.created_at'),
  sums: [sql`count(*)`],
  slicedBy: { table: 'run_facts', column: 'id', rowsPerSlice: 50_000 },
};

/** Each run once for each of its rules packages, and once for none where it has none. */
const packagesOfRuns: Source = {
  ...assessmentRuns,
  from: sql`run_facts as fact left join run_packages as owned on owned.id = fact.id`,
  dimensions: { ...assessmentRuns.dimensions, RULES_PACKAGE: column('owned.package') },
};

/** Runs with telemetry, whether anything else names them or not. */
const runsWithTelemetry = sql`(select sums.run, sums.account, sums.region, sums.target, sums.template, sums.count_high,
  sums.count_low, sums.data_size_high, sums.data_size_low, sums.lacking, run.id, run.state, run.created_at, run.started_at,
  run.completed_at, run.duration_in_seconds, run.name from telemetry_runs as sums left join run_facts as run on run.run = sums.run) as fact`;

const telemetry: Source = {
  ...assessmentRuns,
  from: runsWithTelemetry,
  sums: [
    sql`sum(fact.count_high)`,
    sql`sum(fact.count_low)`,
    sql`sum(fact.data_size_high)`,
    sql`sum(fact.data_size_low)`,
    sql`sum(fact.lacking)`,
    sql`count(*)`,
  ],
  slicedBy: { table: 'telemetry_runs', column: 'run', rowsPerSlice: 50_000 },
};

const messageTypes: Source = {
  ...telemetry,
  from: sql`${runsWithTelemetry} join telemetry_facts as message on message.run = fact.run`,
  dimensions: { ...telemetry.dimensions, MESSAGE_TYPE: column('message.message_type') },
  sums: [
    sumHigh('message.count'),
    sumLow('message.count'),
    sumHigh('message.data_size'),
    sumLow('message.data_size'),
    sql`count(*) - count(message.data_size)`,
    sql`count(distinct fact.run)`,
  ],
  slicedBy: { table: 'telemetry_runs', column: 'run', rowsPerSlice: 4000 },
};

const telemetryDays: Rollup = createRollup(
  { ...messageTypes, dimensions: { MESSAGE_TYPE: column('fact.message_type') } },
  'telemetry_days',
  DAY_S,
  [...telemetry.sums.slice(0, -1), sql`sum(fact.runs)`],
  ['MESSAGE_TYPE'],
);

/** The rollups of each source, the smallest first. */
const rollups: ReadonlyMap<Source, readonly Rollup[]> = new Map([
  [findings, [findingDays, findingSlots]],
  [messageTypes, [telemetryDays]],
]);

/** Dimensions with so many values that groups are chosen before they are divided by time. */
const MANY_VALUES: ReadonlySet<Dimension> = new Set(['RULE', 'HOST', 'TEMPLATE']);

/** Columns by which an index finds few rows. */
const SELECTIVE: ReadonlySet<string> = new Set(['run', 'agent', 'rule', 'auto_scaling_group', 'template']);

/** Indexes in whose order findings are read, so that a group of many is all in one slice. */
const KEY_SLICES: ReadonlyMap<Dimension, Source['slicedBy']> = new Map([
  ['RULE', { table: 'finding_facts', column: 'rule', rowsPerSlice: 50_000 }],
  ['HOST', { table: 'finding_facts', column: 'agent', rowsPerSlice: 50_000 }],
]);

/** The largest of PostgreSQL's integers. */
const MAX_UNIT = 2 ** 31 - 1;

const DOCUMENTS_PER_TEST = 2000;
const TERMS_PER_READ = 20_000;
/** How often statistics are read again because an import has changed the archive meanwhile. */
const MAX_READS = 3;

/** A part of a source that is added up. */
interface Part {
  readonly source: Source;
  readonly criteria: ResolvedCriteria;
  readonly further?: RawBuilder<SqlBool> | undefined;
  /** Whether an index finds its few rows by their time. */
  readonly isNarrow?: boolean;
  /** By which it is sliced in place of the source's own column. */
  readonly slicedBy?: Source['slicedBy'] | undefined;
}

/** A group while it is added up. */
interface OpenGroup {
  readonly terms: readonly (number | null)[];
  readonly total: number[];
  readonly cells: Map<number | null, number[]>;
}

/** Sums of a group in a span, as the engines give them. */
type Row = Readonly<Record<string, number | string | null>>;

/** The reads over an open database. */
export function createSummaryReader({ tables, engine }: Pick<Database, 'tables' | 'engine'>): SummaryReader {
  return {
    async fetchSummary(query) {
      // It takes several statements, all of which have to see the same archive.
      for (let read = 1; ; read += 1) {
        const revision = await fetchRevision();
        const summary = await summarize(query);
        if (read === MAX_READS || (await fetchRevision()) === revision) return summary;
      }
    },
  };

  async function fetchRevision(): Promise<number> {
    return (await tables.selectFrom('writers').select('revision').executeTakeFirstOrThrow()).revision;
  }

  async function summarize({ kind, criteria: given, scope, groupBy, calendar, top, maxBuckets }: SummaryQuery) {
    const table = kind === 'findings' ? 'finding_facts' : 'run_facts';
    const criteria = await resolveCriteria(tables, engine, table, given, scope);
    if (criteria === null) return summarizeNothing(kind, groupBy);
    const spans = calendar === null ? null : await fetchSpans(kind, criteria, calendar);
    const source = chooseSource(kind, groupBy);
    const parts = toParts(source, criteria, groupBy, spans);
    const isDividedAtOnce = !groupBy.some((dimension) => MANY_VALUES.has(dimension));
    const all = isDividedAtOnce
      ? await readParts(parts, groupBy, spans)
      : await readParts(parts, groupBy, null, { top, hasTimes: spans !== null });
    const chosen = await chooseGroups([...all.groups.values()], kind, top);
    const intervals = calendar === null ? [] : all.times.map((time) => calendar.intervalAt(time));
    const mayBeSeen = chosen.length * (toLast(intervals) - toFirst(intervals) + 1) <= maxBuckets;
    if (spans !== null && !isDividedAtOnce && chosen.length > 0 && mayBeSeen) {
      const ofChosen = parts.map((part): Part => {
        const isOfChosen = isOfGroups(
          part.source,
          groupBy,
          chosen.map(({ group }) => group),
        );
        return { ...part, further: toAll([part.further, isOfChosen]) };
      });
      const divided = await readParts(ofChosen, groupBy, spans);
      for (const { group } of chosen) {
        for (const [interval, sums] of divided.groups.get(group.terms.join())?.cells ?? [])
          group.cells.set(interval, sums);
      }
    }
    // What is in several groups is in the total once.
    const overlaps = source === packagesOfRuns || source === messageTypes;
    const { total } = overlaps ? await readParts([{ source: chooseSource(kind, []), criteria }], [], null) : all;
    const groups = chosen.map(({ group, keys }) => {
      return { keys, total: group.total, cells: [...group.cells].map(([interval, sums]) => ({ interval, sums })) };
    });
    if (groupBy.length === 0 && groups.length === 0) groups.push({ keys: [], total: zeros(source), cells: [] });
    for (const { cells } of all.groups.values()) {
      for (const interval of cells.keys()) if (interval !== null) intervals.push(interval);
    }
    return {
      groups,
      groupCount: groupBy.length === 0 ? 1 : all.countGroups(),
      total: total.length === 0 ? zeros(source) : total,
      first: intervals.length === 0 ? null : toFirst(intervals),
      last: intervals.length === 0 ? null : toLast(intervals),
      hasUndated: all.hasUndated(),
    };
  }

  /** Of criteria that nothing fits. */
  function summarizeNothing(kind: SummaryKind, groupBy: readonly Dimension[]): GroupedSums {
    const total = zeros(chooseSource(kind, groupBy));
    const groups = groupBy.length === 0 ? [{ keys: [], total, cells: [] }] : [];
    return { groups, groupCount: groups.length, total, first: null, last: null, hasUndated: false };
  }

  /** The spans of all times that there are. */
  async function fetchSpans(kind: SummaryKind, { ranges }: ResolvedCriteria, calendar: Calendar): Promise<Span[]> {
    const table = sql.table(kind === 'findings' ? 'finding_facts' : 'run_facts');
    const { rows } = await sql<{ first: number | null; last: number | null }>`select
      (select min(created_at) from ${table}) as first, (select max(created_at) from ${table}) as last`.execute(tables);
    const range = ranges.find((one) => one.column === 'created_at');
    const first = Math.max(rows[0]?.first ?? Number.POSITIVE_INFINITY, range?.from ?? Number.NEGATIVE_INFINITY);
    const last = Math.min(rows[0]?.last ?? Number.NEGATIVE_INFINITY, range?.to ?? Number.POSITIVE_INFINITY);
    return first <= last ? calendar.toSpans(first, last) : [];
  }

  /** The parts that a source is read in: a rollup in place of its rows, where one knows all that is asked. */
  function toParts(
    source: Source,
    criteria: ResolvedCriteria,
    groupBy: readonly Dimension[],
    spans: readonly Span[] | null,
  ): Part[] {
    const { ranges, terms, text, namePattern, packageIds, agentIds, hasTelemetry, accepts } = criteria;
    const [range, ...others] = ranges;
    const isPlain = [text, namePattern, packageIds, agentIds, hasTelemetry, accepts].every((one) => one === undefined);
    const mayRollUp =
      isPlain &&
      others.length === 0 &&
      (range === undefined || range.column === 'created_at') &&
      !isSelective(criteria);
    const rollup = rollups.get(source)?.find(({ dimensions, columns, unit }) => {
      return (
        mayRollUp &&
        groupBy.every((dimension) => dimension in dimensions) &&
        terms.every(({ column: name }) => columns.has(name)) &&
        (spans ?? []).slice(1).every(({ from }) => from % unit.seconds === 0)
      );
    });
    const slicedBy = range === undefined ? KEY_SLICES.get(groupBy[0] as Dimension) : undefined;
    const rows: Part = { source, criteria, slicedBy: source === findings ? slicedBy : undefined };
    if (rollup === undefined) return [rows];
    if (range === undefined) return [{ source: rollup, criteria }];
    const { from, to } = range;
    const { column: name, seconds } = rollup.unit;
    const first = from === null ? 1 : Math.min(Math.max(1, Math.ceil(from / seconds)), MAX_UNIT);
    const end = to === null ? null : Math.min(Math.max(0, Math.floor(to / seconds)), MAX_UNIT);
    if (end !== null && first >= end) return [rows];
    const unit = sql.ref(`fact.${name}`);
    const parts: Part[] = [
      {
        source: rollup,
        criteria: { ...criteria, ranges: [] },
        further: toAll([sql`${unit} >= ${first}`, end === null ? undefined : sql`${unit} < ${end}`]),
      },
    ];
    // Units that are cut by the range are read row by row.
    const toEdge = (edge: { from: number | null; to: number | null }, further?: RawBuilder<SqlBool>): Part => {
      return {
        source,
        criteria: { ...criteria, ranges: [{ column: 'created_at', ...edge }] },
        further,
        isNarrow: true,
      };
    };
    if (from !== null) parts.push(toEdge({ from, to: first * seconds }, sql`fact.created_at < ${first * seconds}`));
    if (end !== null) parts.push(toEdge({ from: end * seconds, to }));
    return parts;
  }

  /**
   * Adds up parts by groups, of which all but the `top` largest may be left out. `hasTimes` asks for the first and the last time,
   * where nothing is divided by time.
   */
  async function readParts(
    parts: readonly Part[],
    groupBy: readonly Dimension[],
    spans: readonly Span[] | null,
    { top, hasTimes = false }: { top?: number; hasTimes?: boolean } = {},
  ) {
    const sums = createGroups(groupBy.length, spans);
    for (const part of parts) {
      const { source } = part;
      const terms = groupBy.map((dimension) => source.dimensions[dimension] as RawBuilder<unknown>);
      const keys = [...terms, ...(spans === null ? [] : [toSpanNumber(source.time, spans)])];
      const times = sql`min(${source.time}) as first, max(${source.time}) as last, count(*) - count(${source.time}) as undated`;
      const columns = [
        ...keys.map((key, place) => sql`${key} as ${sql.ref(`key${place}`)}`),
        ...source.sums.map((sum, place) => sql`${sum} as ${sql.ref(`sum${place}`)}`),
        ...(hasTimes ? [times] : []),
      ];
      const places = keys.map((_, place) => sql.lit(place + 1));
      const grouped = places.length === 0 ? sql`` : sql`group by ${sql.join(places)}`;
      for await (const predicate of toSlices(part)) {
        const all = sql<Row>`select ${sql.join(columns)} from ${source.from}
          where ${predicate} ${grouped} having count(*) > 0`;
        const { rows } = await (top !== undefined && hasWholeGroups(parts)
          ? toLargest(all, groupBy.length, source.sums.length, top, hasTimes)
          : all
        ).execute(tables);
        for (const row of rows) sums.add(row, source.sums.length);
      }
    }
    return sums;
  }

  /** The largest of whole groups, equal ones in the order of their keys, and a row that adds up and counts all of them. */
  function toLargest(groups: RawBuilder<Row>, keyCount: number, sumCount: number, top: number, hasTimes: boolean) {
    const keys = Array.from({ length: keyCount }, (_, place) => `key${place}`);
    const sums = Array.from({ length: sumCount }, (_, place) => sql.ref(`sum${place}`));
    const terms = keys.map(
      (key) =>
        sql`left join terms as ${sql.ref(`of_${key}`)} on ${sql.ref(`of_${key}.id`)} = ${sql.ref(`grouped.${key}`)}`,
    );
    const byKeys = keys.map((key) => {
      const value = sql.ref(`of_${key}.value`);
      return sql`${value} is null, ${value} ${engine === 'sqlite' ? sql`` : sql`collate "C"`}`;
    });
    const all = [
      ...keys.map((key) => sql`null as ${sql.ref(key)}`),
      ...sums.map((sum) => sql`sum(${sum})`),
      ...(hasTimes ? [sql`min(first), max(last), sum(undated)`] : []),
    ];
    return sql<Row>`with grouped as materialized (${groups})
      select * from (
        select grouped.*, 0 as counted from grouped ${sql.join(terms, sql` `)}
        where sum0 >= coalesce((select sum0 from grouped order by sum0 desc limit 1 offset ${sql.lit(top - 1)}), 0)
        order by sum0 desc, ${sql.join(byKeys)} limit ${sql.lit(top)}
      ) as largest
      union all select ${sql.join(all)}, count(*) as counted from grouped having count(*) > 0`;
  }

  /** What each statement reads of a part. SQLite is synchronous: other requests run between slices. */
  async function* toSlices({
    source,
    criteria,
    further,
    isNarrow,
    slicedBy,
  }: Part): AsyncGenerator<RawBuilder<SqlBool>> {
    if (criteria.accepts !== undefined) {
      yield* toTestedSlices(criteria, criteria.accepts);
      return;
    }
    const sliced = slicedBy ?? source.slicedBy;
    // What may take seconds is sliced on PostgreSQL as well, where each statement has a time limit.
    const isLong = slicedBy !== undefined || source === messageTypes;
    if (isNarrow || isSelective(criteria) || (engine === 'postgres' && !isLong)) {
      yield toAll([...toPredicates(engine, criteria), further]) ?? sql`true`;
      return;
    }
    const { table, column: name, rowsPerSlice } = sliced;
    const range = criteria.ranges.find((one) => one.column === 'created_at');
    const ofRange =
      range === undefined || table !== 'finding_facts' ? sql`true` : isBetween('created_at', range.from, range.to);
    const { rows } = await sql<{ first: number | null; last: number | null; count: number }>`select
      min(${sql.ref(name)}) as first, max(${sql.ref(name)}) as last, count(*) as count
      from ${sql.table(table)} where ${ofRange}`.execute(tables);
    const { first = null, last = null, count = 0 } = rows[0] ?? {};
    const predicates = [...toPredicates(engine, criteria, { except: name }), further];
    if (slicedBy !== undefined) yield toAll([sql`${sql.ref(`fact.${name}`)} is null`, ...predicates]) ?? sql`true`;
    if (first === null || last === null) return;
    const step = Math.max(1, Math.ceil(((last - first + 1) * rowsPerSlice) / Number(count)));
    for (let from = first; from <= last; from += step) {
      const to = Math.min(from + step - 1, last);
      yield toAll([sql`${sql.ref(`fact.${name}`)} between ${from} and ${to}`, ...predicates]) ?? sql`true`;
      await nextTurn();
    }
  }

  /** The findings whose documents pass. */
  async function* toTestedSlices(criteria: ResolvedCriteria, accepts: DocumentTest) {
    const predicates = toAll(toPredicates(engine, criteria)) ?? sql`true`;
    for (let after = 0; ; ) {
      const { rows } = await sql<{ id: number; document: string | null }>`select fact.id,
          case when ${hasTextsOf(engine, sql.ref('documents.document'), accepts)} then documents.document end as document
        from finding_facts as fact join documents on documents.id = fact.id
        where fact.id > ${after} and ${predicates} order by fact.id limit ${DOCUMENTS_PER_TEST}`.execute(tables);
      const last = rows.at(-1);
      if (last === undefined) return;
      const ids = rows
        .filter(({ document }) => document !== null && document !== UNDESCRIBED && accepts.test(document))
        .map(({ id }) => id);
      if (ids.length > 0) yield isAmong(engine, sql`fact.id`, ids);
      after = last.id;
      await nextTurn();
    }
  }

  /** The largest groups with their keys: equal ones in the order of these. */
  async function chooseGroups(groups: readonly OpenGroup[], kind: SummaryKind, top: number) {
    const counted = groups.map((group) => ({ group, count: toCount(kind, group.total) }));
    counted.sort((a, b) => (a.count < b.count ? 1 : a.count > b.count ? -1 : 0));
    const least = counted[top - 1]?.count;
    const candidates = least === undefined ? counted : counted.filter(({ count }) => count >= least);
    const values = await fetchTerms(candidates.flatMap(({ group }) => group.terms));
    return candidates
      .map(({ group, count }) => {
        return { group, count, keys: group.terms.map((term) => (term === null ? null : (values.get(term) ?? null))) };
      })
      .sort((a, b) => (a.count < b.count ? 1 : a.count > b.count ? -1 : byKeys(a.keys, b.keys)))
      .slice(0, top);
  }

  async function fetchTerms(terms: readonly (number | null)[]): Promise<Map<number, string>> {
    const ids = [...new Set(terms)].filter((term) => term !== null);
    const values = new Map<number, string>();
    for (let start = 0; start < ids.length; start += TERMS_PER_READ) {
      const { rows } = await sql<{ id: number; value: string }>`select id, value from terms
        where ${isAmong(engine, sql`id`, ids.slice(start, start + TERMS_PER_READ))}`.execute(tables);
      for (const { id, value } of rows) values.set(id, value);
    }
    return values;
  }

  /** Predicate of rows that are in one of these groups, or in one that has values of both of them. */
  function isOfGroups(source: Source, groupBy: readonly Dimension[], groups: readonly OpenGroup[]) {
    const predicates = groupBy.map((dimension, place): RawBuilder<SqlBool> => {
      const term = source.dimensions[dimension] as RawBuilder<unknown>;
      const ids = groups.map(({ terms }) => terms[place] ?? null);
      const known = ids.filter((id) => id !== null);
      const isKnown = known.length === 0 ? sql<SqlBool>`false` : isAmong(engine, term, [...new Set(known)]);
      return known.length === ids.length ? isKnown : sql`(${term} is null or ${isKnown})`;
    });
    return toAll(predicates);
  }

  /** The place of the span that a time is in, null for none. */
  function toSpanNumber(time: RawBuilder<unknown>, spans: readonly Span[]): RawBuilder<unknown> {
    if (spans.length === 0) return sql`cast(null as integer)`;
    const edges = spans.map(({ from }) => from);
    const uniform = toUniform(edges);
    if (uniform !== null && engine === 'sqlite') {
      // A search among thousands of days takes SQLite ten times as long.
      const number = sql`cast((time - ${sql.lit(uniform.first)}) / ${sql.lit(uniform.size)} as integer)`;
      return sql`(select max(0, min(${sql.lit(edges.length - 1)}, ${number})) from (select ${time} as time))`;
    }
    if (engine === 'postgres') return sql`width_bucket(${time}, ${edges.slice(1)}::double precision[])`;
    const search = (low: number, high: number): string => {
      if (low === high) return String(low);
      const middle = Math.ceil((low + high) / 2);
      return `case when time < ${edges[middle]} then ${search(low, middle - 1)} else ${search(middle, high)} end`;
    };
    return sql`(select case when time is not null then ${sql.raw(search(0, edges.length - 1))} end from (select ${time} as time))`;
  }
}

const toFirst = (numbers: readonly number[]) => numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const toLast = (numbers: readonly number[]) => numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

/** Where spans of one size begin, the first of which may be cut off; null where they have several sizes. */
function toUniform(edges: readonly number[]): { first: number; size: number } | null {
  const [first = 0, second = 0, third] = edges;
  if (third === undefined) return null;
  const size = third - second;
  if (second - first > size || edges.some((edge, place) => place > 1 && edge - (edges[place - 1] as number) !== size)) {
    return null;
  }
  return { first: second - size, size };
}

/** Which rows answer a summary. */
function chooseSource(kind: SummaryKind, groupBy: readonly Dimension[]): Source {
  switch (kind) {
    case 'findings':
      return findings;
    case 'assessmentRuns':
      return groupBy.includes('RULES_PACKAGE') ? packagesOfRuns : assessmentRuns;
    case 'telemetry':
      return groupBy.includes('MESSAGE_TYPE') ? messageTypes : telemetry;
  }
}

/** Adds up groups of rows. */
function createGroups(dimensions: number, spans: readonly Span[] | null) {
  const groups = new Map<string, OpenGroup>();
  const total: number[] = [];
  const times: number[] = [];
  let undated = 0;
  let counted = 0;

  /** A row of `toLargest` has 0 `counted` when it is one, and their number when it is all of them; other rows are groups. */
  function add(row: Row, sumCount: number): void {
    const sums = Array.from({ length: sumCount }, (_, place) => Number(row[`sum${place}`] ?? 0));
    const ofAll = row.counted === undefined ? null : Number(row.counted);
    if (ofAll !== 0) {
      addSums(total, sums);
      for (const time of [row.first, row.last]) if (time != null) times.push(Number(time));
      undated += Number(row.undated ?? 0);
      counted += ofAll ?? 0;
    }
    if (ofAll !== null && ofAll > 0) return;
    const terms = Array.from({ length: dimensions }, (_, place) => (row[`key${place}`] ?? null) as number | null);
    const key = terms.join();
    const group = groups.get(key) ?? { terms, total: [], cells: new Map() };
    groups.set(key, group);
    addSums(group.total, sums);
    if (spans === null) return;
    const place = (row[`key${dimensions}`] ?? null) as number | null;
    const interval = place === null ? null : (spans[place] as Span).interval;
    const cell = group.cells.get(interval) ?? [];
    group.cells.set(interval, cell);
    addSums(cell, sums);
  }

  const hasUndated = () => undated > 0 || [...groups.values()].some(({ cells }) => cells.has(null));
  return { add, groups, total, times, hasUndated, countGroups: () => counted || groups.size };
}

const zeros = ({ sums }: Source) => sums.map(() => 0);

/** Whether every group is in one slice: what is sliced by a key, unless documents are tested. */
function hasWholeGroups([part, ...others]: readonly Part[]): boolean {
  return part?.slicedBy !== undefined && part.criteria.accepts === undefined && others.length === 0;
}

/** Whether an index finds the few rows of the criteria. */
function isSelective({ terms, agentIds }: ResolvedCriteria): boolean {
  return agentIds !== undefined || terms.some(({ column: name }) => SELECTIVE.has(name));
}

function toAll(predicates: readonly (RawBuilder<SqlBool> | undefined)[]): RawBuilder<SqlBool> | undefined {
  const given = predicates.filter((predicate) => predicate !== undefined);
  return given.length === 0 ? undefined : sql`${sql.join(given, sql` and `)}`;
}

function isBetween(name: string, from: number | null, to: number | null): RawBuilder<SqlBool> {
  const value = sql.ref(name);
  if (from === null) return sql`${value} <= ${to}`;
  return to === null ? sql`${value} >= ${from}` : sql`${value} between ${from} and ${to}`;
}
