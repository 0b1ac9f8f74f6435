import { formatDecimal, formatNumber } from '../format.js';
import { FindingDocument, type FindingQuery } from '../gql/graphql.js';
import { type Place, toHref } from '../location.js';
import { errorsAt, Frame, Part } from '../parts/frame.js';
import { Problems } from '../parts/problem.js';
import { AccountAndRegion, HostLink, Pager, Table } from '../parts/tables.js';
import { Facts, Name, Pairs, SeverityBadge, Text, Time, Unknown } from '../parts/words.js';
import { useAnswer } from '../use-answer.js';

type FindingAnswer = NonNullable<FindingQuery['finding']>;

export function Finding({ place }: { place: Place }) {
  const arn = place.query.get('arn') ?? '';
  const answer = useAnswer(FindingDocument, { arn, historyAfter: place.query.get('history') });
  const finding = answer.data?.finding;
  const missing = errorsAt(answer, ['finding', 'title']);
  if (!answer.isLoading && (!finding || missing.length > 0)) {
    return (
      <Frame kind="Finding" title="Finding" documentTitle="Finding" answer={answer}>
        <p class="arn">{arn}</p>
        <Problems errors={missing.length > 0 ? missing : errorsAt(answer, ['finding'])} retry={answer.retry} />
        <p>
          <a href={toHref('findings')}>All findings</a>
        </p>
      </Frame>
    );
  }
  const title = finding?.title ?? 'Finding';
  const part = { answer, isReady: Boolean(finding) };
  return (
    <Frame kind="Finding" title={<bdi class="name">{title}</bdi>} documentTitle={title} answer={answer}>
      <p class="arn">
        <bdi>{arn}</bdi>
      </p>
      <div class="columns">
        <Part
          {...part}
          title="Details"
          paths={[
            ['finding', 'severity'],
            ['finding', 'rulesPackage'],
            ['finding', 'assessmentRun'],
          ]}
          lines={8}
        >
          {() => finding && <Details finding={finding} />}
        </Part>
        <Part {...part} title="Host" paths={[['finding', 'assetAttributes']]} lines={8}>
          {() => finding && <Asset finding={finding} />}
        </Part>
      </div>
      <Part {...part} title="Description" paths={[]} lines={3}>
        {() => (
          <p class="long">
            <Text value={finding?.description} />
          </p>
        )}
      </Part>
      <Part {...part} title="Recommendation" paths={[]} lines={2}>
        {() => (
          <p class="long">
            <Text value={finding?.recommendation} />
          </p>
        )}
      </Part>
      <Part {...part} title="History" id="history" paths={[['finding', 'history']]} lines={6}>
        {() =>
          finding?.history ? (
            <>
              <p>
                The same finding, of this host, rule and rules package, was in{' '}
                {formatNumber(finding.history.totalCount ?? finding.history.nodes.length)} other runs of its target.
              </p>
              {finding.history.nodes.length > 0 && <History finding={finding} />}
              <Pager
                place={place}
                pageInfo={finding.history.pageInfo}
                label="Pages of the history"
                after="history"
                fragment="#history"
              />
            </>
          ) : (
            errorsAt(answer, ['finding', 'history']).length === 0 && (
              <p class="quiet">It lacks host, rule or rules package, by which it could be found in other runs.</p>
            )
          )
        }
      </Part>
    </Frame>
  );
}

function Details({ finding }: { finding: FindingAnswer }) {
  const { arn, severity, numericSeverity, confidence, findingId, rulesPackage, assessmentRun, createdAt, updatedAt } =
    finding;
  return (
    <Facts
      facts={{
        Severity: <SeverityBadge severity={severity} />,
        'Severity as a number': numericSeverity === null ? <Unknown /> : formatDecimal(numericSeverity),
        Rule: findingId ? (
          <a href={toHref('findings', { rule: findingId })}>
            <bdi class="name">{findingId}</bdi>
          </a>
        ) : (
          <Unknown />
        ),
        'Rules package': rulesPackage ? <Name {...rulesPackage} /> : <Unknown />,
        Run: (
          <a href={toHref('run', { arn: assessmentRun.arn })}>
            <Name {...assessmentRun} />
          </a>
        ),
        'Account, region': <AccountAndRegion arn={arn} />,
        Found: <Time value={createdAt} />,
        Updated: <Time value={updatedAt} />,
        Confidence: confidence === null ? <Unknown /> : formatNumber(confidence),
        Attributes: <Pairs pairs={finding.attributes} />,
        'User attributes': <Pairs pairs={finding.userAttributes} />,
      }}
    />
  );
}

function Asset({ finding: { arn, assetType, assetAttributes: host } }: { finding: FindingAnswer }) {
  if (!host) return <p class="quiet">Not known.</p>;
  return (
    <Facts
      facts={{
        Host: <HostLink arn={arn} agentId={host.agentId} hostname={host.hostname} />,
        'Agent ID': <Text value={host.agentId} />,
        Kind: <Text value={assetType} />,
        'Machine image': <Text value={host.amiId} />,
        'Auto Scaling group': <Text value={host.autoScalingGroup} />,
        'IPv4 addresses': <Text value={host.ipv4Addresses?.join(', ')} />,
        Tags: <Pairs pairs={host.tags} />,
        'Network interfaces': host.networkInterfaces ? (
          <ul class="pairs">
            {host.networkInterfaces.map((one, index) => (
              <li key={index}>
                <Text
                  value={[one.networkInterfaceId, one.privateIpAddress, one.publicIp, one.subnetId, one.vpcId]
                    .filter(Boolean)
                    .join(', ')}
                />
              </li>
            ))}
          </ul>
        ) : (
          <Unknown />
        ),
      }}
    />
  );
}

function History({ finding }: { finding: FindingAnswer }) {
  return (
    <Table label="History">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Severity</th>
          <th scope="col">Found</th>
        </tr>
      </thead>
      <tbody>
        {finding.history?.nodes.map(({ arn, severity, createdAt, assessmentRun }) => (
          <tr key={arn}>
            <th scope="row">
              <a href={toHref('run', { arn: assessmentRun.arn })}>
                <Name {...assessmentRun} />
              </a>
            </th>
            <td>
              <SeverityBadge severity={severity} />
            </td>
            <td class="time">
              <a href={toHref('finding', { arn })}>
                <Time value={createdAt} />
              </a>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
