import type { GraphQLResolveInfo } from 'graphql';
import type { HostId } from '../../inspector/archive-api.js';
import type { AssessmentRunAgent, Entities } from '../../inspector/inspector-api.js';
import {
  type ArnKind,
  parseUpstreamArn,
  toAssessmentRunArn,
  toAssessmentTargetArn,
  toAssessmentTemplateArn,
} from '../../inspector/inspector-arn.js';
import type { EntityParent, GraphQLContext } from '../context.js';
import { toInspectorError } from '../errors.js';
import type { FindingOrder, FindingSearchFilter, Resolvers } from '../generated.js';
import { type Loaders, whenLoaded } from '../loaders.js';
import { compareRuns, pageOfComparison } from './archive/comparison.js';
import { connectHistory } from './archive/history.js';
import { connectRuns } from './archive/runs.js';
import { searchConnection } from './archive/search-connection.js';
import { parseAssessmentRunSearch, parseFindingSearch, parseHostSearch, withOwn } from './archive/search-filters.js';
import { readKeyEntity, summarize } from './archive/statistics.js';
import { createConnection, createListConnection, mapNodes } from './connection.js';
import {
  parseAgentId,
  parseAssessmentRunAgentFilter,
  parseAssessmentTargetFilter,
  parseAssessmentTemplateFilter,
  parseFindingFilter,
  parseRegions,
} from './criteria.js';
import { parseAnyParent, parseCallersArn, parseParent, toParent, toTypeName } from './entity-types.js';
import { parsePage, type TwoWayArguments } from './page-arguments.js';
import { DateTime, Long } from './scalars.js';
import { parseTelemetrySelection, toHostTelemetryTotal, toTelemetryTotal } from './telemetry.js';
import { parseEach } from './user-input.js';

/** The fields of a run that come from its details. */
export const assessmentRunDetails = [
  'name',
  'state',
  'assessmentTemplateArn',
  'createdAt',
  'startedAt',
  'completedAt',
  'stateChangedAt',
  'durationInSeconds',
  'dataCollected',
  'rulesPackageArns',
  'findingCounts',
  'stateChanges',
  'notifications',
  'userAttributesForFindings',
] as const;

/** The resolvers of schema.graphql. formatError turns the failures that they throw into GraphQL. */
export const resolvers: Resolvers = {
  DateTime,
  Long,

  Query: {
    assessmentRun: (_query, { arn }, context) => parseParent('assessmentRun', arn, context),
    assessmentRunsByArn: (_query, { arns }, context) =>
      parseEach(arns, (arn) => parseParent('assessmentRun', arn, context)),
    assessmentRuns: (_query, args, context, info) => connectRuns(args, context, info),
    findings: (_query, args, { loaders }, info) => connectFindings(args, loaders, info),
    hosts: (_query, { filter, orderBy, ...args }, { loaders }, info) =>
      searchConnection(
        'host',
        { filter: parseHostSearch(filter), orderBy: orderBy ?? 'LAST_SEEN_AT_DESC' },
        parsePage(args),
        loaders,
        info,
      ),
    findingStatistics: (_query, { filter, ...args }, { loaders }) =>
      summarize('findings', parseFindingSearch(filter), args, loaders),
    telemetryStatistics: (_query, { filter, ...args }, { loaders }) =>
      summarize('telemetry', parseAssessmentRunSearch(filter), args, loaders),
    assessmentRunStatistics: (_query, { filter, ...args }, { loaders }) =>
      summarize('assessmentRuns', parseAssessmentRunSearch(filter), args, loaders),
    archive: (_query, _args, { loaders }) => loaders.archive.load('archive'),
    assessmentTemplates: (_query, { filter, ...args }, { loaders }) =>
      createListConnection('assessmentTemplate', args, parseAssessmentTemplateFilter(filter), loaders),
    assessmentTargets: (_query, { filter, ...args }, { loaders }) =>
      createListConnection('assessmentTarget', args, parseAssessmentTargetFilter(filter), loaders),
    rulesPackages: (_query, { filter, ...args }, { loaders }) =>
      createListConnection('rulesPackage', args, { criteria: {}, regions: parseRegions(filter?.regions) }, loaders),
    finding: (_query, { arn }, context) => parseParent('finding', arn, context),
    node: (_query, { id }, context) => parseNode(id, context),
    nodes: (_query, { ids }, context) => parseEach(ids, (id) => parseNode(id, context)),
  },

  Node: {
    __resolveType: ({ kind }) => toTypeName(kind),
  },

  AssessmentRun: {
    id: ({ arn }) => arn,
    ...readDetails('assessmentRun', assessmentRunDetails),
    telemetry({ arn }, args, { loaders, answer }) {
      const select = parseTelemetrySelection(args, answer);
      return whenLoaded(loaders.telemetry.load(arn), select);
    },
    telemetryTotal: ({ arn }, _args, { loaders }) => whenLoaded(loaders.telemetry.load(arn), toTelemetryTotal),
    telemetryResult: ({ arn }, _args, { loaders, failures }) =>
      Promise.resolve(loaders.telemetry.load(arn)).then(
        (telemetryMetadata) => ({ __typename: 'Telemetry' as const, telemetryMetadata }),
        (thrown) => {
          failures.add(thrown);
          return toInspectorError(thrown);
        },
      ),
    // The run's ARN names both, so that its details need not be loaded.
    template: ({ arn }) => toParent('assessmentTemplate', toAssessmentTemplateArn(arn)),
    target: ({ arn }) => toParent('assessmentTarget', toAssessmentTargetArn(arn)),
    rulesPackages: readRulesPackages('assessmentRun'),
    agents: ({ arn }, { filter, ...args }, { loaders }) =>
      createConnection(args, (page) =>
        loaders.pages.assessmentRunAgent.load({ criteria: parseAssessmentRunAgentFilter(arn, filter), ...page }),
      ),
    findings: ({ arn }, { filter, ...args }, { loaders }) =>
      createListConnection('finding', args, { criteria: parseFindingFilter(arn, filter) }, loaders),
    exclusions: ({ arn }, args, { loaders }) =>
      createListConnection('exclusion', args, { criteria: { assessmentRunArn: arn } }, loaders),
    tags: ({ arn }, _args, { loaders }) => loaders.tags.load(toAssessmentTemplateArn(arn)),
    report: ({ arn }, { format, type }, { loaders }) => loaders.reports.load({ assessmentRunArn: arn, format, type }),
    agent: ({ arn }, { agentId }, { loaders }) =>
      loaders.agents.load({ assessmentRunArn: arn, agentId: parseAgentId(agentId) }),
    comparison: ({ arn }, { with: base }, context) =>
      compareRuns(arn, base == null ? null : parseCallersArn('assessmentRun', base, context), context.loaders),
  },

  AssessmentRunComparison: {
    base: ({ baseAssessmentRunArn }) => toParent('assessmentRun', baseAssessmentRunArn),
    newFindings: ({ arn, baseAssessmentRunArn, newFindings }, args) =>
      pageOfComparison(['newFindings', arn, baseAssessmentRunArn], newFindings, args),
    goneFindings: ({ arn, baseAssessmentRunArn, goneFindings }, args) =>
      pageOfComparison(['goneFindings', arn, baseAssessmentRunArn], goneFindings, args),
    remainingFindings: ({ arn, baseAssessmentRunArn, remainingFindings }, args) =>
      pageOfComparison(
        ['remainingFindings', arn, baseAssessmentRunArn],
        remainingFindings.map(({ findingArn }) => findingArn),
        args,
      ),
  },

  AssessmentTemplate: {
    id: ({ arn }) => arn,
    ...readDetails('assessmentTemplate', [
      'name',
      'durationInSeconds',
      'rulesPackageArns',
      'userAttributesForFindings',
      'assessmentRunCount',
      'createdAt',
    ]),
    target: ({ arn }) => toParent('assessmentTarget', toAssessmentTargetArn(arn)),
    rulesPackages: readRulesPackages('assessmentTemplate'),
    async lastAssessmentRun({ arn }, _args, { loaders }) {
      const { lastAssessmentRunArn } = await loaders.entities.assessmentTemplate.load(arn);
      return toUpstreamParent('assessmentRun', lastAssessmentRunArn);
    },
    assessmentRuns: ({ arn }, { filter, ...args }, context, info) =>
      connectRuns({ ...args, filter: withOwn(filter, { templateArns: [arn] }) }, context, info),
    tags: ({ arn }, _args, { loaders }) => loaders.tags.load(arn),
  },

  AssessmentTarget: {
    id: ({ arn }) => arn,
    ...readDetails('assessmentTarget', ['name', 'createdAt', 'updatedAt']),
    async resourceGroup({ arn }, _args, { loaders }) {
      const { resourceGroupArn } = await loaders.entities.assessmentTarget.load(arn);
      return toUpstreamParent('resourceGroup', resourceGroupArn);
    },
    templates: ({ arn }, args, { loaders }) =>
      createListConnection('assessmentTemplate', args, { criteria: { assessmentTargetArns: [arn] } }, loaders),
    assessmentRuns: ({ arn }, { filter, ...args }, context, info) =>
      connectRuns({ ...args, filter: withOwn(filter, { targetArns: [arn] }) }, context, info),
  },

  ResourceGroup: {
    id: ({ arn }) => arn,
    ...readDetails('resourceGroup', ['tags', 'createdAt']),
  },

  RulesPackage: {
    id: ({ arn }) => arn,
    ...readDetails('rulesPackage', ['name', 'version', 'provider', 'description']),
    findings: ({ arn }, { filter, ...args }, { loaders }, info) =>
      connectFindings({ ...args, filter: withOwn(filter, { rulesPackageArns: [arn] }) }, loaders, info),
  },

  AssessmentRunAgent: {
    telemetry({ telemetryMetadata }, args, { answer }) {
      const select = parseTelemetrySelection(args, answer);
      return telemetryMetadata && select(telemetryMetadata);
    },
    telemetryTotal: ({ telemetryMetadata }) => telemetryMetadata && toTelemetryTotal(telemetryMetadata),
    host: readHost,
  },

  Finding: {
    id: ({ arn }) => arn,
    ...readDetails('finding', [
      'findingId',
      'title',
      'description',
      'recommendation',
      'severity',
      'numericSeverity',
      'confidence',
      'indicatorOfCompromise',
      'service',
      'assetType',
      'assetAttributes',
      'attributes',
      'userAttributes',
      'createdAt',
      'updatedAt',
    ]),
    assessmentRun: ({ arn }) => toParent('assessmentRun', toAssessmentRunArn(arn)),
    async rulesPackage({ arn }, _args, { loaders }) {
      const { rulesPackageArn } = await loaders.entities.finding.load(arn);
      return toUpstreamParent('rulesPackage', rulesPackageArn);
    },
    history: ({ arn }, args, context, info) => connectHistory(arn, args, context, info),
  },

  Host: {
    latestAssessmentRun: ({ latestAssessmentRunArn }) =>
      latestAssessmentRunArn && toParent('assessmentRun', latestAssessmentRunArn),
    findings({ agentId, accountId, region }, { filter, ...args }, { loaders }, info) {
      const own = { agentIds: [agentId], accountIds: [accountId], regions: [region] };
      return connectFindings({ ...args, filter: withOwn(filter, own) }, loaders, info);
    },
    assessmentRuns({ agentId, accountId, region }, { filter, ...args }, context, info) {
      const own = { agentIds: [agentId], accountIds: [accountId], regions: [region] };
      return connectRuns({ ...args, filter: withOwn(filter, own) }, context, info);
    },
    telemetry: (host, _args, { loaders }) => loadHostTelemetry(host, loaders),
    telemetryTotal: (host, _args, { loaders }) =>
      whenLoaded(loadHostTelemetry(host, loaders), (rows) => rows && toHostTelemetryTotal(rows)),
  },

  Exclusion: {
    id: ({ arn }) => arn,
    ...readDetails('exclusion', ['title', 'description', 'recommendation', 'scopes', 'attributes']),
    assessmentRun: ({ arn }) => toParent('assessmentRun', toAssessmentRunArn(arn)),
  },

  FindingStatisticsKey: {
    template: readKeyEntity('assessmentTemplate', 'TEMPLATE'),
    rulesPackage: readKeyEntity('rulesPackage', 'RULES_PACKAGE'),
  },

  TelemetryStatisticsKey: {
    template: readKeyEntity('assessmentTemplate', 'TEMPLATE'),
  },

  AssessmentRunStatisticsKey: {
    template: readKeyEntity('assessmentTemplate', 'TEMPLATE'),
    rulesPackage: readKeyEntity('rulesPackage', 'RULES_PACKAGE'),
  },

  AssessmentRunConnection: {
    totalCount: ({ totalCount, countAll }) => totalCount ?? countAll?.() ?? null,
  },

  Telemetry: {
    total: ({ telemetryMetadata }) => toTelemetryTotal(telemetryMetadata),
  },
};

function toUpstreamParent<K extends ArnKind>(kind: K, text: string | null): EntityParent<K> | null {
  return text === null ? null : toParent(kind, parseUpstreamArn(kind, text));
}

function parseNode(id: string, context: GraphQLContext) {
  // The resolver types require one kind, which __resolveType finds.
  return parseAnyParent(id, context) as EntityParent<'assessmentRun'>;
}

/** Resolvers of fields that a Describe operation gives. All entities of a kind in a request share its calls. */
function readDetails<K extends ArnKind, Name extends keyof Entities[K]>(kind: K, names: readonly Name[]) {
  const entries = names.map((name) => [
    name,
    ({ arn }: EntityParent<K>, _args: unknown, { loaders }: GraphQLContext) =>
      whenLoaded(loaders.entities[kind].load(arn), (entity) => entity[name]),
  ]);
  return Object.fromEntries(entries) as {
    [N in Name]: (
      parent: EntityParent<K>,
      args: unknown,
      context: GraphQLContext,
    ) => Entities[K][N] | Promise<Entities[K][N]>;
  };
}

function readRulesPackages<K extends 'assessmentRun' | 'assessmentTemplate'>(kind: K) {
  return async ({ arn }: EntityParent<K>, _args: unknown, { loaders }: GraphQLContext) => {
    const { rulesPackageArns } = await loaders.entities[kind].load(arn);
    return rulesPackageArns?.map((text) => toParent('rulesPackage', parseUpstreamArn('rulesPackage', text))) ?? null;
  };
}

/** Reads the host of an agent from one of its findings, the only entity that has it. */
async function readHost(
  { assessmentRunArn, agentId }: AssessmentRunAgent,
  _args: unknown,
  { loaders }: GraphQLContext,
) {
  const criteria = { assessmentRunArn, agentIds: [agentId] };
  const { items } = await loaders.pages.finding.load({ criteria, maxResults: 1 });
  const [arn] = items;
  return arn === undefined ? null : (await loaders.entities.finding.load(arn)).assetAttributes;
}

function loadHostTelemetry({ accountId, region, agentId }: HostId, loaders: Loaders) {
  return loaders.hostTelemetry.load({ accountId, region, agentId });
}

type FindingArguments = TwoWayArguments & {
  readonly filter?: FindingSearchFilter | null | undefined;
  readonly orderBy?: FindingOrder | null | undefined;
};

/** A connection over a search of findings. */
async function connectFindings(
  { filter, orderBy, ...args }: FindingArguments,
  loaders: GraphQLContext['loaders'],
  info: GraphQLResolveInfo,
) {
  const search = { filter: parseFindingSearch(filter), orderBy: orderBy ?? ('CREATED_AT_DESC' as const) };
  const found = await searchConnection('finding', search, parsePage(args), loaders, info);
  return mapNodes(found, ({ arn }) => toParent('finding', arn));
}
