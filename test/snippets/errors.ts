import { inspectorErrors, isInspectorError, isRetryable, retryAfterMs } from '@inspector-gateway/client';

/** What to tell people of an error, whichever client it comes from. */
export function toNotice(error: unknown): string {
  if (isInspectorError(error, 'NO_SUCH_ENTITY')) return 'There is no such run.';
  if (isRetryable(error)) return `Try again in ${Math.ceil((retryAfterMs(error) ?? 1000) / 1000)} s.`;
  return inspectorErrors(error)[0]?.message ?? 'Something went wrong.';
}
