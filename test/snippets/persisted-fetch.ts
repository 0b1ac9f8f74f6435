/** Sends the digest of a query in place of its text, and once more with the text where the gateway does not know it yet. */
export async function persistedFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const { query, ...rest } = JSON.parse(String(init?.body));
  const persistedQuery = { version: 1, sha256Hash: await toSha256(query) };
  const send = (body: object) =>
    fetch(url, { ...init, body: JSON.stringify({ ...body, extensions: { persistedQuery } }) });

  const response = await send(rest);
  const isUnknown = (await response.clone().text()).includes('PERSISTED_QUERY_NOT_FOUND');
  return isUnknown ? send({ query, ...rest }) : response;
}

async function toSha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
