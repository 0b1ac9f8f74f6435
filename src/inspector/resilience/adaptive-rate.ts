/** Nothing is sent this long after the first throttled call, and further throttled calls within it count with that one. */
const SECOND_MS = 1000;

/** With fewer calls in a second, or where none of them succeeded, no rate can be measured, and backing off is enough. */
const MIN_CALLS = 10;

/** How long the rate rises from half of the ceiling to the ceiling. */
const RECOVERY_MS = 5000;

/**
 * Above the ceiling the rate rises in small steps. A token bucket that holds a second's worth throttles before the rate is a
 * tenth too high; an upstream that has not throttled after all steps allows more than was measured.
 */
const STEP_FACTOR = 1.05;
const STEP_MS = 12_000;
const STEPS = 6;

/** Use 90 % of the measured throughput: a token-bucket upstream lets bursts exceed its rate. */
const MEASURED_SHARE = 0.9;

/** How long the rate takes to double after an outage that left nothing measured, as in the slow start of TCP. */
const DOUBLING_MS = 1000;

/** A rate this many times the ceiling is no limit any more: the ceiling is forgotten. */
const FORGET_FACTOR = 10;

/** A rate limit in calls a second, by a measured ceiling and the time since the last throttled call. */
export interface AdaptiveRate {
  /** False without a limit: no call needs a token then. */
  readonly isLimited: boolean;
  /** Takes a token and returns 0; without one, returns the milliseconds until the next. */
  take(nowMs: number): number;
  /** Reports a call that succeeded. */
  succeeded(nowMs: number): void;
  /** Reports a call that was throttled, and when it had been sent. */
  throttled(sentAtMs: number, nowMs: number): void;
}

/**
 * The rate at a time after it was halved: a cubic curve, steep at first, flat near the ceiling at 5 s. Then it rises by a
 * twentieth every 12 s, and after six such steps by a cubic curve again.
 */
export function toRate(ceiling: number, elapsedMs: number): number {
  const recovered = toCubic(elapsedMs - RECOVERY_MS);
  if (recovered < STEP_FACTOR) return ceiling * recovered;
  const beyondMs = elapsedMs - RECOVERY_MS;
  const steps = Math.min(STEPS, 1 + Math.floor(beyondMs / STEP_MS));
  return ceiling * STEP_FACTOR ** steps * Math.max(1, toCubic(beyondMs - STEPS * STEP_MS));
}

/** The rate at a time after the first call that succeeded, when the ceiling may be far too low. */
function toSlowStartRate(ceiling: number, elapsedMs: number): number {
  return (ceiling / 2) * 2 ** (elapsedMs / DOUBLING_MS);
}

function toCubic(elapsedMs: number): number {
  return 1 + 0.5 * (elapsedMs / RECOVERY_MS) ** 3;
}

/**
 * Has no limit until one of many calls is throttled. Then nothing is sent for a second. The ceiling is nine tenths of the
 * calls that had succeeded within a second, at least 1, and the rate begins at half of it. A further throttled call makes
 * the rate at which it was sent the ceiling, and halves the rate again. While no call succeeds, one is sent a second; the
 * first that succeeds restores the ceiling from before. If no call has ever succeeded below that ceiling, it was not the rate that was
 * throttled: the rate doubles each second then, until it is. Tokens come one by one; none are saved up.
 */
export function createAdaptiveRate(): AdaptiveRate {
  const succeeded = createSlidingCounter();
  const throttled = createSlidingCounter();
  /** Undefined during the second after the first throttled call, null without a limit. */
  let ceiling: number | null | undefined = null;
  let decreasedAtMs = 0;
  let succeededBefore = 0;
  /** When the ceiling was last set: the curve begins there. */
  let beganAtMs = 0;
  let takenAtMs = Number.NEGATIVE_INFINITY;
  /** The ceiling before every call was throttled, an outage that says nothing of the rate; null without one. */
  let ceilingBeforeOutage: number | null = null;
  /** Whether a call has succeeded since the rate was last halved. */
  let hasSucceededSince = false;
  /** Whether a call has succeeded below the ceiling. */
  let isProven = false;
  let toCurrentRate = toRate;

  return {
    get isLimited() {
      return ceiling !== null;
    },
    take(nowMs) {
      if (ceiling === undefined) {
        const heldUntilMs = decreasedAtMs + SECOND_MS;
        if (nowMs < heldUntilMs) return heldUntilMs - nowMs;
        ceiling = Math.max(1, MEASURED_SHARE * succeededBefore);
        beganAtMs = nowMs;
        isProven = false;
        toCurrentRate = toRate;
      }
      if (ceiling === null) return 0;
      const rate = toCurrentRate(ceiling, nowMs - beganAtMs);
      if (rate > FORGET_FACTOR * ceiling) {
        ceiling = null;
        ceilingBeforeOutage = null;
        return 0;
      }
      const waitMs = takenAtMs + SECOND_MS / rate - nowMs;
      if (waitMs > 0) return waitMs;
      takenAtMs = nowMs;
      return 0;
    },
    succeeded(nowMs) {
      succeeded.add(nowMs);
      if (ceiling === undefined) succeededBefore += 1;
      hasSucceededSince = true;
      if (ceilingBeforeOutage !== null) {
        ceiling = ceilingBeforeOutage;
        ceilingBeforeOutage = null;
        beganAtMs = nowMs;
        toCurrentRate = isProven ? toRate : toSlowStartRate;
      }
      isProven = typeof ceiling === 'number';
    },
    throttled(sentAtMs, nowMs) {
      // Of a burst only the first throttled call counts, also when others come late.
      if (ceiling !== null && sentAtMs < decreasedAtMs + SECOND_MS) return;
      throttled.add(nowMs);
      const measured = succeeded.count(nowMs);
      if (ceiling === null && (measured === 0 || measured + throttled.count(nowMs) < MIN_CALLS)) return;
      decreasedAtMs = nowMs;
      if (typeof ceiling !== 'number') {
        ceiling = undefined;
        succeededBefore = measured;
        hasSucceededSince = false;
        return;
      }
      if (!hasSucceededSince) ceilingBeforeOutage ??= ceiling;
      hasSucceededSince = false;
      const rate = toCurrentRate(ceiling, sentAtMs - beganAtMs);
      // A rate that was not used up was never tried; one that was may lie some way above what is allowed.
      ceiling = Math.max(1, measured < rate / 2 ? measured : Math.min(rate, Math.max(measured, MEASURED_SHARE * rate)));
      beganAtMs = nowMs;
      toCurrentRate = toRate;
    },
  };
}

/** Counts events within the last second, approximately: the previous fixed second is weighted by its overlap. */
function createSlidingCounter() {
  let startedAtMs = 0;
  let current = 0;
  let previous = 0;
  const advance = (nowMs: number) => {
    const passed = Math.floor((nowMs - startedAtMs) / SECOND_MS);
    if (passed <= 0) return;
    previous = passed === 1 ? current : 0;
    current = 0;
    startedAtMs += passed * SECOND_MS;
  };
  return {
    add(nowMs: number) {
      advance(nowMs);
      current += 1;
    },
    count(nowMs: number): number {
      advance(nowMs);
      return Math.round(current + previous * (1 - (nowMs - startedAtMs) / SECOND_MS));
    },
  };
}
