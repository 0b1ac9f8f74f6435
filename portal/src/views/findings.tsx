import { Bar, createBarScale } from '../charts/bar.js';
import { formatNumber } from '../format.js';
import {
  type FindingDimension,
  FindingGroupsDocument,
  type FindingGroupsQuery,
  type FindingOrder,
  type FindingSearchFilter,
  FindingsDocument,
  type Severity,
} from '../gql/graphql.js';
import { type Place, toChangedHref } from '../location.js';
import { ChoiceField, Filters, PlaceFields, TextField, toDayRange, toList } from '../parts/filters.js';
import { Frame, Part } from '../parts/frame.js';
import { FindingTable, Pager, Table, toPageArguments } from '../parts/tables.js';
import { Name, SEVERITIES, SeverityBadge, Unknown } from '../parts/words.js';
import { useAnswer } from '../use-answer.js';

const ORDERS: readonly (readonly [FindingOrder, string])[] = [
  ['CREATED_AT_DESC', 'Newest first'],
  ['SEVERITY_DESC', 'Gravest first'],
  ['SEVERITY_ASC', 'Gravest last'],
  ['CREATED_AT_ASC', 'Oldest first'],
  ['TITLE_ASC', 'Title, A to Z'],
];

/** The ways to count findings: the value in the address, the dimension, the parameter that chooses one group. */
const GROUPINGS: readonly (readonly [by: string, dimension: FindingDimension, parameter: string, name: string])[] = [
  ['severity', 'SEVERITY', 'severity', 'Severity'],
  ['rule', 'RULE', 'rule', 'Rule'],
  ['host', 'HOST', 'agent', 'Host'],
  ['package', 'RULES_PACKAGE', 'package', 'Rules package'],
  ['template', 'TEMPLATE', 'template', 'Template'],
  ['account', 'ACCOUNT', 'account', 'Account'],
];

const PAGE_SIZE = 25;

export function Findings({ place }: { place: Place }) {
  const grouping = GROUPINGS.find(([by]) => by === place.query.get('by'));
  return grouping ? <GroupedFindings place={place} grouping={grouping} /> : <FindingList place={place} />;
}

function FindingList({ place }: { place: Place }) {
  const orderBy = ORDERS.find(([order]) => order === place.query.get('order'))?.[0] ?? 'CREATED_AT_DESC';
  const variables = { filter: toFilter(place), orderBy, ...toPageArguments(place, PAGE_SIZE) };
  const answer = useAnswer(FindingsDocument, variables, ['withList', 'withSeverities']);
  const { list, severities, archive } = answer.data ?? {};
  return (
    <Frame title="Findings" documentTitle="Findings" answer={answer}>
      <FindingFilters place={place} archive={archive} />
      <Ways place={place} />
      <Part
        title={typeof list?.totalCount === 'number' ? `${formatNumber(list.totalCount)} findings` : 'Findings'}
        answer={answer}
        paths={[['list'], ['severities']]}
        isReady={Boolean(list)}
        lines={PAGE_SIZE + 1}
        aside={severities && <Severities place={place} groups={severities.groups} />}
      >
        {() =>
          list && (
            <>
              {list.nodes.length === 0 && <p class="quiet">No finding fits this.</p>}
              {list.nodes.length > 0 && <FindingTable label="Findings" findings={list.nodes} hasRuns />}
              <Pager place={place} pageInfo={list.pageInfo} label="Pages of findings" />
            </>
          )
        }
      </Part>
    </Frame>
  );
}

function GroupedFindings({ place, grouping }: { place: Place; grouping: (typeof GROUPINGS)[number] }) {
  const [, groupBy, , name] = grouping;
  const answer = useAnswer(FindingGroupsDocument, { filter: toFilter(place), groupBy }, ['withGroups']);
  const { groups, archive } = answer.data ?? {};
  return (
    <Frame
      title={`Findings by ${name.toLowerCase()}`}
      documentTitle={`Findings by ${name.toLowerCase()}`}
      answer={answer}
    >
      <FindingFilters place={place} archive={archive} />
      <Ways place={place} />
      <Part
        title={groups ? `${formatNumber(groups.total.count)} findings` : 'Findings'}
        answer={answer}
        paths={[['groups']]}
        isReady={Boolean(groups)}
        lines={20}
      >
        {() => groups && <Groups place={place} groups={groups} grouping={grouping} />}
      </Part>
    </Frame>
  );
}

type Statistics = NonNullable<FindingGroupsQuery['groups']>;

function Groups({
  place,
  groups,
  grouping: [, , parameter, name],
}: {
  place: Place;
  groups: Statistics;
  grouping: (typeof GROUPINGS)[number];
}) {
  const toLength = createBarScale(
    groups.groups.map(({ total }) => total.count),
    false,
  );
  const hidden = groups.groupCount - groups.groups.length;
  return (
    <>
      <Table label={`Findings by ${name.toLowerCase()}`}>
        <thead>
          <tr>
            <th scope="col">{name}</th>
            <th scope="col" class="number">
              Findings
            </th>
            <td class="bar-column" />
          </tr>
        </thead>
        <tbody>
          {groups.groups.map(({ keys: [key], total }) => {
            const value = key?.value ?? null;
            return (
              <tr key={value ?? ''}>
                <th scope="row">
                  {value === null ? (
                    <Unknown />
                  ) : (
                    <GroupName
                      parameter={parameter}
                      value={value}
                      name={key?.template?.name ?? key?.rulesPackage?.name ?? null}
                    />
                  )}
                </th>
                <td class="number">
                  {value === null ? (
                    formatNumber(total.count)
                  ) : (
                    <a
                      href={toChangedHref(place, { by: null, [parameter]: value })}
                      aria-label={`${formatNumber(total.count)} findings of ${value}`}
                    >
                      {formatNumber(total.count)}
                    </a>
                  )}
                </td>
                <td>
                  <Bar length={toLength(total.count)} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </Table>
      {hidden > 0 && <p class="quiet">And {formatNumber(hidden)} more, with fewer findings each.</p>}
    </>
  );
}

function GroupName({ parameter, value, name }: { parameter: string; value: string; name: string | null }) {
  if (parameter === 'severity') return <SeverityBadge severity={value as Severity} />;
  return <Name name={name ?? (value.startsWith('arn:') ? null : value)} arn={value} />;
}

function FindingFilters({ place, archive }: { place: Place; archive: Parameters<typeof PlaceFields>[0]['archive'] }) {
  const { query } = place;
  return (
    <Filters place={place} view="findings">
      {['by', 'run', 'template', 'package'].map(
        (name) => query.has(name) && <input key={name} type="hidden" name={name} value={query.get(name) ?? ''} />,
      )}
      <ChoiceField
        place={place}
        name="severity"
        label="Severity"
        any="All severities"
        options={SEVERITIES.map((severity) => [severity, severity])}
      />
      <TextField place={place} name="title" label="Title has" type="search" />
      <TextField place={place} name="rule" label="Rule or CVE" type="search" />
      <TextField place={place} name="agent" label="Agent ID" type="search" />
      <PlaceFields place={place} archive={archive} />
      <TextField place={place} name="from" label="Found from" type="date" />
      <TextField place={place} name="to" label="Until" type="date" />
      <ChoiceField place={place} name="order" label="Order" any="Newest first" options={ORDERS.slice(1)} />
      {(['run', 'template', 'package'] as const).map(
        (name) => query.has(name) && <Chosen key={name} place={place} name={name} />,
      )}
    </Filters>
  );
}

/** A criterion that has no field, with a link that leaves it out. */
function Chosen({ place, name }: { place: Place; name: string }) {
  const arn = place.query.get(name) ?? '';
  return (
    <p class="chosen">
      Of one {name === 'package' ? 'rules package' : name}, <Name name={null} arn={arn} />.{' '}
      <a href={toChangedHref(place, { [name]: null, after: null, before: null })}>Of any</a>
    </p>
  );
}

function Ways({ place }: { place: Place }) {
  const by = place.query.get('by');
  const toWay = (value: string | null) => toChangedHref(place, { by: value, after: null, before: null });
  return (
    <nav class="tabs" aria-label="Ways to look at findings">
      <a href={toWay(null)} aria-current={by === null ? 'true' : undefined}>
        One by one
      </a>
      {GROUPINGS.map(([value, , , name]) => (
        <a key={value} href={toWay(value)} aria-current={by === value ? 'true' : undefined}>
          By {name.toLowerCase()}
        </a>
      ))}
    </nav>
  );
}

/** How many there are of each severity, as links to them alone. */
function Severities({
  place,
  groups,
}: {
  place: Place;
  groups: readonly { keys: readonly { value: string | null }[]; total: { count: number } }[];
}) {
  const counts = new Map(groups.map(({ keys, total }) => [keys[0]?.value, total.count]));
  return (
    <ul class="severity-counts">
      {SEVERITIES.filter((severity) => counts.has(severity)).map((severity) => (
        <li key={severity}>
          <a
            class={`severity ${severity.toLowerCase()}`}
            href={toChangedHref(place, { severity, after: null, before: null })}
          >
            {formatNumber(counts.get(severity) ?? 0)} {severity}
          </a>
        </li>
      ))}
    </ul>
  );
}

function toFilter(place: Place): FindingSearchFilter {
  return {
    severities: toList(place, 'severity') as Severity[] | null,
    text: place.query.get('title') || null,
    ruleNames: toList(place, 'rule'),
    agentIds: toList(place, 'agent'),
    accountIds: toList(place, 'account'),
    regions: toList(place, 'region'),
    assessmentRunArns: toList(place, 'run'),
    templateArns: toList(place, 'template'),
    rulesPackageArns: toList(place, 'package'),
    createdBetween: toDayRange(place),
  };
}
