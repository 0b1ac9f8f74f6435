import { describe, expect, test } from '@jest/globals';
import { LRUCache } from 'lru-cache';
import {
  CacheStats,
  combineMetrics,
  createHistograms,
  type Metric,
  toLabels,
  withoutGauges,
  writeMetrics,
} from '../src/metrics.js';

const toMetric = (type: Metric['type'], samples: Metric['samples'], isMaximum = false): Metric => ({
  name: `of_type_${type}`,
  type,
  help: 'Help.',
  isMaximum,
  samples,
});

describe('Histograms', () => {
  test('have a value in each bucket whose bound it does not exceed', () => {
    const histograms = createHistograms([1, 2], 'word');
    for (const value of [0.5, 1, 1.5, 2, 3]) histograms.observe(value, 'a');
    expect(histograms.samples).toEqual({
      '_bucket{word="a",le="1"}': 2,
      '_bucket{word="a",le="2"}': 4,
      '_bucket{word="a",le="+Inf"}': 5,
      '_sum{word="a"}': 8,
      '_count{word="a"}': 5,
    });
  });

  test('are kept apart by their labels, and leave out empty ones', () => {
    const histograms = createHistograms([1], 'word', 'number');
    histograms.observe(1, 'a', 1);
    histograms.observe(1, 'a');
    histograms.observe(1, '', 2);
    histograms.observe(1, 'a', 1);
    expect(histograms.samples).toMatchObject({
      '_count{word="a",number="1"}': 2,
      '_count{word="a"}': 1,
      '_count{number="2"}': 1,
    });
  });
});

test('Labels have quotes, backslashes and ends of lines escaped', () => {
  expect(toLabels({ word: 'a"b\\c\nd', other: '' })).toBe('{word="a\\"b\\\\c\\nd"}');
  expect(toLabels({ word: '' })).toBe('');
});

test('A cache has counted what had to make room, and not what was replaced or deleted', () => {
  const stats = new CacheStats();
  const cache = new LRUCache<string, string>({ max: 2, dispose: stats.onDispose });
  stats.track(cache);
  for (const key of ['a', 'b', 'b', 'c', 'd']) cache.set(key, key);
  cache.delete('d');
  expect(stats).toMatchObject({ evictions: 2, entries: 1, size: 1, maxSize: 2 });
});

test('The size of a cache that is bounded by one is in its unit, and of several caches together', () => {
  const stats = new CacheStats();
  for (const text of ['four', 'longer']) {
    const cache = new LRUCache<string, string>({ maxSize: 100, sizeCalculation: ({ length }) => length });
    stats.track(cache.set('key', text));
  }
  expect(stats).toMatchObject({ entries: 2, size: 10, maxSize: 200 });
});

test('Metrics of several processes are added up, or the greatest of them', () => {
  const one = [toMetric('counter', { '{a="1"}': 1, '{a="2"}': 2 }), toMetric('gauge', { '': 5 }, true)];
  const two = [toMetric('counter', { '{a="2"}': 3, '{a="3"}': 4 }), toMetric('gauge', { '': 4 }, true)];
  expect(combineMetrics([one, two]).map(({ samples }) => samples)).toEqual([
    { '{a="1"}': 1, '{a="2"}': 5, '{a="3"}': 4 },
    { '': 5 },
  ]);
  expect(one[0]?.samples).toEqual({ '{a="1"}': 1, '{a="2"}': 2 });
});

test('What stays of a process that has ended is what it has counted', () => {
  const all = [toMetric('counter', {}), toMetric('gauge', {}), toMetric('histogram', {})];
  expect(withoutGauges(all).map(({ type }) => type)).toEqual(['counter', 'histogram']);
});

test('The text has help and type before the values of a metric', () => {
  expect(writeMetrics([toMetric('gauge', { '': 0.5, '{a="1"}': 1e-7 }), toMetric('counter', {})])).toBe(
    '# HELP of_type_gauge Help.\n# TYPE of_type_gauge gauge\nof_type_gauge 0.5\nof_type_gauge{a="1"} 1e-7\n' +
      '# HELP of_type_counter Help.\n# TYPE of_type_counter counter\n',
  );
});
