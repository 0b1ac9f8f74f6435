import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { startGateway } from './helpers/gateway.js';

let gateway: Awaited<ReturnType<typeof startGateway>>;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.kill());

/** https://github.com/graphql/graphql-http's audits of the GraphQL over HTTP specification, all of them. */
describe('GraphQL over HTTP', () => {
  const audits = serverAudits({
    url: () => `${gateway.url}/graphql`,
    // Apollo's CSRF prevention wants a header that makes browsers ask first.
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...init.headers, 'apollo-require-preflight': 'true' } }),
  });

  test('has 61 audits', () => {
    expect(audits).toHaveLength(61);
  });

  test.each(audits.map((audit) => ({ audit, name: audit.name })))('$name', async ({ audit }) => {
    const result = await audit.fn();
    expect('reason' in result ? result.reason : result.status).toBe('ok');
  });
});
