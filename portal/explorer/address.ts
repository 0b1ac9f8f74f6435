/*
 * The page's address holds the query and the variables of the tab that is open, so that both can be shared and survive a reload.
 *
 * They stand in the fragment, which browsers send to no server: they are in no access log and no Referer, and their length
 * does not matter to proxies. `?query=…&variables=…`, as other explorers write it, is read as well. Request headers are in
 * neither, since they hold credentials. Nothing runs by itself: whoever opens a link reads it first.
 */

/** What an address asks for. */
export interface AddressedQuery {
  readonly query: string;
  /** The text of the variables; empty for none. */
  readonly variables: string;
}

/** Longer ones are left out: mail and chat programs cut such addresses, and half a query is another one. */
const MAX_LENGTH = 32_768;

/** Safari takes 100 changes of the address in 30 s. */
const WRITE_DELAY_MS = 400;

/** Reads an address; null for one without a query. */
export function readAddress({ hash, search }: Pick<Location, 'hash' | 'search'>): AddressedQuery | null {
  for (const text of [hash.slice(1), search]) {
    const parameters = new URLSearchParams(text);
    const query = parameters.get('query');
    if (query !== null) return { query, variables: parameters.get('variables') ?? '' };
  }
  return null;
}

/** The fragment for a tab; empty where there is nothing to share, or too much. */
export function toFragment({ query, variables }: AddressedQuery): string {
  if (query.trim() === '') return '';
  const fragment = `#${new URLSearchParams({ query, ...(variables.trim() !== '' && { variables }) })}`;
  return fragment.length > MAX_LENGTH ? '' : fragment;
}

/** Keeps the address up to date: the entry of the history is replaced, a moment after the last change. */
export function createAddressWriter() {
  let timer: number | undefined;
  return (asked: AddressedQuery): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      const fragment = toFragment(asked);
      if (fragment !== location.hash) history.replaceState(null, '', location.pathname + fragment);
    }, WRITE_DELAY_MS);
  };
}
