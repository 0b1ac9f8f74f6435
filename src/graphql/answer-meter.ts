import type { GraphQLError } from 'graphql';

/** What was answered so far in one request. */
export class AnswerMeter {
  /** Fields that were resolved, and other work in as many of them as it is worth. */
  fields = 0;
  errors = 0;
  /** Of the JSON, at least. */
  bytes = 0;
  /** Why the answer is given up; null as long as it is not. */
  refusal: GraphQLError | null = null;

  /** Begins anew, for an answer that is made in another way. */
  reset(): void {
    this.fields = 0;
    this.errors = 0;
    this.bytes = 0;
    this.refusal = null;
  }
}
