/** A whole answer, put together from kept texts without executing anything. */
export interface JoinedText {
  readonly text: string;
  readonly bytes: number;
  readonly runs: number;
}

/**
 * The answer of a document to these variables; null when a text of it is not kept, when its caller may not read one of its
 * ARNs, or when it has to be executed otherwise.
 */
export type TextJoin = (
  variables: Readonly<Record<string, unknown>>,
  mayRead: (arn: string) => boolean,
) => JoinedText | null;
