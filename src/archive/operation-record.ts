/** A call of an operation, as an import takes it. */
export interface OperationRecord {
  readonly operation: string;
  readonly input: object;
  readonly output: object;
}

/** Creates the record of a call. */
export function createRecord(operation: string, input: object, output: object): OperationRecord {
  return { operation, input, output };
}

/** Creates the record of a Describe call that found all that it was asked for; `member` is the one of its output. */
export function createDescribeRecord(operation: string, member: string, documents: readonly object[]): OperationRecord {
  return createRecord(operation, {}, { [member]: documents, failedItems: {} });
}
