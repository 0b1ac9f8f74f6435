import { formatNumber, toWords } from '../format.js';
import { RunDocument, type RunQuery } from '../gql/graphql.js';
import { type Place, toHref } from '../location.js';
import { errorsAt, Frame, Part } from '../parts/frame.js';
import { Problems } from '../parts/problem.js';
import { Reasons } from '../parts/reasons.js';
import { ReportLink } from '../parts/report-link.js';
import { StateTimeline } from '../parts/state-timeline.js';
import { AccountAndRegion, FindingTable, HostLink, Pager, Table } from '../parts/tables.js';
import { TelemetryTable } from '../parts/telemetry-table.js';
import { Amount, Facts, Name, Pairs, SeverityCounts, State, Text, Time, toOutcome, Unknown } from '../parts/words.js';
import { useAnswer } from '../use-answer.js';

type AssessmentRun = NonNullable<RunQuery['assessmentRun']>;

const RUN = 'assessmentRun';
/** What one read of its details gives. */
const DETAILS = ['name', 'state', 'createdAt', 'startedAt', 'completedAt', 'dataCollected', 'durationInSeconds'].map(
  (field) => [RUN, field],
);

/** Reports by their names in the answer. The gateway sends their files itself: their URLs may be for the gateway alone. */
const REPORTS = [
  { name: 'fullPdf', text: 'Full report, PDF', format: 'PDF', type: 'FULL' },
  { name: 'fullHtml', text: 'Full report, HTML', format: 'HTML', type: 'FULL' },
  { name: 'findingPdf', text: 'Findings, PDF', format: 'PDF', type: 'FINDING' },
  { name: 'findingHtml', text: 'Findings, HTML', format: 'HTML', type: 'FINDING' },
] as const;

export function Run({ place }: { place: Place }) {
  const { query } = place;
  const arn = query.get('arn') ?? '';
  const answer = useAnswer(RunDocument, {
    arn,
    agentsAfter: query.get('agents'),
    findingsAfter: query.get('findings'),
    exclusionsAfter: query.get('exclusions'),
  });
  const run = answer.data?.assessmentRun;
  const missing = errorsAt(answer, [RUN, 'name']).filter(({ code }) => code === 'NO_SUCH_ENTITY');
  const name = run?.name ?? 'Assessment run';
  if (!answer.isLoading && (!run || (missing.length > 0 && !run.telemetry))) {
    const errors = missing.length > 0 ? missing : errorsAt(answer, [RUN]);
    return (
      <Frame kind="Run" title="Assessment run" documentTitle="Assessment run" answer={answer}>
        <p class="arn">{arn}</p>
        <Problems errors={errors} retry={answer.retry} />
        <p>
          <a href={toHref('runs')}>All runs</a>
        </p>
      </Frame>
    );
  }
  const part = { answer, isReady: Boolean(run) };
  return (
    <Frame kind="Run" title={<bdi class="name">{name}</bdi>} documentTitle={name} answer={answer}>
      <p class="arn">
        <bdi>{arn}</bdi>
      </p>
      <div class="columns">
        <Part
          {...part}
          title="Details"
          lines={12}
          paths={[
            ...DETAILS,
            ...['findingCounts', 'template', 'target', 'tags', 'rulesPackages', ...REPORTS.map(({ name }) => name)].map(
              (field) => [RUN, field],
            ),
          ]}
        >
          {() => run && <Details run={run} />}
        </Part>
        <Part {...part} title="What changed" lines={5} paths={[[RUN, 'comparison']]}>
          {() => run && <Change run={run} hasFailed={errorsAt(answer, [RUN, 'comparison']).length > 0} />}
        </Part>
      </div>
      <Part {...part} title="States" id="states" lines={8} paths={[[RUN, 'stateChanges']]}>
        {() =>
          run && (
            <>
              {toOutcome(run.state) !== 'completed' && toOutcome(run.state) !== 'going-on' && (
                <div class="why">
                  <h3>Why it ended like that</h3>
                  <Reasons run={run} arn={run.arn} />
                </div>
              )}
              {run.stateChanges && run.stateChanges.length > 0 ? (
                <StateTimeline changes={run.stateChanges} />
              ) : (
                <Nothing list={run.stateChanges} />
              )}
            </>
          )
        }
      </Part>
      <Part {...part} title="Telemetry" id="telemetry" lines={16} paths={[[RUN, 'telemetry']]}>
        {() =>
          run?.telemetry &&
          (run.telemetry.length === 0 ? (
            <p class="quiet">This run has no telemetry.</p>
          ) : (
            <TelemetryTable rows={run.telemetry} place={place} />
          ))
        }
      </Part>
      <Part
        {...part}
        title={withCount('Agents', run?.agents?.totalCount)}
        id="agents"
        paths={[
          [RUN, 'agents'],
          [RUN, 'unwell'],
        ]}
      >
        {() =>
          run?.agents && (
            <>
              {run.agents.nodes.length === 0 ? (
                <p class="quiet">No agent is known to have taken part.</p>
              ) : (
                <Agents run={run} />
              )}
              <Pager
                place={place}
                pageInfo={run.agents.pageInfo}
                label="Pages of agents"
                after="agents"
                fragment="#agents"
              />
            </>
          )
        }
      </Part>
      <Part
        {...part}
        title={withCount('Findings', run?.findings?.totalCount)}
        id="findings"
        paths={[[RUN, 'findings']]}
        aside={<a href={toHref('findings', { run: arn, order: 'SEVERITY_DESC' })}>Filter, and order by severity</a>}
      >
        {() =>
          run?.findings && (
            <>
              {run.findings.nodes.length === 0 ? (
                <p class="quiet">No findings.</p>
              ) : (
                <FindingTable label="Findings" findings={run.findings.nodes} />
              )}
              <Pager
                place={place}
                pageInfo={run.findings.pageInfo}
                label="Pages of findings"
                after="findings"
                fragment="#findings"
              />
            </>
          )
        }
      </Part>
      <Part
        {...part}
        title={withCount('Exclusions', run?.exclusions?.totalCount)}
        id="exclusions"
        paths={[[RUN, 'exclusions']]}
        lines={1}
      >
        {() =>
          run?.exclusions && (
            <>
              {run.exclusions.nodes.length === 0 ? (
                <p class="quiet">Nothing was excluded.</p>
              ) : (
                <Exclusions run={run} />
              )}
              <Pager
                place={place}
                pageInfo={run.exclusions.pageInfo}
                label="Pages of exclusions"
                after="exclusions"
                fragment="#exclusions"
              />
            </>
          )
        }
      </Part>
      <Part {...part} title="Notifications" paths={[[RUN, 'notifications']]} lines={1}>
        {() =>
          run &&
          (run.notifications && run.notifications.length > 0 ? (
            <Notifications run={run} />
          ) : (
            <Nothing list={run.notifications} />
          ))
        }
      </Part>
    </Frame>
  );
}

function withCount(title: string, count: number | null | undefined): string {
  return typeof count === 'number' ? `${title} (${formatNumber(count)})` : title;
}

/** A list that came empty, or was left out. */
function Nothing({ list }: { list: readonly unknown[] | null }) {
  return <p class="quiet">{list === null ? 'Not known: this was left out of what was exported.' : 'None.'}</p>;
}

function Details({ run }: { run: AssessmentRun }) {
  const urls = REPORTS.map(({ name }) => run[name]?.url);
  // A file of which nobody knows what it holds is each of its format.
  const reports = REPORTS.filter((_, index) => urls[index] && urls.indexOf(urls[index]) === index);
  return (
    <Facts
      facts={{
        State: <State state={run.state} />,
        Findings: <SeverityCounts counts={run.findingCounts} />,
        Telemetry: <Amount value={run.telemetryTotal} />,
        Created: <Time value={run.createdAt} />,
        'Data collection began': <Time value={run.startedAt} />,
        Ended: <Time value={run.completedAt} />,
        'Data collected to the end': run.dataCollected === null ? <Unknown /> : run.dataCollected ? 'yes' : 'no',
        'Account, region': <AccountAndRegion arn={run.arn} />,
        Template: run.template ? (
          <a href={toHref('runs', { template: run.template.arn })}>
            <Name {...run.template} />
          </a>
        ) : (
          <Unknown />
        ),
        Target: run.target ? <Name {...run.target} /> : <Unknown />,
        'Rules packages': run.rulesPackages ? (
          <ul class="pairs">
            {run.rulesPackages.map(({ arn, name, version }) => (
              <li key={arn}>
                <Name name={name} arn={arn} /> <span class="quiet">{version}</span>
              </li>
            ))}
          </ul>
        ) : (
          <Unknown />
        ),
        'Tags of the template': <Pairs pairs={run.tags} />,
        'Attributes of its findings': <Pairs pairs={run.userAttributesForFindings} />,
        Report:
          reports.length === 0 ? (
            <span class="quiet">none</span>
          ) : (
            <ul class="pairs">
              {reports.map(({ name, text, format, type }) => (
                <li key={name}>
                  <ReportLink href={`./report?${new URLSearchParams({ arn: run.arn, format, type })}`} text={text} />
                </li>
              ))}
            </ul>
          ),
      }}
    />
  );
}

function Change({ run: { arn, comparison }, hasFailed }: { run: AssessmentRun; hasFailed: boolean }) {
  if (hasFailed) return null;
  if (comparison === null)
    return (
      <p class="quiet">
        Its template has no run before this one. <a href={toHref('compare', { arn })}>Compare it with another run</a>
      </p>
    );
  const { base, newFindings, goneFindings, remainingFindings } = comparison;
  return (
    <>
      <p>
        Since the run before it,{' '}
        <a href={toHref('run', { arn: base.arn })}>
          <Name {...base} />
        </a>
        :
      </p>
      <Facts
        facts={{
          'New findings': formatNumber(newFindings.totalCount ?? 0),
          'Gone findings': formatNumber(goneFindings.totalCount ?? 0),
          'Remaining findings': formatNumber(remainingFindings.totalCount ?? 0),
        }}
      />
      <p>
        <a class="strong" href={toHref('compare', { arn })}>
          Compare with the run before
        </a>
      </p>
    </>
  );
}

function Agents({ run }: { run: AssessmentRun }) {
  return (
    <Table label="Agents">
      <thead>
        <tr>
          <th scope="col">Agent</th>
          <th scope="col">Health</th>
          <th scope="col">Details</th>
          <th scope="col">Auto Scaling group</th>
          <th scope="col">Telemetry, messages</th>
        </tr>
      </thead>
      <tbody>
        {run.agents?.nodes.map(
          ({
            agentId,
            agentHealth,
            agentHealthCode,
            agentHealthDetails,
            autoScalingGroup,
            telemetry,
            telemetryTotal,
          }) => (
            <tr key={agentId}>
              <th scope="row">
                <HostLink arn={run.arn} agentId={agentId} />
              </th>
              <td>
                {agentHealth ? toWords(agentHealth) : <Unknown />}
                {agentHealthCode && agentHealthCode !== agentHealth && (
                  <span class="quiet"> {toWords(agentHealthCode).toLowerCase()}</span>
                )}
              </td>
              <td>
                <Text value={agentHealthDetails} />
              </td>
              <td>
                <Text value={autoScalingGroup} />
              </td>
              <td>
                {telemetry && telemetry.length > 0 ? (
                  <details>
                    <summary>
                      <Amount value={telemetryTotal} />
                    </summary>
                    <table class="inner">
                      <tbody>
                        {telemetry.map((row) => (
                          <tr key={row.messageType}>
                            <th scope="row">
                              <bdi class="name">{row.messageType}</bdi>
                            </th>
                            <td class="number">
                              <Amount value={row} />
                            </td>
                          </tr>
                        ))}
                      </tbody>
                    </table>
                  </details>
                ) : (
                  <Amount value={telemetryTotal} />
                )}
              </td>
            </tr>
          ),
        )}
      </tbody>
    </Table>
  );
}

function Exclusions({ run }: { run: AssessmentRun }) {
  return (
    <Table label="Exclusions">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Description</th>
          <th scope="col">Recommendation</th>
          <th scope="col">Concerns</th>
        </tr>
      </thead>
      <tbody>
        {run.exclusions?.nodes.map(({ arn, title, description, recommendation, scopes }) => (
          <tr key={arn}>
            <th scope="row">
              <Name name={title} arn={arn} />
            </th>
            <td>
              <Text value={description} />
            </td>
            <td>
              <Text value={recommendation} />
            </td>
            <td>
              <Pairs pairs={scopes} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Notifications({ run }: { run: AssessmentRun }) {
  return (
    <Table label="Notifications">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Event</th>
          <th scope="col">Message</th>
          <th scope="col">Error</th>
          <th scope="col">Topic</th>
          <th scope="col">Published</th>
        </tr>
      </thead>
      <tbody>
        {run.notifications?.map(({ date, event, message, error, snsTopicArn, snsPublishStatusCode }, index) => (
          <tr key={index}>
            <td class="time">
              <Time value={date} />
            </td>
            <td>{event ? toWords(event) : <Unknown />}</td>
            <td>
              <Text value={message} />
            </td>
            <td>{error === null ? <Unknown /> : error ? 'yes' : 'no'}</td>
            <td>
              <Text value={snsTopicArn} />
            </td>
            <td>{snsPublishStatusCode ? toWords(snsPublishStatusCode) : <Unknown />}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
