import { findArnKind } from '../../arn.js';
import { isMemberOf } from '../../documents.js';
import { type Entity, entityOf } from '../../entities.js';
import { findMember, isSpelled, toCanonicalName } from '../../spelling.js';
import { Detached, type JsonPath } from '../content/json/json-document.js';

/** The entity that an object is by its own ARN or ID, where it stands as in the output or looks like one; else null. */
export function identify(object: object, path: JsonPath): Entity | null {
  const entity = findEntity(object);
  if (entity === null || (path.length >= 2 && isSpelled(path.at(-2), entity.member))) return entity;
  const others = Object.keys(object).filter((name) => !IDENTITY_NAMES.has(toCanonicalName(name)));
  return isLike(entity, others) ? entity : null;
}

const IDENTITY_NAMES = new Set(['arn', 'agentid', 'assessmentrunarn', 'resourcearn', 'topicarn', 'eventsubscriptions']);

function findEntity(object: object): Entity | null {
  const arn = findArn(object);
  const kind = arn === undefined ? null : findArnKind(arn);
  if (kind !== null) return entityOf(kind);
  if (findText(object, 'agentId', 'AgentId', 'agent_id', 'AGENT_ID') !== undefined) {
    const run = findText(object, 'assessmentRunArn', 'AssessmentRunArn', 'assessment_run_arn', 'ASSESSMENT_RUN_ARN');
    return run === undefined ? null : entityOf('assessmentRunAgent');
  }
  if (findText(object, 'topicArn', 'TopicArn', 'topic_arn', 'TOPIC_ARN') === undefined) return null;
  const hasEvents = Array.isArray(findMember(object, 'eventSubscriptions'));
  return hasEvents && findMember(object, 'resourceArn') !== undefined ? entityOf('eventSubscription') : null;
}

/** The ARN that an object has as its own. */
export function findArn(object: object): string | undefined {
  return findText(object, 'arn', 'Arn', 'ARN');
}

/** By its usual spellings: this is asked of every object, of which `findMember` would read all names. */
function findText(object: object, ...spellings: readonly string[]): string | undefined {
  for (const name of spellings) {
    if (!Object.hasOwn(object, name)) continue;
    const value = (object as Record<string, unknown>)[name];
    if (typeof value === 'string') return value;
  }
  return undefined;
}

/** Whether half of the other members, or an uncommon one, are the entity's: logs and inventories have ARNs as well. */
function isLike({ kind, joined = {} }: Entity, others: readonly string[]): boolean {
  const known = others.filter((name) => isMemberOf(kind, name) || Object.hasOwn(joined, name));
  return known.length * 2 >= others.length || known.some((name) => !isCommonName(name));
}

/** Whether many things have a member of this name, of this service and of others. */
export const isCommonName = (name: string) => COMMON_NAMES.has(toCanonicalName(name));

const COMMON_NAMES = new Set(
  [
    ...['arn', 'id', 'name', 'title', 'description', 'state', 'status', 'tags', 'attributes', 'key', 'value', 'count'],
    ...['createdAt', 'updatedAt', 'startedAt', 'completedAt', 'version', 'provider', 'severity', 'service', 'url'],
    ...['recommendation', 'hostname', 'event', 'message', 'error', 'date', 'report', 'operation', 'input', 'output'],
    ...['schemaVersion', 'roleArn', 'valid', 'subscriptions', 'findings', 'exclusions', 'scopes', 'sizeBytes'],
    ...['sha256', 'resourceArn', 'topicArn', 'autoScalingGroup', 'agentId', 'operatingSystem', 'ipv4Address'],
  ].map(toCanonicalName),
);

/** What an entity says of where it belongs, for what stands beside it. */
export function toDetached({ kind }: Entity, members: object): Detached {
  const arn = (findArn(members) ?? findMember(members, 'assessmentRunArn')) as string | undefined;
  if (arn === undefined) return new Detached();
  if (kind === 'assessmentTemplate') return new Detached(new Set(), new Set([arn]));
  const run = /^.*\/run\/[^/]+/.exec(arn)?.[0];
  return run === undefined ? new Detached() : new Detached(new Set([run]));
}
