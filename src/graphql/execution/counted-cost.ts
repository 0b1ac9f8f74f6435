/** What an operation was counted to cost before it was executed, and how much of each is allowed. */
export interface OperationCost extends Counts {
  readonly limits: Counts;
}

/** What of an operation is counted. */
export interface Counts {
  /** Distinct runs. */
  readonly runs: number;
  /** Findings, agents, templates and the like. */
  readonly entities: number;
  /** Places in the answer that have a run or another entity. */
  readonly nodes: number;
  readonly fields: number;
  /** Of the answer, estimated. */
  readonly bytes: number;
}
