// What came out of a soak, as Markdown.

const MAX_GROWTH = 1.2;

export function toReport(soak) {
  const { minutes, outcomes, made, memory, imports, parts, wrong, lost, inFlight, notRecovered, missing } = soak;
  const growths = ['steady', 'archive', 'workers'].map((name) => ({ name, ...toGrowth(memory, name) }));
  const rows = [
    ['wrong answers', wrong.length, 0],
    ['answers that were lost', lost.length, 0],
    ['errors while nothing was wrong', notRecovered.length, 0],
    ['runs that were imported and not answered in the end', missing, 0],
    ['files not imported', parts - imports.files, 0],
    ['replicas that did not stop within 10 s, or not with 0', soak.stopped.late, 0],
    ['unexpected lines in the logs', soak.unexpected.length, 0],
  ];
  const isGood = rows.every(([, count]) => count === 0) && growths.every(({ ratio }) => !(ratio > MAX_GROWTH));
  const text = `# The soak

\`npm run soak\` keeps three replicas busy, with Redis, PostgreSQL and an archive of their own, while one thing after the
other goes wrong, and compares each answer with the history that was imported. Everything may fail with \`canRetry: true\` while
a fault lasts and 10 s after it; then every question has to be answered for 6 s. What follows is of a run of ${minutes} minutes on Node.js ${process.version}.

| what | counted | allowed |
|---|---|---|
${rows.map(([what, count, allowed]) => `| ${what} | ${count} | ${allowed} |`).join('\n')}
${growths.map(({ name, before, after, ratio }) => `| memory of ${labels[name]}, second quarter to last | ${before} to ${after} MiB, ${ratio} x | ${MAX_GROWTH} x |`).join('\n')}

| asked | answered | failed, to be retried |
|---|---|---|
${[...outcomes].map(([kind, counts]) => `| ${kind} | ${counts.answered} | ${counts.failed} |`).join('\n')}

Requests in flight at a worker that was killed, which nobody can answer: ${inFlight}. Calls that reached the archive:
${soak.calls}. Files imported: ${imports.files} in ${imports.tries} tries. Replicas stopped by SIGTERM: ${soak.stopped.inTime}.

| fault | times |
|---|---|
${[...made].map(([name, times]) => `| ${name} | ${times} |`).join('\n')}
${soak.unexpected.length === 0 ? '' : `\n${soak.unexpected.slice(0, 10).join('\n')}\n`}`;
  return { text, isGood };
}

const labels = {
  steady: 'the replica that nothing happens to',
  archive: 'the archive',
  workers: 'the process above the workers',
};

/** Of the medians of the second and of the last quarter: in the first one caches fill. */
function toGrowth(samples, name) {
  const quarter = Math.floor(samples.length / 4);
  const toMedian = (part) => Math.round(part.map((sample) => sample[name]).sort((a, b) => a - b)[part.length >> 1]);
  if (quarter === 0) return { before: Number.NaN, after: Number.NaN, ratio: Number.NaN };
  const before = toMedian(samples.slice(quarter, 2 * quarter));
  const after = toMedian(samples.slice(-quarter));
  return { before, after, ratio: Number((after / before).toFixed(2)) };
}
