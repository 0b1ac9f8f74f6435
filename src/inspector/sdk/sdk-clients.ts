import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { InspectorClient, type InspectorClientConfig } from '@aws-sdk/client-inspector';
import type { AbortSignal as CallSignal, Handler, HttpHandlerOptions, HttpRequest, HttpResponse } from '@smithy/types';
import { SCOPE_HEADER, type Scope } from '../../domain/scope.js';
import { getTracing } from '../../tracing.js';
import type { AccountRole } from '../account-roles.js';
import { ARCHIVE_API_VERSION } from '../archive-api.js';
import { ANY_REGION, type InspectorSource } from './inspector-source.js';
import { collectResponseBody, parseResponseBody } from './response-body.js';
import { createRoleCredentials } from './role-credentials.js';

/** A command class of the SDK with this input. */
export type CommandClass<Input extends object> = new (
  input: Input,
) => {
  resolveMiddleware(
    stack: InspectorClient['middlewareStack'],
    config: InspectorClient['config'],
    options: HttpHandlerOptions,
  ): Handler<Input, object>;
};

/** The JSON of a successful response, unchecked: its members may be absent or have other types than the API promises. */
export interface UncheckedOutput {
  readonly [member: string]: unknown;
  readonly $metadata: { readonly requestId: string | undefined };
}

/** Sends commands by the SDK, until their signal is aborted. */
export interface InspectorSender {
  /** With a `scope`, an archive answers as if it had nothing else. */
  send<Input extends object>(
    Command: CommandClass<Input>,
    input: Input,
    signal: CallSignal,
    scope?: Scope | undefined,
  ): Promise<UncheckedOutput>;
}

/** A sender that sends all with this scope. */
export function withScope(sender: InspectorSender, scope: Scope | undefined): InspectorSender {
  if (scope === undefined) return sender;
  return { send: (Command, input, signal) => sender.send(Command, input, signal, scope) };
}

/** The header by which an archive tells the version of its own operations, with every response (docs/archive-api.md). */
const ARCHIVE_HEADER = 'x-inspector-archive';

/**
 * Creates the SDK's client for a region, and for an account that has a role, when it is first used. Each `send` is one attempt.
 * The clients share the agents that keep connections alive; `close` ends idle connections. `onArchiveSeen` is called for each
 * response of an archive.
 */
export function createClients(
  source: InspectorSource,
  limits: { connectTimeoutMs: number; deadlineMs: number },
  onArchiveSeen: () => void,
) {
  const clients = new Map<string, InspectorSender>();
  // Without a socket limit: calls wait in the limiter alone, since waiting here would count against the connect timeout.
  const httpAgent = new HttpAgent({ keepAlive: true });
  const httpsAgent = new HttpsAgent({ keepAlive: true });
  const shared: InspectorClientConfig = {
    // Retries are ours: between two attempts a call releases its slot, which the SDK cannot do.
    retryStrategy: { retry: (next, args) => next(args) },
    maxAttempts: 1,
    streamCollector: collectResponseBody,
    requestHandler: { connectionTimeout: limits.connectTimeoutMs, httpAgent, httpsAgent },
    // With an explicit endpoint either of these, if set in the environment, would fail every call.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
  };
  const { credentials } = source;
  const authentication = source.signed ? {} : credentials === undefined ? unsigned : { credentials };

  const senders = new Map<string, { role: AccountRole; sender: InspectorSender }>();
  const sessions = new Map<string, { role: AccountRole; credentials: ReturnType<typeof createRoleCredentials> }>();

  /** The credentials of a role, which its clients share. */
  function credentialsOf(role: AccountRole): ReturnType<typeof createRoleCredentials> {
    const kept = sessions.get(role.account);
    if (kept !== undefined && isSameRole(kept.role, role)) return kept.credentials;
    const isOfPartition = (region: string) =>
      region.startsWith('us-gov-') === role.roleArn.startsWith('arn:aws-us-gov:');
    const stsRegion = [...source.regions, ANY_REGION, 'us-gov-west-1'].find(isOfPartition) as string;
    const created = createRoleCredentials(role, { ...limits, region: stsRegion, httpAgent, httpsAgent });
    sessions.set(role.account, { role, credentials: created });
    return created;
  }

  function clientOf(role: AccountRole, region: string): InspectorSender {
    const endpoint = source.endpointFor(region);
    const key = `${role.account} ${region}`;
    const kept = senders.get(key);
    if (kept !== undefined && isSameRole(kept.role, role)) return kept.sender;
    const client = new InspectorClient({ ...shared, credentials: credentialsOf(role), region, endpoint });
    const url = new URL(endpoint);
    client.config.endpointProvider = () => ({ url });
    const sender = createSender(client, onArchiveSeen);
    senders.set(key, { role, sender });
    return sender;
  }

  /**
   * `isRegional` asks for the data of this region alone, also where the endpoint has several. The calls for an `account` with a
   * role are signed by that.
   */
  function clientFor(region: string, account: string | null = null, isRegional = false): InspectorSender {
    const role = account === null ? undefined : source.roles?.current.get(account);
    if (role !== undefined) return clientOf(role, region);
    const endpoint = source.endpointFor(region);
    const isRegionFiltered = isRegional && !source.signed;
    const key = isRegionFiltered ? `${region} ${endpoint}` : endpoint;
    let sender = clients.get(key);
    if (sender === undefined) {
      const client = new InspectorClient({
        ...shared,
        ...(isRegionFiltered && credentials === undefined ? regionFilter : authentication),
        region: credentials !== undefined && !isRegionFiltered ? ALL_REGIONS : region,
        endpoint,
      });
      // Without its endpoint rules, which would run for each call to find the one endpoint.
      const url = new URL(endpoint);
      client.config.endpointProvider = () => ({ url });
      if (source.signed) client.config.credentials = nameFailure(client.config.credentials);
      sender = createSender(client, onArchiveSeen);
      clients.set(key, sender);
    }
    return sender;
  }
  return Object.assign(clientFor, {
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  });
}

function isSameRole(one: AccountRole, other: AccountRole): boolean {
  return one.roleArn === other.roleArn && one.externalId === other.externalId;
}

/**
 * Resolves the SDK's middleware stack once for each command class: InspectorClient.send does so for each command, which is a
 * third of what a call costs. The stack binds the options of a call, so the signal travels with the input to the first
 * middleware after the signature, which makes the call, and so does the scope.
 *
 * That middleware also reads successful responses, in place of the SDK's deserializer. The deserializer rejects a whole
 * Describe response for one odd number in it, takes ISO text for a year in seconds, and drops nulls from lists;
 * upstream-response.ts checks each item by itself. The SDK reads failures.
 */
function createSender({ middlewareStack, config }: InspectorClient, onArchiveSeen: () => void): InspectorSender {
  const handlers = new Map<unknown, Handler<never, object>>();
  middlewareStack.add(
    (next) => (args) => {
      const { request, scope } = args as typeof args & { request: HttpRequest; scope?: Scope };
      if (scope !== undefined) request.headers[SCOPE_HEADER] = JSON.stringify(scope);
      return next(args);
    },
    // Before the signature.
    { name: 'setScope', step: 'build' },
  );
  const tracing = getTracing();
  if (tracing !== null) {
    middlewareStack.add(
      (next) => (args) => {
        tracing.inject((args.request as HttpRequest).headers);
        return next(args);
      },
      // After the signature: proxies may change these headers (https://www.w3.org/TR/trace-context/).
      { name: 'setTraceParent', step: 'finalizeRequest', priority: 'low' },
    );
  }
  middlewareStack.add(
    (next) => async (args) => {
      const { request, signal } = args as typeof args & { request: HttpRequest; signal: CallSignal };
      const { response } = await config.requestHandler.handle(request, { abortSignal: signal });
      if (response.headers[ARCHIVE_HEADER] === ARCHIVE_API_VERSION) onArchiveSeen();
      if (response.statusCode >= 300) return next({ ...args, response } as typeof args);
      return { response, output: (await readOutput(response)) as never };
    },
    { name: 'callAndReadOutput', step: 'deserialize', priority: 'high' },
  );
  // After the SDK's deserializer: returns the response that was received above.
  middlewareStack.add(
    () => async (args) => ({
      response: (args as typeof args & { response: unknown }).response,
      output: undefined as never,
    }),
    { name: 'handOverResponse', step: 'deserialize', priority: 'low' },
  );
  return {
    async send<Input extends object>(
      Command: CommandClass<Input>,
      input: Input,
      signal: CallSignal,
      scope?: Scope | undefined,
    ) {
      let handle = handlers.get(Command) as Handler<Input, object> | undefined;
      if (handle === undefined) {
        handle = new Command(input).resolveMiddleware(middlewareStack, config, {});
        handlers.set(Command, handle);
      }
      const args = { input, signal, scope };
      return (await handle(args)).output as UncheckedOutput;
    },
  };
}

/** Reads a response. Rejects with an error that has it as `$response`, as errors of the SDK's deserializer do. */
async function readOutput(response: HttpResponse): Promise<UncheckedOutput> {
  try {
    const members = parseResponseBody(await collectResponseBody(response.body));
    return { ...(members as object), $metadata: { requestId: response.headers['x-amzn-requestid'] } };
  } catch (error) {
    throw Object.defineProperty(error as Error, '$response', { value: response });
  }
}

/** Names any error of the look-up of credentials, such as a missing file, as the SDK's CredentialsProviderError. */
function nameFailure<Args extends unknown[], T>(findCredentials: (...args: Args) => Promise<T>) {
  return (...args: Args): Promise<T> =>
    findCredentials(...args).catch((cause) => {
      throw Object.assign(new Error('No AWS credentials were found.', { cause }), { name: 'CredentialsProviderError' });
    });
}

/** The region that calls are signed for which are of no region alone, at an archive that verifies signatures. */
const ALL_REGIONS = 'aws-global';

/** Signs with no secret: the archive reads only the region of a signature, and filters by it. */
const regionFilter: InspectorClientConfig = {
  credentials: { accessKeyId: 'inspector-gateway', secretAccessKey: 'not-a-secret' },
};

/** Sends no Authorization header and looks up no credentials, like `aws --no-sign-request`. */
const unsigned: InspectorClientConfig = {
  httpAuthSchemeProvider: () => [{ schemeId: 'smithy.api#noAuth' }],
  httpAuthSchemes: [
    {
      schemeId: 'smithy.api#noAuth',
      identityProvider: () => async () => ({}),
      signer: { sign: async (request) => request },
    },
  ],
};
