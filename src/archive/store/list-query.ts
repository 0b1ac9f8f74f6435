import type { EntityKind } from '../entities.js';
import type { Visibility } from './visibility.js';

/** A predicate on the rows of a list; several are joined by AND. */
export type Condition =
  | { readonly type: 'in'; readonly column: string; readonly values: readonly string[] }
  /** Inclusive at both ends, each of which may be open; a row without a value is outside. */
  | { readonly type: 'range'; readonly column: string; readonly from: number | null; readonly to: number | null }
  /** `*` stands for any text, everything else for itself. */
  | { readonly type: 'pattern'; readonly column: string; readonly pattern: string }
  /** Any of these is among the rules packages of the run or template. */
  | { readonly type: 'rulesPackages'; readonly values: readonly string[] };

/** A predicate that only the document can answer. */
export interface DocumentTest {
  /** What stands for it: two with the same one are the same. */
  readonly identity: unknown;
  /** What the text of each document that passes has in it: of every list, all texts of one of the alternatives. */
  readonly texts: readonly (readonly (readonly string[])[])[];
  test(document: string): boolean;
}

/** A page of a list to read. */
export interface ListQuery {
  /** One that is listed. */
  readonly kind: EntityKind;
  readonly visibility: Visibility;
  readonly conditions: readonly Condition[];
  /** The id behind which the page begins; 0 for the first page. */
  readonly after: number;
  readonly limit: number;
  /** Entities without a document do not pass. */
  readonly accepts?: DocumentTest | undefined;
}

/** A page of a list: the ARNs or keys, and the id behind which the next page begins, or null on the last one. */
export interface ListPage {
  readonly arns: readonly string[];
  readonly next: number | null;
}
