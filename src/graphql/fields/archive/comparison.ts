import { createHash } from 'node:crypto';
import type { AssessmentRunComparison } from '../../../inspector/archive-api.js';
import type { AssessmentRunArn, InspectorArn } from '../../../inspector/inspector-arn.js';
import type { Loaders } from '../../loaders.js';
import { createPager, mapNodes } from '../connection.js';
import { toParent } from '../entity-types.js';
import { parsePage, type TwoWayArguments } from '../page-arguments.js';

/** The parent value of the fields of a comparison: what the archive says, and of which run. */
export interface RunComparison extends AssessmentRunComparison {
  readonly arn: AssessmentRunArn;
}

/** Compares a run with a base run, or with the run of its template before it: null where there is none. */
export async function compareRuns(
  arn: AssessmentRunArn,
  baseArn: AssessmentRunArn | null,
  loaders: Loaders,
): Promise<RunComparison | null> {
  const comparison = await loaders.comparisons.load({ arn, baseArn });
  return comparison && { ...comparison, arn };
}

/** A page of the findings of a comparison. Its cursors are bound to `names`: the list, the run and the base run. */
export function pageOfComparison(
  names: readonly string[],
  findings: readonly InspectorArn<'finding'>[],
  args: TwoWayArguments,
) {
  const listName = createHash('sha256').update(names.join(' ')).digest('base64url').slice(0, 16);
  const cut = createPager(parsePage(args), listName);
  return mapNodes(cut(findings), (arn) => toParent('finding', arn));
}
