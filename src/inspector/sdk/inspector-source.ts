import type { AccountRoles } from '../account-roles.js';

/** The SDK requires a region even where the endpoint is given and nothing is signed. */
export const ANY_REGION = 'us-east-1';

/** The Inspector endpoint, or the endpoints of its regions. */
export interface InspectorSource {
  /** The endpoint of a region, one of `inspectorRegions`. */
  endpointFor(region: string): string;
  /** Whether calls are signed with AWS credentials, from the SDK's default chain; those of an archive are not. */
  signed: boolean;
  /** The access key of an archive that verifies signatures; absent where nothing is signed, or by the default chain. */
  credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Whether the endpoint is the archive of this gateway, and known to be one. */
  isEmbedded: boolean;
  /** The regions to list runs from, one after the other; empty where one endpoint holds the runs of all regions. */
  regions: readonly string[];
  /** The roles by which calls for accounts are signed; others are as if there were none. Read again when they change. */
  roles?: { readonly current: AccountRoles } | undefined;
  /** A sentence to add when the endpoint does not accept connections or does not answer, or null. */
  unreachableHint: string | null;
}

/** AWS's own endpoints, given explicitly so that AWS_ENDPOINT_URL does not redirect them. */
export function createAwsSource(regions: readonly string[], roles?: InspectorSource['roles']): InspectorSource {
  return {
    endpointFor: (region) => `https://inspector.${region}.amazonaws.com`,
    signed: true,
    isEmbedded: false,
    regions,
    roles,
    unreachableHint:
      'AWS ended Amazon Inspector Classic on 20 May 2026 and its endpoints no longer accept connections. Runs that' +
      ' were exported before can be served from the archive: start the gateway with INSPECTOR_ENDPOINT=embedded.',
  };
}

/**
 * One endpoint for all regions: an archive, or another server that speaks Inspector Classic's protocol. A user name and password
 * in the URL are the access key by which its calls are signed.
 */
export function createEndpointSource(
  text: string,
  isEmbedded = false,
  roles?: InspectorSource['roles'],
): InspectorSource {
  const source = { signed: false, isEmbedded, regions: [], roles, unreachableHint: null };
  const { username, password } = new URL(text);
  if (username === '') return { ...source, endpointFor: () => text };
  const endpoint = text.replace(/\/\/[^@]*@/, '//');
  const credentials = { accessKeyId: username, secretAccessKey: password };
  return { ...source, endpointFor: () => endpoint, credentials };
}
