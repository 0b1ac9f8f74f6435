// What is asked of the servers: the documents, and the bodies that carry them.
import { toRunArn } from './runs.mjs';

/** What everything that is asked has beside the rest, where the bench says so. */
export function toCredentials() {
  const authorization = process.env.BENCH_AUTHORIZATION;
  return authorization ? { authorization } : {};
}

const ROWS = 'telemetry { messageType count dataSize }';
const RUN = `query Run($arn: ID!) { assessmentRun(arn: $arn) { ${ROWS} } }`;
/** Queries for several runs: their telemetry alone, and what a portal shows beside it. */
const PAGES = {
  page: `query Page($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { arn ${ROWS} } }`,
  portal: `query Portal($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { arn name state createdAt startedAt completedAt stateChangedAt telemetryTotal { count dataSize } ${ROWS} } }`,
};
const FIRST_ROWS =
  'query FirstRows($arn: ID!, $first: Int) { assessmentRun(arn: $arn) { arn telemetry(first: $first) { messageType count dataSize } } }';

/** A request for one run. */
export function toRunRequest(arn) {
  return { query: RUN, variables: { arn } };
}

/** A request for several runs in one query, which is one of PAGES. */
function toPageRequest(arns, document) {
  return { query: PAGES[document], variables: { arns } };
}

/** A request for the first rows of a run: with more than there are, it differs where its answer does not. */
export function toFirstRowsRequest(arn, first) {
  return { query: FIRST_ROWS, variables: { arn, first } };
}

/** The path and the headers by which a request is asked by GET. */
export function toGet(url, { query, variables }) {
  const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  return {
    path: `${new URL(url).pathname}?${search}`,
    // Without a content type, CSRF prevention asks for a header that a plain link cannot carry.
    headers: { accept: 'application/json', 'apollo-require-preflight': 'true', ...toCredentials() },
  };
}

/** Requests that ask for `count` runs of a set from `from` on, `size` in each; of size 1 they are those for one run. */
export function toPageRequests({ set, from = 0, count, size, document = 'page' }) {
  if (size === 1) return Array.from({ length: count }, (_, i) => toRunRequest(toRunArn(set, from + i)));
  return Array.from({ length: Math.ceil(count / size) }, (_, page) => {
    const length = Math.min(size, count - page * size);
    const arns = Array.from({ length }, (_, i) => toRunArn(set, from + page * size + i));
    return toPageRequest(arns, document);
  });
}

/**
 * A function that makes request after request, as text: `same` gives one again and again, `known` one run drawn from
 * `count`, `rephrased` the same by a text that never comes again, `pages` a set of `size` runs drawn from them, `firstRows`
 * another number of rows each time.
 */
export function createRequestSource({ kind, request, set, count, size, document = 'page', arn, from }) {
  const draw = () => toRunArn(set, Math.floor(Math.random() * count));
  if (kind === 'same') {
    const text = JSON.stringify(request);
    return () => text;
  }
  if (kind === 'known') return () => JSON.stringify(toRunRequest(draw()));
  if (kind === 'rephrased') {
    let traceId = 0;
    return () => {
      traceId += 1;
      return JSON.stringify({ ...toRunRequest(draw()), extensions: { traceId } });
    };
  }
  if (kind === 'pages') {
    return () => {
      const arns = new Set();
      while (arns.size < size) arns.add(draw());
      return JSON.stringify(toPageRequest([...arns], document));
    };
  }
  let first = from;
  return () => {
    first += 1;
    return JSON.stringify(toFirstRowsRequest(arn, first));
  };
}
