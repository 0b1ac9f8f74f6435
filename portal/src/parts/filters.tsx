import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { type Place, toHref, type View } from '../location.js';

/** A form whose fields are in the address. `kept` are values of the address that have no field. */
export function Filters({ place, view, children }: { place: Place; view: View; children: ComponentChildren }) {
  return (
    // A search landmark, which the elements of HTML for it do not give in every browser yet.
    // biome-ignore lint/a11y/useSemanticElements: see above
    <form class="filters" role="search" aria-label="Filter" method="get" action={toHref(view)}>
      {children}
      <div class="filter-buttons">
        <button type="submit">Apply</button>
        {[...place.query.keys()].length > 0 && <a href={toHref(view)}>Clear all</a>}
      </div>
    </form>
  );
}

interface FieldProps {
  readonly place: Place;
  readonly name: string;
  readonly label: string;
}

/** A field of text, or of a day. It has the address's value whenever that changes, and else what was typed. */
export function TextField({ place, name, label, type = 'text' }: FieldProps & { type?: 'text' | 'date' | 'search' }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const value = place.query.get(name) ?? '';
  useEffect(() => {
    (input.current as HTMLInputElement).value = value;
  }, [value]);
  return (
    <div class={toFieldClass(value)}>
      <label for={id}>{label}</label>
      <input ref={input} id={id} name={name} type={type} maxLength={type === 'date' ? undefined : 140} />
    </div>
  );
}

/** On paper, fields without a value are left out. */
function toFieldClass(value: string): string {
  return value === '' ? 'field' : 'field has-value';
}

export type Option = readonly [value: string, label: string];

/** A choice of one value, or of none. What the address has can be chosen whether or not it is among the options. */
export function ChoiceField({
  place,
  name,
  label,
  any,
  options,
}: FieldProps & { any: string; options: readonly Option[] }) {
  const id = useId();
  const select = useRef<HTMLSelectElement>(null);
  const value = place.query.get(name) ?? '';
  const isListed = value === '' || options.some(([option]) => option === value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what can be chosen changes by the options
  useEffect(() => {
    (select.current as HTMLSelectElement).value = value;
  }, [value, options.length]);
  return (
    <div class={toFieldClass(value)}>
      <label for={id}>{label}</label>
      <select ref={select} id={id} name={name}>
        <option value="">{any}</option>
        {!isListed && <option value={value}>{value}</option>}
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** The time between two days of the address, both included, in the reader's time zone; null without either. */
export function toDayRange({ query }: Place): { from: string | null; to: string | null } | null {
  const from = toTime(query.get('from'), 'T00:00');
  const to = toTime(query.get('to'), 'T23:59:59.999');
  return from === null && to === null ? null : { from, to };
}

/** What is no day is left to the gateway, which says so. */
function toTime(day: string | null, time: string): string | null {
  if (!day) return null;
  const date = new Date(`${day}${time}`);
  return Number.isNaN(date.getTime()) ? day : date.toISOString();
}

/** A value of the address that a filter takes as a list of one. */
export function toList({ query }: Place, name: string): string[] | null {
  const values = query.getAll(name).filter((value) => value !== '');
  return values.length === 0 ? null : values;
}

interface Places {
  readonly accounts: readonly { readonly accountId: string }[];
  readonly regions: readonly { readonly region: string }[];
}

/** The accounts and regions of an archive, as fields. */
export function PlaceFields({ place, archive }: { place: Place; archive: Places | null | undefined }) {
  return (
    <>
      <ChoiceField
        place={place}
        name="account"
        label="Account"
        any="All accounts"
        options={(archive?.accounts ?? []).map(({ accountId }) => [accountId, accountId])}
      />
      <ChoiceField
        place={place}
        name="region"
        label="Region"
        any="All regions"
        options={(archive?.regions ?? []).map(({ region }) => [region, region])}
      />
    </>
  );
}
