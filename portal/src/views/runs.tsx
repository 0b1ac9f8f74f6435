import { toShortId } from '../arn.js';
import { formatNumber, toWords } from '../format.js';
import {
  type AssessmentRunFilter,
  type AssessmentRunOrder,
  type AssessmentRunState,
  RunsDocument,
} from '../gql/graphql.js';
import type { Place } from '../location.js';
import { ChoiceField, Filters, type Option, PlaceFields, TextField, toDayRange, toList } from '../parts/filters.js';
import { errorsAt, Frame, Part, withoutMissing } from '../parts/frame.js';
import { Problems } from '../parts/problem.js';
import { Pager, RunTable, toPageArguments } from '../parts/tables.js';
import { isUpstreamArchive, useAnswer } from '../use-answer.js';

const STATES: readonly AssessmentRunState[] = [
  ...(['COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'ERROR', 'CANCELED', 'CREATED'] as const),
  ...(['START_DATA_COLLECTION_PENDING', 'START_DATA_COLLECTION_IN_PROGRESS', 'COLLECTING_DATA'] as const),
  ...([
    'STOP_DATA_COLLECTION_PENDING',
    'DATA_COLLECTED',
    'START_EVALUATING_RULES_PENDING',
    'EVALUATING_RULES',
  ] as const),
];

const STATE_CHOICES: readonly Option[] = [
  ['FAILED,ERROR', 'Failed or error'],
  ...STATES.map((state) => [state, toWords(state)] as const),
];

const ORDERS: readonly (readonly [AssessmentRunOrder, string])[] = [
  ['CREATED_AT_DESC', 'Newest first'],
  ['CREATED_AT_ASC', 'Oldest first'],
  ['NAME_ASC', 'Name, A to Z'],
  ['NAME_DESC', 'Name, Z to A'],
  ['STARTED_AT_DESC', 'Started last'],
  ['COMPLETED_AT_DESC', 'Ended last'],
];

const TELEMETRY: readonly Option[] = [
  ['some', 'With telemetry'],
  ['none', 'Without telemetry'],
];

const PAGE_SIZE = 20;

export function Runs({ place }: { place: Place }) {
  const isArchive = isUpstreamArchive();
  const chosen = ORDERS.find(([order]) => order === place.query.get('order'))?.[0];
  // Inspector has an order of its own, and only a few of its runs can be put in another one.
  const orderBy = chosen ?? (isArchive ? 'CREATED_AT_DESC' : null);
  const variables = { filter: toFilter(place, isArchive), orderBy, ...toPageArguments(place, PAGE_SIZE) };
  const answer = useAnswer(RunsDocument, variables, ['withRuns', 'withTemplates']);
  const { data } = answer;
  const total = data?.runs?.totalCount;
  return (
    <Frame title="Runs" documentTitle="Runs" answer={answer}>
      <Filters place={place} view="runs">
        <ChoiceField place={place} name="state" label="State" any="All states" options={STATE_CHOICES} />
        <TextField place={place} name="name" label={isArchive ? 'Name has' : 'Name'} type="search" />
        {isArchive && (
          <ChoiceField
            place={place}
            name="template"
            label="Template"
            any="All templates"
            options={(data?.templates?.groups ?? []).flatMap(({ keys: [key] }) =>
              key?.value ? [[key.value, key.template?.name ?? toShortId(key.value)] as const] : [],
            )}
          />
        )}
        {isArchive && <PlaceFields place={place} archive={data?.archive} />}
        {isArchive && (
          <ChoiceField place={place} name="telemetry" label="Telemetry" any="With or without" options={TELEMETRY} />
        )}
        {isArchive && <TextField place={place} name="agent" label="Agent ID" type="search" />}
        <TextField place={place} name="from" label={isArchive ? 'Created from' : 'Started from'} type="date" />
        <TextField place={place} name="to" label="Until" type="date" />
        <ChoiceField
          place={place}
          name="order"
          label="Order"
          any={isArchive ? 'Newest first' : "Inspector's own"}
          options={ORDERS.slice(isArchive ? 1 : 0)}
        />
      </Filters>
      {isArchive && <Problems errors={withoutMissing(errorsAt(answer, ['templates']))} retry={answer.retry} />}
      <Part
        title={typeof total === 'number' ? `${formatNumber(total)} ${total === 1 ? 'run' : 'runs'}` : 'Runs'}
        answer={answer}
        paths={[['runs']]}
        isReady={Boolean(data?.runs)}
        lines={PAGE_SIZE + 1}
      >
        {() =>
          data?.runs && (
            <>
              {data.runs.nodes.length === 0 && <p class="quiet">No run fits this.</p>}
              {data.runs.nodes.length > 0 && <RunTable label="Runs" runs={data.runs.nodes} hasTemplates />}
              <Pager place={place} pageInfo={data.runs.pageInfo} label="Pages of runs" />
            </>
          )
        }
      </Part>
    </Frame>
  );
}

function toFilter(place: Place, isArchive: boolean): AssessmentRunFilter {
  const text = place.query.get('name') ?? '';
  const between = toDayRange(place);
  const telemetry = place.query.get('telemetry');
  const isPattern = text.includes('*') || !isArchive;
  return {
    states: (toList(place, 'state')?.flatMap((states) => states.split(',')) ?? null) as AssessmentRunState[] | null,
    text: text !== '' && !isPattern ? text : null,
    namePattern: text !== '' && isPattern ? text : null,
    templateArns: toList(place, 'template'),
    accountIds: toList(place, 'account'),
    regions: toList(place, 'region'),
    hasTelemetry: telemetry === 'some' ? true : telemetry === 'none' ? false : null,
    agentIds: toList(place, 'agent'),
    ...(isArchive ? { createdBetween: between } : { startedBetween: between }),
  };
}
