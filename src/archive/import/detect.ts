import { findArnKind, parseArn } from '../arn.js';
import { show, UnsafeNumber } from '../documents.js';
import { type Entity, entities, entityOf } from '../entities.js';
import { findMember, toCanonicalName } from '../spelling.js';
import { diagnoseValue } from './diagnosis/diagnosis.js';
import { Detached, type JsonDocument, type JsonPath, readJsonText } from './json-documents.js';
import { describe, findNearMiss, shapes } from './near-miss.js';
import {
  arnListsByMember,
  findOutput,
  isClientMember,
  type Output,
  outputsByOperation,
  removeClientMembers,
  toOwner,
} from './outputs.js';

/*
 * What the documents of a file are
 *
 * A thing that carries its own identity is that thing wherever it stands: an object with the ARN of a run is a run, in a
 * list, on its own, or inside a log line. It is taken while the document is read, so that memory holds no more than what is
 * left. Telemetry, tags and previews do not say what they belong to: they are told by the whole output, all of whose
 * members belong to one operation, when its document is complete. What looks like something of the service and is nothing
 * for sure is a problem, and never something that it may not be.
 */

/** What a part of a file turned out to be. */
export type Detection = DetectedEntity | DetectedArns | Ignored | Problem;

/** An entity, its document not checked yet. */
export interface DetectedEntity {
  readonly type: 'entity';
  readonly entity: Entity;
  readonly value: unknown;
  /** The resource it belongs to, where the file says so; empty where the record that holds it does not name it. */
  readonly owner?: string | undefined;
  readonly place: string;
}

/** ARNs that a list names, without describing what they are of. */
interface DetectedArns {
  readonly type: 'arns';
  readonly entity: Entity;
  readonly arns: readonly unknown[];
  /** The one run that a record's input asked for. */
  readonly listedFor?: string | undefined;
  readonly place: string;
}

/** What is of the service, and has nothing that the archive keeps. */
interface Ignored {
  readonly type: 'ignored';
  readonly what: string;
}

/** What cannot be taken for anything without a doubt. */
interface Problem {
  readonly type: 'problem';
  readonly place: string;
  readonly message: string;
}

/** An output that does not say what it belongs to, while its surroundings are looked at. */
interface Pending {
  readonly detection: DetectedEntity;
  owner?: string;
}

/** What a part of a document came to. */
interface Inspected {
  /** Whether there is anything of the service in it. */
  readonly isOurs: boolean;
  readonly pending: readonly Pending[];
  /** What its surroundings may belong to: ARNs, and with a token behind them where it takes one, by the member's name. */
  readonly owners: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Operations that change something: a record of one has nothing to keep. */
const WRITE_OPERATION =
  /^(Add|Create|Delete|Register|Remove|Set|Start|Stop|Subscribe|Unsubscribe|Update)[A-Z]\w*(Findings|Target|Template|Preview|Group|Run|Role|Resource|Event)$/;

/** Names under which a request stands beside its answer: ARNs in it are those that were asked for. */
const REQUEST_NAMES = new Set(
  ['input', 'request', 'requestParameters', 'params', 'parameters', 'args', 'arguments', 'query', 'postData'].map(
    toCanonicalName,
  ),
);

/** JSON as text in JSON as text: queues in queues go so far. */
const MAX_TEXT_DEPTH = 4;
/** How many places and kinds of what is passed over are told; the others are counted. */
const MAX_PATTERNS = 20;

/** What there is to tell of a file besides its detections. */
export interface Surroundings {
  /** Where entities stood that are not where an operation puts them, with their numbers. */
  readonly wrappers: ReadonlyMap<string, number>;
  /** What stood beside them and is nothing of the service. */
  readonly passedOver: ReadonlyMap<string, number>;
}

/** Tells what the documents of one file are, as `detect` is given them in their order. */
export function createDetector(onDetection: (detection: Detection, line: number) => void) {
  const wrappers = new Map<string, number>();
  const passedOver = new Map<string, number>();
  /** The first documents without anything of the service. */
  const strangers: Problem[] = [];
  let strangerCount = 0;
  let hasFound = false;
  let hasDocuments = false;
  /** Of the document that is looked at. */
  let documentLine = 0;

  function report(detection: Detection): void {
    if (detection.type !== 'problem') hasFound = true;
    onDetection(detection, documentLine);
  }

  /** Takes what carries its own identity out of a document that is being read. */
  function detach(value: object, path: JsonPath, line: number): Detached | null {
    documentLine = line;
    if (Array.isArray(value)) return detachArns(value, path, line);
    const members = value as Record<string, unknown>;
    const entity = identify(members);
    if (entity === null) return null;
    const place = toPlace(line, path);
    const { inside, misplaced } = removeDetached(members, shapes[entity.kind]);
    if (misplaced !== null) {
      const message = `expected what the API has there in the ${entity.noun}, but got something of its own`;
      report({ type: 'problem', place: toPlace(line, [...path, misplaced]), message });
    }
    for (const [name, kind] of Object.entries(entity.joined ?? {})) {
      const joined = takeMember(members, name);
      const owner = findText(members, 'arn', 'Arn');
      if (joined !== undefined)
        report({ type: 'entity', entity: entityOf(kind), value: joined, owner, place: toPlace(line, [...path, name]) });
    }
    report({ type: 'entity', entity, value: members, place });
    noteWrapper(entity, path);
    return toDetached(entity, members).and(inside);
  }

  function detachArns(list: readonly unknown[], path: JsonPath, line: number): Detached | null {
    const name = path.at(-1);
    const entity = typeof name === 'string' ? arnListsByMember.get(toCanonicalName(name)) : undefined;
    if (entity === undefined) return null;
    report({ type: 'arns', entity, arns: list, place: toPlace(line, path) });
    return new Detached();
  }

  function noteWrapper({ member, placed }: Entity, path: JsonPath): void {
    const inside = path[0] === 'output' ? path.slice(1) : path;
    const isUsual =
      path.length === 0 || (inside.length === 2 && placed !== 'as the member' && isSpelled(inside[0], member));
    if (!isUsual) note(wrappers, toPattern(path));
  }

  /** The rest of a document whose parts have been detached. */
  function detect({ line, value }: JsonDocument): void {
    hasDocuments = true;
    documentLine = line;
    const { isOurs, pending } = inspect(value, [], line, 0, false);
    for (const { detection, owner } of pending) report({ ...detection, owner });
    if (isOurs) {
      hasFound = true;
      return;
    }
    strangerCount += 1;
    if (strangers.length === 0) strangers.push({ type: 'problem', place: `line ${line}`, message: describe(value) });
  }

  function inspect(node: unknown, path: JsonPath, line: number, textDepth: number, isRequest: boolean): Inspected {
    if (node instanceof Detached) {
      return { isOurs: true, pending: [], owners: toOwners(node) };
    }
    if (typeof node === 'string') return inspectText(node, path, line, textDepth, isRequest);
    if (typeof node !== 'object' || node === null || node instanceof UnsafeNumber) return NOTHING;
    if (Array.isArray(node)) {
      return unite(node.map((item, place) => inspect(item, [...path, place], line, textDepth, isRequest)));
    }
    if (isRecord(node)) return inspectRecord(node, path, line);
    const output = isRequest ? undefined : findOutput(node);
    if (output !== undefined) return takeOutput(output, node, path, line);
    const problem = isRequest ? null : findNearMiss(node);
    if (problem !== null) {
      report({ type: 'problem', place: toPlace(line, path), message: problem });
      return { ...NOTHING, isOurs: true };
    }
    return inspectMembers(node, path, line, textDepth, isRequest);
  }

  function inspectMembers(node: object, path: JsonPath, line: number, textDepth: number, isRequest: boolean) {
    const inspected = Object.entries(node).map(([name, member]) => {
      const isOfRequest = isRequest || REQUEST_NAMES.has(toCanonicalName(name));
      return [name, inspect(member, [...path, name], line, textDepth, isOfRequest)] as const;
    });
    const united = unite([...inspected.map(([, part]) => part), { ...NOTHING, owners: findOwners(node) }]);
    if (united.isOurs) {
      for (const [name, { isOurs }] of inspected) {
        if (!isOurs && !isClientMember(name)) note(passedOver, toPattern([...path, name]));
      }
    }
    return resolveOwners(united, line, path);
  }

  /** The nearest surroundings that name one resource say what an output belongs to. */
  function resolveOwners(inspected: Inspected, line: number, path: JsonPath): Inspected {
    const pending: Pending[] = [];
    for (const one of inspected.pending) {
      const named = [...(inspected.owners.get(one.detection.entity.owner?.member ?? '') ?? [])];
      if (named.length > 1) {
        report({
          type: 'problem',
          place: one.detection.place,
          message: `expected one resource that it belongs to, but what stands around it at ${toPlace(line, path)} names several`,
        });
      } else if (named[0] === undefined) pending.push(one);
      else report({ ...one.detection, owner: named[0] });
    }
    return { ...inspected, pending };
  }

  function inspectText(text: string, path: JsonPath, line: number, textDepth: number, isRequest: boolean): Inspected {
    if (isArnOfItsOwn(text, path)) return takeArn(text, path, line);
    if (textDepth >= MAX_TEXT_DEPTH || !/^\s*[[{]/.test(text)) return NOTHING;
    const documents = readJsonText(text, line, (value, inner) => detach(value, [...path, ...inner], line));
    if (documents === undefined) return NOTHING;
    return unite(documents.map(({ value }) => inspect(value, path, line, textDepth + 1, isRequest)));
  }

  /** `--query 'assessmentRunArns[]'` leaves nothing of a list but its items. */
  function isArnOfItsOwn(text: string, path: JsonPath): boolean {
    return path.length === 0 && entities.some(({ arnList }) => arnList && parseArn(arnList.arnKind, text) !== null);
  }

  function takeArn(text: string, path: JsonPath, line: number): Inspected {
    const entity = entities.find(({ arnList }) => arnList && parseArn(arnList.arnKind, text) !== null) as Entity;
    report({ type: 'arns', entity, arns: [text], place: toPlace(line, path) });
    return { ...NOTHING, isOurs: true };
  }

  function inspectRecord(record: object, path: JsonPath, line: number): Inspected {
    const ours = { ...NOTHING, isOurs: true };
    const name = findMember(record, 'operation');
    const output = findMember(record, 'output');
    const operation = typeof name === 'string' ? outputsByOperation.get(name) : undefined;
    if (operation === undefined) {
      if (typeof name === 'string' && WRITE_OPERATION.test(name)) {
        report({ type: 'ignored', what: `${name}, which changes something and tells nothing` });
        return ours;
      }
      report({
        type: 'problem',
        place: toPlace(line, [...path, 'operation']),
        message: `expected a read operation of Inspector Classic, but got ${show(name)}`,
      });
      return ours;
    }
    const { entity } = operation;
    const value = typeof output === 'object' && output !== null ? output : {};
    const input = findMember(record, 'input');
    const { pending } = takeOutput(operation, value, [...path, 'output'], line, toSingleRun(input));
    const owner = toOwner(entity, input);
    for (const { detection } of pending) report({ ...detection, owner: owner ?? '' });
    return ours;
  }

  /** What an output holds; the members are those of the operation, or what a record says they are. */
  function takeOutput(
    { entity, isArnList, operation }: Output,
    value: object,
    path: JsonPath,
    line: number,
    listedFor?: string,
  ) {
    const { member, placed } = entity;
    const failedItems = toNames(findMember(value, 'failedItems'));
    for (const _ of failedItems) report({ type: 'ignored', what: FAILED_ITEM });
    const isList = isArnList || placed === 'in a list' || placed === 'in a map';
    const list = findMember(value, isArnList && entity.arnList ? entity.arnList.member : member);
    if (isList && failedItems.length === 0 && isEmpty(list)) {
      report({ type: 'ignored', what: `${operation}, whose list is empty` });
    }
    const detections: DetectedEntity[] = [];
    const add = (item: unknown, itsPath: JsonPath) =>
      detections.push({ type: 'entity', entity, value: item, place: toPlace(line, itsPath) });
    if (isArnList) takeArnList(entity, value, path, line, listedFor);
    else if (entity.kind === 'assessmentReport') {
      const file = findMember(value, member);
      if (file === undefined) report({ type: 'ignored', what: `${operation}, whose URL has expired` });
      else add(file, [...path, member]);
    } else if (entity.kind === 'exclusionPreview' && findMember(value, member) === undefined) {
      report({ type: 'ignored', what: `${operation}, which was in progress` });
    } else if (placed === 'as the output') add(removeClientMembers(value), path);
    else if (placed === 'as the member') add(findMember(value, member), [...path, member]);
    else takeItems(findMember(value, member), [...path, member]);
    const owner = toOwner(entity, value);
    const ours = { ...NOTHING, isOurs: true, owners: toOwners(findDetached(findMember(value, member))) };
    if (entity.owner !== undefined && owner === undefined) {
      return { ...ours, pending: detections.map((detection) => ({ detection })) };
    }
    for (const detection of detections) report({ ...detection, owner });
    return ours;

    function takeItems(items: unknown, itemsPath: JsonPath): void {
      if (items instanceof Detached) return;
      if (typeof items !== 'object' || items === null || (placed === 'in a list' && !Array.isArray(items))) {
        report({
          type: 'problem',
          place: toPlace(line, itemsPath),
          message: `expected a list, but got ${show(items)}`,
        });
        return;
      }
      for (const [key, item] of Object.entries(items)) {
        if (item instanceof Detached) continue;
        const itemPath = [...itemsPath, Array.isArray(items) ? Number(key) : key];
        const stranger = diagnoseValue(item);
        if (stranger === null) add(item, itemPath);
        else report({ type: 'problem', place: toPlace(line, itemPath), message: stranger });
      }
    }
  }

  function takeArnList(entity: Entity, value: object, path: JsonPath, line: number, listedFor?: string): void {
    const { member } = entity.arnList as NonNullable<Entity['arnList']>;
    const list = findMember(value, member);
    const place = toPlace(line, [...path, member]);
    if (list instanceof Detached) return;
    if (!Array.isArray(list)) {
      report({ type: 'problem', place, message: `expected a list, but got ${show(list)}` });
    } else report({ type: 'arns', entity, arns: list.filter((item) => !(item instanceof Detached)), listedFor, place });
  }

  return {
    detach,
    detect,
    /** Takes what is a file of its own. */
    report(entity: DetectedEntity): void {
      hasDocuments = true;
      report(entity);
    },
    /** Ends the file: what was strange in it is a problem when there was nothing else. */
    end(): Surroundings & { readonly isEmpty: boolean } {
      if (!hasFound) for (const stranger of strangers) onDetection(stranger, documentLine);
      else if (strangerCount > 0) {
        const [first] = strangers;
        passedOver.set(
          `documents of something else (the first one, at ${first?.place}: ${first?.message})`,
          strangerCount,
        );
      }
      return { wrappers, passedOver, isEmpty: !hasDocuments };
    },
  };
}

const FAILED_ITEM = 'failedItems, which Inspector could not describe';

const NOTHING: Inspected = { isOurs: false, pending: [], owners: new Map() };

function unite(parts: readonly Inspected[]): Inspected {
  const owners = new Map<string, Set<string>>();
  for (const part of parts) {
    for (const [member, named] of part.owners) owners.set(member, new Set([...(owners.get(member) ?? []), ...named]));
  }
  return { isOurs: parts.some(({ isOurs }) => isOurs), pending: parts.flatMap(({ pending }) => pending), owners };
}

function note(counts: Map<string, number>, pattern: string): void {
  const name = counts.has(pattern) || counts.size < MAX_PATTERNS ? pattern : 'other places';
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** The entity that an object is by its own identity, or null. */
function identify(object: object): Entity | null {
  const arn = findText(object, 'arn', 'Arn');
  const kind = arn === undefined ? null : findArnKind(arn);
  if (kind !== null) return entityOf(kind);
  if (findText(object, 'agentId', 'AgentId', 'agent_id') !== undefined) {
    const run = findText(object, 'assessmentRunArn', 'AssessmentRunArn', 'assessment_run_arn');
    return run === undefined ? null : entityOf('assessmentRunAgent');
  }
  if (findText(object, 'topicArn', 'TopicArn', 'topic_arn') === undefined) return null;
  const hasEvents = Array.isArray(findMember(object, 'eventSubscriptions'));
  return hasEvents && findMember(object, 'resourceArn') !== undefined ? entityOf('eventSubscription') : null;
}

function findText(object: object, ...spellings: readonly string[]): string | undefined {
  for (const name of spellings) {
    if (!Object.hasOwn(object, name)) continue;
    const value = (object as Record<string, unknown>)[name];
    if (typeof value === 'string') return value;
  }
  return undefined;
}

/** Takes a member out of an object, in whichever spelling it is there. */
function takeMember(members: Record<string, unknown>, name: string): unknown {
  const key = Object.keys(members).find((other) => isSpelled(other, name));
  if (key === undefined) return undefined;
  const value = members[key];
  delete members[key];
  return value ?? undefined;
}

/**
 * Takes out what is kept by itself already: entities that somebody has put into this one. Under a name of the API, or of a
 * list of ARNs, one is `misplaced`: without it the member would say something else.
 */
function removeDetached(members: Record<string, unknown>, known: ReadonlySet<string> = new Set()) {
  let inside = new Detached();
  let misplaced: string | null = null;
  for (const [name, member] of Object.entries(members)) {
    if (typeof member !== 'object' || member === null) continue;
    const before = inside;
    members[name] = strip(member);
    const canonical = toCanonicalName(name);
    if (inside !== before && (known.has(canonical) || arnListsByMember.has(canonical))) misplaced ??= name;
  }
  return { inside, misplaced };

  function strip(value: unknown): unknown {
    if (value instanceof Detached) {
      inside = inside.and(value);
      return undefined;
    }
    if (typeof value !== 'object' || value === null || value instanceof UnsafeNumber) return value;
    const before = inside;
    const stripped = Object.entries(value).map(([name, member]) => [name, strip(member)] as const);
    if (inside === before) return value;
    const left = stripped.filter(([, member]) => member !== undefined);
    return Array.isArray(value) ? left.map(([, item]) => item) : Object.fromEntries(left);
  }
}

/** What an entity says of where it belongs, for what stands beside it. */
function toDetached({ kind }: Entity, members: object): Detached {
  const arn = (findText(members, 'arn', 'Arn') ?? findMember(members, 'assessmentRunArn')) as string | undefined;
  if (arn === undefined) return new Detached();
  if (kind === 'assessmentTemplate') return new Detached(new Set(), new Set([arn]));
  const run = /^.*\/run\/[^/]+/.exec(arn)?.[0];
  return run === undefined ? new Detached() : new Detached(new Set([run]));
}

function toNames(map: unknown): readonly string[] {
  return typeof map === 'object' && map !== null ? Object.keys(map) : [];
}

function isEmpty(list: unknown): boolean {
  return typeof list === 'object' && list !== null && !(list instanceof Detached) && Object.keys(list).length === 0;
}

/** What stands for the detached items of a list. */
function findDetached(list: unknown): Detached {
  const detached = Array.isArray(list) ? list.at(-1) : list;
  return detached instanceof Detached ? detached : new Detached();
}

function toOwners({ runArns, templateArns }: Detached): Inspected['owners'] {
  return new Map([
    ['assessmentRunArn', runArns],
    ['resourceArn', templateArns],
  ]);
}

/** What an object names that an output beside it may belong to. */
function findOwners(object: object): Inspected['owners'] {
  const found = new Map<string, ReadonlySet<string>>();
  for (const entity of entities) {
    const owner = toOwner(entity, object);
    if (entity.owner !== undefined && owner !== undefined) found.set(entity.owner.member, new Set([owner]));
  }
  return found;
}

/** The run that an input asks for, if it is one. */
function toSingleRun(input: unknown): string | undefined {
  const arns = typeof input === 'object' && input !== null ? findMember(input, 'assessmentRunArns') : undefined;
  const [arn, ...others] = Array.isArray(arns) ? arns : [];
  return typeof arn === 'string' && others.length === 0 && parseArn('assessmentRun', arn) !== null ? arn : undefined;
}

function isRecord(object: object): boolean {
  const names = Object.keys(object).map(toCanonicalName);
  return names.includes('operation') && names.includes('output');
}

/** A place for people: the line in which its document begins, and a JSON path. */
function toPlace(line: number, path: JsonPath): string {
  return path.length === 0 ? `line ${line}` : `line ${line}: $${path.map(toStep).join('')}`;
}

/** A path without indexes: the same for all items of a list. */
function toPattern(path: JsonPath): string {
  return path
    .map((step) => (typeof step === 'number' ? '[]' : step.startsWith('arn:') ? '.*' : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** A step of a JSON path. */
export function toStep(key: string | number): string {
  return typeof key === 'number' ? `[${key}]` : /^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function isSpelled(name: unknown, as: string): boolean {
  return typeof name === 'string' && toCanonicalName(name) === toCanonicalName(as);
}
