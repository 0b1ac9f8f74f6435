import { matchArn } from '../../../../domain/arn.js';
import { entities } from '../../../entities.js';
import { toCanonicalName } from '../../../spelling.js';
import { Detached } from '../../content/json/json-document.js';
import { toLocation } from '../location.js';
import { arnListsByMember } from '../outputs.js';
import { type Format, OF_INSPECTOR, type Position, type Walk } from '../walk.js';

/** Takes ARNs of a list by its name while it goes on; null for another list. */
export function detachArns(arns: readonly unknown[], position: Position, { report }: Walk): Detached | null {
  const name = position.path.at(-1);
  const entity = typeof name === 'string' ? arnListsByMember.get(toCanonicalName(name)) : undefined;
  if (entity === undefined) return null;
  report({ type: 'arns', entity, arns, location: toLocation(position) });
  return new Detached();
}

/** An ARN as a document: `--query 'assessmentRunArns[]'` leaves nothing of a list but its items. */
export const inspectArn: Format<string> = (text, position, { report }) => {
  if (position.path.length > 0) return null;
  const entity = entities.find(({ arnList }) => arnList && matchArn(arnList.arnKind, text) !== null);
  if (entity === undefined) return null;
  report({ type: 'arns', entity, arns: [text], location: toLocation(position) });
  return OF_INSPECTOR;
};
