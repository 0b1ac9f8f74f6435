import { matchArn } from '../../../domain/arn.js';
import { matchRoleArn } from '../../arn.js';
import { type Entity, type EntityKind, entities } from '../../entities.js';
import { findMember, toCanonicalName } from '../../spelling.js';
import { Detached } from '../content/json/json-document.js';

/*
 * The outputs of the read operations. An object is one only if all of its members are the operation's, or what clients add.
 */

/** The output of an operation: its members by their canonical names. */
export interface Output {
  readonly operation: string;
  readonly entity: Entity;
  readonly members: ReadonlySet<string>;
  readonly isArnList: boolean;
  matches(value: object): boolean;
}

/** What clients add to an output. */
const CLIENT_MEMBERS = new Set(
  [
    ...['nextToken', 'failedItems', '$metadata', 'ResponseMetadata', 'ResultMetadata', 'HttpStatusCode'],
    ...['ContentLength', 'sdkResponseMetadata', 'sdkHttpMetadata', 'LoggedAt'],
  ].map(toCanonicalName),
);

const REPORT_STATUSES = ['WORK_IN_PROGRESS', 'FAILED', 'COMPLETED'];
const PREVIEW_STATUSES = ['WORK_IN_PROGRESS', 'COMPLETED'];

const outputs: readonly Output[] = entities.flatMap((entity) =>
  entity.arnList === undefined ? [toOutput(entity)] : [toOutput(entity), toArnListOutput(entity, entity.arnList)],
);

/** The output that holds such an entity. */
export function toOutput(entity: Entity): Output {
  const { operation, member } = entity;
  const inputs = toInputNames(entity);
  const has = (value: object, name: string) => findMember(value, name) !== undefined;
  const special: Partial<Record<EntityKind, Pick<Output, 'matches'> & { members: string[] }>> = {
    assessmentReport: {
      members: ['status', 'url', 'report'],
      matches: (value) =>
        REPORT_STATUSES.includes(findMember(value, 'status') as string) && (has(value, 'url') || has(value, 'report')),
    },
    crossAccountAccessRole: {
      members: ['roleArn', 'valid', 'registeredAt'],
      matches(value) {
        const arn = findMember(value, 'roleArn');
        const isRole = typeof arn === 'string' && matchRoleArn(arn) !== null;
        return isRole && (has(value, 'valid') || has(value, 'registeredAt'));
      },
    },
    exclusionPreview: {
      members: ['previewStatus', 'exclusionPreviews', ...inputs],
      matches: (value) => PREVIEW_STATUSES.includes(findMember(value, 'previewStatus') as string),
    },
  };
  const { members, matches } = special[entity.kind] ?? {
    members: [member, ...inputs],
    matches: (value: object) => canHold(entity, findMember(value, member)),
  };
  return { operation, entity, members: new Set(members.map(toCanonicalName)), isArnList: false, matches };
}

/** An object in place of a list is something else of the same name, which is looked into. */
function canHold({ placed }: Entity, value: unknown): boolean {
  if (value === undefined) return false;
  if (placed === 'as the member') return Array.isArray(value);
  return placed === 'in a map' || value instanceof Detached || Array.isArray(value) || !isObject(value);
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null;

/** The members of an input that say what the output belongs to. */
export function toInputNames({ parent }: Entity): string[] {
  return parent === undefined ? [] : [parent.member, ...(parent.token === undefined ? [] : [parent.token.member])];
}

function toArnListOutput(entity: Entity, { operation, member }: NonNullable<Entity['arnList']>): Output {
  const matches = (value: object) => canHold(entity, findMember(value, member));
  return { operation, entity, members: new Set([toCanonicalName(member)]), isArnList: true, matches };
}

const outputsByOperation = new Map(outputs.map((output) => [toCanonicalName(output.operation), output]));

/** The output of the operation of this name, in whichever spelling: `get-telemetry-metadata` is the CLI's. */
export const findOperation = (name: unknown) =>
  typeof name === 'string' ? outputsByOperation.get(toCanonicalName(name)) : undefined;

const outputsByMember = new Map(
  outputs.flatMap((output) => [...output.members].map((member) => [member, output] as const)),
);

/** What a list of ARNs is of, by its canonical name. */
export const arnListsByMember: ReadonlyMap<string, Entity> = new Map(
  entities.flatMap((entity) => (entity.arnList ? [[toCanonicalName(entity.arnList.member), entity]] : [])),
);

/** What an input names that the entity belongs to: its ARN, and its token behind it where there is one. */
export function findParent({ parent }: Entity, input: unknown): string | undefined {
  if (parent === undefined || typeof input !== 'object' || input === null) return undefined;
  const arn = findMember(input, parent.member);
  if (typeof arn !== 'string' || matchArn(parent.kind, arn) === null) return undefined;
  if (parent.token === undefined) return arn;
  const token = findMember(input, parent.token.member);
  return typeof token === 'string' && parent.token.pattern.test(token) ? `${arn} ${token}` : undefined;
}

/** The one operation whose output this is: all its members belong to it. */
export function findOutput(object: object): Output | undefined {
  const names = Object.keys(object).map(toCanonicalName);
  const first = names.map((name) => outputsByMember.get(name)).find((output) => output !== undefined);
  if (first === undefined) return undefined;
  const candidates = outputs.filter(
    ({ members, matches }) => names.every((name) => members.has(name) || CLIENT_MEMBERS.has(name)) && matches(object),
  );
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** Whether clients add a member of this name to an output. */
export const isClientMember = (name: string) => CLIENT_MEMBERS.has(toCanonicalName(name));

/** The members of an output that neither its operation nor a client has given it. */
export function findUnknownMembers({ members }: Output, value: object): string[] {
  return Object.keys(value).filter((name) => !members.has(toCanonicalName(name)) && !isClientMember(name));
}

/** An output as Inspector answered it. */
export function removeClientMembers(output: object): object {
  return Object.fromEntries(Object.entries(output).filter(([name]) => !isClientMember(name)));
}
