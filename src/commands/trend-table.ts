import { toTextTable } from './text-table.js';

const BAR_WIDTH = 40;
/** So many months in a row without anything are one line. */
const GAP_MONTHS = 3;

/** A month of a trend; `start` is its first day, null for what has no time. */
export interface Month {
  readonly start: string | null;
  /** One for each series. */
  readonly counts: readonly number[];
}

/** Formats a trend as a table of its months with the sum of the series where there are several, and with bars of the sums. */
export function toTrendTable(
  title: string,
  series: readonly string[],
  months: readonly Month[],
  hasBars: boolean,
): string {
  const sumOf = ({ counts }: Month) => counts.reduce((sum, count) => sum + count, 0);
  const max = Math.max(...months.map(sumOf));
  const toBar = (month: Month) => '#'.repeat(Math.ceil((BAR_WIDTH * sumOf(month)) / max));
  const hasSum = series.length !== 1;
  const rows = joinGaps(months).map(({ from, to }) => [
    toMonth(from.start) + (from === to ? '' : ` to ${toMonth(to.start)}`),
    ...from.counts,
    ...(hasSum ? [sumOf(from)] : []),
    ...(hasBars ? [toBar(from)] : []),
  ]);
  return toTextTable(['month', ...series, ...(hasSum ? [title] : []), ...(hasBars ? [''] : [])], rows);
}

function joinGaps(months: readonly Month[]): { from: Month; to: Month }[] {
  const joined: { from: Month; to: Month }[] = [];
  for (let place = 0; place < months.length; ) {
    const length = countEmpty(months, place);
    const step = length < GAP_MONTHS ? 1 : length;
    joined.push({ from: months[place] as Month, to: months[place + step - 1] as Month });
    place += step;
  }
  return joined;
}

function countEmpty(months: readonly Month[], start: number): number {
  const isEmpty = ({ start, counts }: Month) => start !== null && counts.every((count) => count === 0);
  const end = months.findIndex((month, place) => place >= start && !isEmpty(month));
  return (end === -1 ? months.length : end) - start;
}

/** The month of a day, such as 2024-01; `-` for none. */
function toMonth(day: string | null): string {
  return day?.replace(/-\d\d$/, '') ?? '-';
}
