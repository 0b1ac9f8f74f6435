import { useEffect, useRef, useState } from 'preact/hooks';
import type { TypedDocumentString } from './gql/graphql.js';
import { type Answer, ask } from './graph.js';

/** A view's answer, as far as it is there. */
export interface ViewAnswer<Data> extends Answer<Data> {
  /** The first answer, or that of other variables, is on its way: `data` is of the ones before, or null. */
  readonly isLoading: boolean;
  /** Asks again. What is shown stays until then. */
  retry(): void;
}

/** Answers of this visit, by what was asked, so that going back shows at once what was there. It is asked anew all the same. */
const kept = new Map<string, Answer<unknown>>();
const MAX_KEPT = 30;

/** Whether the upstream is an archive, for all that is known: until it says that it is not. */
let isArchive = true;

/** Asks for a view's document whenever its variables change. */
export function useAnswer<Data, Variables extends object>(
  document: TypedDocumentString<Data, Variables>,
  variables: Omit<Variables, `with${string}`>,
  sections: readonly string[] = [],
): ViewAnswer<Data> {
  const key = `${document.__meta__?.hash} ${JSON.stringify(variables)}`;
  const [shown, setShown] = useState<{ key: string; answer: Answer<Data> }>();
  const [attempt, setAttempt] = useState(0);
  const previousAttempt = useRef(attempt);
  const [isRetrying, setRetrying] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all that the answer depends on
  useEffect(() => {
    const loading = new AbortController();
    const isRetry = previousAttempt.current !== attempt;
    previousAttempt.current = attempt;
    setRetrying(isRetry);
    // A retry asks the gateway, whatever the browser has.
    const options: RequestInit = { signal: loading.signal, ...(isRetry && { cache: 'no-cache' }) };
    ask(document, variables, sections, options).then(
      (answer) => {
        if (loading.signal.aborted) return;
        if (answer.errors.some(({ code }) => code === 'NOT_SUPPORTED_BY_UPSTREAM')) isArchive = false;
        keep(key, answer);
        setShown({ key, answer });
        setRetrying(false);
      },
      (error) => {
        if (!loading.signal.aborted) throw error;
      },
    );
    return () => loading.abort();
  }, [key, attempt]);

  const retry = () => setAttempt((attempts) => attempts + 1);
  const known = shown?.key === key ? shown.answer : (kept.get(key) as Answer<Data> | undefined);
  if (known !== undefined) return { ...known, isLoading: isRetrying, retry };
  return { data: shown?.answer.data ?? null, errors: [], staleAgeSeconds: null, isLoading: true, retry };
}

/** Whether the upstream can be asked what only an archive answers. False once it has refused. */
export function isUpstreamArchive(): boolean {
  return isArchive;
}

function keep(key: string, answer: Answer<unknown>): void {
  kept.delete(key);
  if (answer.errors.length > 0) return;
  kept.set(key, answer);
  if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value as string);
}
