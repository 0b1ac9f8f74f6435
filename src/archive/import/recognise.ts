import { show } from '../documents.js';
import { type Entity, entities } from '../entities.js';
import type { Piece } from './json-documents.js';

/** What a piece of a file turned out to be. */
export type Recognition = Candidate | Recognised | Problem;

/** An entity, its document not checked yet. */
export interface Candidate {
  readonly type: 'candidate';
  readonly entity: Entity;
  readonly value: unknown;
  /** The resource it belongs to, where the file says so. */
  readonly owner: unknown;
  readonly place: string;
}

/** The output of a read operation, of which the archive keeps nothing. */
interface Recognised {
  readonly type: 'recognised';
  readonly operation: string;
}

/** What cannot be taken for the output of any read operation. */
export interface Problem {
  readonly type: 'problem';
  readonly place: string;
  readonly message: string;
}

/** Read operations whose output holds nothing that the archive keeps, by the member that tells them. */
const notKept: Readonly<Record<string, string>> = {
  assessmentRunArns: 'ListAssessmentRuns',
  assessmentTemplateArns: 'ListAssessmentTemplates',
  assessmentTargetArns: 'ListAssessmentTargets',
  findingArns: 'ListFindings',
  exclusionArns: 'ListExclusions',
  rulesPackageArns: 'ListRulesPackages',
  subscriptions: 'ListEventSubscriptions',
  agentPreviews: 'PreviewAgents',
  previewStatus: 'GetExclusionsPreview',
  roleArn: 'DescribeCrossAccountAccessRole',
  status: 'GetAssessmentReport',
};

const entitiesByMember = new Map(entities.map((entity) => [entity.member, entity]));
const entitiesByOperation = new Map(entities.map((entity) => [entity.operation, entity]));
const notKeptOperations = new Set(Object.values(notKept));

/** What stands beside the described in every output of a Describe operation: worth knowing, since it is not there. */
const FAILED_ITEMS = 'failedItems';
const failedItem: Recognised = { type: 'recognised', operation: 'failedItems, which Inspector could not describe' };

/** Whether an output is one such entity, without saying whose: the others come in lists, each with its key. */
const isOwned = ({ toKey }: Entity) => toKey === undefined;

/** What readJsonDocuments has to give for `recognise`. */
export const wantedMembers = {
  byItem: new Set([FAILED_ITEMS, ...entities.filter((entity) => !isOwned(entity)).map(({ member }) => member)]),
  whole: new Set(['operation', 'input', 'output', ...entities.filter(isOwned).map(({ member }) => member)]),
};

/** What a piece holds, told by its members and never by the file's name. */
export function* recognise(piece: Piece): Generator<Recognition> {
  if (piece.type === 'item') {
    if (piece.member === FAILED_ITEMS) {
      yield failedItem;
      return;
    }
    const entity = entitiesByMember.get(piece.member) as Entity;
    yield toCandidate(entity, piece.value, `line ${piece.line}: $.${piece.member}${toStep(piece.key)}`);
    return;
  }
  const place = `line ${piece.line}`;
  const { memberNames, members } = piece;
  if (memberNames === null) {
    yield { type: 'problem', place, message: `expected ${EXPECTATION}, but got something else than an object` };
  } else if (memberNames.includes('operation') && memberNames.includes('output')) {
    yield* recogniseRecord(members, place);
  } else {
    yield* recogniseOutput(memberNames, members, place);
  }
}

const EXPECTATION =
  'the output of a read operation of Inspector Classic, such as {"assessmentRuns": […]}, ' +
  'or a record {"operation": …, "input": …, "output": …}';

function* recogniseRecord(record: Readonly<Record<string, unknown>>, place: string): Generator<Recognition> {
  const { operation, input, output } = record;
  const entity = entitiesByOperation.get(operation as string);
  if (entity === undefined) {
    if (notKeptOperations.has(operation as string)) yield { type: 'recognised', operation: operation as string };
    else
      yield {
        type: 'problem',
        place: `${place}: $.operation`,
        message: `expected a read operation of Inspector Classic, but got ${show(operation)}`,
      };
    return;
  }
  const value = isObject(output) ? output[entity.member] : undefined;
  const path = `${place}: $.output.${entity.member}`;
  if (isOwned(entity)) {
    const owner = isObject(input) ? (input.assessmentRunArn ?? input.resourceArn) : undefined;
    yield toCandidate(entity, value, path, owner ?? '');
  } else {
    yield* toItems(entity, value, path);
    if (isObject(output) && isObject(output[FAILED_ITEMS]))
      yield* Object.keys(output[FAILED_ITEMS]).map(() => failedItem);
  }
}

function* recogniseOutput(
  names: readonly string[],
  members: Readonly<Record<string, unknown>>,
  place: string,
): Generator<Recognition> {
  let isKnown = false;
  for (const name of names) {
    const entity = entitiesByMember.get(name);
    if (entity !== undefined) {
      isKnown = true;
      const path = `${place}: $.${name}`;
      if (isOwned(entity)) yield toCandidate(entity, members[name], path);
      // Items that came one by one are not among the members any more.
      else if (name in members) yield* toItems(entity, members[name], path);
    } else if (notKept[name] !== undefined) {
      isKnown = true;
      yield { type: 'recognised', operation: notKept[name] };
    }
  }
  if (!isKnown) {
    const found = names.length === 0 ? 'an empty object' : `an object of ${names.slice(0, 5).join(', ')}`;
    yield { type: 'problem', place, message: `expected ${EXPECTATION}, but got ${found}` };
  }
}

function* toItems(entity: Entity, value: unknown, path: string): Generator<Recognition> {
  if (typeof value !== 'object' || value === null) {
    yield { type: 'problem', place: path, message: `expected a list, but got ${show(value)}` };
    return;
  }
  const isList = Array.isArray(value);
  for (const [key, item] of Object.entries(value)) {
    yield toCandidate(entity, item, `${path}${toStep(isList ? Number(key) : key)}`);
  }
}

/** An owner of undefined is to be found elsewhere; an empty one means that the record does not name it. */
function toCandidate(entity: Entity, value: unknown, place: string, owner?: unknown): Candidate {
  return { type: 'candidate', entity, value, owner, place };
}

/** A step of a JSON path. */
export function toStep(key: string | number): string {
  return typeof key === 'number' ? `[${key}]` : /^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
