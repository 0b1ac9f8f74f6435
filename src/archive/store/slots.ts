/** How long a slot is: days begin at quarters of an hour in UTC, whatever the time zone. */
export const SLOT_S = 900;

/** The slot of a time in epoch seconds; 0 for none. */
export function toSlot(seconds: number | null): number {
  return seconds === null ? 0 : Math.floor(seconds / SLOT_S);
}

export const DAY_S = 86_400;

export const SLOTS_PER_DAY = DAY_S / SLOT_S;

/** The day in UTC of a time in epoch seconds; 0 for none. */
export function toDay(seconds: number | null): number {
  return seconds === null ? 0 : Math.floor(seconds / DAY_S);
}
