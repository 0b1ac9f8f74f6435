import type { Freshness } from '../inspector/inspector-api.js';

/** How long an answer may be kept: as long as any of its parts may. */
export class AnswerFreshness {
  /** Null while nothing has been read: such an answer says nothing that is worth keeping. */
  private endsAtMs: number | null = null;
  private oldestStaleMs: number | null = null;
  private isRefused = false;

  /** One more part. */
  readonly add = ({ maxAgeMs, staleAgeMs }: Freshness): void => {
    // What is read first is old already when the rest has been read.
    const endsAtMs = maxAgeMs === 0 ? 0 : performance.now() + maxAgeMs;
    if (this.endsAtMs === null || endsAtMs < this.endsAtMs) this.endsAtMs = endsAtMs;
    if (staleAgeMs !== null && staleAgeMs > (this.oldestStaleMs ?? -1)) this.oldestStaleMs = staleAgeMs;
  };

  /** The answer holds something that is only for the one who asked. */
  refuse(): void {
    this.isRefused = true;
  }

  /** In milliseconds, from now on: 0 for an answer that may not be kept, null for one that may be given to nobody else. */
  get maxAgeMs(): number | null {
    return this.isRefused ? null : Math.max(0, (this.endsAtMs ?? 0) - performance.now());
  }

  /** How old the oldest part is that stands in for an upstream that fails; null when there is none. */
  get staleAgeMs(): number | null {
    return this.oldestStaleMs;
  }
}
