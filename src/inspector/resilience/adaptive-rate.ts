/** How long nothing is sent after the first throttled call, and how long further ones are echoes of it. */
const SECOND_MS = 1000;

/**
 * With fewer calls than this within a second, or where none of them succeeded, it is not our rate that is wrong: there is
 * none to be found, and backing off is enough.
 */
const MIN_CALLS = 10;

/** How long it takes from half of the ceiling to the ceiling. */
const RECOVERY_MS = 5000;

/**
 * Beyond the ceiling the rate is tried in small steps. An upstream that lets a second's worth pass at once objects before
 * the rate is a tenth too high; one that has not objected after all steps allows more than was measured.
 */
const STEP_FACTOR = 1.05;
const STEP_MS = 12_000;
const STEPS = 6;

/** Use 90 % of the measured throughput: a token-bucket upstream lets bursts exceed its rate. */
const MEASURED_SHARE = 0.9;

/** Above this many times the ceiling, what was learnt says nothing any more. */
const FORGET_FACTOR = 10;

/** Calls a second, by a ceiling that was measured and the time since the last throttled call. */
export interface AdaptiveRate {
  /** False while nothing limits: then `take` need not be asked. */
  readonly isLimited: boolean;
  /** 0 takes a token; otherwise the milliseconds after which to ask again, and nothing is taken. */
  take(nowMs: number): number;
  /** That a call succeeded. */
  succeeded(nowMs: number): void;
  /** That a call was throttled, and when it had been sent. */
  throttled(sentAtMs: number, nowMs: number): void;
}

/**
 * The rate a time after it was halved: a cubic curve, steep at first, flat near the ceiling at 5 s. Beyond that it rises by
 * a twentieth every 12 s, and by a cubic curve again after six such steps.
 */
export function toRate(ceiling: number, elapsedMs: number): number {
  const recovered = toCubic(elapsedMs - RECOVERY_MS);
  if (recovered < STEP_FACTOR) return ceiling * recovered;
  const beyondMs = elapsedMs - RECOVERY_MS;
  const steps = Math.min(STEPS, 1 + Math.floor(beyondMs / STEP_MS));
  return ceiling * STEP_FACTOR ** steps * Math.max(1, toCubic(beyondMs - STEPS * STEP_MS));
}

function toCubic(elapsedMs: number): number {
  return 1 + 0.5 * (elapsedMs / RECOVERY_MS) ** 3;
}

/**
 * Without a limit until a call is throttled that was one of many. Nothing is sent for a second then; nine tenths of what had
 * succeeded within a second are the ceiling, at least 1, and half of that the rate to begin with. A further throttled call
 * makes the rate at which it was sent the ceiling, and halves it again. While none succeeds, one is sent a second; the first
 * one that does brings the ceiling back that was there before. Tokens come one by one; none are saved up.
 */
export function createAdaptiveRate(): AdaptiveRate {
  const succeeded = createTally();
  const refused = createTally();
  /** Measured; undefined while a second is waited for after the first throttled call, null without a limit. */
  let ceiling: number | null | undefined = null;
  let decreasedAtMs = 0;
  let succeededBefore = 0;
  /** When the ceiling was last known, which is where the curve begins. */
  let beganAtMs = 0;
  let takenAtMs = Number.NEGATIVE_INFINITY;
  /** The ceiling before every call was throttled: that is an outage, which says nothing of the rate. Null without one. */
  let ceilingBeforeOutage: number | null = null;
  /** Whether a call has succeeded since the rate was last halved. */
  let hasSucceededSince = false;

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
      }
      if (ceiling === null) return 0;
      const rate = toRate(ceiling, nowMs - beganAtMs);
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
      if (ceilingBeforeOutage === null) return;
      ceiling = ceilingBeforeOutage;
      ceilingBeforeOutage = null;
      beganAtMs = nowMs;
    },
    throttled(sentAtMs, nowMs) {
      // Of a burst all but the first are echoes, also those that come late.
      if (ceiling !== null && sentAtMs < decreasedAtMs + SECOND_MS) return;
      refused.add(nowMs);
      const measured = succeeded.within(nowMs);
      if (ceiling === null && (measured === 0 || measured + refused.within(nowMs) < MIN_CALLS)) return;
      decreasedAtMs = nowMs;
      if (typeof ceiling !== 'number') {
        ceiling = undefined;
        succeededBefore = measured;
        hasSucceededSince = false;
        return;
      }
      if (!hasSucceededSince) ceilingBeforeOutage ??= ceiling;
      hasSucceededSince = false;
      const rate = toRate(ceiling, sentAtMs - beganAtMs);
      // A rate that nobody made use of was never tried; one that was in use may have been some way above what is allowed.
      ceiling = Math.max(1, measured < rate / 2 ? measured : Math.min(rate, Math.max(measured, MEASURED_SHARE * rate)));
      beganAtMs = nowMs;
    },
  };
}

/** Counts what happened in the second before a moment, as well as two numbers can. */
function createTally() {
  let startedAtMs = 0;
  let current = 0;
  let previous = 0;
  const turnTo = (nowMs: number) => {
    const passed = Math.floor((nowMs - startedAtMs) / SECOND_MS);
    if (passed <= 0) return;
    previous = passed === 1 ? current : 0;
    current = 0;
    startedAtMs += passed * SECOND_MS;
  };
  return {
    add(nowMs: number) {
      turnTo(nowMs);
      current += 1;
    },
    within(nowMs: number): number {
      turnTo(nowMs);
      return Math.round(current + previous * (1 - (nowMs - startedAtMs) / SECOND_MS));
    },
  };
}
