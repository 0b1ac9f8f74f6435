import { findArnKind } from '../../arn.js';
import { entities } from '../../entities.js';
import type { Detached } from '../content/json/json-document.js';
import { toLocation } from './location.js';
import { findParent } from './outputs.js';
import type { Inspected, Parents, Position, Walk } from './walk.js';

/*
 * What an output belongs to that does not say it: the nearest surroundings that name one resource do.
 */

/** Reports what is pending where its parent is named; what is left is for further surroundings. */
export function resolveParents(inspected: Inspected, position: Position, { report }: Walk): Inspected {
  const where = () => `what stands around it at ${toLocation(position)}`;
  const pending = inspected.pending.filter(({ detection }) => {
    const { entity, location } = detection;
    const [parent, ...others] = inspected.parents.get(entity.parent?.member ?? '') ?? [];
    if (inspected.hasAgent && entity.kind === 'telemetryMetadata') {
      const message = `expected telemetry of a run, but ${where()} speaks of an agent, whose telemetry looks the same`;
      report({ type: 'problem', location, message });
    } else if (others.length > 0) {
      report({
        type: 'problem',
        location,
        message: `expected one resource that it belongs to, but ${where()} names several`,
      });
    } else if (parent !== undefined) report({ ...detection, parent });
    else return true;
    return false;
  });
  return { ...inspected, pending };
}

/** What has been detached is of these. */
export function toParents({ runArns, templateArns }: Detached): Parents {
  return new Map([
    ['assessmentRunArn', runArns],
    ['resourceArn', templateArns],
  ]);
}

/** What an object names that an output beside it may belong to: as an input does, or else by the ARNs that it has. */
export function findParents(object: object): Parents {
  const found = new Map<string, ReadonlySet<string>>();
  for (const member of Object.values(object)) {
    for (const [name, arns] of toNamedParent(member)) found.set(name, new Set([...(found.get(name) ?? []), ...arns]));
  }
  for (const entity of entities) {
    const parent = findParent(entity, object);
    if (entity.parent !== undefined && parent !== undefined) found.set(entity.parent.member, new Set([parent]));
  }
  return found;
}

/** The resource that a text names, if it is an ARN. */
export function toNamedParent(text: unknown): Parents {
  const kind = typeof text === 'string' && text.startsWith('arn:') ? findArnKind(text) : null;
  const member = kind === null ? undefined : MEMBERS.get(kind);
  return new Map(member === undefined ? [] : [[member, new Set([text as string])]]);
}

/** The members by which inputs name these resources, where they need nothing further. */
const MEMBERS = new Map<string, string>(
  entities.flatMap(({ parent }) =>
    parent === undefined || parent.token !== undefined ? [] : [[parent.kind, parent.member]],
  ),
);
