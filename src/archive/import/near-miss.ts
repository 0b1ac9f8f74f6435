import { findArnKind } from '../arn.js';
import { isMemberOf, memberNames, show } from '../documents.js';
import { type Entity, entities, entityOf } from '../entities.js';
import { findMember, toCanonicalName } from '../spelling.js';
import { diagnoseValue } from './diagnosis/diagnosis.js';
import { toInputNames, toOutput } from './outputs.js';

/*
 * What looks like something of the service and is nothing for sure, and what is something else, in words for people.
 */

/**
 * Whether what an object has besides its identity is what this thing has: all of it, or something that tells, or half of
 * it. ARNs stand in much that is about a thing, as in the log, an inventory or a target of EventBridge.
 */
export function isLike({ kind, joined = {} }: Entity, others: readonly string[]): boolean {
  const known = others.filter((name) => isMemberOf(kind, name) || Object.hasOwn(joined, name));
  return known.length * 2 >= others.length || known.some((name) => !COMMON_NAMES.has(toCanonicalName(name)));
}

/** Members that many things have, of this service and of others. */
const COMMON_NAMES = new Set(
  [
    ...['arn', 'id', 'name', 'title', 'description', 'state', 'status', 'tags', 'attributes', 'key', 'value', 'count'],
    ...['createdAt', 'updatedAt', 'startedAt', 'completedAt', 'version', 'provider', 'severity', 'service', 'url'],
    ...['recommendation', 'hostname', 'event', 'message', 'error', 'date', 'report', 'operation', 'input', 'output'],
    ...[
      'schemaVersion',
      'roleArn',
      'valid',
      'subscriptions',
      'findings',
      'exclusions',
      'scopes',
      'sizeBytes',
      'sha256',
    ],
    ...['resourceArn', 'topicArn', 'autoScalingGroup', 'agentId', 'operatingSystem', 'ipv4Address'],
  ].map(toCanonicalName),
);

/** Names that say more or less what something is, by what has them. */
const tellingNames = new Map<string, Set<Entity>>();
for (const entity of entities) {
  // A request for a report looks like one.
  if (entity.kind === 'assessmentReport') continue;
  const rowNames = entity.kind === 'telemetryMetadata' ? ['messageType', 'dataSize'] : [];
  const names = [...(memberNames[entity.kind] ?? rowNames), ...toOutput(entity).members];
  // What names a resource says what others belong to, and is by itself nothing of the service.
  const inputs = toInputNames(entity).map(toCanonicalName);
  for (const name of names.map(toCanonicalName)) {
    if (COMMON_NAMES.has(name) || inputs.includes(name)) continue;
    tellingNames.set(name, (tellingNames.get(name) ?? new Set()).add(entity));
  }
}

/** Why an object that looks like something of the service is not taken for it; null when it does not. */
export function findNearMiss(object: object): string | null {
  const arn = findMember(object, 'arn');
  if (typeof arn === 'string' && /^arn:[\w-]*:inspector:/.test(arn) && findArnKind(arn) === null) {
    return `expected the ARN of something of Inspector Classic, in a region that it had, but got ${show(arn)}`;
  }
  const hits = new Map<Entity, number>();
  for (const name of Object.keys(object).map(toCanonicalName)) {
    for (const entity of tellingNames.get(name) ?? []) hits.set(entity, (hits.get(entity) ?? 0) + 1);
  }
  const [best] = [...hits].sort(([, a], [, b]) => b - a);
  if (best === undefined) return null;
  const [entity, number] = best;
  const isBuffered = entity.owner !== undefined && findMember(object, entity.member) !== undefined;
  if (number < 2 && !isBuffered) return null;
  if (isBuffered) {
    return (
      `expected the output of ${entity.operation} and nothing beside it, or a record of it, but got an object of ` +
      Object.keys(object).slice(0, 5).join(', ')
    );
  }
  if (entity.kind === 'telemetryMetadata') {
    return 'expected rows of telemetry as {"telemetryMetadata": […]}, since by themselves they may be of a run or of an agent';
  }
  return `expected what tells which ${entity.noun} it is, since it looks like one: its ${toIdentity(entity)}`;
}

function toIdentity({ kind, owner }: Entity): string {
  if (kind === 'assessmentRunAgent') return 'agentId and its assessmentRunArn';
  return owner === undefined ? 'arn' : `output, {"${entityOf(kind).member}": […]}`;
}

/** What a document is that holds nothing of the service. */
export function describe(value: unknown): string {
  const known = diagnoseValue(value);
  if (known !== null) return known;
  const names = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : null;
  const found =
    names === null
      ? `something else than an object: ${show(value)}`
      : names.length === 0
        ? 'an empty object'
        : `an object of ${names.slice(0, 5).join(', ')}`;
  return `expected ${EXPECTATION}, but got ${found}`;
}

const EXPECTATION =
  'what a read operation of Inspector Classic answers, such as {"assessmentRuns": […]}, one thing of it, ' +
  'or a record {"operation": …, "input": …, "output": …}';
