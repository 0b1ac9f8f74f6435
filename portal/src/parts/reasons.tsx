import { formatDuration, formatNumber, toWords } from '../format.js';
import type { ReasonsFragment } from '../gql/graphql.js';
import { HostLink } from './tables.js';
import { State, Text, Time, toOutcome } from './words.js';

/** Why a run ended as it did, as far as its states, its notifications and its agents tell. */
export function Reasons({ run, arn }: { run: ReasonsFragment; arn: string }) {
  const changes = run.stateChanges ?? [];
  const last = changes.at(-1);
  const before = changes.at(-2);
  const lasted =
    last?.stateChangedAt && before?.stateChangedAt ? toMsBetween(before.stateChangedAt, last.stateChangedAt) : null;
  const planned = run.durationInSeconds;
  const notices = (run.notifications ?? []).filter(({ error, message }) => error === true || message);
  const unwell = run.unwell?.nodes ?? [];
  return (
    <ul class="reasons">
      {before?.state && last?.state && (
        <li>
          It went from <State state={before.state} /> to <State state={last.state} />
          {lasted !== null && ` after ${formatDuration(lasted)}`}
          {planned !== null && before.state === 'COLLECTING_DATA' && lasted !== null && lasted < planned * 1000
            ? `, before the ${formatDuration(planned * 1000)} in which its agents were to collect data were over.`
            : '.'}
        </li>
      )}
      {notices.map(({ date, event, message, error }, index) => (
        <li key={index}>
          {error ? 'Error' : 'Notification'}
          {event && ` (${toWords(event)})`}
          {date && (
            <>
              , <Time value={date} />
            </>
          )}
          : <Text value={message} />
        </li>
      ))}
      {unwell.map(({ agentId, agentHealth, agentHealthCode, agentHealthDetails }) => (
        <li key={agentId}>
          Agent <HostLink arn={arn} agentId={agentId} /> was {toWords(agentHealth ?? 'UNKNOWN').toLowerCase()}
          {agentHealthCode && agentHealthCode !== agentHealth && ` (${toWords(agentHealthCode).toLowerCase()})`}
          {agentHealthDetails ? (
            <>
              : <bdi>{agentHealthDetails}</bdi>
            </>
          ) : (
            '.'
          )}
        </li>
      ))}
      {run.unwell?.pageInfo.hasNextPage && (
        <li>
          {run.unwell.totalCount === null
            ? 'More agents were not well.'
            : `${formatNumber(run.unwell.totalCount - unwell.length)} more agents were not well.`}
        </li>
      )}
      {toOutcome(run.state) !== 'completed' && notices.length === 0 && unwell.length === 0 && run.unwell && (
        <li>Neither a notification nor the health of an agent tells more: nothing else was kept of the reason.</li>
      )}
    </ul>
  );
}

function toMsBetween(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}
