import type { Freshness } from '../inspector/inspector-api.js';

/** How long an answer may be cached: as long as every part of it. Like Apollo Server's CachePolicy, without hints for fields. */
export class CachePolicy {
  /** By performance.now(); null before anything has been read, and such an answer is not cached. */
  private expiresAtMs: number | null = null;
  private oldestStaleMs: number | null = null;
  private isPrivate = false;

  /** `isOutdated` tells whether the upstream's data has changed since the answer was begun: it may be of both then. */
  constructor(private readonly isOutdated: () => boolean = () => false) {}

  /** Adds a part of the answer. */
  readonly add = ({ maxAgeMs, staleAgeMs }: Freshness): void => {
    const expiresAtMs = maxAgeMs === 0 ? 0 : performance.now() + maxAgeMs;
    if (this.expiresAtMs === null || expiresAtMs < this.expiresAtMs) this.expiresAtMs = expiresAtMs;
    if (staleAgeMs !== null && staleAgeMs > (this.oldestStaleMs ?? -1)) this.oldestStaleMs = staleAgeMs;
  };

  /** Keeps the answer from every other caller. */
  setPrivate(): void {
    this.isPrivate = true;
  }

  /** The time to live from now on; 0 for an answer that may not be cached, null for a private one. */
  get maxAgeMs(): number | null {
    if (this.isPrivate) return null;
    return this.isOutdated() ? 0 : Math.max(0, (this.expiresAtMs ?? 0) - performance.now());
  }

  /** The age of the oldest stale part; null without one. */
  get staleAgeMs(): number | null {
    return this.oldestStaleMs;
  }
}
