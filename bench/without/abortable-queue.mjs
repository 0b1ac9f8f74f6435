// A list that nobody leaves before their turn.
export function createAbortableQueue() {
  const waiters = [];
  return {
    get length() {
      return waiters.length;
    },
    wait: () => new Promise((resolve) => waiters.push(resolve)),
    releaseNext() {
      waiters.shift()?.();
    },
  };
}
