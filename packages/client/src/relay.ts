import { type FetchFunction, type GraphQLResponse, Observable } from 'relay-runtime';
import { type RetryOptions, toRetryDelayMs } from './retry.js';

/**
 * A function for `Network.create` that fetches by the given one, and a query again when one of the errors says that it may
 * succeed then, as late as the gateway asks for. What the last attempt gives is the result, whatever it is.
 */
export function createRetryFetch(fetchFunction: FetchFunction, options: RetryOptions = {}): FetchFunction {
  return (...args) => {
    if (args[0].operationKind !== 'query') return fetchFunction(...args);
    const send = (attempt: number): Observable<GraphQLResponse> =>
      Observable.from(fetchFunction(...args))
        .map((response) => ({ failure: response as unknown, outcome: Observable.from(response) }))
        .catch((error) => Observable.from({ failure: error, outcome: fail(error) }))
        .mergeMap(({ failure, outcome }) => {
          const delayMs = toRetryDelayMs(failure, attempt, options);
          return delayMs === undefined ? outcome : wait(delayMs).mergeMap(() => send(attempt + 1));
        });
    return send(1);
  };
}

function wait(ms: number): Observable<void> {
  return Observable.create((sink) => {
    const timer = setTimeout(() => {
      sink.next();
      sink.complete();
    }, ms);
    return () => clearTimeout(timer);
  });
}

function fail(error: Error): Observable<GraphQLResponse> {
  return Observable.create((sink) => sink.error(error));
}
