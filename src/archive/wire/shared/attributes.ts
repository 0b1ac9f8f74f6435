import type { DocumentTest } from '../../store/list-query.js';
import { toSortedSet } from './filters.js';

interface Attribute {
  readonly key: string;
  readonly value?: string | null | undefined;
}

/** Attributes that findings are asked for, of either kind. */
export interface AttributeFilter {
  readonly attributes?: readonly Attribute[] | null | undefined;
  readonly userAttributes?: readonly Attribute[] | null | undefined;
}

/** Any member of a document may be absent. */
interface AttributedDocument {
  readonly attributes?: readonly Partial<Attribute>[];
  readonly userAttributes?: readonly Partial<Attribute>[];
}

/** Whether one of the attributes is among a finding's; one without a value stands for any. */
export function toAttributeTest({ attributes, userAttributes }: AttributeFilter): DocumentTest | undefined {
  if (!attributes?.length && !userAttributes?.length) return undefined;
  return {
    identity: [toAttributeIdentity(attributes), toAttributeIdentity(userAttributes)],
    texts: [attributes, userAttributes].flatMap((wanted) => (wanted?.length ? [wanted.map(toTexts)] : [])),
    test(document) {
      const finding = JSON.parse(document) as AttributedDocument;
      return hasOneOf(attributes, finding.attributes) && hasOneOf(userAttributes, finding.userAttributes);
    },
  };
}

function hasOneOf(wanted: AttributeFilter['attributes'], own: AttributedDocument['attributes']): boolean {
  if (!wanted?.length) return true;
  return wanted.some(({ key, value }) => own?.some((one) => one.key === key && (value == null || one.value === value)));
}

/** What the JSON text of a document with the attribute has in it. */
function toTexts({ key, value }: Attribute): string[] {
  return [key, ...(value == null ? [] : [value])].map((text) => JSON.stringify(text));
}

function toAttributeIdentity(attributes: AttributeFilter['attributes']): string[] {
  return toSortedSet((attributes ?? []).map(({ key, value }) => JSON.stringify([key, value ?? null])));
}
