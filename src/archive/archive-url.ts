/** The URL without user, password and parameters. */
export function toDisplayUrl(url: string): string {
  if (url.startsWith('sqlite:')) return url;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** That an archive could not be opened; the message names it without its password, and says what to do. */
export class ArchiveOpenError extends Error {
  override readonly name = 'ArchiveOpenError';
}
