import type { IncomingMessage } from 'node:http';
import type { Principal } from '../auth/principal.js';
import { mayReadArn } from '../auth/rights.js';
import type { ToPrincipal } from './authentication.js';

/** Who may be given an answer: everybody, all callers who are known, or those alone who may see the same. */
export type Audience = 'everybody' | 'public' | 'private';

/** What caches have to know of who asks. */
export interface Callers {
  toPrincipal: ToPrincipal;
  /** For keys: the same for callers who may see the same. */
  toKey(request: IncomingMessage): string;
  toAudience(request: IncomingMessage): Audience;
  /** Whether the caller may see the run of this ARN. */
  mayRead(request: IncomingMessage, arn: string): boolean;
}

/** By which the answers to different callers are told apart. */
export const CALLER_HEADERS: readonly string[] = ['Authorization', 'X-Api-Key'];

/** Callers who are known by `toPrincipal`. With `arePublic`, caches may give what is for all who may see everything to any. */
export function createCallers(toPrincipal: ToPrincipal, arePublic: boolean): Callers {
  const rightsOf = (request: IncomingMessage) => toPrincipal(request)?.rights ?? null;
  return {
    toPrincipal,
    toKey: (request) => rightsOf(request)?.digest ?? '',
    toAudience(request) {
      const rights = rightsOf(request);
      if (rights === null) return 'everybody';
      return arePublic && rights.isAll ? 'public' : 'private';
    },
    mayRead(request, arn) {
      const rights = rightsOf(request);
      return rights === null || mayReadArn(rights, arn);
    },
  };
}

/** Where everybody may see everything. */
export const everybody: Callers = createCallers((): Principal | null => null, false);
