import { findMember, toCanonicalName } from '../../../spelling.js';
import { isClientMember } from '../outputs.js';
import { findParents, resolveParents, toNamedParent } from '../parents.js';
import { type Inspected, inside, NOTHING, type Position, unite, type Walk } from '../walk.js';

/** Names under which a request stands beside its answer. */
const REQUEST_NAMES = new Set(
  ['input', 'request', 'requestParameters', 'params', 'parameters', 'args', 'arguments', 'query', 'postData'].map(
    toCanonicalName,
  ),
);

/** Any other object: something of the service may stand in it. */
export function inspectMembers(object: object, position: Position, walk: Walk): Inspected {
  const members = toDecoded(object);
  const inspected = Object.entries(members).map(([name, member]) => {
    const isRequest = position.isRequest || REQUEST_NAMES.has(toCanonicalName(name));
    const part = walk.inspect(member, { ...inside(position, name), isRequest });
    // A map by what the values belong to.
    const parents = toNamedParent(name);
    return [name, parents.size === 0 ? part : resolveParents({ ...part, parents }, position, walk)] as const;
  });
  const hasAgent = Object.keys(members).some(isAgentName) || typeof findMember(members, 'agentId') === 'string';
  const own = { ...NOTHING, parents: findParents(members), hasAgent };
  const united = unite([...inspected.map(([, part]) => part), own]);
  if (united.isOfInspector) {
    for (const [name, { isOfInspector }] of inspected) {
      if (!isOfInspector && !isClientMember(name)) walk.noteIgnored([...position.path, name]);
    }
  }
  return resolveParents(united, position, walk);
}

/** How instances are called, by which agents are known. */
const isAgentName = (name: string) => /^m?i-[0-9a-f]+$/.test(name);

/** Recordings have the body that a browser has no type for in base64. */
function toDecoded(object: object): object {
  const { encoding, text } = object as { encoding?: unknown; text?: unknown };
  return encoding === 'base64' && typeof text === 'string'
    ? { ...object, text: Buffer.from(text, 'base64').toString() }
    : object;
}
