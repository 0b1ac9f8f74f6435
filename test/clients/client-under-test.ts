/** What the gateway is tried with: one of the field's clients, unmodified. All read AssessmentRun of the package's documents. */
export interface ClientUnderTest {
  /** A run, by the client as it comes. */
  fetchRun(arn: string): Promise<unknown>;
  /** The ARNs on the first pages of 20 runs each, by the client's own way of going on. */
  fetchPages(pages: number): Promise<string[]>;
  /** What the client throws or gives for a run that fails. */
  fetchError(arn: string): Promise<unknown>;
  /** A run, by the client with what the package has for it. */
  retryRun(arn: string): Promise<unknown>;
  /** A run, by the digest of the query. */
  persistedRun(arn: string): Promise<unknown>;
  /** A run, by GET. */
  getRun(arn: string): Promise<unknown>;
}

export type CreateClient = (url: string) => ClientUnderTest;
