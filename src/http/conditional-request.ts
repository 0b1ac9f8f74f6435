/** Headers of a body, which a response without one does not have. */
export const CONTENT_HEADERS: readonly string[] = ['content-type', 'content-length', 'content-encoding'];

/** For as long as `expiresAt`, by performance.now(), is ahead; in its last second an answer has to be asked for again. */
export function toCacheControl(expiresAt: number): string {
  const maxAgeSeconds = Math.floor((expiresAt - performance.now()) / 1000);
  // The same for everyone: nothing here depends on who asks.
  return maxAgeSeconds > 0 ? `public, max-age=${maxAgeSeconds}` : 'public, no-cache';
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match */
export function isMatch(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((text) => ['*', etag].includes(text.trim().replace(/^W\//, '')));
}
