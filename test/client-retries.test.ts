import type { ApolloLink } from '@apollo/client';
import { type RetryOptions, retry } from '@inspector-gateway/client';
import { createRetryLink } from '@inspector-gateway/client/apollo';
import { createRetryFetch } from '@inspector-gateway/client/relay';
import { createRetryExchange } from '@inspector-gateway/client/urql';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Client, createRequest, type ExchangeInput, makeOperation, makeResult, type Operation } from '@urql/core';
import type { FormattedExecutionResult } from 'graphql';
import { type GraphQLResponse, Observable, type RequestParameters } from 'relay-runtime';
import { from } from 'rxjs';
import { filter, fromPromise, makeSubject, map, mergeMap, pipe, subscribe } from 'wonka';

/** An answer with this body. */
type Send = () => Promise<FormattedExecutionResult>;

interface Outcome {
  onResult(result: unknown): void;
  onError(error: unknown): void;
}

type Kind = 'query' | 'mutation';

/** Sends with retries; the result cancels them, where that is possible. */
type Ask = (send: Send, outcome: Outcome, options?: RetryOptions, kind?: Kind) => (() => void) | undefined;

const toApolloOperation = (operationType: string, context = {}) =>
  ({ operationType, getContext: () => context }) as unknown as ApolloLink.Operation;

const ways: [string, Ask][] = [
  [
    'retry',
    (send, { onResult, onError }, options) => {
      retry(send, options).then(onResult, onError);
      return undefined;
    },
  ],
  [
    'createRetryLink',
    (send, { onResult, onError }, options, kind = 'query') => {
      const results = createRetryLink(options).request(toApolloOperation(kind), () => from(send()));
      const subscription = results.subscribe({ next: onResult, error: onError });
      return () => subscription.unsubscribe();
    },
  ],
  [
    'createRetryExchange',
    (send, { onResult, onError }, options, kind = 'query') => {
      const input: ExchangeInput = {
        client: new Client({ url: 'http://localhost', exchanges: [] }),
        dispatchDebug() {},
        forward: (operations) =>
          pipe(
            operations,
            filter(({ kind }) => kind !== 'teardown'),
            mergeMap((operation) =>
              fromPromise(
                send().then(
                  (body) => makeResult(operation, body),
                  (error) => ({ ...makeResult(operation, { data: null }), error }),
                ),
              ),
            ),
          ),
      };
      const context = { url: 'http://localhost', requestPolicy: 'network-only' } as const;
      const operation = makeOperation(kind, createRequest(`${kind} { a }`, {}), context);
      const { source, next } = makeSubject<Operation>();
      pipe(
        createRetryExchange(options)(input)(source),
        subscribe(({ data, error }) => (data || error?.graphQLErrors ? onResult({ data, error }) : onError(error))),
      );
      next(operation);
      return () => next(makeOperation('teardown', operation, context));
    },
  ],
  [
    'createRetryFetch',
    (send, { onResult, onError }, options, operationKind = 'query') => {
      const fetchGraphQL = createRetryFetch(() => send() as Promise<GraphQLResponse>, options);
      const results = Observable.from(fetchGraphQL({ operationKind } as RequestParameters, {}, {}));
      const subscription = results.subscribe({ next: onResult, error: onError });
      return () => subscription.unsubscribe();
    },
  ],
];

test('createRetryExchange begins anew with the operation of a result', async () => {
  const calls: Operation[] = [];
  const results: Operation[] = [];
  const context = { url: 'http://localhost', requestPolicy: 'network-only' } as const;
  const { source, next } = makeSubject<Operation>();
  pipe(
    createRetryExchange()({
      client: new Client({ url: 'http://localhost', exchanges: [] }),
      dispatchDebug() {},
      forward: map((operation) => {
        calls.push(operation);
        return makeResult(operation, outOfOrder);
      }),
    })(source),
    subscribe(({ operation }) => results.push(operation)),
  );
  next(makeOperation('query', createRequest('{ a }', {}), context));
  await jest.runAllTimersAsync();
  expect([calls.length, results.length]).toEqual([3, 1]);

  next(results[0] as Operation);
  await jest.runAllTimersAsync();
  expect([calls.length, results.length]).toEqual([6, 2]);
});

test('createRetryLink waits no longer, and sends nothing, once the signal for fetch is aborted', async () => {
  const aborting = new AbortController();
  const operation = toApolloOperation('query', { fetchOptions: { signal: aborting.signal } });
  let calls = 0;
  const errors: unknown[] = [];
  const send: Send = async () => {
    calls += 1;
    return leftAlone;
  };
  createRetryLink()
    .request(operation, () => from(send()))
    .subscribe({ error: (error) => errors.push(error) });
  await jest.advanceTimersByTimeAsync(0);
  aborting.abort();
  await jest.advanceTimersByTimeAsync(0);
  expect(errors).toEqual([aborting.signal.reason]);
  await jest.runAllTimersAsync();
  expect(calls).toBe(1);
});

const BACKOFF_MS = 250;
const toFailed = (extensions: Record<string, unknown>) => ({ data: null, errors: [{ message: 'No', extensions }] });
const outOfOrder = toFailed({ code: 'SERVICE_UNAVAILABLE', canRetry: true });
const leftAlone = toFailed({ code: 'SERVICE_UNAVAILABLE', canRetry: true, retryAfterMs: 3791 });
const denied = toFailed({ code: 'ACCESS_DENIED', canRetry: false });
const found = { data: { a: 1 } };

beforeEach(() => {
  jest.useFakeTimers();
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
});

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe.each(ways)('%s', (name, ask) => {
  /** Sends to a server with these answers, the last of which is repeated. */
  function start(answers: object[], options?: RetryOptions, kind?: Kind) {
    let calls = 0;
    const results: unknown[] = [];
    const errors: unknown[] = [];
    const send: Send = async () => {
      const answer = answers[Math.min(calls, answers.length - 1)];
      calls += 1;
      if (answer instanceof Error) throw answer;
      return answer as FormattedExecutionResult;
    };
    const outcome = {
      onResult: (result: unknown) => results.push(result),
      onError: (error: unknown) => errors.push(error),
    };
    const callOff = ask(send, outcome, options, kind);
    const advance = async (ms: number) => {
      await jest.advanceTimersByTimeAsync(ms);
      return { calls, settled: results.length + errors.length };
    };
    return { results, errors, callOff, advance };
  }

  test('waits for as long as the gateway says, and a random time', async () => {
    const { advance, results } = start([leftAlone, found]);
    expect(await advance(3791 + BACKOFF_MS - 1)).toEqual({ calls: 1, settled: 0 });
    expect(await advance(1)).toEqual({ calls: 2, settled: 1 });
    expect(results).toEqual([expect.objectContaining(found)]);
  });

  test('waits for a random time that doubles where the gateway does not say', async () => {
    const { advance } = start([outOfOrder]);
    expect(await advance(BACKOFF_MS - 1)).toEqual({ calls: 1, settled: 0 });
    expect(await advance(1)).toEqual({ calls: 2, settled: 0 });
    expect(await advance(2 * BACKOFF_MS - 1)).toEqual({ calls: 2, settled: 0 });
    expect(await advance(1)).toEqual({ calls: 3, settled: 1 });
    expect(await advance(1_000_000)).toEqual({ calls: 3, settled: 1 });
  });

  test('asks as often as it is told', async () => {
    expect(await start([outOfOrder], { attempts: 5 }).advance(1_000_000)).toEqual({ calls: 5, settled: 1 });
    expect(await start([outOfOrder], { attempts: 1 }).advance(1_000_000)).toEqual({ calls: 1, settled: 1 });
  });

  test('gives at once what is of no use to ask again, or would take longer than ten seconds', async () => {
    const tooLate = toFailed({ code: 'RATE_LIMITED', canRetry: true, retryAfterMs: 10_001 });
    for (const answer of [found, denied, tooLate]) {
      expect(await start([answer]).advance(0)).toEqual({ calls: 1, settled: 1 });
    }
  });

  test('asks again when a proxy answers that it cannot for now, and hands on any other failure', async () => {
    const unavailable = Object.assign(new Error('503'), { response: new Response('', { status: 503 }) });
    const { advance, results } = start([unavailable, found]);
    expect(await advance(BACKOFF_MS)).toEqual({ calls: 2, settled: 1 });
    expect(results).toHaveLength(1);

    const lost = new TypeError('fetch failed');
    const failing = start([lost]);
    expect(await failing.advance(0)).toEqual({ calls: 1, settled: 1 });
    expect(failing.errors).toEqual([lost]);
  });

  // A promise cannot be cancelled, and does not tell its operation.
  if (name === 'retry') return;
  test('sends nothing again that may change something, such as a mutation of another subgraph', async () => {
    const { advance, results } = start([outOfOrder, found], {}, 'mutation');
    expect(await advance(1_000_000)).toEqual({ calls: 1, settled: 1 });
    expect(results).toHaveLength(1);
  });

  test('asks no more once nobody waits', async () => {
    const { callOff, advance } = start([outOfOrder]);
    await advance(0);
    callOff?.();
    expect(await advance(1_000_000)).toEqual({ calls: 1, settled: 0 });
  });
});
