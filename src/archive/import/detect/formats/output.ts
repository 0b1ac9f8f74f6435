import { show } from '../../../documents.js';
import type { Entity } from '../../../entities.js';
import { findMember } from '../../../spelling.js';
import { Detached } from '../../content/json/json-document.js';
import { diagnoseValue } from '../../diagnosis/diagnosis.js';
import type { DetectedEntity } from '../detection.js';
import { toLocation } from '../location.js';
import { findOutput, findParent, type Output, removeClientMembers } from '../outputs.js';
import { toParents } from '../parents.js';
import { type Format, type Inspected, inside, OF_INSPECTOR, type Position, type Walk } from '../walk.js';

/** What an operation answered, told by its members. */
export const inspectOutput: Format<object> = (value, position, walk) => {
  const output = position.isRequest ? undefined : findOutput(value);
  return output === undefined ? null : takeOutput(output, value, position, walk);
};

/** Takes what an output holds; the members are those of the operation, or what a record says they are. */
export function takeOutput(
  { entity, isArnList, operation }: Output,
  value: object,
  position: Position,
  walk: Walk,
  listedFor?: string,
): Inspected {
  const { member, placed } = entity;
  const failedItems = findMember(value, 'failedItems');
  const failures = typeof failedItems === 'object' && failedItems !== null ? Object.keys(failedItems) : [];
  for (const _ of failures) ignore('failedItems, which Inspector could not describe');
  const isList = isArnList || placed === 'in a list' || placed === 'in a map';
  const list = findMember(value, isArnList && entity.arnList ? entity.arnList.member : member);
  if (isList && failures.length === 0 && isEmpty(list)) ignore(`${operation}, whose list is empty`);
  const content = findMember(value, member);
  const detections: DetectedEntity[] = [];
  if (isArnList) takeArnList(entity, value, position, walk, listedFor);
  else if (entity.kind === 'assessmentReport' && content === undefined) ignore(`${operation}, whose URL has expired`);
  else if (entity.kind === 'exclusionPreview' && content === undefined) ignore(`${operation}, which was in progress`);
  else if (placed === 'as the output') add(removeClientMembers(value), position);
  else if (placed === 'as the member') add(content, inside(position, member));
  else takeItems(content, inside(position, member));
  const parent = findParent(entity, value);
  const ours = { ...OF_INSPECTOR, parents: toParents(findDetached(content)) };
  if (entity.parent !== undefined && parent === undefined) {
    return { ...ours, pending: detections.map((detection) => ({ detection, path: position.path })) };
  }
  for (const detection of detections) walk.report({ ...detection, parent });
  return ours;

  function ignore(what: string): void {
    walk.report({ type: 'ignored', what });
  }

  function add(item: unknown, itsPosition: Position): void {
    detections.push({ type: 'entity', entity, value: item, location: toLocation(itsPosition) });
  }

  function takeItems(items: unknown, ofItems: Position): void {
    if (items instanceof Detached) return;
    if (typeof items !== 'object' || items === null || (placed === 'in a list' && !Array.isArray(items))) {
      const message = `expected a list, but got ${show(items)}`;
      walk.report({ type: 'problem', location: toLocation(ofItems), message });
      return;
    }
    for (const [key, item] of Object.entries(items)) {
      if (item instanceof Detached) continue;
      const ofItem = inside(ofItems, Array.isArray(items) ? Number(key) : key);
      const message = diagnoseValue(item);
      if (message === null) add(item, ofItem);
      else walk.report({ type: 'problem', location: toLocation(ofItem), message });
    }
  }
}

function takeArnList(entity: Entity, value: object, position: Position, { report }: Walk, listedFor?: string): void {
  const { member } = entity.arnList as NonNullable<Entity['arnList']>;
  const list = findMember(value, member);
  const location = toLocation(inside(position, member));
  if (list instanceof Detached) return;
  if (!Array.isArray(list)) report({ type: 'problem', location, message: `expected a list, but got ${show(list)}` });
  else report({ type: 'arns', entity, arns: list.filter((item) => !(item instanceof Detached)), listedFor, location });
}

function isEmpty(list: unknown): boolean {
  return typeof list === 'object' && list !== null && !(list instanceof Detached) && Object.keys(list).length === 0;
}

/** What stands for the detached items of a list. */
function findDetached(list: unknown): Detached {
  const detached = Array.isArray(list) ? list.at(-1) : list;
  return detached instanceof Detached ? detached : new Detached();
}
