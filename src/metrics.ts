/*
 * Numbers of what goes on inside
 *
 * Each part counts in plain numbers, which no hot path notices. They become metrics when somebody asks for them, and text for
 * Prometheus at the very end: a library's counter takes 116 ns, and 31 ms to load.
 */

/** A metric of a process, as it is sent to another one. */
export interface Metric {
  /** With its unit; that of a counter ends in `_total`. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Whether several processes together have the greatest of their values instead of the sum. */
  readonly isMaximum?: boolean;
  /** Values by what follows the name in a line of the text: nothing, `{cache="telemetry"}`, `_sum`. */
  readonly samples: Readonly<Record<string, number>>;
}

/** Upper bounds of the buckets of durations, in seconds: from an answer that was kept to the longest deadline of most clients. */
export const DURATION_BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Upper bounds of the buckets of batches, in keys. */
export const BATCH_BOUNDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

type LabelValue = string | number;

/** Histograms of one metric, one for each set of values of its labels, which must be few and the gateway's own. */
export interface Histograms {
  observe(value: number, first: LabelValue, second?: LabelValue, third?: LabelValue): void;
  readonly samples: Metric['samples'];
}

/** Creates histograms with buckets up to each of the `bounds`, and with up to three labels. An empty value is left out. */
export function createHistograms(bounds: readonly number[], ...labels: readonly string[]): Histograms {
  const all = new Map<string, Series>();
  let last: Series | undefined;

  function find(first: LabelValue, second: LabelValue, third: LabelValue): Series {
    const key = `${first}\n${second}\n${third}`;
    let series = all.get(key);
    if (series === undefined) {
      series = { first, second, third, counts: new Array(bounds.length + 1).fill(0), sum: 0 };
      all.set(key, series);
    }
    return series;
  }

  return {
    observe(value, first, second = '', third = '') {
      // Most have the same labels as the one before.
      if (last === undefined || last.first !== first || last.second !== second || last.third !== third) {
        last = find(first, second, third);
      }
      let bucket = 0;
      while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket += 1;
      (last.counts[bucket] as number) += 1;
      last.sum += value;
    },
    get samples() {
      return Object.assign({}, ...[...all.values()].map((series) => toHistogramSamples(series, bounds, labels)));
    },
  };
}

interface Series {
  readonly first: LabelValue;
  readonly second: LabelValue;
  readonly third: LabelValue;
  /** Of values up to each bound and above the one before it, and of those above the last. */
  readonly counts: number[];
  sum: number;
}

function toHistogramSamples(
  { first, second, third, counts, sum }: Series,
  bounds: readonly number[],
  names: readonly string[],
) {
  const values = [first, second, third];
  const labels = Object.fromEntries(names.map((name, index) => [name, values[index] as LabelValue]));
  const samples: Record<string, number> = {};
  let count = 0;
  for (const [index, le] of [...bounds, '+Inf'].entries()) {
    count += counts[index] as number;
    samples[`_bucket${toLabels({ ...labels, le })}`] = count;
  }
  return { ...samples, [`_sum${toLabels(labels)}`]: sum, [`_count${toLabels(labels)}`]: count };
}

/** The part of a cache of lru-cache that tells how full it is. */
interface Sized {
  readonly size: number;
  readonly calculatedSize: number;
  readonly max: number;
  readonly maxSize: number;
}

/** What was asked of a cache, and what it has dropped to stay within its bounds. */
export class CacheStats {
  hits = 0;
  misses = 0;
  /** Waited for the same value, which somebody else reads. */
  coalesced = 0;
  /** Had an expired value, since the upstream fails. */
  stale = 0;
  evictions = 0;
  readonly #caches: Sized[] = [];

  /** For the `dispose` of a cache. */
  readonly onDispose = (_value: unknown, _key: unknown, reason: string): void => {
    if (reason === 'evict') this.evictions += 1;
  };

  /** Tells of a cache of which this is, or of a further one. */
  track(cache: Sized): void {
    this.#caches.push(cache);
  }

  get entries(): number {
    return this.#sum(({ size }) => size);
  }

  /** In the cache's own unit: bytes, rows, characters, or entries where nothing else is counted. */
  get size(): number {
    return this.#sum(({ maxSize, calculatedSize, size }) => (maxSize > 0 ? calculatedSize : size));
  }

  get maxSize(): number {
    return this.#sum(({ maxSize, max }) => (maxSize > 0 ? maxSize : max));
  }

  #sum(toNumber: (cache: Sized) => number): number {
    return this.#caches.reduce((sum, cache) => sum + toNumber(cache), 0);
  }
}

/** Counts by a word, of which there must be few, all of them the gateway's own. */
export type Counts = Record<string, number>;

/** Adds one. */
export function count(counts: Counts, word: string): void {
  counts[word] = (counts[word] ?? 0) + 1;
}

/** The samples of counts, by a label. */
export function toSamples(label: string, counts: Readonly<Counts>): Metric['samples'] {
  return Object.fromEntries(Object.entries(counts).map(([word, number]) => [toLabels({ [label]: word }), number]));
}

/** Labels as the text has them (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format). */
export function toLabels(labels: Readonly<Record<string, LabelValue>>): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== '');
  return pairs.length === 0
    ? ''
    : `{${pairs.map(([name, value]) => `${name}="${escapeLabel(String(value))}"`).join()}}`;
}

function escapeLabel(value: string): string {
  return value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}

/** Metrics of several processes, or parts of one, as those of one. */
export function combineMetrics(lists: readonly (readonly Metric[])[]): Metric[] {
  const all = new Map<string, Metric & { samples: Record<string, number> }>();
  for (const metric of lists.flat()) {
    const { name, isMaximum } = metric;
    const combined = all.get(name);
    if (combined === undefined) {
      all.set(name, { ...metric, samples: { ...metric.samples } });
      continue;
    }
    for (const [sample, value] of Object.entries(metric.samples)) {
      const before = combined.samples[sample] ?? 0;
      combined.samples[sample] = isMaximum ? Math.max(before, value) : before + value;
    }
  }
  return [...all.values()];
}

/** What has to stay of a process that has ended: what it has counted, but nothing of its state. */
export function withoutGauges(metrics: readonly Metric[]): Metric[] {
  return metrics.filter(({ type }) => type !== 'gauge');
}

/** The media type of `writeMetrics`. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The text that Prometheus reads. */
export function writeMetrics(metrics: readonly Metric[]): string {
  return metrics
    .map(({ name, type, help, samples }) => {
      const lines = Object.entries(samples).map(([sample, value]) => `${name}${sample} ${value}\n`);
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
    })
    .join('');
}
