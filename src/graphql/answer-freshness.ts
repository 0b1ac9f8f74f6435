import type { Freshness } from '../inspector/inspector-api.js';

/** How long an answer may be kept: as long as any of its parts may. */
export class AnswerFreshness {
  /** Null while nothing has been read: such an answer says nothing that is worth keeping. */
  private shortestMs: number | null = null;
  private oldestStaleMs: number | null = null;
  private isRefused = false;

  /** One more part. */
  readonly add = ({ maxAgeMs, staleAgeMs }: Freshness): void => {
    if (this.shortestMs === null || maxAgeMs < this.shortestMs) this.shortestMs = maxAgeMs;
    if (staleAgeMs !== null && staleAgeMs > (this.oldestStaleMs ?? -1)) this.oldestStaleMs = staleAgeMs;
  };

  /** The answer holds something that is only for the one who asked. */
  refuse(): void {
    this.isRefused = true;
  }

  /** In milliseconds, from now on: 0 for an answer that may not be kept, null for one that may be given to nobody else. */
  get maxAgeMs(): number | null {
    return this.isRefused ? null : (this.shortestMs ?? 0);
  }

  /** How old the oldest part is that stands in for an upstream that fails; null when there is none. */
  get staleAgeMs(): number | null {
    return this.oldestStaleMs;
  }
}
