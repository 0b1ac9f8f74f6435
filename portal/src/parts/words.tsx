import type { ComponentChildren } from 'preact';
import { toShortId } from '../arn.js';
import { formatBytes, formatNumber, formatTime, toWords } from '../format.js';
import type { AssessmentRunState, Severity } from '../gql/graphql.js';

/** Severities, the gravest first. */
export const SEVERITIES: readonly Severity[] = ['High', 'Medium', 'Low', 'Informational', 'Undefined'];

/** What a run's state says of its outcome. */
export type Outcome = 'completed' | 'with-errors' | 'failed' | 'canceled' | 'going-on';

export function toOutcome(state: string | null | undefined): Outcome {
  if (state === 'COMPLETED') return 'completed';
  if (state === 'COMPLETED_WITH_ERRORS') return 'with-errors';
  if (state === 'FAILED' || state === 'ERROR') return 'failed';
  return state === 'CANCELED' ? 'canceled' : 'going-on';
}

/** What nobody told. */
export function Unknown() {
  return (
    <span class="unknown">
      <span aria-hidden="true">–</span>
      <span class="visually-hidden">not known</span>
    </span>
  );
}

/** A text from outside, whose direction does not touch what is around it. */
export function Text({ value }: { value: string | null | undefined }) {
  return value ? <bdi>{value}</bdi> : <Unknown />;
}

/** A name from outside of at most a few lines, or the end of its ARN. */
export function Name({ name, arn }: { name: string | null | undefined; arn: string }) {
  return <bdi class="name">{name || toShortId(arn)}</bdi>;
}

export function State({ state }: { state: AssessmentRunState | null | undefined }) {
  if (!state) return <Unknown />;
  return <span class={`state ${toOutcome(state)}`}>{toWords(state)}</span>;
}

export function SeverityBadge({ severity }: { severity: Severity | null | undefined }) {
  if (!severity) return <Unknown />;
  return <span class={`severity ${severity.toLowerCase()}`}>{severity}</span>;
}

/** How many findings there are of each severity that has any. */
export function SeverityCounts({
  counts,
}: {
  counts: readonly { readonly severity: Severity | null; readonly count: number | null }[] | null | undefined;
}) {
  if (!counts) return <Unknown />;
  const some = counts.filter(({ count }) => count !== 0);
  if (some.length === 0) return <span class="quiet">none</span>;
  return (
    <span class="severity-counts">
      {some.map(({ severity, count }, index) => (
        <span key={index} class={`severity ${(severity ?? 'Undefined').toLowerCase()}`}>
          {count === null ? '?' : formatNumber(count)} {severity ?? 'unknown'}
        </span>
      ))}
    </span>
  );
}

export function Time({ value }: { value: string | null | undefined }) {
  return value ? <time dateTime={value}>{formatTime(value)}</time> : <Unknown />;
}

export function Bytes({ value }: { value: number | null | undefined }) {
  return value == null ? <Unknown /> : <span title={`${formatNumber(value)} bytes`}>{formatBytes(value)}</span>;
}

/** How many messages, and how large they are together. */
export function Amount({
  value,
}: {
  value: { readonly count: number; readonly dataSize: number | null } | null | undefined;
}) {
  if (!value) return <Unknown />;
  return (
    <>
      {formatNumber(value.count)}
      {value.dataSize !== null && (
        <span class="quiet">
          {' · '}
          <Bytes value={value.dataSize} />
        </span>
      )}
    </>
  );
}

/** Names with their values. */
export function Facts({ facts }: { facts: Readonly<Record<string, ComponentChildren>> }) {
  return (
    <dl class="facts-list">
      {Object.entries(facts).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Keys with values, as tags and attributes have them. */
export function Pairs({
  pairs,
}: {
  pairs: readonly { readonly key: string | null; readonly value: string | null }[] | null | undefined;
}) {
  if (!pairs) return <Unknown />;
  if (pairs.length === 0) return <span class="quiet">none</span>;
  return (
    <ul class="pairs">
      {pairs.map(({ key, value }, index) => (
        <li key={index}>
          <bdi>{key}</bdi>
          {value !== null && (
            <>
              {' = '}
              <bdi>{value}</bdi>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
