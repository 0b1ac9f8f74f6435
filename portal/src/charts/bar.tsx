import { scaleLinear, scaleLog } from 'd3-scale';

/** From 0 to 1: how long the bar of a value is. */
export type BarScale = (value: number) => number;

/** From here on the smaller ones of linear bars cannot be seen. */
const LOG_RATIO = 200;

/** Whether bars of these values need a logarithmic scale to be seen. */
export function needsLogScale(values: readonly number[]): boolean {
  const positive = values.filter((value) => value > 0);
  return positive.length > 2 && Math.max(...positive) / Math.min(...positive) > LOG_RATIO;
}

/** A scale of bars, on which 1 has a bar as well where it is logarithmic. */
export function createBarScale(values: readonly number[], isLog: boolean): BarScale {
  const max = Math.max(2, ...values);
  if (!isLog) return scaleLinear([0, Math.max(1, ...values)], [0, 1]);
  const scale = scaleLog([1, max], [0.02, 1]);
  return (value) => (value < 1 ? 0 : scale(value));
}

/** A bar beside its number, which says the same. */
export function Bar({ length, className = 'bar', from = 0 }: { length: number; className?: string; from?: number }) {
  return (
    <svg class="bar-cell" height="12" aria-hidden="true">
      <rect class={className} x={`${from * 100}%`} width={`${Math.max(0, length) * 100}%`} height="12" />
    </svg>
  );
}
