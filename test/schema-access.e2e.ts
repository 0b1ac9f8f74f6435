import { beforeAll, expect, test } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { createRights } from '../src/auth/rights.js';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';
import { createKeysFile } from './helpers/keys.js';

const { path, keys } = createKeysFile({
  developer: { accounts: ['*'] },
  portal: { accounts: ['*'], schema: false },
});
const DENIED = { code: 'ACCESS_DENIED', errorCode: null, canRetry: false };

let url: string;
beforeAll(async () => {
  const gateway = await startGateway({ AUTH: 'keys', API_KEYS_FILE: path });
  endAfterAll(gateway.kill);
  url = gateway.url;
});

async function ask(key: string, query: string, operationName?: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, operationName }),
  });
  return {
    status: response.status,
    body: (await response.json()) as { data?: unknown; errors?: { extensions: object }[] },
  };
}

test.each([
  ['introspection', getIntrospectionQuery()],
  ['a type', '{ __type(name: "Query") { name } }'],
  ['a type among other fields', '{ archive { revision } any: __type(name: "Query") { name } }'],
  ['a type by a fragment', 'query { ...Any } fragment Any on Query { __schema { queryType { name } } }'],
  ['the schema for a router', '{ _service { sdl } }'],
])('Who may not see the schema is refused %s, before and after somebody who may has asked', async (_what, query) => {
  for (const key of [keys.portal, keys.developer, keys.developer, keys.portal, keys.portal]) {
    const { status, body } = await ask(key, query);
    if (key === keys.developer) expect({ status, errors: body.errors }).toEqual({ status: 200, errors: undefined });
    else {
      expect(status).toBe(403);
      expect(body.data ?? null).toBeNull();
      expect(body.errors).toMatchObject([{ extensions: DENIED }]);
    }
  }
});

test('Who may not see the schema sees everything else, the names of types included', async () => {
  const { body } = await ask(keys.portal, '{ __typename archive { __typename revision } }');
  expect(body).toMatchObject({ data: { __typename: 'Query', archive: { __typename: 'Archive' } } });
});

test('The schema has a path of its own, where the same holds', async () => {
  const get = (key: string) => fetch(`${url}/schema.graphql`, { headers: { 'x-api-key': key } });
  const refused = await get(keys.portal);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: DENIED }] });
  const shown = await get(keys.developer);
  expect(shown.status).toBe(200);
  expect(await shown.text()).toContain('type Query');
});

test('A caller may see the schema whom one of their groups lets, and nobody without a group', () => {
  const entry = { accounts: ['123456789012'], regions: ['*'] };
  const maySee = (...schemas: boolean[]) => createRights(schemas.map((schema) => ({ ...entry, schema }))).maySeeSchema;
  expect([maySee(true), maySee(false), maySee(false, true), maySee()]).toEqual([true, false, true, false]);
});

test('Callers who may see the same accounts, but not both the schema, share no answers', () => {
  const digests = [true, false].map((schema) => createRights([{ accounts: ['*'], regions: ['*'], schema }]).digest);
  expect(new Set(digests).size).toBe(2);
});
