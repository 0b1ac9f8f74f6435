import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import type { AccountRole } from '../account-roles.js';
import { type InspectorFailure, toAssumeRoleFailure } from '../inspector-failure.js';

/** As in CloudTrail. */
const SESSION_NAME = 'inspector-gateway';

/** The SDK asks for new credentials this long before they expire. */
const REFRESH_MS = 300_000;

/** How long STS is not asked again after it has refused, or while there are credentials that have not expired. */
const RETRY_MS = 5000;

/** How STS is called. */
export interface StsOptions {
  region: string;
  connectTimeoutMs: number;
  deadlineMs: number;
  httpAgent: HttpAgent;
  httpsAgent: HttpsAgent;
}

/**
 * Credentials of a role, by AssumeRole with the SDK's default credentials, each time before they expire. Concurrent calls
 * wait for one. Rejects with an InspectorFailure; those that are there are given until they expire.
 */
export function createRoleCredentials(role: AccountRole, options: StsOptions): AwsCredentialIdentityProvider {
  const { account, roleArn, externalId } = role;
  const { region, connectTimeoutMs, deadlineMs, httpAgent, httpsAgent } = options;
  let assumeRole: AwsCredentialIdentityProvider | undefined;
  let assuming: Promise<AwsCredentialIdentity> | undefined;
  let current: AwsCredentialIdentity | undefined;
  let refusal: InspectorFailure | undefined;
  /** By performance.now(). */
  let retryAtMs = 0;

  const remainingMs = () =>
    current === undefined ? 0 : (current.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - Date.now();

  async function assume(): Promise<AwsCredentialIdentity> {
    // Loaded when it is needed: it has clients of further services.
    const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
    assumeRole ??= fromTemporaryCredentials({
      params: { RoleArn: roleArn, RoleSessionName: SESSION_NAME, ...(externalId && { ExternalId: externalId }) },
      clientConfig: {
        region,
        // The calls that need them are tried again.
        maxAttempts: 1,
        requestHandler: { connectionTimeout: connectTimeoutMs, requestTimeout: deadlineMs, httpAgent, httpsAgent },
      },
    });
    return assumeRole();
  }

  return async () => {
    if (current !== undefined && remainingMs() > REFRESH_MS) return current;
    if (performance.now() < retryAtMs) {
      if (current !== undefined && remainingMs() > 0) return current;
      if (refusal !== undefined) throw refusal;
    }
    assuming ??= assume().finally(() => {
      assuming = undefined;
    });
    try {
      current = await assuming;
      refusal = undefined;
      return current;
    } catch (thrown) {
      const failure = toAssumeRoleFailure(thrown, account);
      refusal = failure.canRetry ? undefined : failure;
      retryAtMs = performance.now() + RETRY_MS;
      if (current !== undefined && remainingMs() > 0) return current;
      throw failure;
    }
  };
}
