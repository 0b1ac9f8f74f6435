import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { parseArn } from '../arn.js';
import type { FindingRowFragment, RunRowFragment } from '../gql/graphql.js';
import { type Place, type QueryValues, toChangedHref, toHref } from '../location.js';
import { isUpstreamArchive } from '../use-answer.js';
import { Amount, Name, SeverityBadge, SeverityCounts, State, Text, Time } from './words.js';

/** A table that scrolls by itself where the page is too narrow for it, and shows that it does; the keyboard reaches it then. */
export function Table({ label, children }: { label: string; children: ComponentChildren }) {
  const region = useRef<HTMLDivElement>(null);
  const [isWide, setWide] = useState(false);
  useEffect(() => {
    const element = region.current as HTMLDivElement;
    const observer = new ResizeObserver(() => setWide(element.scrollWidth > element.clientWidth));
    observer.observe(element);
    observer.observe(element.firstElementChild as Element);
    return () => observer.disconnect();
  }, []);
  return (
    <div class={isWide ? 'wide' : undefined}>
      <section
        class="scroll"
        ref={region}
        aria-label={isWide ? `${label}, wide table` : undefined}
        tabIndex={isWide ? 0 : undefined}
      >
        <table aria-label={label}>{children}</table>
      </section>
    </div>
  );
}

export type RunRow = RunRowFragment & {
  readonly template?: { readonly arn: string; readonly name: string | null } | null | undefined;
};

/** What each row of a table of runs begins with: name, state, when it was created. */
export function RunCells({ run }: { run: Pick<RunRow, 'arn' | 'name' | 'state' | 'createdAt'> }) {
  return (
    <>
      <th scope="row">
        <a href={toHref('run', { arn: run.arn })}>
          <Name {...run} />
        </a>
      </th>
      <td>
        <State state={run.state} />
      </td>
      <td class="time">
        <Time value={run.createdAt} />
      </td>
    </>
  );
}

/** Runs as rows. */
export function RunTable({
  label,
  runs,
  hasTemplates = false,
}: {
  label: string;
  runs: readonly RunRow[];
  hasTemplates?: boolean;
}) {
  const isComparable = isUpstreamArchive();
  return (
    <Table label={label}>
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">State</th>
          <th scope="col">Created</th>
          {hasTemplates && <th scope="col">Template</th>}
          <th scope="col">Account, region</th>
          <th scope="col">Findings</th>
          <th scope="col" class="number">
            Telemetry, messages
          </th>
          {isComparable && (
            <th scope="col" class="on-screen">
              <span class="visually-hidden">Comparison</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.arn}>
            <RunCells run={run} />
            {hasTemplates && <td>{run.template ? <Name {...run.template} /> : <Text value={null} />}</td>}
            <td>
              <AccountAndRegion arn={run.arn} />
            </td>
            <td>
              <SeverityCounts counts={run.findingCounts} />
            </td>
            <td class="number">
              <Amount value={run.telemetryTotal} />
            </td>
            {isComparable && (
              <td class="time on-screen">
                <a href={toHref('compare', { arn: run.arn })} aria-label={`What is new in ${run.name ?? run.arn}`}>
                  What is new
                </a>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

export function AccountAndRegion({ arn }: { arn: string }) {
  const { accountId, region } = parseArn(arn);
  return (
    <>
      {accountId} <span class="quiet unbroken">{region}</span>
    </>
  );
}

export type FindingRow = FindingRowFragment & {
  readonly assessmentRun?: { readonly arn: string; readonly name: string | null };
};

/** Findings as rows. */
export function FindingTable({
  label,
  findings,
  hasRuns = false,
  hasHosts = true,
}: {
  label: string;
  findings: readonly FindingRow[];
  hasRuns?: boolean;
  hasHosts?: boolean;
}) {
  return (
    <Table label={label}>
      <thead>
        <tr>
          <th scope="col">Severity</th>
          <th scope="col">Finding</th>
          <th scope="col">Rule</th>
          {hasHosts && (
            <th scope="col" class="host-column">
              Host
            </th>
          )}
          {hasRuns && <th scope="col">Run</th>}
          <th scope="col">Found</th>
        </tr>
      </thead>
      <tbody>
        {findings.map((finding) => (
          <tr key={finding.arn}>
            <td>
              <SeverityBadge severity={finding.severity} />
            </td>
            <th scope="row">
              <a href={toHref('finding', { arn: finding.arn })}>
                <Name name={finding.title} arn={finding.arn} />
              </a>
            </th>
            <td>
              <Text value={finding.findingId} />
            </td>
            {hasHosts && (
              <td>
                <HostLink
                  arn={finding.arn}
                  agentId={finding.assetAttributes?.agentId}
                  hostname={finding.assetAttributes?.hostname}
                />
              </td>
            )}
            {hasRuns && (
              <td>
                {finding.assessmentRun && (
                  <a href={toHref('run', { arn: finding.assessmentRun.arn })}>
                    <Name {...finding.assessmentRun} />
                  </a>
                )}
              </td>
            )}
            <td class="time">
              <Time value={finding.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** A host, by the ARN of something in its account and region. */
export function HostLink({
  arn,
  agentId,
  hostname,
}: {
  arn: string;
  agentId: string | null | undefined;
  hostname?: string | null | undefined;
}) {
  if (!agentId) return <Text value={hostname} />;
  const { accountId, region } = parseArn(arn);
  return (
    <a href={toHref('host', { agent: agentId, account: accountId, region })}>
      <bdi class="name">{hostname || agentId}</bdi>
    </a>
  );
}

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
  readonly hasPreviousPage?: boolean;
  readonly startCursor?: string | null;
}

/**
 * Links to the pages around this one. `name` is what their cursors are called in the address: of several lists on one page, each
 * has its own, and a fragment to come back to.
 */
export function Pager({
  place,
  pageInfo: { hasNextPage, hasPreviousPage, startCursor, endCursor },
  label,
  after = 'after',
  fragment = '',
}: {
  place: Place;
  pageInfo: PageInfo;
  label: string;
  after?: string;
  fragment?: string;
}) {
  const isFirst = !place.query.has(after) && !place.query.has('before');
  if (isFirst && !hasNextPage) return null;
  const to = (changes: QueryValues) => toChangedHref(place, { [after]: null, before: null, ...changes }, fragment);
  return (
    <nav class="pager" aria-label={label}>
      {!isFirst && <a href={to({})}>First page</a>}
      {hasPreviousPage && (
        <a rel="prev" href={to({ before: startCursor })}>
          Previous page
        </a>
      )}
      {hasNextPage && (
        <a rel="next" href={to({ [after]: endCursor })}>
          Next page
        </a>
      )}
    </nav>
  );
}

/** The arguments of the page that an address names. */
export function toPageArguments({ query }: Place, size: number) {
  const before = query.get('before');
  if (before !== null) return { last: size, before, first: null, after: null };
  return { first: size, after: query.get('after'), last: null, before: null };
}
