import { findArnKind } from '../../../arn.js';
import { memberNames, show, showNames } from '../../../documents.js';
import { type Entity, entities, entityOf } from '../../../entities.js';
import { findMember, toCanonicalName } from '../../../spelling.js';
import { isCommonName } from '../identity.js';
import { toLocation } from '../location.js';
import { toInputNames, toOutput } from '../outputs.js';
import { type Format, OF_INSPECTOR } from '../walk.js';

/** What looks like something of the service and is nothing for sure: a problem, and never something that it may not be. */
export const inspectNearMiss: Format<object> = (object, position, { report }) => {
  const message = position.isRequest ? null : findNearMiss(object);
  if (message === null) return null;
  report({ type: 'problem', location: toLocation(position), message });
  return OF_INSPECTOR;
};

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
    if (isCommonName(name) || inputs.includes(name)) continue;
    tellingNames.set(name, (tellingNames.get(name) ?? new Set()).add(entity));
  }
}

function findNearMiss(object: object): string | null {
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
  const hasMember = entity.parent !== undefined && findMember(object, entity.member) !== undefined;
  if (number < 2 && !hasMember) return null;
  if (hasMember) {
    return (
      `expected the output of ${entity.operation} and nothing beside it, or a record of it, but got an object of ` +
      showNames(Object.keys(object))
    );
  }
  if (entity.kind === 'telemetryMetadata') {
    return 'expected rows of telemetry as {"telemetryMetadata": […]}, since by themselves they may be of a run or of an agent';
  }
  return `expected what tells which ${entity.noun} it is, since it looks like one: its ${toIdentity(entity)}`;
}

function toIdentity({ kind, parent }: Entity): string {
  if (kind === 'assessmentRunAgent') return 'agentId and its assessmentRunArn';
  return parent === undefined ? 'arn' : `output, {"${entityOf(kind).member}": […]}`;
}
