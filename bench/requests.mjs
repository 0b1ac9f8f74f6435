// What is asked of the servers: the documents, and the bodies that carry them.
import { toRunArn } from './runs.mjs';

const ROWS = 'telemetry { messageType count dataSize }';
const RUN = `query Run($arn: ID!) { assessmentRun(arn: $arn) { ${ROWS} } }`;
const PAGE = `query Page($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { arn ${ROWS} } }`;
const FIRST_ROWS =
  'query FirstRows($arn: ID!, $first: Int) { assessmentRun(arn: $arn) { arn telemetry(first: $first) { messageType count dataSize } } }';

/** A request for one run. */
export function toRunRequest(arn) {
  return { query: RUN, variables: { arn } };
}

/** A request for several runs in one query. */
export function toPageRequest(arns) {
  return { query: PAGE, variables: { arns } };
}

/** A request for the first rows of a run: with more than there are, it differs where its answer does not. */
export function toFirstRowsRequest(arn, first) {
  return { query: FIRST_ROWS, variables: { arn, first } };
}

/** Requests that ask for `count` runs of a set from `from` on, `size` in each; of size 1 they are those for one run. */
export function toPageRequests({ set, from = 0, count, size }) {
  if (size === 1) return Array.from({ length: count }, (_, i) => toRunRequest(toRunArn(set, from + i)));
  return Array.from({ length: Math.ceil(count / size) }, (_, page) => {
    const length = Math.min(size, count - page * size);
    return toPageRequest(Array.from({ length }, (_, i) => toRunArn(set, from + page * size + i)));
  });
}

/**
 * A function that makes request after request, as text: `same` gives one again and again, `known` one run drawn from
 * `count`, `pages` a set of `size` runs drawn from them, `firstRows` another number of rows each time.
 */
export function createRequestSource({ kind, request, set, count, size, arn, from }) {
  const draw = () => toRunArn(set, Math.floor(Math.random() * count));
  if (kind === 'same') {
    const text = JSON.stringify(request);
    return () => text;
  }
  if (kind === 'known') return () => JSON.stringify(toRunRequest(draw()));
  if (kind === 'pages') {
    return () => {
      const arns = new Set();
      while (arns.size < size) arns.add(draw());
      return JSON.stringify(toPageRequest([...arns]));
    };
  }
  let first = from;
  return () => {
    first += 1;
    return JSON.stringify(toFirstRowsRequest(arn, first));
  };
}
