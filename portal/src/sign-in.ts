/*
 * Signing in at an identity provider
 *
 * The authorization code flow with PKCE, for public clients (https://www.rfc-editor.org/rfc/rfc7636): the page goes to the
 * provider and comes back with a code, which it turns into a token. Or an API key, where the gateway takes no tokens. What
 * the gateway is shown is kept for this tab alone, and nothing in this page runs but its own files.
 */

import { useEffect, useState } from 'preact/hooks';

/** How the gateway's callers are known, as /portal.json says. */
export type SignIn =
  | { readonly kind: 'key' }
  | {
      readonly kind: 'oidc';
      readonly authorizationEndpoint: string;
      readonly tokenEndpoint: string;
      readonly clientId: string;
      readonly scope: string;
    };

const TOKEN = 'inspector-gateway token';
const FLOW = 'inspector-gateway sign-in';

/** What has to be remembered while the page is at the provider. */
interface Flow {
  readonly state: string;
  readonly verifier: string;
  /** Where the visitor was. */
  readonly href: string;
  readonly redirectUri: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
}

/** The headers by which the gateway knows the visitor. */
export function toCredentials(): Record<string, string> {
  const token = sessionStorage.getItem(TOKEN);
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** Whether the visitor has signed in. */
export function isSignedIn(): boolean {
  return sessionStorage.getItem(TOKEN) !== null;
}

/** The same, for a part of the page that changes by it. */
export function useSignedIn(): boolean {
  const [is, setIs] = useState(isSignedIn);
  useEffect(() => {
    const update = () => setIs(isSignedIn());
    addEventListener('portal:sign-in', update);
    return () => removeEventListener('portal:sign-in', update);
  }, []);
  return is;
}

/** Shows this key or token from now on. */
export function keepToken(token: string): void {
  sessionStorage.setItem(TOKEN, token);
  dispatchEvent(new Event('portal:sign-in'));
}

/** Forgets who the visitor is, and what was answered. */
export function signOut(): void {
  sessionStorage.removeItem(TOKEN);
  location.reload();
}

/** Goes to the provider. Rejects where the browser has no cryptography, as on pages that are neither of this machine nor HTTPS. */
export async function startSignIn(signIn: Extract<SignIn, { kind: 'oidc' }>): Promise<void> {
  if (crypto.subtle === undefined) throw new Error('To sign in, open this page by HTTPS.');
  const verifier = toRandom();
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const { tokenEndpoint, clientId, scope } = signIn;
  const redirectUri = new URL('.', location.href).href;
  const flow: Flow = { state: toRandom(), verifier, href: location.href, redirectUri, tokenEndpoint, clientId };
  sessionStorage.setItem(FLOW, JSON.stringify(flow));
  const url = new URL(signIn.authorizationEndpoint);
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope,
    state: flow.state,
    code_challenge: toBase64Url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url.href);
}

/** Ends what `startSignIn` began, where the page has come back from the provider. The result says what went wrong, or is null. */
export async function finishSignIn(): Promise<string | null> {
  const parameters = new URLSearchParams(location.search);
  const text = sessionStorage.getItem(FLOW);
  // A list of runs has a `state` in its address as well.
  const hasAnswer = parameters.has('state') && (parameters.has('code') || parameters.has('error'));
  if (text === null || !hasAnswer) return null;
  sessionStorage.removeItem(FLOW);
  const { state, verifier, href, redirectUri, tokenEndpoint, clientId } = JSON.parse(text) as Flow;
  history.replaceState(null, '', href);
  const code = parameters.get('code');
  if (parameters.get('state') !== state) return 'The identity provider has answered another question. Sign in again.';
  if (code === null) return parameters.get('error_description') ?? parameters.get('error') ?? 'No code came back.';
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    client_id: clientId,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
  try {
    const response = await fetch(tokenEndpoint, { method: 'POST', body });
    const tokens = (await response.json()) as Record<string, unknown>;
    const token = [tokens.access_token, tokens.id_token].find(isJsonWebToken);
    if (token === undefined) return String(tokens.error_description ?? tokens.error ?? 'No JSON Web Token came back.');
    keepToken(token);
    return null;
  } catch {
    return 'The identity provider cannot be reached from this page.';
  }
}

/** Access tokens of some providers are for nobody else to read. */
function isJsonWebToken(token: unknown): token is string {
  return typeof token === 'string' && token.split('.').length === 3;
}

function toRandom(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/**
 * Follows a link with the visitor's credentials, which a browser would not send, and saves what is there. Where the visitor
 * has not signed in, the link is followed as always.
 */
export async function followSigned(event: MouseEvent): Promise<void> {
  const { href } = event.currentTarget as HTMLAnchorElement;
  if (!isSignedIn()) return;
  event.preventDefault();
  const response = await fetch(href, { headers: toCredentials() });
  if (!response.ok) {
    const body = (await response.json().catch(() => null)) as { errors?: { message: string }[] } | null;
    throw new Error(body?.errors?.[0]?.message ?? `The gateway answered ${response.status}.`);
  }
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'report';
  const url = URL.createObjectURL(await response.blob());
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
