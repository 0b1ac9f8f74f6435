/** What is used of an AbortSignal (https://dom.spec.whatwg.org/#interface-AbortSignal), which is one itself. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once: true }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * An AbortController whose signal tells each listener once, and nothing else: node's own is an event target, of which the
 * thousand reads that wait for their turns would have two each, and most of what they cost.
 */
export function createAborter(): { readonly signal: Signal; abort(reason?: unknown): void } {
  const listeners = new Set<() => void>();
  let aborted = false;
  let reason: unknown;
  return {
    signal: {
      get aborted() {
        return aborted;
      },
      get reason() {
        return reason;
      },
      throwIfAborted() {
        if (aborted) throw reason;
      },
      addEventListener(_type, listener) {
        if (!aborted) listeners.add(listener);
      },
      removeEventListener(_type, listener) {
        listeners.delete(listener);
      },
    },
    abort(because = new DOMException('This operation was aborted', 'AbortError')) {
      if (aborted) return;
      aborted = true;
      reason = because;
      for (const listener of listeners) listener();
      listeners.clear();
    },
  };
}
