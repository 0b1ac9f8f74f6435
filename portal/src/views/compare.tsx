import { Bar, createBarScale, needsLogScale } from '../charts/bar.js';
import { formatDifference, formatNumber, formatPercent, formatTime } from '../format.js';
import { ComparableDocument, CompareDocument, type CompareQuery, type FindingPageFragment } from '../gql/graphql.js';
import { type Place, toHref } from '../location.js';
import { ChoiceField } from '../parts/filters.js';
import { errorsAt, Frame, Part } from '../parts/frame.js';
import { Problems } from '../parts/problem.js';
import { FindingTable, HostLink, Pager, RunTable, Table } from '../parts/tables.js';
import { Bytes, Name, State, Time, Unknown } from '../parts/words.js';
import { isUpstreamArchive, useAnswer } from '../use-answer.js';

type Compared = NonNullable<CompareQuery['assessmentRun']>;
type Comparison = NonNullable<Compared['comparison']>;

const COMPARISON = ['assessmentRun', 'comparison'];

export function Compare({ place }: { place: Place }) {
  return place.query.get('arn') ? <Comparing place={place} /> : <Choosing />;
}

/** Without a run: the newest ones to choose from. */
function Choosing() {
  const answer = useAnswer(ComparableDocument, {}, ['withRuns']);
  const runs = answer.data?.runs;
  return (
    <Frame title="Compare runs" documentTitle="Compare runs" answer={answer}>
      <p>
        Choose “What is new” of a run to see what changed since the run of the same template before it. Another run of
        its target can be chosen there. <a href={toHref('runs')}>All runs</a> have the same link.
      </p>
      <Part
        title="Newest runs"
        answer={answer}
        paths={[[isUpstreamArchive() ? 'runs' : 'archive']]}
        isReady={Boolean(runs)}
        lines={20}
      >
        {() =>
          runs?.nodes.length === 0 ? (
            <p class="quiet">There are no runs yet.</p>
          ) : (
            <RunTable label="Newest runs" runs={runs?.nodes ?? []} />
          )
        }
      </Part>
    </Frame>
  );
}

function Comparing({ place }: { place: Place }) {
  const { query } = place;
  const arn = query.get('arn') ?? '';
  const answer = useAnswer(CompareDocument, {
    arn,
    base: query.get('with') || null,
    newAfter: query.get('new'),
    goneAfter: query.get('gone'),
    remainingAfter: query.get('remaining'),
  });
  const run = answer.data?.assessmentRun;
  const comparison = run?.comparison;
  const errors = errorsAt(answer, ['assessmentRun']);
  const part = { answer, paths: [], isReady: Boolean(comparison) };
  return (
    <Frame
      kind="Comparison"
      title="What changed"
      documentTitle={`What changed in ${run?.name ?? 'a run'}`}
      answer={answer}
    >
      <div class="pair">
        <Side name="Run" run={run} arn={arn} />
        <Side name="Since" run={comparison?.base} arn={query.get('with')} />
      </div>
      <OtherRun place={place} run={run} base={comparison?.base.arn} />
      <Problems errors={errors} retry={answer.retry} />
      {run && !comparison && errorsAt(answer, COMPARISON).length === 0 && !answer.isLoading && (
        <p class="note">Its template has no run before this one. Choose another run of its target above.</p>
      )}
      {(comparison || answer.isLoading) && (
        <>
          <FindingPart
            {...part}
            place={place}
            title="New findings"
            name="new"
            findings={comparison?.newFindings}
            none="Nothing was found that was not there before."
          />
          <FindingPart
            {...part}
            place={place}
            title="Gone findings"
            name="gone"
            findings={comparison?.goneFindings}
            none="Everything that was there before is still there."
          />
          <FindingPart
            {...part}
            place={place}
            title="Remaining findings"
            name="remaining"
            findings={comparison?.remainingFindings}
            none="Nothing was found in both."
          />
          <Part {...part} title="Telemetry side by side" lines={10}>
            {() => comparison && <SideBySide telemetry={comparison.telemetry} />}
          </Part>
          <Part {...part} title="Agents" lines={3}>
            {() => comparison && <AgentChanges arn={arn} comparison={comparison} />}
          </Part>
        </>
      )}
    </Frame>
  );
}

type SideRun = Pick<Compared, 'arn' | 'name' | 'state' | 'createdAt'>;

function Side({ name, run, arn }: { name: string; run: SideRun | null | undefined; arn: string | null }) {
  return (
    <div class="side">
      <p class="kind">{name}</p>
      <p>
        {run ? (
          <a class="strong" href={toHref('run', { arn: run.arn })}>
            <Name {...run} />
          </a>
        ) : arn ? (
          <Name name={null} arn={arn} />
        ) : (
          <Unknown />
        )}
      </p>
      <p>
        {run ? (
          <>
            <State state={run.state} /> <Time value={run.createdAt} />
          </>
        ) : (
          <Unknown />
        )}
      </p>
    </div>
  );
}

/** A form to compare with another run. */
function OtherRun({ place, run, base }: { place: Place; run: Compared | null | undefined; base: string | undefined }) {
  const arn = place.query.get('arn') ?? '';
  const others = (run?.template?.assessmentRuns?.nodes ?? []).filter((other) => other.arn !== arn);
  return (
    <form class="filters wide" method="get" action={toHref('compare')} aria-label="Compare with another run">
      <input type="hidden" name="arn" value={arn} />
      <ChoiceField
        place={place}
        name="with"
        label="Compare with"
        any="The run of the template before it"
        options={others.map((other) => [
          other.arn,
          [other.name ?? other.arn, other.createdAt && formatTime(other.createdAt)].filter(Boolean).join(', '),
        ])}
      />
      <div class="filter-buttons">
        <button type="submit">Compare</button>
        {base && <a href={toHref('compare', { arn: base, with: arn })}>The other way round</a>}
        {base && <a href={toHref('compare', { arn: base })}>One run back</a>}
      </div>
    </form>
  );
}

function FindingPart({
  place,
  title,
  name,
  findings,
  none,
  ...part
}: Omit<Parameters<typeof Part>[0], 'title' | 'children'> & {
  place: Place;
  title: string;
  name: string;
  findings: FindingPageFragment | undefined;
  none: string;
}) {
  const count = findings?.totalCount;
  return (
    <Part {...part} id={name} title={typeof count === 'number' ? `${title} (${formatNumber(count)})` : title}>
      {() =>
        findings && (
          <>
            {findings.nodes.length === 0 ? (
              <p class="quiet">{none}</p>
            ) : (
              <FindingTable label={title} findings={findings.nodes} />
            )}
            <Pager
              place={place}
              pageInfo={findings.pageInfo}
              label={`Pages of ${title.toLowerCase()}`}
              after={name}
              fragment={`#${name}`}
            />
          </>
        )
      }
    </Part>
  );
}

function SideBySide({ telemetry }: { telemetry: Comparison['telemetry'] }) {
  if (telemetry.length === 0) return <p class="quiet">Neither run has telemetry.</p>;
  const types = telemetry.filter(({ messageType }) => messageType !== 'Total');
  const total = telemetry.filter(({ messageType }) => messageType === 'Total');
  const counts = types.flatMap(({ base, compared }) => [base?.count ?? 0, compared?.count ?? 0]);
  const toLength = createBarScale(counts, needsLogScale(counts));
  const toRow = ({ messageType, base, compared }: (typeof telemetry)[number], hasBars: boolean) => (
    <tr key={messageType}>
      <th scope="row">
        <bdi class="name">{messageType}</bdi>
      </th>
      <td class="number">{base ? formatNumber(base.count) : <Unknown />}</td>
      <td class="number">{compared ? formatNumber(compared.count) : <Unknown />}</td>
      <td class="two-bars">
        {hasBars && <Bar length={toLength(base?.count ?? 0)} className="bar base" />}
        {hasBars && <Bar length={toLength(compared?.count ?? 0)} />}
      </td>
      <td class="number">
        {base && compared ? (
          <>
            {formatDifference(compared.count - base.count)}
            {base.count > 0 && <span class="quiet"> {formatPercent((compared.count - base.count) / base.count)}</span>}
          </>
        ) : (
          <span class="quiet">{compared ? 'only now' : 'no longer'}</span>
        )}
      </td>
      <td class="number">
        <Bytes value={base?.dataSize} />
      </td>
      <td class="number">
        <Bytes value={compared?.dataSize} />
      </td>
    </tr>
  );
  return (
    <>
      <p class="scale">Of the two bars, the upper one is before, the lower one now.</p>
      <Table label="Telemetry side by side">
        <thead>
          <tr>
            <th scope="col">Type of message</th>
            <th scope="col" class="number">
              Messages before
            </th>
            <th scope="col" class="number">
              Messages now
            </th>
            <td class="bar-column" />
            <th scope="col" class="number">
              Difference
            </th>
            <th scope="col" class="number">
              Size before
            </th>
            <th scope="col" class="number">
              Size now
            </th>
          </tr>
        </thead>
        <tbody>{types.map((row) => toRow(row, true))}</tbody>
        <tfoot>{total.map((row) => toRow(row, false))}</tfoot>
      </Table>
    </>
  );
}

function AgentChanges({ arn, comparison }: { arn: string; comparison: Comparison }) {
  const lists = [
    ['New', comparison.newAgentIds],
    ['Gone', comparison.goneAgentIds],
    ['In both', comparison.remainingAgentIds],
  ] as const;
  return (
    <dl class="facts-list">
      {lists.map(([name, agentIds]) => (
        <div key={name}>
          <dt>
            {name} ({formatNumber(agentIds.length)})
          </dt>
          <dd>
            {agentIds.length === 0 && <span class="quiet">none</span>}
            {agentIds.slice(0, MAX_AGENTS).map((agentId) => (
              <span key={agentId}>
                <HostLink arn={arn} agentId={agentId} />{' '}
              </span>
            ))}
            {agentIds.length > MAX_AGENTS && `and ${formatNumber(agentIds.length - MAX_AGENTS)} more`}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const MAX_AGENTS = 50;
