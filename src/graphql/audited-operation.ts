/** What the audit says of an operation. Nothing of it depends on the caller, so it is kept with a kept answer. */
export interface AuditedOperation {
  /** SHA-256 of the document, in hexadecimal digits; null where there was none, or its id is no hash. */
  readonly hash: string | null;
  /** The accounts that it asks for, see `findAccounts`. */
  readonly accounts: readonly string[];
  readonly decision: AuditDecision;
  /** Of the error for which it was denied or refused. */
  readonly code: string | null;
}

/**
 * Whether an operation was executed: `allowed`; `denied`, where its caller is not known or may not see some of what it asks
 * for, which was left out; or `refused` for another reason before it was executed.
 */
export type AuditDecision = 'allowed' | 'denied' | 'refused';
