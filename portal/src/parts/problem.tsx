import { useEffect, useState } from 'preact/hooks';
import { formatNumber } from '../format.js';
import type { GraphError } from '../graph.js';
import { focusHeading } from './focus.js';
import { SignInPart } from './sign-in.js';

/** More than that say nothing new. */
const MAX_SHOWN = 3;

/** What the codes mean, in plain words; the message says the rest. */
const TITLES: Readonly<Record<string, string>> = {
  NO_SUCH_ENTITY: 'This does not exist',
  INVALID_INPUT: 'A value is not valid',
  ACCESS_DENIED: 'This may not be read',
  INTERNAL_EXCEPTION: 'Inspector failed inside',
  SERVICE_UNAVAILABLE: 'Inspector is out of order or out of reach',
  LIMIT_EXCEEDED: 'A quota of the AWS account is used up',
  THROTTLED: 'Inspector asks for fewer requests',
  TIMEOUT: 'Inspector did not answer in time',
  BAD_UPSTREAM_RESPONSE: 'Inspector answered with something that cannot be read',
  OPERATION_TOO_COSTLY: 'This is more than the gateway answers at once',
  RATE_LIMITED: 'You have asked for a lot in a short time',
  UNAUTHENTICATED: 'The gateway wants to know who you are',
  BAD_USER_INPUT: 'This cannot be asked like that',
  INTERNAL_SERVER_ERROR: 'The gateway failed inside',
  NETWORK: 'The gateway cannot be reached',
  PAGE_OUTDATED: 'The gateway has changed since this page was opened',
};

/** What failed, each kind once. */
export function Problems({ errors, retry }: { errors: readonly GraphError[]; retry: () => void }) {
  const kinds = new Map<string, GraphError[]>();
  for (const error of errors) {
    const kind = `${error.code} ${error.errorCode} ${error.message}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), error]);
  }
  const all = [...kinds];
  if (all.length === 0) return null;
  if (errors.every(({ code }) => code === 'NOT_SUPPORTED_BY_UPSTREAM')) return <NotSupported />;
  return (
    <div class="problems">
      {all.slice(0, MAX_SHOWN).map(([kind, same]) => (
        <Problem key={kind} error={same[0] as GraphError} times={same.length} />
      ))}
      {all.length > MAX_SHOWN && <p>And {formatNumber(all.length - MAX_SHOWN)} more.</p>}
      {errors.some(({ code }) => code === 'UNAUTHENTICATED') && <SignInPart retry={retry} />}
      {errors.some(({ canRetry }) => canRetry) && (
        <RetryButton
          waitMs={Math.max(...errors.map(({ retryAfterMs }) => retryAfterMs))}
          errors={errors}
          retry={retry}
        />
      )}
    </div>
  );
}

function NotSupported() {
  return (
    <p class="note">
      Only an archive can answer this. This gateway asks something else, which lists and describes runs, but does not
      count, search or compare them.
    </p>
  );
}

function Problem({ error, times }: { error: GraphError; times: number }) {
  const { code, errorCode, message, requestId } = error;
  return (
    <div class="problem">
      <p class="problem-title">
        <strong>{TITLES[code] ?? 'This could not be read'}</strong>
        {times > 1 && ` (in ${formatNumber(times)} places)`}
      </p>
      <p>
        <bdi>{message}</bdi>
      </p>
      <p class="facts">
        <code>{code}</code>
        {errorCode !== null && (
          <>
            {' '}
            · <code>{errorCode}</code>
          </>
        )}
        {requestId !== null && (
          <>
            {' '}
            · request <code>{requestId}</code>
          </>
        )}
      </p>
    </div>
  );
}

/** A button that can be used once the gateway expects that asking again makes sense. */
function RetryButton({ waitMs, errors, retry }: { waitMs: number; errors: readonly GraphError[]; retry: () => void }) {
  const seconds = useCountdown(waitMs, errors[0]);
  const tryAgain = (event: Event) => {
    // The button goes with what failed; the focus stays where that was.
    focusHeading(event.currentTarget as Element);
    retry();
  };
  return (
    <button type="button" onClick={tryAgain} disabled={seconds > 0}>
      {seconds > 0 ? `Try again in ${formatNumber(seconds)} s` : 'Try again'}
    </button>
  );
}

/** The whole seconds that are left of a time that begins anew with each failure. */
function useCountdown(ms: number, failure: GraphError | undefined): number {
  const [left, setLeft] = useState(Math.ceil(ms / 1000));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another failure begins another countdown
  useEffect(() => {
    const end = Date.now() + ms;
    const update = () => {
      const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      setLeft(seconds);
      if (seconds === 0) clearInterval(ticking);
    };
    const ticking = setInterval(update, 250);
    update();
    return () => clearInterval(ticking);
  }, [ms, failure]);
  return left;
}
