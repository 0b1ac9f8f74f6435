import type { AssessmentRunAgent, Entities, ListKind, ListQuery, Lists } from '../../inspector/inspector-api.js';
import {
  type ArnKind,
  type InspectorArn,
  parseAnyArn,
  parseArn,
  parseUpstreamArn,
  toAssessmentRunArn,
  toAssessmentTargetArn,
  toAssessmentTemplateArn,
} from '../../inspector/inspector-arn.js';
import type { EntityParent, GraphQLContext } from '../context.js';
import { toInspectorError } from '../errors.js';
import type { Resolvers } from '../generated.js';
import { whenLoaded } from '../loaders.js';
import { parseEach } from './arguments.js';
import { createConnection, type PageArguments, toConnection } from './connection.js';
import {
  parseAssessmentRunAgentFilter,
  parseAssessmentRunFilter,
  parseAssessmentTargetFilter,
  parseAssessmentTemplateFilter,
  parseFindingFilter,
  parseRegions,
} from './criteria.js';
import { toTypeName } from './entity-types.js';
import { createOrderedConnection } from './ordered-runs.js';
import { DateTime, Long } from './scalars.js';
import { parseTelemetrySelection, toTelemetryTotal } from './telemetry.js';

/** The fields of a run that its details alone answer. */
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

/** The fields of schema.graphql. A failure that one throws is turned into GraphQL once, by formatError. */
export const resolvers: Resolvers = {
  DateTime,
  Long,

  Query: {
    assessmentRun: (_query, { arn }) => toParent('assessmentRun', parseArn('assessmentRun', arn)),
    assessmentRunsByArn: (_query, { arns }) =>
      parseEach(arns, (arn) => toParent('assessmentRun', parseArn('assessmentRun', arn))),
    async assessmentRuns(_query, { filter, orderBy, ...args }, { loaders }) {
      const query = parseAssessmentRunFilter(filter);
      if (query === null) return toConnection<EntityParent<'assessmentRun'>>([], null, false, 0);
      if (orderBy != null) return createOrderedConnection(args, orderBy, query, loaders);
      return connect('assessmentRun', args, query, loaders);
    },
    assessmentTemplates: (_query, { filter, ...args }, { loaders }) =>
      connect('assessmentTemplate', args, parseAssessmentTemplateFilter(filter), loaders),
    assessmentTargets: (_query, { filter, ...args }, { loaders }) =>
      connect('assessmentTarget', args, parseAssessmentTargetFilter(filter), loaders),
    rulesPackages: (_query, { filter, ...args }, { loaders }) =>
      connect('rulesPackage', args, { criteria: {}, regions: parseRegions(filter?.regions) }, loaders),
    finding: (_query, { arn }) => toParent('finding', parseArn('finding', arn)),
    node: (_query, { id }) => parseNode(id),
    nodes: (_query, { ids }) => parseEach(ids, parseNode),
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
    // What a run's ARN says already need not be read.
    template: ({ arn }) => toParent('assessmentTemplate', toAssessmentTemplateArn(arn)),
    target: ({ arn }) => toParent('assessmentTarget', toAssessmentTargetArn(arn)),
    rulesPackages: readRulesPackages('assessmentRun'),
    agents: ({ arn }, { filter, ...args }, { loaders }) =>
      createConnection(args, (page) =>
        loaders.pages.assessmentRunAgent.load({ criteria: parseAssessmentRunAgentFilter(arn, filter), ...page }),
      ),
    findings: ({ arn }, { filter, ...args }, { loaders }) =>
      connect('finding', args, { criteria: parseFindingFilter(arn, filter) }, loaders),
    exclusions: ({ arn }, args, { loaders }) =>
      connect('exclusion', args, { criteria: { assessmentRunArn: arn } }, loaders),
    tags: ({ arn }, _args, { loaders }) => loaders.tags.load(toAssessmentTemplateArn(arn)),
    report: ({ arn }, { format, type }, { loaders }) => loaders.reports.load({ assessmentRunArn: arn, format, type }),
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
    tags: ({ arn }, _args, { loaders }) => loaders.tags.load(arn),
  },

  AssessmentTarget: {
    id: ({ arn }) => arn,
    ...readDetails('assessmentTarget', ['name', 'createdAt', 'updatedAt']),
    async resourceGroup({ arn }, _args, { loaders }) {
      const { resourceGroupArn } = await loaders.entities.assessmentTarget.load(arn);
      return toUpstreamParent('resourceGroup', resourceGroupArn);
    },
  },

  ResourceGroup: {
    id: ({ arn }) => arn,
    ...readDetails('resourceGroup', ['tags', 'createdAt']),
  },

  RulesPackage: {
    id: ({ arn }) => arn,
    ...readDetails('rulesPackage', ['name', 'version', 'provider', 'description']),
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
  },

  Exclusion: {
    id: ({ arn }) => arn,
    ...readDetails('exclusion', ['title', 'description', 'recommendation', 'scopes', 'attributes']),
    assessmentRun: ({ arn }) => toParent('assessmentRun', toAssessmentRunArn(arn)),
  },

  Telemetry: {
    total: ({ telemetryMetadata }) => toTelemetryTotal(telemetryMetadata),
  },
};

function toParent<K extends ArnKind>(kind: K, arn: InspectorArn<K>): EntityParent<K> {
  return { kind, arn };
}

function toUpstreamParent<K extends ArnKind>(kind: K, text: string | null): EntityParent<K> | null {
  return text === null ? null : toParent(kind, parseUpstreamArn(kind, text));
}

function parseNode(id: string) {
  // Whatever kind it is of, __resolveType tells it; the resolver types want a single one.
  return parseAnyArn(id) as EntityParent<'assessmentRun'>;
}

/** Fields that a Describe operation answers; all things of a kind that a request asks for share its calls. */
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

/** The host of an agent stands in its findings only. */
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

/** A connection over a list of ARNs. */
function connect<K extends ArnKind & ListKind>(
  kind: K,
  args: PageArguments,
  query: { criteria: Lists[K]['criteria']; regions?: readonly string[] | undefined },
  loaders: GraphQLContext['loaders'],
) {
  return createConnection(args, async (page) => {
    const { items, nextToken } = await loaders.pages[kind].load({ ...query, ...page } as ListQuery<K>);
    return { items: items.map((arn) => toParent(kind, arn as InspectorArn<K>)), nextToken };
  });
}
