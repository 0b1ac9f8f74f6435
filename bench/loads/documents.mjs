import { sendRequests, startProduct } from '../fleet.mjs';
import { readRssMiB } from '../processes.mjs';
import { toNumber, toTable } from '../report.mjs';
import { toRunArn } from '../runs.mjs';

const DOCUMENTS = 6000;
const STEPS = 6;
const FIELDS = 100;

/** Very many distinct documents through one process: its memory must not grow with them. */
export async function documents(bench) {
  // Nothing else is to be kept of what is asked.
  const product = await startProduct(bench, { CACHE_MAX_RESPONSE_BYTES: '0' });
  try {
    await bench.upstream.behave({});
    const rssMiB = [];
    for (let step = 0; step < STEPS; step += 1) {
      const count = DOCUMENTS / STEPS;
      const requests = Array.from({ length: count }, (_, i) => toDocumentRequest(step * count + i));
      await sendRequests({ url: product.url, connections: 4, requests });
      rssMiB.push(readRssMiB(product.pid));
      bench.progress(`documents: ${(step + 1) * count} documents, ${toNumber(rssMiB.at(-1))} MiB`);
    }
    const [first, last] = [rssMiB[0], rssMiB.at(-1)];
    const ratio = last / first;
    return {
      figures: [{ name: 'MiB of RSS at the end', value: last }],
      targets: [
        {
          asked: `${DOCUMENTS.toLocaleString('en')} distinct documents of ${FIELDS} fields through one process`,
          toReach: `RSS at the end at most 1.2 x RSS after the first ${(DOCUMENTS / STEPS).toLocaleString('en')}`,
          measured: `${ratio.toFixed(2)} x (${toNumber(last)} of ${toNumber(first)} MiB)`,
          isMet: Number.isNaN(ratio) ? null : ratio <= 1.2,
        },
      ],
      text: toTable([
        ['documents so far', 'RSS'],
        ...rssMiB.map((mib, step) => [((step + 1) * DOCUMENTS) / STEPS, `${toNumber(mib)} MiB`]),
      ]),
    };
  } finally {
    await product.stop();
  }
}

/** A request by a document that is sent once. */
function toDocumentRequest(number) {
  const fields = Array.from({ length: FIELDS }, (_, i) => `f${number}_${i}: __typename`).join(' ');
  const query = `query D${number}($arn: ID!) { assessmentRun(arn: $arn) { ${fields} } }`;
  return { query, variables: { arn: toRunArn('d', 1) } };
}
