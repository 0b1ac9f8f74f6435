import { execFileSync } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from '../alternation.mjs';
import { runMeasured } from '../processes.mjs';
import { toNumber, toTable } from '../report.mjs';

/** A history of always the same texts. */
const RUNS = 1500;
const FINDINGS = 10 * RUNS;

/**
 * What an import takes beside a program that only parses the same file and inserts its texts into one table, in the same
 * round: the ratios hold on any machine. Those of before are what the version without searches and statistics took.
 */
const BEFORE = { cpu: 5.64, memory: 2.83 };
const MOST = 1.2;

const toPath = (file) => fileURLToPath(new URL(file, import.meta.url));

/** An import into a new SQLite archive, by CPU and memory, against the least that any import would do. */
export async function importing(bench) {
  const history = join(bench.folder, 'import.ndjson');
  const generate = [toPath('../../scripts/generate-history.mjs'), RUNS, FINDINGS, 20, 5].map(String);
  execFileSync(process.execPath, generate, { stdio: ['ignore', openSync(history, 'w'), 'inherit'] });
  const sides = [
    {
      label: 'archive import',
      file: '../dist/main.js',
      args: ['archive', 'import', history],
      cpuMs: [],
      maxRssMiB: [],
    },
    {
      label: 'JSON.parse and bare inserts',
      file: 'servers/bare-import.mjs',
      args: [history],
      cpuMs: [],
      maxRssMiB: [],
    },
  ];
  for (let round = 0; round <= bench.rounds; round += 1) {
    // Each round begins with the other.
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const archive = join(bench.folder, `import-${round}.db`);
      const env = { ARCHIVE_URL: `sqlite:${archive}` };
      const measured = await runMeasured({ file: side.file, args: side.args, env });
      for (const suffix of ['', '-wal', '-shm']) rmSync(archive + suffix, { force: true });
      // What the machine reads from its disk first is not what an import takes.
      if (round === 0) continue;
      side.cpuMs.push(measured.cpuMs);
      side.maxRssMiB.push(measured.maxRssMiB);
    }
    const shown = sides.map(({ label, cpuMs }) => `${label} ${Math.round(cpuMs.at(-1) ?? 0)} ms of CPU`);
    if (round > 0) bench.progress(`import, round ${round} of ${bench.rounds}: ${shown.join(', ')}`);
  }
  const [own, bare] = sides;
  const ratioOf = (name) => median(own[name].map((value, round) => value / bare[name][round]));
  const asked = `${RUNS.toLocaleString('en')} runs and ${FINDINGS.toLocaleString('en')} findings into SQLite, beside JSON.parse and bare inserts`;
  const toTarget = (what, ratio, before) => ({
    asked: `${asked}: ${what}`,
    toReach: `${MOST} x what it was before searches and statistics (${before.toFixed(2)} x)`,
    measured: `${ratio.toFixed(2)} x, so ${(ratio / before).toFixed(2)} of before`,
    isMet: ratio <= MOST * before,
  });
  return {
    figures: [
      { name: 'CPU ms of the import', value: median(own.cpuMs) },
      { name: 'MiB of RSS at most', value: median(own.maxRssMiB) },
    ],
    targets: [
      toTarget('CPU', ratioOf('cpuMs'), BEFORE.cpu),
      toTarget('memory at most', ratioOf('maxRssMiB'), BEFORE.memory),
    ],
    text: toTable([
      ['', 'CPU', 'each round', 'RSS at most', 'each round'],
      ...sides.map(({ label, cpuMs, maxRssMiB }) => [
        label,
        `${toNumber(median(cpuMs))} ms`,
        cpuMs.map(toNumber).join(', '),
        `${toNumber(median(maxRssMiB))} MiB`,
        maxRssMiB.map(toNumber).join(', '),
      ]),
    ]),
  };
}
