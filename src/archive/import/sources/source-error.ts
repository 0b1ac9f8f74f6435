/** That a source cannot be read, or not as what it is; one line in plain words. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}
