import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from '../alternation.mjs';
import { startProduct } from '../fleet.mjs';
import { readCpuMs } from '../processes.mjs';
import { toNumber, toTable } from '../report.mjs';

const RUNS = 50_000;
const PAGES = 50;
const LIMIT_MS = 10;
const PATTERNS = {
  'of none': '*nowhere*',
  'of many': '*template 1*',
  'of the last hundred': `*template ${RUNS / 100 - 1}*`,
};

/** Pages of runs whose names fit a pattern, in an archive on SQLite with nothing else to do. */
export async function filters(bench) {
  const archive = join(bench.folder, 'filters.db');
  if (!existsSync(archive)) fill(bench, archive);
  const server = await startProduct(bench, { ARCHIVE_URL: `sqlite:${archive}` }, { args: ['archive'] });
  try {
    const rows = [];
    for (const [title, namePattern] of Object.entries(PATTERNS)) {
      const timesMs = [];
      // What is compiled first is not what a filter costs.
      for (let page = 0; page < PAGES; page += 1) await list(server.url, namePattern);
      const cpuBeforeMs = readCpuMs(server.pid);
      for (let page = 0; page < PAGES; page += 1) {
        const startedAtMs = performance.now();
        await list(server.url, namePattern);
        timesMs.push(performance.now() - startedAtMs);
      }
      const cpuMs = (readCpuMs(server.pid) - cpuBeforeMs) / PAGES;
      rows.push({ title, ms: median(timesMs), cpuMs });
      bench.progress(`filters: name pattern ${title}, ${toNumber(median(timesMs))} ms`);
    }
    const asked = `a page of ${RUNS.toLocaleString('en')} runs by a name pattern`;
    return {
      figures: rows.map(({ title, cpuMs }) => ({ name: `name pattern ${title}: CPU ms a page`, value: cpuMs })),
      targets: rows.map(({ title, ms }) => ({
        asked: `${asked} ${title}`,
        toReach: `under ${LIMIT_MS} ms`,
        measured: `${toNumber(ms)} ms`,
        isMet: ms < LIMIT_MS,
      })),
      text: toTable([
        ['name pattern', 'median', 'CPU a page'],
        ...rows.map(({ title, ms, cpuMs }) => [title, `${toNumber(ms)} ms`, `${toNumber(cpuMs)} ms`]),
      ]),
    };
  } finally {
    await server.stop();
  }
}

function fill(bench, archive) {
  bench.progress(`filters: ${RUNS} runs are imported`);
  const [generate, main] = ['../../scripts/generate-history.mjs', '../../dist/main.js'].map((file) =>
    fileURLToPath(new URL(file, import.meta.url)),
  );
  const command = `"${process.execPath}" "${generate}" ${RUNS} 0 | "${process.execPath}" "${main}" archive import -`;
  execSync(command, { env: { ...process.env, ARCHIVE_URL: `sqlite:${archive}` }, stdio: ['ignore', 'ignore', 'pipe'] });
}

async function list(url, namePattern) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'InspectorService.ListAssessmentRuns' },
    body: JSON.stringify({ maxResults: 100, filter: { namePattern } }),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}
