import type { GraphQLError } from 'graphql';

/** Measures an answer while it is made. */
export class AnswerMeter {
  /** Resolved fields; other work counts as a number of fields. */
  fields = 0;
  errors = 0;
  /** Bytes of JSON, at least. */
  bytes = 0;
  /** Why the answer is refused, or null. */
  refusal: GraphQLError | null = null;

  /** Starts again, for another execution of the operation. */
  reset(): void {
    this.fields = 0;
    this.errors = 0;
    this.bytes = 0;
    this.refusal = null;
  }
}
