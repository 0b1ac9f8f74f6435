/*
 * Numbers, times and words as the reader's browser writes them.
 */

const numbers = new Intl.NumberFormat();
const decimals = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const percents = new Intl.NumberFormat(undefined, {
  style: 'percent',
  maximumFractionDigits: 0,
  signDisplay: 'exceptZero',
});
const differences = new Intl.NumberFormat(undefined, { signDisplay: 'exceptZero' });
const times = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});
const exactTimes = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  timeZoneName: 'short',
});

/** The reader's time zone, in which times are written and days begin. */
export const timeZone = toKnownZone(times.resolvedOptions().timeZone);

/** Where a browser cannot tell its zone, its clock is UTC, and some call that `Etc/Unknown`. */
function toKnownZone(name: string | undefined): string {
  return name === undefined || name === 'Etc/Unknown' ? 'UTC' : name;
}

export const formatNumber = (value: number): string => numbers.format(value);
export const formatDecimal = (value: number): string => decimals.format(value);
export const formatDifference = (value: number): string => differences.format(value);
export const formatPercent = (value: number): string => percents.format(value);
export const formatTime = (time: string): string => times.format(new Date(time));
/** To the millisecond. */
export const formatExactTime = (time: string): string => exactTimes.format(new Date(time));

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const byteFormats = BYTE_UNITS.map(
  (unit, power) =>
    new Intl.NumberFormat(undefined, {
      style: 'unit',
      unit,
      unitDisplay: power === 0 ? 'long' : 'short',
      maximumFractionDigits: power === 0 ? 0 : 1,
    }),
);

/** Bytes in the largest unit of which there is one, by thousands. */
export function formatBytes(bytes: number): string {
  const power = Math.min(byteFormats.length - 1, Math.max(0, Math.floor(Math.log10(Math.abs(bytes) || 1) / 3)));
  return (byteFormats[power] as Intl.NumberFormat).format(bytes / 1000 ** power);
}

const DURATION_UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;
const durationFormats = new Map(
  DURATION_UNITS.map(([unit]) => [
    unit,
    new Intl.NumberFormat(undefined, { style: 'unit', unit, unitDisplay: 'narrow', maximumFractionDigits: 3 }),
  ]),
);

/** A length of time in its two largest units, `1h 2m`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return (durationFormats.get('second') as Intl.NumberFormat).format(ms / 1000);
  let rest = Math.round(ms / 1000);
  const parts: string[] = [];
  for (const [unit, seconds] of DURATION_UNITS) {
    const whole = Math.floor(rest / seconds);
    rest -= whole * seconds;
    if (whole > 0 && parts.length < 2) parts.push((durationFormats.get(unit) as Intl.NumberFormat).format(whole));
  }
  return parts.join(' ');
}

export type Interval = 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

const months = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', timeZone: 'UTC' });
const days = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const years = new Intl.DateTimeFormat(undefined, { year: 'numeric', timeZone: 'UTC' });

/** The name of the interval that begins on this day. */
export function formatPeriod(start: string, interval: Interval): string {
  const date = new Date(`${start}T00:00Z`);
  if (interval === 'YEAR') return years.format(date);
  if (interval === 'QUARTER') return `Q${Math.floor(date.getUTCMonth() / 3) + 1} ${years.format(date)}`;
  return (interval === 'MONTH' ? months : days).format(date);
}

/** A constant of the API as words: `COMPLETED_WITH_ERRORS` as `Completed with errors`. */
export function toWords(constant: string): string {
  const words = constant.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
