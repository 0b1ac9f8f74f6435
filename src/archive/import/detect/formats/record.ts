import { matchArn } from '../../../../domain/arn.js';
import { show } from '../../../documents.js';
import { findMember, toCanonicalName } from '../../../spelling.js';
import { readJsonText } from '../../content/json/json-documents.js';
import { toLocation } from '../location.js';
import { findOperation, findParent, findUnknownMembers } from '../outputs.js';
import { type Format, inside, OF_INSPECTOR } from '../walk.js';
import { inspectMembers } from './members.js';
import { takeOutput } from './output.js';

/** A record of a call: `{"operation": …, "input": …, "output": …}`, maybe with more beside it. */
export const inspectRecord: Format<object> = (record, position, walk) => {
  if (!isRecord(record)) return null;
  const name = findMember(record, 'operation');
  const operation = findOperation(name);
  if (operation === undefined) {
    if (isWriteOperation(name)) {
      walk.report({ type: 'ignored', what: `${name}, which changes something and tells nothing` });
      return OF_INSPECTOR;
    }
    const message = `expected a read operation of Inspector Classic, but got ${show(name)}`;
    walk.report({ type: 'problem', location: toLocation(inside(position, 'operation')), message });
    return OF_INSPECTOR;
  }
  const ofOutput = inside(position, 'output');
  const [output, input] = ['output', 'input'].map((member) => fromText(findMember(record, member)));
  const value = typeof output === 'object' && output !== null ? output : {};
  const [stranger] = findUnknownMembers(operation, value);
  if (stranger !== undefined) {
    const message = `expected the output of ${operation.operation} and nothing beside it, but got ${show(stranger)} as well`;
    walk.report({ type: 'problem', location: toLocation(ofOutput), message });
    return OF_INSPECTOR;
  }
  const { pending } = takeOutput(operation, value, ofOutput, walk, toSingleRun(input));
  const parent = findParent(operation.entity, input) ?? '';
  for (const { detection } of pending) walk.report({ ...detection, parent });
  const others = Object.entries(record).filter(([member]) => !RECORD_NAMES.has(toCanonicalName(member)));
  const rest = inspectMembers(Object.fromEntries(others), { ...position, isRequest: false }, walk);
  if (!rest.isOfInspector) for (const [member] of others) walk.noteIgnored([...position.path, member]);
  return { ...rest, isOfInspector: true };

  /** A script may have put JSON there as text. */
  function fromText(text: unknown): unknown {
    if (typeof text !== 'string' || !/^\s*\{/.test(text)) return text;
    const { line, path } = ofOutput;
    return readJsonText(text, line, (inner, steps) => walk.detach(inner, [...path, ...steps], line))?.[0]?.value;
  }
};

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

/** Operations that change something: a record of one has nothing to keep. */
const WRITE_OPERATION =
  /^(Add|Create|Delete|Register|Remove|Set|Start|Stop|Subscribe|Unsubscribe|Update)[A-Z]\w*(Findings|Target|Template|Preview|Group|Run|Role|Resource|Event)$/;

const isWriteOperation = (name: unknown) => typeof name === 'string' && WRITE_OPERATION.test(name);

/** The run that an input asks for, if it is one. */
function toSingleRun(input: unknown): string | undefined {
  const arns = typeof input === 'object' && input !== null ? findMember(input, 'assessmentRunArns') : undefined;
  const [arn, ...others] = Array.isArray(arns) ? arns : [];
  return typeof arn === 'string' && others.length === 0 && matchArn('assessmentRun', arn) !== null ? arn : undefined;
}
