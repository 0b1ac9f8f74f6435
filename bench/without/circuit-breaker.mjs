// Every call is made, however many have failed before.
import { createQueueFullFailure, toInspectorFailure } from '../inspector-failure.js';
import { createCallLimiter } from './call-limiter.js';

export function createCircuitBreakers({ concurrency }) {
  const limiters = new Map();
  return (endpoint) => {
    if (!limiters.has(endpoint)) limiters.set(endpoint, createCallLimiter(concurrency));
    return { isClosed: true, call: (...args) => call(limiters.get(endpoint), ...args) };
  };
}

async function call(limiter, operation, signal, send) {
  if (limiter.isQueueFull(signal)) throw createQueueFullFailure(operation, 1000);
  if (!limiter.tryAcquire()) await limiter.acquire(signal);
  let sentAtMs;
  try {
    if (limiter.isRateLimited) await limiter.takeToken(signal);
    signal.throwIfAborted();
    sentAtMs = performance.now();
    const output = await sendAbortably(signal, send);
    limiter.succeeded();
    return output;
  } catch (thrown) {
    const failure = toInspectorFailure(thrown, operation);
    if (failure?.code === 'THROTTLED') limiter.throttled(sentAtMs);
    throw failure ?? thrown;
  } finally {
    limiter.release();
  }
}

function sendAbortably(signal, send) {
  return new Promise((resolve, reject) => {
    const own = { aborted: false, onabort: null };
    const giveUp = () => {
      own.aborted = true;
      own.onabort?.();
      reject(signal.reason);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    send(own)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', giveUp));
  });
}
