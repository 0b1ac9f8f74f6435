import { z } from 'zod';
import { type ArnKind, arnNouns, matchArn } from '../../domain/arn.js';
import type { DocumentOf } from '../documents.js';
import { type EntityKind, entityOf, type ListedTableName } from '../entities.js';
import type { Condition, Reader, Scope } from '../store/reader.js';
import { ApiError, createAccessDeniedError, createInternalError, createNoSuchEntityError } from './api-error.js';
import {
  agentFilter,
  arn,
  choice,
  describedArns,
  filterArns,
  findingFilter,
  locale,
  page,
  parseInput,
  previewToken,
  runFilter,
  targetFilter,
  templateFilter,
} from './input.js';
import { parsePageToken, toPageToken } from './page-token.js';
import { toReportUrl } from './report-files.js';

/** Who asks, and what there is to read. */
export interface OperationContext {
  readonly reader: Reader;
  readonly scope: Scope;
  /** Where the client reached the archive: the beginning of its URLs. */
  readonly origin: string;
}

/** An operation of the API: the parsed JSON of its input to the JSON text of its output; rejects with an ApiError. */
type Operation = (input: unknown, context: OperationContext) => Promise<string>;

/** Kinds that are named by ARN and kept as documents. */
type DescribedKind = ArnKind & EntityKind;

/** The operations that the archive answers, by their names in X-Amz-Target. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['GetTelemetryMetadata', getTelemetryMetadata],
  ['GetAssessmentReport', getAssessmentReport],
  ['GetExclusionsPreview', getExclusionsPreview],
  ['DescribeAssessmentRuns', describe('assessmentRun', { assessmentRunArns: describedArns('assessmentRun') })],
  [
    'DescribeAssessmentTargets',
    describe('assessmentTarget', { assessmentTargetArns: describedArns('assessmentTarget') }),
  ],
  [
    'DescribeAssessmentTemplates',
    describe('assessmentTemplate', { assessmentTemplateArns: describedArns('assessmentTemplate') }),
  ],
  ['DescribeCrossAccountAccessRole', describeCrossAccountAccessRole],
  ['DescribeExclusions', describe('exclusion', { exclusionArns: describedArns('exclusion', 100), locale })],
  ['DescribeFindings', describe('finding', { findingArns: describedArns('finding'), locale })],
  ['DescribeResourceGroups', describe('resourceGroup', { resourceGroupArns: describedArns('resourceGroup') })],
  ['DescribeRulesPackages', describe('rulesPackage', { rulesPackageArns: describedArns('rulesPackage'), locale })],
  ['ListAssessmentRuns', listAssessmentRuns],
  ['ListAssessmentRunAgents', listAssessmentRunAgents],
  ['ListAssessmentTargets', listAssessmentTargets],
  ['ListAssessmentTemplates', listAssessmentTemplates],
  ['ListEventSubscriptions', listEventSubscriptions],
  ['ListExclusions', listExclusions],
  ['ListFindings', listFindings],
  ['ListRulesPackages', listRulesPackages],
  ['ListTagsForResource', listTagsForResource],
  ['PreviewAgents', previewAgents],
  ...Object.entries({
    AddAttributesToFindings: 'FINDING',
    CreateAssessmentTarget: 'ASSESSMENT_TARGET',
    CreateAssessmentTemplate: 'ASSESSMENT_TEMPLATE',
    CreateExclusionsPreview: 'ASSESSMENT_TEMPLATE',
    CreateResourceGroup: 'RESOURCE_GROUP',
    DeleteAssessmentRun: 'ASSESSMENT_RUN',
    DeleteAssessmentTarget: 'ASSESSMENT_TARGET',
    DeleteAssessmentTemplate: 'ASSESSMENT_TEMPLATE',
    RegisterCrossAccountAccessRole: 'IAM_ROLE',
    RemoveAttributesFromFindings: 'FINDING',
    SetTagsForResource: 'ASSESSMENT_TEMPLATE',
    StartAssessmentRun: 'ASSESSMENT_RUN',
    StopAssessmentRun: 'ASSESSMENT_RUN',
    SubscribeToEvent: 'SNS_TOPIC',
    UnsubscribeFromEvent: 'SNS_TOPIC',
    UpdateAssessmentTarget: 'ASSESSMENT_TARGET',
  }).map(([name, noun]): [string, Operation] => [name, refuseToWrite(name, noun)]),
]);

const runInput = z.object({ assessmentRunArn: arn('assessmentRun') });

async function getTelemetryMetadata(input: unknown, context: OperationContext): Promise<string> {
  const { assessmentRunArn } = parseInput(runInput, input);
  const { reader, scope } = context;
  const telemetry = (await reader.fetchDocuments('telemetryMetadata', [assessmentRunArn], scope)).get(assessmentRunArn);
  if (telemetry !== undefined) return `{"telemetryMetadata":${telemetry}}`;
  await requireEntity('assessmentRun', assessmentRunArn, context);
  // An empty list would say that the run had none.
  throw createNoSuchEntityError(
    'ASSESSMENT_RUN_DOES_NOT_EXIST',
    `The archive has the assessment run ${assessmentRunArn}, but not its telemetry: import its GetTelemetryMetadata output.`,
  );
}

const reportInput = runInput.extend({
  reportFileFormat: choice(['HTML', 'PDF']),
  reportType: choice(['FINDING', 'FULL']),
});

/** The file that was imported; one whose type nobody knows stands for both. No other report can be generated any more. */
async function getAssessmentReport(input: unknown, context: OperationContext): Promise<string> {
  const { assessmentRunArn, reportFileFormat, reportType } = parseInput(reportInput, input);
  const { toKey } = entityOf('assessmentReport');
  const ofAnyType = toKey({ assessmentRunArn, reportFileFormat }, '');
  const ofType = toKey({ assessmentRunArn, reportFileFormat, reportType }, '');
  const reports = await context.reader.fetchDocuments('assessmentReport', [ofType, ofAnyType], context.scope);
  const report = reports.get(ofType) ?? reports.get(ofAnyType);
  if (report !== undefined) {
    const url = toReportUrl(context.origin, JSON.parse(report) as DocumentOf<'assessmentReport'>);
    return JSON.stringify({ status: 'COMPLETED', url });
  }
  await requireEntity('assessmentRun', assessmentRunArn, context);
  throw new ApiError(
    'UnsupportedFeatureException',
    400,
    `An archive cannot generate assessment reports, and has no ${reportFileFormat} file of this one.`,
    {
      canRetry: false,
    },
  );
}

const exclusionsPreviewInput = z.object({
  assessmentTemplateArn: arn('assessmentTemplate'),
  previewToken,
  locale,
  ...page({ defaultSize: 100 }),
});

/** A preview under a token that the archive does not have has nothing in it. */
async function getExclusionsPreview(input: unknown, context: OperationContext): Promise<string> {
  const { assessmentTemplateArn, previewToken, locale: _, ...query } = parseInput(exclusionsPreviewInput, input);
  await requireEntity('assessmentTemplate', assessmentTemplateArn, context);
  const members = await listDocuments('GetExclusionsPreview', 'exclusionPreview', query, context, [
    isIn('assessment_template_arn', [assessmentTemplateArn]),
    isIn('preview_token', [previewToken]),
  ]);
  return `{"previewStatus":"COMPLETED",${members}}`;
}

const previewAgentsInput = z.object({
  previewAgentsArn: arn('assessmentTarget'),
  ...page(),
});

async function previewAgents(input: unknown, context: OperationContext): Promise<string> {
  const { previewAgentsArn, ...query } = parseInput(previewAgentsInput, input);
  await requireEntity('assessmentTarget', previewAgentsArn, context);
  const members = await listDocuments('PreviewAgents', 'agentPreview', query, context, [
    isIn('assessment_target_arn', [previewAgentsArn]),
  ]);
  return `{${members}}`;
}

/**
 * The one role that the archive has. The operation has no input, so whatever is sent with it is not looked at, and nothing
 * says which of several accounts is meant; InternalException is the one error that it has.
 */
async function describeCrossAccountAccessRole(_input: unknown, { reader, scope }: OperationContext): Promise<string> {
  const [role, other] = await reader.fetchFirstDocuments('crossAccountAccessRole', 2, scope);
  if (role === undefined) throw createInternalError('The archive has no cross-account access role.');
  if (other === undefined) return role;
  const [one, another] = [role, other].map((document) => JSON.parse(document).roleArn);
  throw createInternalError(
    `The archive has several cross-account access roles, such as ${one} and ${another}, and nothing says which is meant.`,
  );
}

/** A Describe operation: each ARN is either among the documents or among the failed items. */
function describe(kind: DescribedKind, shape: Record<string, z.ZodType>): Operation {
  const [member] = Object.keys(shape) as [string];
  const type = z.object(shape);
  const { member: outputMember } = entityOf(kind);
  return async (input, { reader, scope }) => {
    const arns = parseInput(type, input)[member] as readonly string[];
    const valid = arns.filter((itsArn) => matchArn(kind, itsArn) !== null);
    const documents = await reader.fetchDocuments(kind, [...new Set(valid)], scope);
    const described: string[] = [];
    const failedItems: string[] = [];
    for (const itsArn of new Set(arns)) {
      const document = documents.get(itsArn);
      const failureCode = toFailureCode(itsArn, arns, kind, document);
      if (failureCode !== null)
        failedItems.push(`${JSON.stringify(itsArn)}:{"failureCode":"${failureCode}","retryable":false}`);
      // Exclusions are the one output that is a map.
      else described.push(kind === 'exclusion' ? `${JSON.stringify(itsArn)}:${document}` : (document as string));
    }
    const items = kind === 'exclusion' ? `{${described.join()}}` : `[${described.join()}]`;
    return `{"${outputMember}":${items},"failedItems":{${failedItems.join()}}}`;
  };
}

function toFailureCode(itsArn: string, arns: readonly string[], kind: ArnKind, document: string | undefined) {
  if (arns.indexOf(itsArn) !== arns.lastIndexOf(itsArn)) return 'DUPLICATE_ARN';
  if (document !== undefined) return null;
  return matchArn(kind, itsArn) === null ? 'INVALID_ARN' : 'ITEM_DOES_NOT_EXIST';
}

const listAssessmentRunsInput = z.object({
  assessmentTemplateArns: filterArns('assessmentTemplate'),
  filter: runFilter,
  ...page(),
});

async function listAssessmentRuns(input: unknown, context: OperationContext): Promise<string> {
  const { assessmentTemplateArns, filter, ...query } = parseInput(listAssessmentRunsInput, input);
  await requireEntities('assessmentTemplate', assessmentTemplateArns, context);
  return list('ListAssessmentRuns', 'assessmentRunArns', 'assessment_runs', query, context, [
    isIn('assessment_template_arn', assessmentTemplateArns),
    evaluates(filter?.rulesPackageArns),
    isIn('state', filter?.states),
    fits('name', filter?.namePattern),
    isWithin('duration_in_seconds', filter?.durationRange),
    isWithin('started_at', filter?.startTimeRange),
    isWithin('completed_at', filter?.completionTimeRange),
    isWithin('state_changed_at', filter?.stateChangeTimeRange),
  ]);
}

const listAssessmentTemplatesInput = z.object({
  assessmentTargetArns: filterArns('assessmentTarget'),
  filter: templateFilter,
  ...page(),
});

async function listAssessmentTemplates(input: unknown, context: OperationContext): Promise<string> {
  const { assessmentTargetArns, filter, ...query } = parseInput(listAssessmentTemplatesInput, input);
  await requireEntities('assessmentTarget', assessmentTargetArns, context);
  return list('ListAssessmentTemplates', 'assessmentTemplateArns', 'assessment_templates', query, context, [
    isIn('assessment_target_arn', assessmentTargetArns),
    evaluates(filter?.rulesPackageArns),
    fits('name', filter?.namePattern),
    isWithin('duration_in_seconds', filter?.durationRange),
  ]);
}

const listAssessmentTargetsInput = z.object({ filter: targetFilter, ...page() });

async function listAssessmentTargets(input: unknown, context: OperationContext): Promise<string> {
  const { filter, ...query } = parseInput(listAssessmentTargetsInput, input);
  return list('ListAssessmentTargets', 'assessmentTargetArns', 'assessment_targets', query, context, [
    fits('name', filter?.assessmentTargetNamePattern),
  ]);
}

const listRulesPackagesInput = z.object(page());

async function listRulesPackages(input: unknown, context: OperationContext): Promise<string> {
  const query = parseInput(listRulesPackagesInput, input);
  return list('ListRulesPackages', 'rulesPackageArns', 'rules_packages', query, context, []);
}

const listFindingsInput = z.object({
  assessmentRunArns: filterArns('assessmentRun'),
  filter: findingFilter,
  ...page(),
});

/** A rule is known by the finding's `id`: the API's filter names a property ruleName that its findings do not have. */
async function listFindings(input: unknown, context: OperationContext): Promise<string> {
  const { assessmentRunArns, filter, ...query } = parseInput(listFindingsInput, input);
  await requireEntities('assessmentRun', assessmentRunArns, context);
  const conditions = [
    isIn('assessment_run_arn', assessmentRunArns),
    isIn('agent_id', filter?.agentIds),
    isIn('severity', filter?.severities),
    isIn('auto_scaling_group', filter?.autoScalingGroups),
    isIn('rule_name', filter?.ruleNames),
    isIn('rules_package_arn', filter?.rulesPackageArns),
    isWithin('created_at', filter?.creationTimeRange),
  ];
  const accepts = toAttributeTest(filter?.attributes, filter?.userAttributes);
  return list('ListFindings', 'findingArns', 'findings', query, context, conditions, accepts);
}

const listExclusionsInput = runInput.extend(page({ defaultSize: 100 }));

async function listExclusions(input: unknown, context: OperationContext): Promise<string> {
  const { assessmentRunArn, ...query } = parseInput(listExclusionsInput, input);
  await requireEntity('assessmentRun', assessmentRunArn, context);
  return list('ListExclusions', 'exclusionArns', 'exclusions', query, context, [
    isIn('assessment_run_arn', [assessmentRunArn]),
  ]);
}

const listAssessmentRunAgentsInput = runInput.extend({ filter: agentFilter, ...page({ maxSize: 500 }) });

async function listAssessmentRunAgents(input: unknown, context: OperationContext): Promise<string> {
  const { assessmentRunArn, filter, ...query } = parseInput(listAssessmentRunAgentsInput, input);
  await requireEntity('assessmentRun', assessmentRunArn, context);
  const members = await listDocuments('ListAssessmentRunAgents', 'assessmentRunAgent', query, context, [
    isIn('assessment_run_arn', [assessmentRunArn]),
    isIn('agent_health', filter?.agentHealths),
    isIn('agent_health_code', filter?.agentHealthCodes),
  ]);
  return `{${members}}`;
}

const listTagsForResourceInput = z.object({ resourceArn: arn('assessmentTemplate', 'INVALID_RESOURCE_ARN') });

async function listTagsForResource(input: unknown, context: OperationContext): Promise<string> {
  const { resourceArn } = parseInput(listTagsForResourceInput, input);
  const tags = (await context.reader.fetchDocuments('tags', [resourceArn], context.scope)).get(resourceArn);
  if (tags === undefined) await requireEntity('assessmentTemplate', resourceArn, context);
  return `{"tags":${tags ?? '[]'}}`;
}

const listEventSubscriptionsInput = z.object({
  resourceArn: arn('assessmentTemplate', 'INVALID_RESOURCE_ARN').nullish(),
  ...page({ maxSize: 50 }),
});

/** Those that there were: nothing happens in an archive that one could be told of. */
async function listEventSubscriptions(input: unknown, context: OperationContext): Promise<string> {
  const { resourceArn, ...query } = parseInput(listEventSubscriptionsInput, input);
  const resourceArns = resourceArn == null ? [] : [resourceArn];
  await requireEntities('assessmentTemplate', resourceArns, context);
  const members = await listDocuments('ListEventSubscriptions', 'eventSubscription', query, context, [
    isIn('resource_arn', resourceArns),
  ]);
  return `{${members}}`;
}

function refuseToWrite(operation: string, noun: string): Operation {
  return async () => {
    throw createAccessDeniedError(`ACCESS_DENIED_TO_${noun}`, `${operation} is denied: the archive is read-only.`);
  };
}

/** What stands in front of a page: its size and the token that it is gone on with. */
interface PageInput {
  readonly maxResults: number;
  readonly nextToken?: string | null | undefined;
}

/** A list of ARNs as the output of the operation. */
async function list(
  operation: string,
  member: string,
  table: ListedTableName,
  query: PageInput,
  context: OperationContext,
  conditions: readonly (Condition | null)[],
  accepts?: DocumentTest,
): Promise<string> {
  const { arns, nextToken } = await fetchPage(operation, table, query, context, conditions, accepts);
  return `{"${member}":${JSON.stringify(arns)}${toNextMember(nextToken)}}`;
}

/** A list of documents as members of the operation's output. */
async function listDocuments(
  operation: string,
  kind: EntityKind,
  query: PageInput,
  context: OperationContext,
  conditions: readonly (Condition | null)[],
): Promise<string> {
  const { member, listed } = entityOf(kind);
  const page = await fetchPage(operation, listed?.table as ListedTableName, query, context, conditions);
  const documents = await context.reader.fetchDocuments(kind, page.arns, context.scope);
  return `"${member}":[${page.arns.map((key) => documents.get(key)).join()}]${toNextMember(page.nextToken)}`;
}

async function fetchPage(
  operation: string,
  table: ListedTableName,
  { maxResults, nextToken }: PageInput,
  { reader, scope }: OperationContext,
  allConditions: readonly (Condition | null)[],
  accepts?: DocumentTest,
) {
  const conditions = allConditions.filter((condition) => condition !== null);
  const identity = [operation, scope, conditions, accepts?.identity];
  const after = parsePageToken(nextToken, identity);
  const { arns, next } = await reader.fetchPage({
    table,
    scope,
    conditions,
    after,
    limit: maxResults,
    accepts: accepts?.test,
  });
  return { arns, nextToken: next === null ? null : toPageToken(next, identity) };
}

function toNextMember(nextToken: string | null): string {
  return nextToken === null ? '' : `,"nextToken":"${nextToken}"`;
}

/** An absent list and an empty one let everything pass. */
function isIn(column: string, values: readonly string[] | null | undefined): Condition | null {
  return values == null || values.length === 0 ? null : { type: 'in', column, values: toSortedSet(values) };
}

function evaluates(arns: readonly string[] | null | undefined): Condition | null {
  return arns == null || arns.length === 0 ? null : { type: 'rulesPackages', values: toSortedSet(arns) };
}

/** Each value once, in an order of its own: so conditions that mean the same are the same in a page token. */
function toSortedSet(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function fits(column: string, pattern: string | null | undefined): Condition | null {
  return pattern == null ? null : { type: 'pattern', column, pattern: pattern.replace(/\*+/g, '*') };
}

function isWithin(
  column: string,
  range: { from: number | null; to: number | null } | null | undefined,
): Condition | null {
  if (range == null || (range.from === null && range.to === null)) return null;
  return { type: 'range', column, from: range.from, to: range.to };
}

interface Attribute {
  readonly key: string;
  readonly value?: string | null | undefined;
}

/** What only a document can answer, and what stands for it in a page token. */
interface DocumentTest {
  readonly identity: unknown;
  test(document: string): boolean;
}

/** Whether one of the attributes is among a finding's; one without a value stands for any. */
function toAttributeTest(
  attributes: readonly Attribute[] | null | undefined,
  userAttributes: readonly Attribute[] | null | undefined,
): DocumentTest | undefined {
  if (!attributes?.length && !userAttributes?.length) return undefined;
  return {
    identity: [toAttributeIdentity(attributes), toAttributeIdentity(userAttributes)],
    test(document) {
      const finding = JSON.parse(document) as AttributedDocument;
      return hasOneOf(attributes, finding.attributes) && hasOneOf(userAttributes, finding.userAttributes);
    },
  };
}

/** Any member of a document may be absent. */
interface AttributedDocument {
  readonly attributes?: readonly Partial<Attribute>[];
  readonly userAttributes?: readonly Partial<Attribute>[];
}

function hasOneOf(
  wanted: readonly Attribute[] | null | undefined,
  own: readonly Partial<Attribute>[] | undefined,
): boolean {
  if (!wanted?.length) return true;
  return wanted.some(({ key, value }) => own?.some((one) => one.key === key && (value == null || one.value === value)));
}

function toAttributeIdentity(attributes: readonly Attribute[] | null | undefined): string[] {
  return toSortedSet((attributes ?? []).map(({ key, value }) => JSON.stringify([key, value ?? null])));
}

async function requireEntity(kind: DescribedKind, itsArn: string, context: OperationContext): Promise<void> {
  return requireEntities(kind, [itsArn], context);
}

/** Rejects with NoSuchEntityException for the first of them that the archive does not have. */
async function requireEntities(
  kind: DescribedKind,
  arns: readonly string[] | null | undefined,
  { reader, scope }: OperationContext,
): Promise<void> {
  if (arns == null || arns.length === 0) return;
  const known = await reader.findKnown(kind, [...new Set(arns)], scope);
  const unknown = arns.find((itsArn) => !known.has(itsArn));
  if (unknown === undefined) return;
  const noun = arnNouns[kind].replace(/^an? /, '');
  throw createNoSuchEntityError(
    `${noun.toUpperCase().replaceAll(' ', '_')}_DOES_NOT_EXIST`,
    `The ${noun} ${unknown} does not exist.`,
  );
}
