import { isMemberOf, UnsafeNumber } from '../../../documents.js';
import { type Entity, entityOf } from '../../../entities.js';
import { isSpelled, toCanonicalName } from '../../../spelling.js';
import { Detached, type JsonPath } from '../../content/json/json-document.js';
import { findArn, identify, toDetached } from '../identity.js';
import { toLocation } from '../location.js';
import { arnListsByMember } from '../outputs.js';
import { resolveParents, toParents } from '../parents.js';
import { inside, type Position, type Walk } from '../walk.js';

/** Takes an entity that carries its own identity, wherever it stands; null for another object. */
export function detachEntity(members: Record<string, unknown>, position: Position, walk: Walk): Detached | null {
  const { path } = position;
  const entity = identify(members, path);
  if (entity === null) return null;
  const { detached, misplaced } = removeDetached(members, entity);
  if (misplaced !== null) {
    const message = `expected what the API has there in the ${entity.noun}, but got something of its own`;
    walk.report({ type: 'problem', location: toLocation(inside(position, misplaced)), message });
  }
  const parent = findArn(members);
  for (const [name, kind] of Object.entries(entity.joined ?? {})) {
    const value = takeMember(members, name);
    if (value === undefined) continue;
    const location = toLocation(inside(position, name));
    walk.report({ type: 'entity', entity: entityOf(kind), value, parent, location });
  }
  const own = toDetached(entity, members);
  takeOthers(members, entity, own, position, walk);
  walk.report({ type: 'entity', entity, value: members, location: toLocation(position) });
  if (!isUsual(entity, path)) walk.noteWrapper(path);
  return own.and(detached);
}

/** Whether an entity stands where its operation puts it, or is a document by itself. */
function isUsual({ member, placed }: Entity, path: JsonPath): boolean {
  const steps = path[0] === 'output' ? path.slice(1) : path;
  return path.length === 0 || (steps.length === 2 && placed !== 'as the member' && isSpelled(steps[0], member));
}

/** Takes what is of the service in members that the API does not have there; they stay in the entity as well. */
function takeOthers(members: object, entity: Entity, own: Detached, position: Position, walk: Walk): void {
  for (const [name, member] of Object.entries(members)) {
    if (isMemberOf(entity.kind, name) || !(typeof member === 'object' || typeof member === 'string')) continue;
    const inspected = walk.inspect(member, inside(position, name));
    if (!inspected.isOfInspector) continue;
    const hasAgent = inspected.hasAgent || entity.kind === 'assessmentRunAgent';
    const { pending } = resolveParents({ ...inspected, parents: toParents(own), hasAgent }, position, walk);
    for (const { detection } of pending) walk.report(detection);
  }
}

/** Takes a member out of an object, in whichever spelling it is there. */
function takeMember(members: Record<string, unknown>, name: string): unknown {
  const key = Object.keys(members).find((other) => isSpelled(other, name));
  if (key === undefined) return undefined;
  const value = members[key];
  delete members[key];
  return value ?? undefined;
}

/** Takes out entities that stand in this one; `misplaced` is a member of the API that would say less without. */
function removeDetached(members: Record<string, unknown>, { kind }: Entity) {
  let detached = new Detached();
  let misplaced: string | null = null;
  for (const [name, member] of Object.entries(members)) {
    if (typeof member !== 'object' || member === null) continue;
    const before = detached;
    members[name] = strip(member);
    const isOfApi = isMemberOf(kind, name) || arnListsByMember.has(toCanonicalName(name));
    if (detached !== before && isOfApi) misplaced ??= name;
  }
  return { detached, misplaced };

  function strip(value: unknown): unknown {
    if (value instanceof Detached) {
      detached = detached.and(value);
      return undefined;
    }
    if (typeof value !== 'object' || value === null || value instanceof UnsafeNumber) return value;
    const before = detached;
    const stripped = Object.entries(value).map(([name, member]) => [name, strip(member)] as const);
    if (detached === before) return value;
    const left = stripped.filter(([, member]) => member !== undefined);
    return Array.isArray(value) ? left.map(([, item]) => item) : Object.fromEntries(left);
  }
}
