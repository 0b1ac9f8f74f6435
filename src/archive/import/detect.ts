import { matchArn } from '../../domain/arn.js';
import { findArnKind } from '../arn.js';
import { isMemberOf, show, UnsafeNumber } from '../documents.js';
import { type Entity, entities, entityOf } from '../entities.js';
import { findMember, toCanonicalName } from '../spelling.js';
import { diagnoseValue } from './diagnosis/diagnosis.js';
import { Detached, type JsonDocument, type JsonPath, readJsonText } from './json-documents.js';
import { describe, findNearMiss, isLike } from './near-miss.js';
import {
  arnListsByMember,
  findOperation,
  findOutput,
  findStrangers,
  isClientMember,
  type Output,
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
  readonly path: JsonPath;
}

/** What a part of a document came to. */
interface Inspected {
  /** Whether there is anything of the service in it. */
  readonly isOurs: boolean;
  readonly pending: readonly Pending[];
  /** What its surroundings may belong to: ARNs, and with a token behind them where it takes one, by the member's name. */
  readonly owners: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether it speaks of a single agent, whose telemetry looks like that of a run. */
  readonly hasAgent: boolean;
}

/** Operations that change something: a record of one has nothing to keep. */
const WRITE_OPERATION =
  /^(Add|Create|Delete|Register|Remove|Set|Start|Stop|Subscribe|Unsubscribe|Update)[A-Z]\w*(Findings|Target|Template|Preview|Group|Run|Role|Resource|Event)$/;

const isWriteOperation = (name: unknown) => typeof name === 'string' && WRITE_OPERATION.test(name);

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
  /** How many documents have nothing of the service, beside others that have, and what the first one is. */
  readonly strangers: { readonly number: number; readonly first: string };
  /** Where entities stood that are not where an operation puts them, with their numbers. */
  readonly wrappers: ReadonlyMap<string, number>;
  /** What stood beside them and is nothing of the service. */
  readonly passedOver: ReadonlyMap<string, number>;
}

/**
 * Tells what the documents of one file are, as `detect` is given them in their order. With `takesRows`, rows of telemetry
 * that stand there by themselves are a run's, as somebody says; otherwise they may be an agent's as well.
 */
export function createDetector(onDetection: (detection: Detection, line: number) => void, takesRows = false) {
  const wrappers = new Map<string, number>();
  const passedOver = new Map<string, number>();
  /** The first documents without anything of the service. */
  const strangers: Problem[] = [];
  let strangerCount = 0;
  let hasFound = false;
  let hasDocuments = false;
  /** Of the document that is looked at. */
  let documentLine = 0;
  /** PowerShell and `--query telemetryMetadata` leave nothing of an output but its rows. */
  const rows: unknown[] = [];
  let rowsLine = 0;

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
    if (entity === null || !isPlausible(entity, members, path)) return null;
    const place = toPlace(line, path);
    const { inside, misplaced } = removeDetached(members, entity);
    if (misplaced !== null) {
      const message = `expected what the API has there in the ${entity.noun}, but got something of its own`;
      report({ type: 'problem', place: toPlace(line, [...path, misplaced]), message });
    }
    for (const [name, kind] of Object.entries(entity.joined ?? {})) {
      const joined = takeMember(members, name);
      const owner = findText(members, 'arn', 'Arn', 'ARN');
      if (joined !== undefined)
        report({ type: 'entity', entity: entityOf(kind), value: joined, owner, place: toPlace(line, [...path, name]) });
    }
    const detached = toDetached(entity, members);
    takeOthers(members, entity, detached, path, line);
    report({ type: 'entity', entity, value: members, place });
    noteWrapper(entity, path);
    return detached.and(inside);
  }

  /** Takes what is of the service in members that the API does not have there; they stay in the entity as well. */
  function takeOthers(
    members: Record<string, unknown>,
    entity: Entity,
    own: Detached,
    path: JsonPath,
    line: number,
  ): void {
    for (const [name, member] of Object.entries(members)) {
      if (isMemberOf(entity.kind, name) || !(typeof member === 'object' || typeof member === 'string')) continue;
      const inspected = inspect(member, [...path, name], line, 0, false);
      if (!inspected.isOurs) continue;
      const hasAgent = inspected.hasAgent || entity.kind === 'assessmentRunAgent';
      for (const { detection } of resolveOwners({ ...inspected, owners: toOwners(own), hasAgent }, line, path)
        .pending) {
        report(detection);
      }
    }
  }

  /** What nothing around it tells the owner of may be told by the file's path; but tags inside of something are anybody's. */
  function settle({ detection, path }: Pending): void {
    if (detection.entity.kind === 'tags' && path.length > 0) note(passedOver, toPattern(path));
    else report(detection);
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
    if (isRow(value)) {
      rows.push(value);
      rowsLine ||= line;
      return;
    }
    const { isOurs, pending } = inspect(value, [], line, 0, false);
    pending.forEach(settle);
    if (isOurs) {
      hasFound = true;
      return;
    }
    strangerCount += 1;
    if (strangers.length === 0) strangers.push({ type: 'problem', place: `line ${line}`, message: describe(value) });
  }

  function inspect(node: unknown, path: JsonPath, line: number, textDepth: number, isRequest: boolean): Inspected {
    if (node instanceof Detached) {
      return { ...NOTHING, isOurs: true, owners: toOwners(node) };
    }
    if (typeof node === 'string') return inspectText(node, path, line, textDepth, isRequest);
    if (typeof node !== 'object' || node === null || node instanceof UnsafeNumber) return NOTHING;
    if (Array.isArray(node)) {
      const items = node.map((item, place) => inspect(item, [...path, place], line, textDepth, isRequest));
      const united = unite(items);
      if (united.isOurs) for (const { isOurs } of items) if (!isOurs) note(passedOver, toPattern([...path, 0]));
      return united;
    }
    if (isRecord(node)) return inspectRecord(node, path, line, textDepth);
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
    const members = toDecoded(node);
    const inspected = Object.entries(members).map(([name, member]) => {
      const isOfRequest = isRequest || REQUEST_NAMES.has(toCanonicalName(name));
      const part = inspect(member, [...path, name], line, textDepth, isOfRequest);
      // A map by what the values belong to.
      const owners = findNamed(name);
      return [name, owners.size === 0 ? part : resolveOwners({ ...part, owners }, line, path)] as const;
    });
    const hasAgent = Object.keys(members).some(isAgentName) || typeof findMember(members, 'agentId') === 'string';
    const united = unite([...inspected.map(([, part]) => part), { ...NOTHING, owners: findOwners(members), hasAgent }]);
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
      if (inspected.hasAgent && one.detection.entity.kind === 'telemetryMetadata') {
        const message = `expected telemetry of a run, but what stands around it at ${toPlace(line, path)} speaks of an agent, whose telemetry looks the same`;
        report({ type: 'problem', place: one.detection.place, message });
      } else if (named.length > 1) {
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
    return path.length === 0 && entities.some(({ arnList }) => arnList && matchArn(arnList.arnKind, text) !== null);
  }

  function takeArn(text: string, path: JsonPath, line: number): Inspected {
    const entity = entities.find(({ arnList }) => arnList && matchArn(arnList.arnKind, text) !== null) as Entity;
    report({ type: 'arns', entity, arns: [text], place: toPlace(line, path) });
    return { ...NOTHING, isOurs: true };
  }

  function inspectRecord(record: object, path: JsonPath, line: number, textDepth: number): Inspected {
    const ours = { ...NOTHING, isOurs: true };
    const name = findMember(record, 'operation');
    const operation = findOperation(name);
    if (operation === undefined) {
      if (isWriteOperation(name)) {
        report({ type: 'ignored', what: `${name}, which changes something and tells nothing` });
        return ours;
      }
      const message = `expected a read operation of Inspector Classic, but got ${show(name)}`;
      report({ type: 'problem', place: toPlace(line, [...path, 'operation']), message });
      return ours;
    }
    const { entity } = operation;
    const [output, input] = ['output', 'input'].map((member) => fromText(findMember(record, member)));
    const value = typeof output === 'object' && output !== null ? output : {};
    const [stranger] = findStrangers(operation, value);
    if (stranger !== undefined) {
      const message = `expected the output of ${operation.operation} and nothing beside it, but got ${show(stranger)} as well`;
      report({ type: 'problem', place: toPlace(line, [...path, 'output']), message });
      return ours;
    }
    const { pending } = takeOutput(operation, value, [...path, 'output'], line, toSingleRun(input));
    const owner = toOwner(entity, input);
    for (const { detection } of pending) report({ ...detection, owner: owner ?? '' });
    const others = Object.entries(record).filter(([member]) => !RECORD_NAMES.has(toCanonicalName(member)));
    const rest = inspectMembers(Object.fromEntries(others), path, line, textDepth, false);
    if (!rest.isOurs) for (const [member] of others) note(passedOver, toPattern([...path, member]));
    return { ...rest, isOurs: true };

    /** A script may have put JSON there as text. */
    function fromText(text: unknown): unknown {
      if (typeof text !== 'string' || !/^\s*\{/.test(text)) return text;
      return readJsonText(text, line, (inner, itsPath) => detach(inner, [...path, 'output', ...itsPath], line))?.[0]
        ?.value;
    }
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
      return { ...ours, pending: detections.map((detection) => ({ detection, path })) };
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
      const [first] = strangers;
      const others = { number: hasFound ? strangerCount : 0, first: `${first?.place}: ${first?.message}` };
      if (rows.length > 0) {
        const place = `line ${rowsLine}`;
        if (takesRows) report({ type: 'entity', entity: entityOf('telemetryMetadata'), value: rows, place });
        else report({ type: 'problem', place, message: ROWS_ALONE });
        return { wrappers, passedOver, strangers: { ...others, number: strangerCount }, isEmpty: false };
      }
      if (!hasFound) for (const stranger of strangers) onDetection(stranger, documentLine);
      return { wrappers, passedOver, strangers: others, isEmpty: !hasDocuments };
    },
  };
}

const ROWS_ALONE =
  'expected to be told whose telemetry these rows are, since a run and an agent have the same: --run ARN says that they ' +
  'are those of a run';

const ROW_NAMES = new Set(['messagetype', 'count', 'datasize']);

/** Whether a document is a row of telemetry by itself. */
function isRow(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Detached) return false;
  const names = Object.keys(value).map(toCanonicalName);
  return names.includes('messagetype') && names.includes('count') && names.every((name) => ROW_NAMES.has(name));
}

const FAILED_ITEM = 'failedItems, which Inspector could not describe';

const NOTHING: Inspected = { isOurs: false, pending: [], owners: new Map(), hasAgent: false };

function unite(parts: readonly Inspected[]): Inspected {
  const owners = new Map<string, Set<string>>();
  for (const part of parts) {
    for (const [member, named] of part.owners) owners.set(member, new Set([...(owners.get(member) ?? []), ...named]));
  }
  return {
    isOurs: parts.some(({ isOurs }) => isOurs),
    pending: parts.flatMap(({ pending }) => pending),
    owners,
    hasAgent: parts.some(({ hasAgent }) => hasAgent),
  };
}

function note(counts: Map<string, number>, pattern: string): void {
  const name = counts.has(pattern) || counts.size < MAX_PATTERNS ? pattern : 'other places';
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** The entity that an object is by its own identity, or null. */
function identify(object: object): Entity | null {
  const arn = findText(object, 'arn', 'Arn', 'ARN');
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

const IDENTITY_NAMES = new Set(['arn', 'agentid', 'assessmentrunarn', 'resourcearn', 'topicarn', 'eventsubscriptions']);

/** Whether an object is where the entity's operation puts it, or has what the entity has. */
function isPlausible(entity: Entity, object: object, path: JsonPath): boolean {
  if (path.length >= 2 && isSpelled(path.at(-2), entity.member)) return true;
  return isLike(
    entity,
    Object.keys(object).filter((name) => !IDENTITY_NAMES.has(toCanonicalName(name))),
  );
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
function removeDetached(members: Record<string, unknown>, { kind }: Entity) {
  let inside = new Detached();
  let misplaced: string | null = null;
  for (const [name, member] of Object.entries(members)) {
    if (typeof member !== 'object' || member === null) continue;
    const before = inside;
    members[name] = strip(member);
    const isOfApi = isMemberOf(kind, name) || arnListsByMember.has(toCanonicalName(name));
    if (inside !== before && isOfApi) misplaced ??= name;
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
  const arn = (findText(members, 'arn', 'Arn', 'ARN') ?? findMember(members, 'assessmentRunArn')) as string | undefined;
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

/** What an object names that an output beside it may belong to: as an input does, or else by the ARNs that it has. */
function findOwners(object: object): Inspected['owners'] {
  const found = new Map<string, ReadonlySet<string>>();
  for (const member of Object.values(object)) {
    for (const [name, named] of findNamed(member)) found.set(name, new Set([...(found.get(name) ?? []), ...named]));
  }
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
  return typeof arn === 'string' && others.length === 0 && matchArn('assessmentRun', arn) !== null ? arn : undefined;
}

const RECORD_NAMES = new Set(['operation', 'input', 'output']);

/** What names an operation of the service, or has nothing but a record's members. */
function isRecord(object: object): boolean {
  const names = Object.keys(object).map(toCanonicalName);
  if (!names.includes('operation') || !names.includes('output')) return false;
  const operation = findMember(object, 'operation');
  return (
    findOperation(operation) !== undefined ||
    isWriteOperation(operation) ||
    names.every((name) => RECORD_NAMES.has(name))
  );
}

/** How instances are called, by which agents are known. */
const isAgentName = (name: string) => /^m?i-[0-9a-f]+$/.test(name);

/** Recordings have the body that a browser has no type for in base64. */
function toDecoded(node: object): object {
  const { encoding, text } = node as { encoding?: unknown; text?: unknown };
  return encoding === 'base64' && typeof text === 'string'
    ? { ...node, text: Buffer.from(text, 'base64').toString() }
    : node;
}

/** What a text names that an output beside it may belong to. */
function findNamed(text: unknown): Map<string, ReadonlySet<string>> {
  const kind = typeof text === 'string' && text.startsWith('arn:') ? findArnKind(text) : null;
  const member = kind === null ? undefined : OWNER_MEMBERS.get(kind);
  return new Map(member === undefined ? [] : [[member, new Set([text as string])]]);
}

/** The members by which inputs name these resources, where they need nothing further. */
const OWNER_MEMBERS = new Map<string, string>(
  entities.flatMap(({ owner }) =>
    owner === undefined || owner.token !== undefined ? [] : [[owner.kind, owner.member]],
  ),
);

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
