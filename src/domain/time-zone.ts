const MINUTE_S = 60;
const HOUR_S = 3600;

/** A function that says by how many seconds the clocks of a time zone are ahead of UTC at a moment in epoch seconds. */
export function createOffsetReader(timeZone: string): (seconds: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return (seconds) => {
    const [, sign, hours = '0', minutes = '0', rest = '0'] = OFFSET.exec(format.format(seconds * 1000)) ?? [];
    const offset = Number(hours) * HOUR_S + Number(minutes) * MINUTE_S + Number(rest);
    return sign === '-' ? -offset : offset;
  };
}

/** `GMT-08:00`; seconds are there where clocks went by the sun, and nothing at all may be there for UTC. */
const OFFSET = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/;

/** Whether the runtime knows a time zone by this name: https://tc39.es/ecma402/#sec-time-zone-names. */
export function isTimeZone(name: string): boolean {
  // Some versions of Node.js take offsets, such as +01:00, which are no names.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
