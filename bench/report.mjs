// What was measured, as Markdown.
import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { median } from './alternation.mjs';
import { isPinning } from './processes.mjs';

const PACKAGES = [
  '@graphql-hive/gateway-runtime',
  '@graphql-mesh/transport-rest',
  '@apollo/server',
  '@aws-sdk/client-inspector',
  'autocannon',
  'dataloader',
  'fastify',
  'graphql',
  'graphql-http',
  'graphql-yoga',
  'lru-cache',
  'mercurius',
];

/** A table; the first row holds the headings. */
export function toTable([headings, ...rows]) {
  const toLine = (cells) => `| ${cells.join(' | ')} |`;
  return [toLine(headings), toLine(headings.map(() => '---')), ...rows.map(toLine)].join('\n');
}

/** A table of servers measured by turns, with medians and their spread. */
export function toSpeedTable(servers, measurements, base) {
  const rows = servers.map(({ name, label, sameness }) => {
    const { perSecond, cpuUs, busy, p99Ms } = measurements.get(name);
    const ratio = median(perSecond) / median(measurements.get(base).perSecond);
    const cpuRatio = median(measurements.get(base).cpuUs) / median(cpuUs);
    const spread = `${toNumber(Math.min(...perSecond))} to ${toNumber(Math.max(...perSecond))}`;
    return [
      label,
      toNumber(median(perSecond)),
      spread,
      ratio.toFixed(2),
      toNumber(median(cpuUs)),
      cpuRatio.toFixed(2),
      `${Math.round(median(busy) * 100)} %`,
      `${toNumber(median(p99Ms))} ms`,
      sameness,
    ];
  });
  const of = servers.find(({ name }) => name === base).label;
  return toTable([
    ['server', 'req/s', 'spread', `of ${of}`, 'CPU µs a request', `by CPU, of ${of}`, 'its core busy', 'p99', 'answer'],
    ...rows,
  ]);
}

/** A number with as many digits as say something. */
export function toNumber(value) {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** All of it as one document. */
export function toReport(bench, results) {
  const targets = results.flatMap(({ name, targets }) =>
    targets.map(({ asked, toReach, measured, isMet }) => [
      name,
      asked,
      toReach,
      measured,
      isMet === null ? 'not measured' : isMet ? 'met' : '**missed**',
    ]),
  );
  const sections = results.map(({ name, text }) => `## ${name}\n\n${text}`);
  return `# Results

Written by \`npm run bench\`; what is measured and how stands at the top of run.mjs. ${new Date().toISOString().slice(0, 10)}.
${bench.isShort ? '\nA shortened run: not to be quoted.\n' : ''}
${toTable([['load', 'what is asked', 'to reach', 'measured', ''], ...targets])}

A ratio compares the CPU time that the servers take for a request, all their threads together. Each has one core, so this is
how many requests a core can answer; the requests a second stand beside it, and are less where the load generator could not
keep the core busy. Medians of ${bench.rounds} rounds of ${bench.seconds} s, by turns.

${sections.join('\n\n')}

## Machine and versions

${describeMachine()}
`;
}

function describeMachine() {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const version = (root, name) =>
    JSON.parse(readFileSync(new URL(`${root}node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
  const own = Object.keys(dependencies).map((name) => `${name} ${version('../', name)}`);
  const cores = cpus();
  return [
    `- ${cores[0].model.trim()}, ${cores.length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()} ${arch()}`,
    `- Node.js ${process.version}; ${isPinning ? 'the server on core 0, load and upstream on core 1' : 'processes are not pinned: taskset or a second core is missing'}`,
    `- of the bench: ${PACKAGES.map((name) => `${name} ${version('./', name)}`).join(', ')}`,
    `- of the product: ${own.join(', ')}`,
  ].join('\n');
}
