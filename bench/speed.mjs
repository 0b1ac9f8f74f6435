// Loads that ask servers the same and compare how fast they are.
import { measureByTurns, toMedians } from './alternation.mjs';
import { makeKnown, startFleet } from './fleet.mjs';
import { toSpeedTable } from './report.mjs';

/**
 * Loads servers by turns. `samples` are compared before, `known` is what they get to know, `source` what they are asked.
 * A goal is a number that `measure` takes from the medians of the servers, and what it has to be at least or at most.
 */
export async function compareServers(bench, { name, servers, base, samples, known, source, asked, goals, note }) {
  // Without a mechanism, the product is compared with itself.
  const names = bench.isProductOnly ? servers.filter((server) => server.startsWith('product')) : servers;
  const fleet = await startFleet(bench, names, samples);
  try {
    if (known !== undefined) await makeKnown(bench, fleet.servers, known);
    const measured = await measureByTurns(bench, name, fleet.servers, { toSource: () => source });
    const figures = toFigures(fleet.servers, measured);
    if (bench.isProductOnly) return { figures };
    const of = (server) => toMedians(measured.get(server));
    const text = [toSpeedTable(fleet.servers, measured, base), note].filter(Boolean).join('\n\n');
    return { figures, targets: goals.map((goal) => toTarget(asked, goal, goal.measure(of))), text };
  } finally {
    await fleet.stop();
  }
}

/** The CPU time that the product takes for a request, by how it is asked. */
export function toFigures(servers, measured) {
  const products = servers.filter(({ name }) => name.startsWith('product'));
  return products.map(({ name, label }) => ({
    name: `${label}: CPU µs a request`,
    value: toMedians(measured.get(name)).cpuUs,
  }));
}

function toTarget(asked, { how = '', toReach, atLeast = 0, atMost = Number.POSITIVE_INFINITY }, value) {
  return {
    asked: `${asked}${how}`,
    toReach,
    measured: value.toFixed(2),
    isMet: value >= atLeast && value <= atMost,
  };
}
