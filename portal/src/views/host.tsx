import { Bar, createBarScale } from '../charts/bar.js';
import { formatNumber, toWords } from '../format.js';
import { HostDocument, type HostQuery } from '../gql/graphql.js';
import { type Place, toHref } from '../location.js';
import { toList } from '../parts/filters.js';
import { errorsAt, Frame, Part } from '../parts/frame.js';
import { FindingTable, Pager, RunCells, Table } from '../parts/tables.js';
import { TelemetryTable } from '../parts/telemetry-table.js';
import { Amount, Bytes, Facts, Name, SeverityCounts, State, Time, Unknown } from '../parts/words.js';
import { useAnswer } from '../use-answer.js';

type HostNode = HostQuery['hosts']['nodes'][number];

const HOST = ['hosts', 'nodes', 0] as const;

export function Host({ place }: { place: Place }) {
  const { query } = place;
  const agentId = query.get('agent') ?? '';
  const filter = { agentIds: [agentId], accountIds: toList(place, 'account'), regions: toList(place, 'region') };
  const pages = { runsAfter: query.get('runs'), findingsAfter: query.get('findings') };
  const answer = useAnswer(HostDocument, { agentId, filter, ...pages });
  const host = answer.data?.hosts.nodes[0];
  const name = host?.hostname || agentId || 'Host';
  const part = { answer, isReady: Boolean(host) };
  const isMissing = answer.data !== null && !host && answer.errors.length === 0;
  const ofHost = { agent: agentId, account: query.get('account'), region: query.get('region') };
  return (
    <Frame kind="Host" title={<bdi class="name">{name}</bdi>} documentTitle={name} answer={answer}>
      {isMissing && (
        <p class="note">
          No run has seen such a host. <a href={toHref('hosts')}>All hosts</a>
        </p>
      )}
      {!isMissing && (
        <>
          <div class="columns">
            <Part
              {...part}
              title="Details"
              paths={
                host
                  ? [
                      [...HOST, 'findingCounts'],
                      [...HOST, 'latestAssessmentRun'],
                    ]
                  : [['hosts']]
              }
              lines={8}
            >
              {() => host && <Details host={host} />}
            </Part>
            <Part {...part} title="What it sent in all runs" paths={[[...HOST, 'telemetryTotal']]} lines={8}>
              {() => host && <Sent host={host} />}
            </Part>
          </div>
          <Part
            {...part}
            title={`Runs${toCount(host?.assessmentRuns?.totalCount)}, and what it sent in each`}
            id="runs"
            paths={[[...HOST, 'assessmentRuns']]}
            lines={13}
            aside={<a href={toHref('runs', ofHost)}>Filter</a>}
          >
            {() =>
              host?.assessmentRuns && (
                <>
                  <HostRuns runs={host.assessmentRuns.nodes} />
                  <Pager
                    place={place}
                    pageInfo={host.assessmentRuns.pageInfo}
                    label="Pages of runs"
                    after="runs"
                    fragment="#runs"
                  />
                </>
              )
            }
          </Part>
          <Part {...part} title="Telemetry of all runs" id="telemetry" paths={[[...HOST, 'telemetry']]} lines={10}>
            {() =>
              host?.telemetry ? (
                <TelemetryTable rows={host.telemetry} place={place} />
              ) : (
                errorsAt(answer, [...HOST, 'telemetry']).length === 0 && (
                  <p class="quiet">Not known: no run has telemetry of its agents one by one.</p>
                )
              )
            }
          </Part>
          <Part
            {...part}
            title={`Findings of all runs${toCount(host?.findings?.totalCount)}`}
            id="findings"
            paths={[[...HOST, 'findings']]}
            lines={20}
            aside={<a href={toHref('findings', ofHost)}>Filter</a>}
          >
            {() =>
              host?.findings && (
                <>
                  {host.findings.nodes.length === 0 ? (
                    <p class="quiet">No findings.</p>
                  ) : (
                    <FindingTable label="Findings" findings={host.findings.nodes} hasRuns hasHosts={false} />
                  )}
                  <Pager
                    place={place}
                    pageInfo={host.findings.pageInfo}
                    label="Pages of findings"
                    after="findings"
                    fragment="#findings"
                  />
                </>
              )
            }
          </Part>
        </>
      )}
    </Frame>
  );
}

function toCount(count: number | null | undefined): string {
  return typeof count === 'number' ? ` (${formatNumber(count)})` : '';
}

function Details({ host }: { host: HostNode }) {
  const { agentId, accountId, region, firstSeenAt, lastSeenAt, latestAssessmentRun, findingCounts } = host;
  return (
    <Facts
      facts={{
        'Agent ID': <bdi class="name">{agentId}</bdi>,
        Account: accountId,
        Region: region,
        'First seen': <Time value={firstSeenAt} />,
        'Last seen': <Time value={lastSeenAt} />,
        'Last run': latestAssessmentRun ? (
          <>
            <a href={toHref('run', { arn: latestAssessmentRun.arn })}>
              <Name {...latestAssessmentRun} />
            </a>{' '}
            <State state={latestAssessmentRun.state} />
          </>
        ) : (
          <Unknown />
        ),
        'Findings of the last run': <SeverityCounts counts={findingCounts} />,
      }}
    />
  );
}

function Sent({ host: { telemetryTotal } }: { host: HostNode }) {
  if (!telemetryTotal) return <p class="quiet">Not known: no run has telemetry of its agents one by one.</p>;
  return (
    <>
      <Facts
        facts={{
          Messages: <strong>{formatNumber(telemetryTotal.count)}</strong>,
          Size: <Bytes value={telemetryTotal.dataSize} />,
        }}
      />
      <p>
        <a href="#telemetry">By type of message</a>
      </p>
    </>
  );
}

function HostRuns({ runs }: { runs: NonNullable<HostNode['assessmentRuns']>['nodes'] }) {
  const toLength = createBarScale(
    runs.map(({ agent }) => agent?.telemetryTotal?.count ?? 0),
    false,
  );
  return (
    <Table label="Runs">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">State</th>
          <th scope="col">Created</th>
          <th scope="col">Health</th>
          <th scope="col" class="number">
            Sent, messages
          </th>
          <td class="bar-column" />
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.arn}>
            <RunCells run={run} />
            <td>{run.agent?.agentHealth ? toWords(run.agent.agentHealth) : <Unknown />}</td>
            <td class="number">
              <Amount value={run.agent?.telemetryTotal} />
            </td>
            <td>
              <Bar length={toLength(run.agent?.telemetryTotal?.count ?? 0)} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
