/** @jsxImportSource react */
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useState } from 'react';
import { isRetryable, retryAfterMs } from '../../packages/client/src/inspector-error.js';
import {
  type AnswerError,
  describeCacheStatus,
  formatBytes,
  formatDuration,
  formatNumber,
  parseCost,
  readErrors,
} from './answer-facts.js';
import type { Exchange } from './fetcher.js';

/** An answer may have thousands of errors. */
const MAX_SHOWN_ERRORS = 20;

/** Tells of each exchange. */
export type Subscribe = (listener: (exchange: Exchange) => void) => () => void;

/**
 * Shows how the last answer of the open tab came about, and its errors. A request is stopped when its tab is left, so that
 * whatever comes back belongs to the open one.
 */
export function LastAnswer({ subscribe }: { subscribe: Subscribe }) {
  const tabId = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.id ?? '');
  const isFetching = useGraphiQL((state) => state.isFetching);
  const [exchanges, setExchanges] = useState<ReadonlyMap<string, Exchange>>(new Map());
  useEffect(
    () => subscribe((exchange) => setExchanges((earlier) => new Map(earlier).set(tabId, exchange))),
    [subscribe, tabId],
  );
  const exchange = isFetching ? undefined : exchanges.get(tabId);
  const errors = readErrors(exchange?.body);
  return (
    <div className="last-answer">
      {exchange !== undefined && errors.length > 0 && <Errors exchange={exchange} errors={errors} />}
      <div className="answer-facts">
        <p role="status">
          {exchange === undefined ? (
            <span>{isFetching ? 'Asking …' : 'No answer yet.'}</span>
          ) : (
            toFacts(exchange).map((fact) => <span key={fact}>{fact}</span>)
          )}
        </p>
        {exchange !== undefined && <Cost header={exchange.response?.headers.get('x-operation-cost') ?? null} />}
      </div>
    </div>
  );
}

function toFacts({ response, durationMs, bytes, sentBytes }: Exchange): string[] {
  if (response === null) return ['No answer', formatDuration(durationMs)];
  const isCompressed = sentBytes !== null && sentBytes !== bytes;
  return [
    `HTTP ${response.status}`,
    formatDuration(durationMs),
    formatBytes(bytes) + (isCompressed ? `, sent as ${formatBytes(sentBytes)}` : ''),
    describeCacheStatus(response.headers.get('cache-status')),
  ];
}

function Cost({ header }: { header: string | null }) {
  const costs = parseCost(header);
  const [runs, , , fields] = costs;
  if (runs === undefined || fields === undefined) return <p>cost not counted</p>;
  return (
    <details>
      <summary>
        cost {formatNumber(runs.counted)} {runs.counted === 1 ? 'run' : 'runs'}, {formatNumber(fields.counted)} fields
      </summary>
      <table>
        <caption>Counted before the operation is executed</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">asked for</th>
            <th scope="col">allowed</th>
          </tr>
        </thead>
        <tbody>
          {costs.map(({ label, counted, allowed }) => (
            <tr key={label} className={counted > allowed ? 'is-too-much' : undefined}>
              <th scope="row">{label}</th>
              <td>{formatNumber(counted)}</td>
              <td>{formatNumber(allowed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Errors({ exchange, errors }: { exchange: Exchange; errors: readonly AnswerError[] }) {
  const { response, body } = exchange;
  const failure = { errors: (body as { errors?: unknown } | null)?.errors, response };
  const hidden = errors.length - MAX_SHOWN_ERRORS;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also for those who have no mouse
    <section className="answer-errors" aria-label="Errors of the answer" tabIndex={0}>
      {isRetryable(failure) && (
        <RetryButton key={exchange.receivedAt} earliest={exchange.receivedAt + (retryAfterMs(failure) ?? 0)} />
      )}
      {errors.slice(0, MAX_SHOWN_ERRORS).map((error, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: errors have nothing else to be told by, and their list never changes
        <ErrorCard key={at} {...error} />
      ))}
      {hidden > 0 && <p>{formatNumber(hidden)} more errors are in the answer above.</p>}
    </section>
  );
}

function ErrorCard({ message, path, code, canRetry, details }: AnswerError) {
  return (
    <article>
      <h2>
        {code !== null && <code>{code}</code>}
        {path !== null && <span className="error-path">{path}</span>}
        {canRetry !== null && <span>{canRetry ? 'may be retried' : 'retrying does not help'}</span>}
      </h2>
      <p>{message}</p>
      {details.length > 0 && (
        <dl>
          {details.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </article>
  );
}

/** Runs the operation again, no sooner than the gateway asks for; a second click calls that off. */
function RetryButton({ earliest }: { earliest: number }) {
  const { run } = useGraphiQLActions();
  const [isWaiting, setWaiting] = useState(false);
  const [now, setNow] = useState(() => performance.now());
  const remainingMs = Math.max(0, earliest - now);
  useEffect(() => {
    if (!isWaiting) return undefined;
    const timer = window.setInterval(() => {
      setNow(performance.now());
      if (performance.now() < earliest) return;
      window.clearInterval(timer);
      run();
    }, 100);
    return () => window.clearInterval(timer);
  }, [isWaiting, earliest, run]);
  const onClick = () => {
    if (performance.now() >= earliest) return run();
    setNow(performance.now());
    setWaiting(!isWaiting);
  };
  return (
    <button type="button" className="retry" onClick={onClick}>
      {isWaiting ? `Retrying in ${formatNumber(Math.ceil(remainingMs / 1000))} s – call off` : 'Retry'}
    </button>
  );
}
