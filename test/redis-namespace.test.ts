import { expect, test } from '@jest/globals';
import { parseConfig } from '../src/config.js';
import { inspectorRegions } from '../src/domain/arn.js';
import { toNamespace } from '../src/graph-service.js';

const namespaceOf = (environment: Record<string, string>) =>
  toNamespace(
    parseConfig({ INSPECTOR_ENDPOINT: 'aws', INSPECTOR_REGIONS: 'us-west-2', ...environment }, inspectorRegions),
  );

const key = (id: string) => ({ AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: 'secret' });

test('Gateways with different AWS identities share nothing', () => {
  const identities: Record<string, string>[] = [
    {},
    key('AKIAONE'),
    key('AKIATWO'),
    { AWS_PROFILE: 'one' },
    { AWS_PROFILE: 'two' },
    { ...key('AKIAONE'), AWS_PROFILE: 'one', AWS_CONFIG_FILE: '/other/config' },
    { AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/one', AWS_WEB_IDENTITY_TOKEN_FILE: '/token' },
    { AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/two', AWS_WEB_IDENTITY_TOKEN_FILE: '/token' },
    { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/one' },
    { INSPECTOR_ENDPOINT: 'embedded' },
  ];
  const namespaces = identities.map(namespaceOf);
  expect(new Set(namespaces).size).toBe(identities.length);
  expect(namespaces.join()).not.toMatch(/AKIA|secret|123456789012/);
});

test('Gateways with the same access key share what they read, also with other homes', () => {
  expect(namespaceOf({ ...key('AKIAONE'), HOME: '/elsewhere' })).toBe(namespaceOf(key('AKIAONE')));
});
