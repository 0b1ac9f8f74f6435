// The product against itself, without a mechanism or with something more, by turns: in each round each load runs for both.
import { median } from './alternation.mjs';
import { toNumber, toTable } from './report.mjs';

/**
 * Runs loads, which are pairs of a name and a function, for the product as it is and with a `change` of the bench, such as
 * `{ without: 'signal' }`, that `label` names; as Markdown.
 */
export async function compareWithItself(bench, label, change, loads) {
  const rows = [];
  for (const [load, run] of loads) {
    const rounds = [];
    for (let round = 0; round < bench.rounds; round += 1) {
      const sides = {};
      // Each round begins with the other.
      for (const side of round % 2 === 0 ? ['whole', 'changed'] : ['changed', 'whole']) {
        const isChanged = side === 'changed';
        bench.progress(`${load}, round ${round + 1} of ${bench.rounds}, ${isChanged ? label : 'as it is'}`);
        const { figures } = await run({ ...bench, rounds: 1, isProductOnly: true, ...(isChanged && change) });
        sides[side] = figures;
      }
      rounds.push(sides);
    }
    rows.push(...toRows(load, rounds));
  }
  const headings = ['load', 'figure', 'as it is', label, 'ratio', 'of each round'];
  return `${toTable([headings, ...rows])}\n\nMedians of ${bench.rounds} rounds, by turns, on Node.js ${process.version}; the ratio is that within a round.\n`;
}

function toRows(load, rounds) {
  return rounds[0].whole.map(({ name }, place) => {
    const whole = rounds.map((sides) => sides.whole[place].value);
    const changed = rounds.map((sides) => sides.changed[place].value);
    const ratios = changed.map((value, round) => value / whole[round]);
    // There is none of nothing.
    const toText = (ratio) => (Number.isFinite(ratio) ? ratio.toFixed(2) : '-');
    const shown = ratios.map(toText).join(', ');
    return [load, name, toNumber(median(whole)), toNumber(median(changed)), toText(median(ratios)), shown];
  });
}
