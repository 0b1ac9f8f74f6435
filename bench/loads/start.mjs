import { median } from '../alternation.mjs';
import { ask, startProduct } from '../fleet.mjs';
import { toNumber, toTable } from '../report.mjs';
import { toRunRequest } from '../requests.mjs';
import { toRunArn } from '../runs.mjs';

const STARTS = 7;
// The run of AWS's documentation, which the built-in sample has.
const SAMPLE_RUN = 'arn:aws:inspector:us-west-2:123456789012:target/0-0kFIPusq/template/0-4r1V2mAw/run/0-MKkpXXPE';

/** From the start of the process to its first answer to a query: with an endpoint, and with the archive inside it. */
export async function start(bench) {
  await bench.upstream.behave({});
  const kinds = [
    { asked: 'process start to first answer', limitMs: 1000, env: {}, arn: toRunArn('s', 1), timesMs: [] },
    {
      asked: 'the same with the archive embedded',
      limitMs: 600,
      env: { INSPECTOR_ENDPOINT: 'embedded' },
      arn: SAMPLE_RUN,
      timesMs: [],
    },
  ];
  for (let round = 1; round <= STARTS; round += 1) {
    for (const { env, arn, timesMs } of kinds) {
      const product = await startProduct(bench, env);
      await ask(product.url, toRunRequest(arn));
      timesMs.push(performance.now() - product.startedAtMs);
      await product.stop();
    }
    const shown = kinds.map(({ timesMs }) => `${Math.round(timesMs.at(-1))} ms`).join(', embedded ');
    bench.progress(`start, round ${round} of ${STARTS}: ${shown}`);
  }
  return {
    targets: kinds.map(({ asked, limitMs, timesMs }) => ({
      asked,
      toReach: `under ${limitMs} ms`,
      measured: `${toNumber(median(timesMs))} ms`,
      isMet: median(timesMs) < limitMs,
    })),
    text: toTable([
      ['', 'median', 'each start'],
      ...kinds.map(({ asked, timesMs }) => [
        asked,
        `${toNumber(median(timesMs))} ms`,
        timesMs.map(toNumber).join(', '),
      ]),
    ]),
  };
}
