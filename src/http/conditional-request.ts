/** The upstream's data as caches of answers see it. */
export interface DataRevision {
  /** For keys: answers of another revision are not given. */
  readonly current: string | null;
  /** For how long caches of others may keep an answer, which nobody tells of another revision. */
  readonly maxClientAgeMs: number;
}

/** Of data without revisions. */
export const noRevision: DataRevision = { current: '', maxClientAgeMs: Number.POSITIVE_INFINITY };

/** Headers that a 304 response does not have. */
export const CONTENT_HEADERS: readonly string[] = ['content-type', 'content-length', 'content-encoding'];

/**
 * Cache-Control until `expiresAt`, by performance.now(), for `maxAgeMs` at most; in the last second, caches have to
 * revalidate. A private answer is for whoever has asked, and no cache that others share may keep it.
 */
export function toCacheControl(expiresAt: number, maxAgeMs: number, isPrivate: boolean): string {
  const maxAgeSeconds = Math.floor(Math.min(expiresAt - performance.now(), maxAgeMs) / 1000);
  const whose = isPrivate ? 'private' : 'public';
  return maxAgeSeconds > 0 ? `${whose}, max-age=${maxAgeSeconds}` : `${whose}, no-cache`;
}

/** Whether If-None-Match has the ETag (https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match). */
export function isMatch(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((text) => ['*', etag].includes(text.trim().replace(/^W\//, '')));
}
