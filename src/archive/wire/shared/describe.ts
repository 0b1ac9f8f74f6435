import { z } from 'zod';
import { type ArnKind, matchArn } from '../../../domain/arn.js';
import { entityOf } from '../../entities.js';
import { type DescribedKind, type Operation, operation } from './operation.js';

/** A Describe operation by the members of its input, ARNs first: each is either among the documents or a failed item. */
export function describe(kind: DescribedKind, shape: Record<string, z.ZodType>): Operation {
  const [inputMember] = Object.keys(shape) as [string];
  const { member } = entityOf(kind);
  return operation(z.object(shape), async (input, { reader, visibility }) => {
    const arns = input[inputMember] as readonly string[];
    const valid = arns.filter((itsArn) => matchArn(kind, itsArn) !== null);
    const documents = await reader.fetchDocuments(kind, [...new Set(valid)], visibility);
    const described: string[] = [];
    const failedItems: string[] = [];
    for (const itsArn of new Set(arns)) {
      const document = documents.get(itsArn);
      const failureCode = toFailureCode(itsArn, arns, kind, document);
      if (failureCode !== null)
        failedItems.push(`${JSON.stringify(itsArn)}:{"failureCode":"${failureCode}","retryable":false}`);
      // Exclusions are the one output that is a map.
      else described.push(kind === 'exclusion' ? `${JSON.stringify(itsArn)}:${document}` : (document as string));
    }
    const items = kind === 'exclusion' ? `{${described.join()}}` : `[${described.join()}]`;
    return `{"${member}":${items},"failedItems":{${failedItems.join()}}}`;
  });
}

function toFailureCode(itsArn: string, arns: readonly string[], kind: ArnKind, document: string | undefined) {
  if (arns.indexOf(itsArn) !== arns.lastIndexOf(itsArn)) return 'DUPLICATE_ARN';
  if (document !== undefined) return null;
  return matchArn(kind, itsArn) === null ? 'INVALID_ARN' : 'ITEM_DOES_NOT_EXIST';
}
