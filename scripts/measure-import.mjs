#!/usr/bin/env node
// Measures an import into the archive of ARCHIVE_URL: its seconds, those of CPU, and the peak of its memory.
//   npm run build && node scripts/generate-history.mjs 50000 500000 > history.ndjson
//   ARCHIVE_URL=sqlite:archive.db node scripts/measure-import.mjs history.ndjson
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
/** Tells what the process that imports took, as the operating system counted it. */
const REPORT = `data:text/javascript,process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  console.error(Math.round(maxRSS / 1024) + ' MB at most, ' + ((userCPUTime + systemCPUTime) / 1e6).toFixed(1) + ' s of CPU');
})`.replaceAll('\n', ' ');

const startedAt = performance.now();
const child = spawn(process.execPath, ['--import', REPORT, MAIN, 'archive', 'import', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
const [code] = await once(child, 'close');
console.error(`${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
process.exitCode = code ?? 1;
