/** How many calls of the upstream were made for a request. */
export interface CallCount {
  made: number;
}

/** The part of AbortSignal (https://dom.spec.whatwg.org/#interface-AbortSignal) that is used here. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  /** For whom the work is done, where turns are shared out between callers. */
  readonly caller?: string | undefined;
  /** Where the calls are counted that the work makes. */
  readonly calls?: CallCount | undefined;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once: true }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * A minimal AbortController, whose signal calls each listener once. Node's own signals are event targets, and two of them for
 * each of a thousand waiting reads would be most of their cost.
 */
export function createAborter(
  caller?: string,
  calls?: CallCount,
): { readonly signal: Signal; abort(reason?: unknown): void } {
  const listeners = new Set<() => void>();
  let aborted = false;
  let reason: unknown;
  return {
    signal: {
      caller,
      calls,
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
