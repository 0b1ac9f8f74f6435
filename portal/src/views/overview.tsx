import { type Period, type Series, StackedColumns } from '../charts/stacked-columns.js';
import { formatNumber, formatPeriod, type Interval, timeZone } from '../format.js';
import { OverviewDocument, type OverviewQuery } from '../gql/graphql.js';
import { type Place, toChangedHref, toHref } from '../location.js';
import { Frame, Part } from '../parts/frame.js';
import { Reasons } from '../parts/reasons.js';
import { AccountAndRegion, RunCells, RunTable, Table } from '../parts/tables.js';
import { Facts, Name, SEVERITIES, State, Time, toOutcome } from '../parts/words.js';
import { isUpstreamArchive, useAnswer } from '../use-answer.js';
import { ImportSteps } from './import.js';

/** Intervals of the charts, and how many of the newest are drawn unless all are asked for: as many as can be told apart. */
const INTERVALS: readonly (readonly [Interval, name: string, recent: number])[] = [
  ['WEEK', 'Weeks', 104],
  ['MONTH', 'Months', 36],
  ['QUARTER', 'Quarters', 40],
  ['YEAR', 'Years', 40],
];

const MONTHS = ['MONTH', 'Months', 36] as const;

const OUTCOMES = [
  ['completed', 'Completed'],
  ['with-errors', 'Completed with errors'],
  ['failed', 'Failed'],
  ['canceled', 'Canceled'],
  ['going-on', 'Not ended'],
] as const;

export function Overview({ place }: { place: Place }) {
  const [interval, , recent] =
    INTERVALS.find(([value]) => value === (place.query.get('interval') ?? 'MONTH')) ?? MONTHS;
  const isAll = place.query.get('span') === 'all';
  const chart = { interval, recent: isAll ? Number.POSITIVE_INFINITY : recent };
  // Inspector has an order of its own, and only a few of its runs can be put in another one.
  const order = isUpstreamArchive() ? ('CREATED_AT_DESC' as const) : null;
  const answer = useAnswer(OverviewDocument, { interval, timeZone, order }, SECTIONS);
  const { data } = answer;
  const archive = data?.archive;
  const failed = data?.failed?.nodes[0];
  const lacking = data?.lacking;
  const isEmpty = archive?.counts.assessmentRuns === 0;
  return (
    <Frame title="Overview" documentTitle="Overview" answer={answer}>
      {isEmpty && (
        <section class="part" aria-labelledby="empty">
          <h2 id="empty">The archive is empty</h2>
          <ImportSteps />
        </section>
      )}
      {!isEmpty && (
        <>
          <div class="columns">
            <Part
              title={failedTitle(data?.failed)}
              answer={answer}
              paths={[['failed']]}
              isReady={Boolean(data?.failed)}
              lines={6}
            >
              {() =>
                failed ? (
                  <>
                    <p>
                      <a class="strong" href={toHref('run', { arn: failed.arn })}>
                        <Name {...failed} />
                      </a>{' '}
                      <State state={failed.state} /> <Time value={failed.createdAt} />
                    </p>
                    <h3>Why</h3>
                    <Reasons run={failed} arn={failed.arn} />
                    {(data?.failed?.totalCount ?? 0) > 1 && (
                      <p>
                        <a href={toHref('runs', { state: 'FAILED,ERROR' })}>All failed runs</a>
                      </p>
                    )}
                  </>
                ) : (
                  <p class="quiet">No run has failed.</p>
                )
              }
            </Part>
            <Part title="What there is" answer={answer} paths={[['archive']]} isReady={Boolean(archive)} lines={6}>
              {() => archive && <ArchiveFacts archive={archive} />}
            </Part>
          </div>
          <Part
            title={order === null ? 'Runs' : 'Newest runs'}
            aside={<a href={toHref('runs')}>All runs</a>}
            answer={answer}
            paths={[['newest']]}
            isReady={Boolean(data?.newest)}
            lines={9}
          >
            {() => <RunTable label="Newest runs" runs={data?.newest?.nodes ?? []} />}
          </Part>
          <nav class="tabs" aria-label="Intervals of the charts">
            {INTERVALS.map(([value, name]) => (
              <a
                key={value}
                href={toChangedHref(place, { interval: value === 'MONTH' ? null : value })}
                aria-current={value === interval ? 'true' : undefined}
              >
                {name}
              </a>
            ))}
            <a href={toChangedHref(place, { span: isAll ? null : 'all' })}>{isAll ? 'Only the newest' : 'All time'}</a>
          </nav>
          <div class="columns">
            <Part title="Runs over time" answer={answer} paths={[['runs']]} isReady={Boolean(data?.runs)} lines={9}>
              {() => <RunsOverTime groups={data?.runs?.groups ?? []} chart={chart} />}
            </Part>
            <Part
              title="Findings by severity over time"
              answer={answer}
              paths={[['findings']]}
              isReady={Boolean(data?.findings)}
              lines={9}
            >
              {() => <FindingsOverTime groups={data?.findings?.groups ?? []} chart={chart} />}
            </Part>
          </div>
          <Part
            title={
              lacking && lacking.totalCount !== null
                ? `Runs without telemetry (${formatNumber(lacking.totalCount)})`
                : 'Runs without telemetry'
            }
            aside={<a href={toHref('runs', { telemetry: 'none' })}>All of them</a>}
            answer={answer}
            paths={[['lacking']]}
            isReady={Boolean(lacking)}
            lines={6}
          >
            {() =>
              lacking &&
              (lacking.nodes.length === 0 ? (
                <p class="quiet">Every run has telemetry.</p>
              ) : (
                <LackingTable runs={lacking.nodes} />
              ))
            }
          </Part>
          {(archive || answer.isLoading) && (
            <div class="columns">
              <Part title="Accounts" answer={answer} paths={[['archive', 'accounts']]} isReady={Boolean(archive)}>
                {() => (
                  <PlaceTable
                    name="Account"
                    parameter="account"
                    rows={(archive?.accounts ?? []).map(({ accountId, ...counts }) => ({
                      place: accountId,
                      ...counts,
                    }))}
                  />
                )}
              </Part>
              <Part title="Regions" answer={answer} paths={[['archive', 'regions']]} isReady={Boolean(archive)}>
                {() => (
                  <PlaceTable
                    name="Region"
                    parameter="region"
                    rows={(archive?.regions ?? []).map(({ region, ...counts }) => ({ place: region, ...counts }))}
                  />
                )}
              </Part>
            </div>
          )}
        </>
      )}
    </Frame>
  );
}

const SECTIONS = ['withRuns', 'withFindings', 'withNewest', 'withFailed', 'withLacking'];

function failedTitle(failed: OverviewQuery['failed']): string {
  return failed && failed.nodes.length === 0 ? 'Failed runs' : 'Newest failed run';
}

function ArchiveFacts({ archive }: { archive: NonNullable<OverviewQuery['archive']> }) {
  const { counts, firstRunAt, lastRunAt, lastChangedAt } = archive;
  return (
    <Facts
      facts={{
        Runs: <a href={toHref('runs')}>{formatNumber(counts.assessmentRuns)}</a>,
        Findings: <a href={toHref('findings')}>{formatNumber(counts.findings)}</a>,
        Hosts: <a href={toHref('hosts')}>{formatNumber(counts.hosts)}</a>,
        Templates: formatNumber(counts.assessmentTemplates),
        'First run': <Time value={firstRunAt} />,
        'Last run': <Time value={lastRunAt} />,
        'Last import': lastChangedAt === null ? <span class="quiet">none</span> : <Time value={lastChangedAt} />,
      }}
    />
  );
}

function LackingTable({ runs }: { runs: NonNullable<OverviewQuery['lacking']>['nodes'] }) {
  return (
    <Table label="Runs without telemetry">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">State</th>
          <th scope="col">Created</th>
          <th scope="col">Account, region</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.arn}>
            <RunCells run={run} />
            <td>
              <AccountAndRegion arn={run.arn} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

type Group = NonNullable<OverviewQuery['runs'] | OverviewQuery['findings']>['groups'][number];

/** How long the intervals of the charts are, and how many of the newest are drawn. */
interface Chart {
  readonly interval: Interval;
  readonly recent: number;
}

function RunsOverTime({ groups, chart }: { groups: readonly Group[]; chart: Chart }) {
  const series = OUTCOMES.map(([outcome, name]) => {
    const ofOutcome = groups.filter(({ keys }) => toOutcome(keys[0]?.value) === outcome);
    return toSeries(name, outcome, ofOutcome, chart);
  });
  return (
    <StackedColumns
      title="Runs over time, by state"
      total="All runs"
      periods={toPeriods(groups, chart, 'runs')}
      series={series.filter(hasAny)}
    />
  );
}

function FindingsOverTime({ groups, chart }: { groups: readonly Group[]; chart: Chart }) {
  const series = SEVERITIES.map((severity) => {
    const ofSeverity = groups.filter(({ keys }) => (keys[0]?.value ?? 'Undefined') === severity);
    return toSeries(severity, severity.toLowerCase(), ofSeverity, chart);
  });
  return (
    <StackedColumns
      title="Findings over time, by severity"
      total="All findings"
      periods={toPeriods(groups, chart, 'findings')}
      series={series.filter(hasAny)}
    />
  );
}

/** The groups together. Buckets without a time are left out, since they are at no time. */
function toSeries(name: string, className: string, groups: readonly Group[], { recent }: Chart): Series {
  const values: number[] = [];
  for (const { buckets } of groups) {
    for (const [index, { start, count }] of (buckets ?? []).entries()) {
      if (start !== null) values[index] = (values[index] ?? 0) + count;
    }
  }
  return { name, className, values: values.slice(-recent) };
}

function hasAny({ values }: Series): boolean {
  return values.some((value) => value > 0);
}

function toPeriods(groups: readonly Group[], { interval, recent }: Chart, view: 'runs' | 'findings'): Period[] {
  const starts = (groups[0]?.buckets ?? []).flatMap(({ start }) => start ?? []);
  return starts.slice(-recent).map((start) => ({
    name: formatPeriod(start, interval),
    href: toHref(view, { from: start, to: toLastDay(start, interval) }),
  }));
}

function toLastDay(start: string, interval: Interval): string {
  const day = new Date(`${start}T00:00Z`);
  if (interval === 'WEEK') day.setUTCDate(day.getUTCDate() + 7);
  else day.setUTCMonth(day.getUTCMonth() + { MONTH: 1, QUARTER: 3, YEAR: 12 }[interval]);
  day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}

function PlaceTable({
  name,
  parameter,
  rows,
}: {
  name: string;
  parameter: 'account' | 'region';
  rows: readonly { readonly place: string; readonly assessmentRunCount: number; readonly findingCount: number }[];
}) {
  return (
    <Table label={`${name}s`}>
      <thead>
        <tr>
          <th scope="col">{name}</th>
          <th scope="col" class="number">
            Runs
          </th>
          <th scope="col" class="number">
            Findings
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ place, assessmentRunCount, findingCount }) => (
          <tr key={place}>
            <th scope="row">{place}</th>
            <td class="number">
              <a
                href={toHref('runs', { [parameter]: place })}
                aria-label={`${formatNumber(assessmentRunCount)} runs of ${place}`}
              >
                {formatNumber(assessmentRunCount)}
              </a>
            </td>
            <td class="number">
              <a
                href={toHref('findings', { [parameter]: place })}
                aria-label={`${formatNumber(findingCount)} findings of ${place}`}
              >
                {formatNumber(findingCount)}
              </a>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
