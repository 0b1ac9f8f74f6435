import { existsSync } from 'node:fs';
import { median } from '../alternation.mjs';
import { startProduct } from '../fleet.mjs';
import { runClient } from '../processes.mjs';
import { toNumber, toTable } from '../report.mjs';
import { fillHistory, RUNS } from './history.mjs';

const CHROMIUM = '/usr/bin/chromium';
const ROUNDS = 5;
const [FIRST_LIMIT_MS, FURTHER_LIMIT_MS] = [1000, 200];

/** Who looks: the first one after the start of the gateway, which knows nothing yet, and the next one, in another browser. */
const READERS = ['the first reader after a start', 'the next reader'];

/** The portal in a browser with nothing in its cache: the view that is opened first, and each one that is gone to from it. */
export async function views(bench) {
  if (!existsSync(CHROMIUM)) {
    const measured = `${CHROMIUM} is not there`;
    return { targets: [{ asked: 'views of the portal', toReach: '-', measured, isMet: null }], text: '' };
  }
  const archives = [
    ['the sample', {}],
    [`${RUNS.toLocaleString('en')} runs`, { ARCHIVE_URL: (await fillHistory(bench)).url }],
  ];
  const measured = [];
  for (const [name, env] of archives) measured.push({ name, ...(await measureViews(bench, name, env)) });
  return {
    targets: measured.flatMap(({ name, hrefs, timesMs }) =>
      READERS.flatMap((reader, index) => toTargets(`${name}, ${reader}`, hrefs, timesMs[index])),
    ),
    text: measured.map(toText).join('\n\n'),
  };
}

/** `timesMs[reader][view]` has a time for each round. */
async function measureViews(bench, name, env) {
  const start = () => startProduct(bench, { INSPECTOR_ENDPOINT: 'embedded', ...env }, { core: null });
  const look = ({ url }, hrefs) =>
    runClient(
      'timed-views.mjs',
      { url: url.replace(/graphql.*$/, ''), executablePath: CHROMIUM, hrefs },
      { core: null },
    );
  const finder = await start();
  const hrefs = await look(finder);
  await finder.stop();
  const timesMs = READERS.map(() => hrefs.map(() => []));
  for (let round = 1; round <= ROUNDS; round += 1) {
    const gateway = await start();
    for (const ofReader of timesMs) {
      const times = await look(gateway, hrefs);
      for (const [view, ms] of times.entries()) ofReader[view].push(ms);
    }
    await gateway.stop();
    bench.progress(
      `views over ${name}, round ${round} of ${ROUNDS}: first ${timesMs.map(([first]) => toMs(first.at(-1)))}`,
    );
  }
  return { hrefs, timesMs };
}

function toTargets(asked, hrefs, [first, ...further]) {
  const medians = further.map(median);
  const slowest = medians.indexOf(Math.max(...medians));
  return [
    {
      asked: `${asked}: first view`,
      toReach: `under ${toMs(FIRST_LIMIT_MS)}`,
      measured: toMs(median(first)),
      isMet: median(first) < FIRST_LIMIT_MS,
    },
    {
      asked: `${asked}: the slowest further view`,
      toReach: `under ${toMs(FURTHER_LIMIT_MS)}`,
      measured: `${toMs(medians[slowest])}: ${toName(hrefs[slowest + 1])}`,
      isMet: medians[slowest] < FURTHER_LIMIT_MS,
    },
  ];
}

function toText({ name, hrefs, timesMs }) {
  const headings = READERS.flatMap((reader) => [reader, 'longest']);
  const rows = hrefs.map((href, view) => [
    toName(href),
    ...timesMs.flatMap((ofReader) => [toMs(median(ofReader[view])), toMs(Math.max(...ofReader[view]))]),
  ]);
  return `Views over ${name}, medians of ${ROUNDS} rounds:\n\n${toTable([['view', ...headings], ...rows])}`;
}

/** A view without the names of things. */
function toName(href) {
  const name = href.replace(/^\.\//, '/').replace(/\?(?!by=).*$/, '');
  return name === '/' ? '/ (opened first)' : name;
}

function toMs(ms) {
  return `${toNumber(ms)} ms`;
}
