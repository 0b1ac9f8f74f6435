import { type Exchange, makeOperation, type Operation } from '@urql/core';
import { delay, filter, fromValue, makeSubject, merge, mergeMap, pipe, share, takeUntil } from 'wonka';
import { type RetryOptions, toRetryDelayMs } from './retry.js';

/** A request that waits to be sent again. */
interface Retry {
  readonly operation: Operation;
  readonly delayMs: number;
}

/**
 * Sends a query again when one of its errors says that it may succeed then, as late as the gateway asks for. What the last
 * attempt gives is the result, whatever it is. To stand before fetchExchange.
 */
export function createRetryExchange(options: RetryOptions = {}): Exchange {
  return ({ forward }) =>
    (operations) => {
      const shared = share(operations);
      const { source: retries, next: retryLater } = makeSubject<Retry>();
      const isOver = ({ key }: Operation) =>
        pipe(
          shared,
          filter((other) => other.key === key && (other.kind === 'teardown' || other.kind === 'query')),
        );
      const retried = pipe(
        retries,
        mergeMap(({ operation, delayMs }) => pipe(fromValue(operation), delay(delayMs), takeUntil(isOver(operation)))),
      );
      return pipe(
        forward(merge([shared, retried])),
        filter(({ operation, error }) => {
          const attempt: number = operation.context.attempt ?? 1;
          const delayMs = operation.kind === 'query' ? toRetryDelayMs(error, attempt, options) : undefined;
          if (delayMs === undefined) {
            // Whoever sends the result's operation again begins anew.
            delete operation.context.attempt;
            return true;
          }
          const context = { ...operation.context, attempt: attempt + 1 };
          retryLater({ operation: makeOperation(operation.kind, operation, context), delayMs });
          return false;
        }),
      );
    };
}
