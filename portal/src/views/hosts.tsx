import { formatNumber } from '../format.js';
import { type HostOrder, HostsDocument, type HostsQuery } from '../gql/graphql.js';
import { type Place, toHref } from '../location.js';
import { ChoiceField, Filters, PlaceFields, TextField, toList } from '../parts/filters.js';
import { Frame, Part } from '../parts/frame.js';
import { Pager, Table, toPageArguments } from '../parts/tables.js';
import { SeverityCounts, Time } from '../parts/words.js';
import { useAnswer } from '../use-answer.js';

const ORDERS: readonly (readonly [HostOrder, string])[] = [
  ['LAST_SEEN_AT_DESC', 'Seen last'],
  ['LAST_SEEN_AT_ASC', 'Not seen for longest'],
  ['FIRST_SEEN_AT_DESC', 'Newest first'],
  ['FIRST_SEEN_AT_ASC', 'Oldest first'],
  ['AGENT_ID_ASC', 'Agent ID'],
];

const PAGE_SIZE = 25;

export function Hosts({ place }: { place: Place }) {
  const { query } = place;
  const orderBy = ORDERS.find(([order]) => order === query.get('order'))?.[0] ?? 'LAST_SEEN_AT_DESC';
  const filter = {
    text: query.get('name') || null,
    accountIds: toList(place, 'account'),
    regions: toList(place, 'region'),
  };
  const answer = useAnswer(HostsDocument, { filter, orderBy, ...toPageArguments(place, PAGE_SIZE) }, ['withList']);
  const { list, archive } = answer.data ?? {};
  return (
    <Frame title="Hosts" documentTitle="Hosts" answer={answer}>
      <Filters place={place} view="hosts">
        <TextField place={place} name="name" label="Host name or agent ID has" type="search" />
        <PlaceFields place={place} archive={archive} />
        <ChoiceField place={place} name="order" label="Order" any="Seen last" options={ORDERS.slice(1)} />
      </Filters>
      <Part
        title={
          typeof list?.totalCount === 'number'
            ? `${formatNumber(list.totalCount)} ${list.totalCount === 1 ? 'host' : 'hosts'}`
            : 'Hosts'
        }
        answer={answer}
        paths={[['list']]}
        isReady={Boolean(list)}
        lines={PAGE_SIZE + 1}
      >
        {() =>
          list && (
            <>
              {list.nodes.length === 0 ? <p class="quiet">No host fits this.</p> : <HostTable hosts={list.nodes} />}
              <Pager place={place} pageInfo={list.pageInfo} label="Pages of hosts" />
            </>
          )
        }
      </Part>
    </Frame>
  );
}

function HostTable({ hosts }: { hosts: NonNullable<HostsQuery['list']>['nodes'] }) {
  return (
    <Table label="Hosts">
      <thead>
        <tr>
          <th scope="col">Host</th>
          <th scope="col">Agent ID</th>
          <th scope="col">Account, region</th>
          <th scope="col">Last seen</th>
          <th scope="col" class="number">
            Runs
          </th>
          <th scope="col">Findings of the last run</th>
        </tr>
      </thead>
      <tbody>
        {hosts.map(({ agentId, hostname, accountId, region, lastSeenAt, assessmentRunCount, findingCounts }) => (
          <tr key={`${accountId} ${region} ${agentId}`}>
            <th scope="row">
              <a href={toHref('host', { agent: agentId, account: accountId, region })}>
                <bdi class="name">{hostname || agentId}</bdi>
              </a>
            </th>
            <td>
              <bdi class="name">{agentId}</bdi>
            </td>
            <td>
              {accountId} <span class="quiet">{region}</span>
            </td>
            <td class="time">
              <Time value={lastSeenAt} />
            </td>
            <td class="number">{formatNumber(assessmentRunCount)}</td>
            <td>
              <SeverityCounts counts={findingCounts} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
