import type { Rights } from './rights.js';

/** Who asks, once that is known. */
export interface Principal {
  /** The subject of a token, or the name of an API key. Printable ASCII, for the log. */
  readonly subject: string;
  /** The id of the API key that was used; null for a token. */
  readonly keyId: string | null;
  readonly rights: Rights;
}
