import { Bar } from '../charts/bar.js';
import { formatDuration, formatExactTime } from '../format.js';
import type { AssessmentRunState } from '../gql/graphql.js';
import { Table } from './tables.js';
import { State, toOutcome, Unknown } from './words.js';

export interface StateChange {
  readonly state: AssessmentRunState | null;
  readonly stateChangedAt: string | null;
}

/** The states of a run in the order in which it entered them, with a bar from when to when it was in each. */
export function StateTimeline({ changes }: { changes: readonly StateChange[] }) {
  const times = changes.map(({ stateChangedAt }) => (stateChangedAt === null ? null : Date.parse(stateChangedAt)));
  const known = times.filter((time) => time !== null);
  const start = Math.min(...known);
  const span = Math.max(1, Math.max(...known) - start);
  return (
    <Table label="States">
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">Entered</th>
          <th scope="col" class="number">
            Lasted
          </th>
          <td class="bar-column" />
        </tr>
      </thead>
      <tbody>
        {changes.map(({ state, stateChangedAt }, index) => {
          const from = times[index] ?? null;
          const to = times[index + 1] ?? null;
          const isLast = index === changes.length - 1;
          return (
            <tr key={index}>
              <th scope="row">
                <State state={state} />
              </th>
              <td class="time">
                {stateChangedAt === null ? (
                  <Unknown />
                ) : (
                  <time dateTime={stateChangedAt}>{formatExactTime(stateChangedAt)}</time>
                )}
              </td>
              <td class="number">
                {from === null || to === null ? !isLast && <Unknown /> : formatDuration(to - from)}
              </td>
              <td>
                {from !== null && (
                  <Bar
                    className={`bar ${toOutcome(state)}`}
                    from={Math.min(0.99, (from - start) / span)}
                    length={to === null ? 0.01 : Math.max(0.005, (to - from) / span)}
                  />
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
