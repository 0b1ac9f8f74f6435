import { type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Metric } from '../metrics.js';

/** How often the event loop is looked at; a delay is what a look was late by. */
const RESOLUTION_MS = 10;

/** Creates a function that gives the metrics of this process; before it is first called nothing is measured. */
export function createProcessMetrics(): () => Metric[] {
  let delays: IntervalHistogram | undefined;

  /** Since the last call; the histogram has the time between two looks, in nanoseconds. */
  function takeDelays(): Metric[] {
    if (delays === undefined) {
      delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      delays.enable();
    }
    const isEmpty = delays.count === 0;
    const toSeconds = (nanoseconds: number) => (isEmpty ? 0 : Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000));
    const values = { p50: delays.percentile(50), p99: delays.percentile(99), max: delays.max };
    delays.reset();
    return Object.entries(values).map(([which, nanoseconds]) => ({
      name: `nodejs_eventloop_delay_${which}_seconds`,
      type: 'gauge',
      help: `By how much the event loop was late since it was last asked for, ${which}; of several processes the latest.`,
      isMaximum: true,
      samples: { '': toSeconds(nanoseconds) },
    }));
  }

  return () => {
    const { user, system } = process.cpuUsage();
    const { active, idle } = performance.eventLoopUtilization();
    return [
      {
        name: 'process_cpu_time_seconds_total',
        type: 'counter',
        help: 'CPU time of all threads.',
        samples: { '{cpu_mode="user"}': user / 1e6, '{cpu_mode="system"}': system / 1e6 },
      },
      {
        name: 'process_memory_usage_bytes',
        type: 'gauge',
        help: 'Resident memory.',
        samples: { '': process.memoryUsage.rss() },
      },
      {
        name: 'nodejs_eventloop_time_seconds_total',
        type: 'counter',
        help: 'Time that the event loop was active, and idle.',
        samples: {
          '{nodejs_eventloop_state="active"}': active / 1000,
          '{nodejs_eventloop_state="idle"}': idle / 1000,
        },
      },
      ...takeDelays(),
    ];
  };
}
