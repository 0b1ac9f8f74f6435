import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { formatDuration } from '../format.js';
import type { Answer, GraphError } from '../graph.js';
import type { ViewAnswer } from '../use-answer.js';
import { announce } from './announcer.js';
import { Problems } from './problem.js';
import { Unknown } from './words.js';

const SLOW_MS = 400;
/** A skeleton as high as most screens: nothing is shown that would be moved by what comes after it. */
const FIRST_LINES = 24;

/** Nothing takes the focus when the page is opened. */
let isFirstView = true;

/**
 * What all views have: a heading, which gets the focus when one comes to the view, and what concerns the whole answer. Until the
 * first answer there is nothing else, so that nothing moves.
 */
export function Frame({
  kind,
  title,
  documentTitle,
  answer,
  children,
}: {
  kind?: string;
  title: ComponentChildren;
  documentTitle: string;
  answer?: ViewAnswer<unknown>;
  children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const isLoading = answer?.isLoading ?? false;
  const problems = answer?.errors.length ?? 0;
  useEffect(() => {
    if (!isFirstView) heading.current?.focus({ preventScroll: true });
    isFirstView = false;
  }, []);
  const hasData = answer?.data != null;
  useEffect(() => {
    // The browser has looked for the address's fragment before it was there.
    if (hasData && location.hash !== '') document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [hasData]);
  useEffect(() => {
    document.title = `${documentTitle} · Inspector Classic history`;
  }, [documentTitle]);
  useEffect(() => {
    if (!isLoading) {
      announce(problems === 0 ? `${documentTitle}: loaded` : `${documentTitle}: loaded, and something failed`);
      return;
    }
    const slow = setTimeout(announce, SLOW_MS, `${documentTitle}: loading`);
    return () => clearTimeout(slow);
  }, [isLoading, problems, documentTitle]);
  return (
    <div class="view" aria-busy={isLoading}>
      <header class="view-heading">
        {kind && <p class="kind">{kind}</p>}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
      </header>
      {answer && <StaleNote answer={answer} />}
      {answer && <Problems errors={answer.errors.filter(({ path }) => path.length === 0)} retry={answer.retry} />}
      {answer?.isLoading && answer.data === null && problems === 0 ? <Skeleton lines={FIRST_LINES} /> : children}
    </div>
  );
}

function StaleNote({ answer: { staleAgeSeconds, retry } }: { answer: ViewAnswer<unknown> }) {
  if (staleAgeSeconds === null) return null;
  return (
    <p class="note stale">
      The upstream does not answer. Shown is what was known {formatDuration(Math.max(1, staleAgeSeconds) * 1000)} ago.{' '}
      <button type="button" onClick={retry}>
        Try again
      </button>
    </p>
  );
}

/** The place of a field in an answer. */
export type Path = readonly (string | number)[];

/** The errors of a field, and of what is below it. */
export function errorsAt({ errors }: Pick<Answer<unknown>, 'errors'>, ...paths: readonly Path[]): GraphError[] {
  return errors.filter((error) =>
    paths.some((path) => error.path.length > 0 && path.every((step, index) => error.path[index] === step)),
  );
}

/**
 * A part of a view: its heading, what failed of it, and what is there. While nothing is, it has `lines` lines of a skeleton, about
 * as high as what is to come.
 */
export function Part({
  title,
  id,
  answer,
  paths,
  isReady,
  lines = 4,
  aside,
  children,
}: {
  title: ComponentChildren;
  id?: string;
  answer: ViewAnswer<unknown>;
  paths: readonly Path[];
  isReady: boolean;
  lines?: number;
  aside?: ComponentChildren;
  children: () => ComponentChildren;
}) {
  const headingId = useId();
  const all = errorsAt(answer, ...paths);
  const errors = withoutMissing(all);
  return (
    <section class="part" id={id} aria-labelledby={headingId}>
      <div class="part-heading">
        <h2 id={headingId} tabIndex={-1}>
          {title}
        </h2>
        {aside}
      </div>
      <Problems errors={errors} retry={answer.retry} />
      {errors.length < all.length && (
        <p class="quiet">Of some of these, details or telemetry were never archived: what is not known is a dash.</p>
      )}
      {isReady ? children() : errors.length === 0 && (answer.isLoading ? <Skeleton lines={lines} /> : <Unknown />)}
    </section>
  );
}

/**
 * Archives know some things by their ARN alone. Of what a view's own thing refers to, or of a row of a list, the rest is unknown
 * then: nothing has failed.
 */
export function withoutMissing(errors: readonly GraphError[]): GraphError[] {
  return errors.filter(({ code, path }) => code !== 'NO_SUCH_ENTITY' || path.length < 3);
}

export function Skeleton({ lines }: { lines: number }) {
  return (
    <div class="skeleton" aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} />
      ))}
    </div>
  );
}
