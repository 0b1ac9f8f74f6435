import { useEffect, useState } from 'preact/hooks';

/** The views, by the last part of their path. */
export const VIEWS = ['', 'runs', 'run', 'findings', 'finding', 'hosts', 'host', 'compare', 'import'] as const;

export type View = (typeof VIEWS)[number];

/** What of the address a view depends on. */
export interface Place {
  readonly view: View;
  readonly query: URLSearchParams;
}

/** Values of a query string; those that are empty or absent are left out. */
export type QueryValues = Readonly<Record<string, string | null | undefined>>;

/** The relative address of a view, which is right under any base path: each view is one level below it. */
export function toHref(view: View, values: QueryValues = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) query.set(name, value);
  return toAddress(view, query);
}

/** The address of the same view with some values changed; null removes one. What is there several times stays so. */
export function toChangedHref({ view, query }: Place, changes: QueryValues, fragment = ''): string {
  const changed = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value) changed.set(name, value);
    else changed.delete(name);
  }
  return toAddress(view, changed) + fragment;
}

function toAddress(view: View, query: URLSearchParams): string {
  const text = query.toString();
  return `./${view}${text === '' ? '' : `?${text}`}`;
}

/** Goes to an address of the portal without loading the page again. */
export function navigate(url: string): void {
  history.pushState(null, '', url);
  dispatchEvent(new Event('portal:navigate'));
}

/** The place of the page's address, which follows links, forms and the browser's history. */
export function usePlace(): Place {
  const [place, setPlace] = useState(readPlace);
  useEffect(() => {
    const update = () => setPlace(readPlace());
    const changes = new AbortController();
    const { signal } = changes;
    addEventListener('popstate', update, { signal });
    addEventListener('portal:navigate', update, { signal });
    document.addEventListener('click', followLink, { signal });
    document.addEventListener('submit', followForm, { signal });
    return () => changes.abort();
  }, []);
  return place;
}

function readPlace(): Place {
  const view = location.pathname.replace(/^.*\//, '');
  return { view: VIEWS.find((known) => known === view) ?? '', query: new URLSearchParams(location.search) };
}

/** Links to views are followed here, unless they are to open elsewhere. */
function followLink(event: MouseEvent): void {
  const link = (event.target as Element).closest('a');
  if (event.defaultPrevented || event.button !== 0 || !link || link.target || link.hasAttribute('download')) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || !isView(link.href)) return;
  const { pathname, search, hash } = new URL(link.href);
  // The browser itself goes to a place on the same page.
  if (hash !== '' && pathname === location.pathname && search === location.search) return;
  event.preventDefault();
  navigate(link.href);
  const target = hash === '' ? null : document.getElementById(hash.slice(1));
  if (target) target.scrollIntoView();
  else scrollTo(0, 0);
}

/** Forms go where the browser would send them, without their empty fields. Those that go nowhere may hold secrets. */
function followForm(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || form.method !== 'get' || !isView(form.action)) return;
  event.preventDefault();
  const url = new URL(form.action);
  url.search = '';
  for (const [name, value] of new FormData(form, event.submitter)) {
    if (typeof value === 'string' && value.trim() !== '') url.searchParams.append(name, value.trim());
  }
  navigate(url.href);
}

function isView(href: string): boolean {
  const base = new URL('.', location.href).href;
  const name = href.startsWith(base) ? (href.slice(base.length).split(/[?#]/)[0] as string) : null;
  return VIEWS.some((view) => view === name);
}
