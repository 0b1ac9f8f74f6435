/** The Inspector endpoint, or the endpoints of its regions. */
export interface InspectorSource {
  /** Where a region's calls go; only regions of `inspectorRegions` are ever asked for. */
  endpointFor(region: string): string;
  /** Whether calls carry AWS credentials, taken from the SDK's default chain; an archive is asked without. */
  signed: boolean;
  /** The regions to list runs from, one after the other; empty where one endpoint holds the runs of all regions. */
  regions: readonly string[];
  /** A sentence to add when the endpoint does not accept connections or does not answer, or null. */
  unreachableHint: string | null;
}

/** AWS's own endpoints. They are given explicitly, so that no AWS_ENDPOINT_URL of the environment redirects them. */
export function createAwsSource(regions: readonly string[]): InspectorSource {
  return {
    endpointFor: (region) => `https://inspector.${region}.amazonaws.com`,
    signed: true,
    regions,
    unreachableHint:
      'AWS ended Amazon Inspector Classic on 20 May 2026 and its endpoints no longer accept connections. Runs that' +
      ' were exported before can be served from the archive: start the gateway with INSPECTOR_ENDPOINT=embedded.',
  };
}

/** One endpoint for all regions: an archive, or whatever else speaks Inspector Classic's protocol. */
export function createEndpointSource(url: string): InspectorSource {
  return { endpointFor: () => url, signed: false, regions: [], unreachableHint: null };
}
