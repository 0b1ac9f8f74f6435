import { scaleBand, scaleLinear } from 'd3-scale';
import { stack } from 'd3-shape';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { formatNumber } from '../format.js';
import { Table } from '../parts/tables.js';

/** One colour of the stack: a value for each period, the lowest series first. */
export interface Series {
  readonly name: string;
  /** Chooses its colour in the style sheet. */
  readonly className: string;
  readonly values: readonly number[];
}

export interface Period {
  readonly name: string;
  /** Where to look closer. */
  readonly href: string;
}

const HEIGHT = 200;
const MARGIN = { top: 8, right: 4, bottom: 22, left: 44 };
/** Before the real width is known. */
const DEFAULT_WIDTH = 600;
const LABEL_WIDTH = 84;

/** Counts over time as stacked columns, with a legend, and the same as a table. `title` names what is counted. */
export function StackedColumns({
  title,
  periods,
  series,
  total,
}: {
  title: string;
  periods: readonly Period[];
  series: readonly Series[];
  total: string;
}) {
  const titleId = useId();
  const [width, frame] = useWidth();
  const totals = periods.map((_, index) => sum(series.map(({ values }) => values[index] ?? 0)));
  const x = scaleBand<number>(
    periods.map((_, index) => index),
    [MARGIN.left, width - MARGIN.right],
  ).padding(periods.length > width / 8 ? 0.1 : 0.25);
  const y = scaleLinear([0, Math.max(1, ...totals)], [HEIGHT - MARGIN.bottom, MARGIN.top]).nice(4);
  const rows = periods.map((_, index) =>
    Object.fromEntries(series.map(({ name, values }) => [name, values[index] ?? 0])),
  );
  const layers = stack<Record<string, number>>().keys(series.map(({ name }) => name))(rows);
  const labelEvery = Math.ceil(periods.length / Math.max(1, (width - MARGIN.left) / LABEL_WIDTH));
  const ticks = y.ticks(4).filter(Number.isInteger);
  return (
    <figure class="chart">
      <figcaption>
        <ul class="legend">
          {series.map(({ name, className }) => (
            <li key={name}>
              <svg width="10" height="10" aria-hidden="true">
                <rect width="10" height="10" class={className} />
              </svg>{' '}
              {name}
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={frame} class="plot">
        <svg role="img" aria-labelledby={titleId} width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`}>
          <title id={titleId}>{title}. The table below has the numbers.</title>
          {ticks.map((tick) => (
            <g key={tick}>
              <line class="grid" x1={MARGIN.left} x2={width - MARGIN.right} y1={y(tick)} y2={y(tick)} />
              <text class="label" x={MARGIN.left - 6} y={y(tick)} dy="0.32em" text-anchor="end">
                {formatNumber(tick)}
              </text>
            </g>
          ))}
          {layers.map((layer, layerIndex) => (
            <g key={layer.key} class={series[layerIndex]?.className}>
              {layer.map(([from, to], index) =>
                from === to ? null : (
                  <rect key={index} x={x(index)} width={x.bandwidth()} y={y(to)} height={y(from) - y(to)}>
                    <title>{`${periods[index]?.name}: ${formatNumber(to - from)} ${layer.key}`}</title>
                  </rect>
                ),
              )}
            </g>
          ))}
          {periods.map(({ name }, index) =>
            index % labelEvery === 0 && (x(index) ?? 0) + x.bandwidth() / 2 < width - LABEL_WIDTH / 2 ? (
              <text
                key={index}
                class="label"
                x={(x(index) ?? 0) + x.bandwidth() / 2}
                y={HEIGHT - 6}
                text-anchor="middle"
              >
                {name}
              </text>
            ) : null,
          )}
        </svg>
      </div>
      <details>
        <summary>Numbers as a table</summary>
        <Table label={title}>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {series.map(({ name }) => (
                <th key={name} scope="col" class="number">
                  {name}
                </th>
              ))}
              <th scope="col" class="number">
                {total}
              </th>
            </tr>
          </thead>
          <tbody>
            {periods.map(({ name, href }, index) => (
              <tr key={index}>
                <th scope="row">
                  <a href={href}>{name}</a>
                </th>
                {series.map((one) => (
                  <td key={one.name} class="number">
                    {formatNumber(one.values[index] ?? 0)}
                  </td>
                ))}
                <td class="number">{formatNumber(totals[index] ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </details>
    </figure>
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The width of an element, for drawing in its pixels, so that text keeps its size. */
function useWidth() {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(DEFAULT_WIDTH);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.max(200, Math.floor(entry?.contentRect.width ?? 0))),
    );
    observer.observe(frame.current as HTMLDivElement);
    return () => observer.disconnect();
  }, []);
  return [width, frame] as const;
}
