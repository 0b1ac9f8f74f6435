import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { InspectorClient, type InspectorClientConfig } from '@aws-sdk/client-inspector';
import type { AbortSignal as CallSignal, Handler, HttpHandlerOptions, HttpRequest, HttpResponse } from '@smithy/types';
import type { InspectorSource } from './inspector-source.js';
import { collectResponseBody, parseResponseBody } from './response-body.js';

/** A command class of the SDK, by what it takes. */
type CommandClass<Input extends object> = new (
  input: Input,
) => {
  resolveMiddleware(
    stack: InspectorClient['middlewareStack'],
    config: InspectorClient['config'],
    options: HttpHandlerOptions,
  ): Handler<Input, object>;
};

/** The JSON of a successful response as it came: its members may be absent, or anything else than the API promises. */
export interface UncheckedOutput {
  readonly [member: string]: unknown;
  readonly $metadata: { readonly requestId: string | undefined };
}

/** Sends commands by the SDK, which are given up when their signal is aborted. */
export interface InspectorSender {
  send<Input extends object>(Command: CommandClass<Input>, input: Input, signal: CallSignal): Promise<UncheckedOutput>;
}

/**
 * The SDK's client for a region, made when it is first asked for. Each `send` is one attempt. All share the agents that
 * keep their connections; `close` ends those that are idle.
 */
export function createClients(source: InspectorSource, limits: { connectTimeoutMs: number }) {
  const clients = new Map<string, InspectorSender>();
  // The gate of the endpoint is the only queue: a socket limit would count waiting time against the connect timeout.
  const httpAgent = new HttpAgent({ keepAlive: true });
  const httpsAgent = new HttpsAgent({ keepAlive: true });
  const shared: InspectorClientConfig = {
    // Attempts are ours: between two of them the call gives its turn back, which the SDK knows nothing of.
    retryStrategy: { retry: (next, args) => next(args) },
    maxAttempts: 1,
    streamCollector: collectResponseBody,
    requestHandler: { connectionTimeout: limits.connectTimeoutMs, httpAgent, httpsAgent },
    // With an explicit endpoint either of these, if set in the environment, would fail every call.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
  };
  const authentication = source.signed ? {} : unsigned;

  /** `isRegional` asks for the region's own data only, also of an endpoint that holds several. */
  function clientFor(region: string, isRegional = false): InspectorSender {
    const endpoint = source.endpointFor(region);
    const isScoped = isRegional && !source.signed;
    const key = isScoped ? `${region} ${endpoint}` : endpoint;
    let sender = clients.get(key);
    if (sender === undefined) {
      const client = new InspectorClient({ ...shared, ...(isScoped ? scoped : authentication), region, endpoint });
      // The SDK would run its rules for every call, to find the one endpoint that it was given.
      const url = new URL(endpoint);
      client.config.endpointProvider = () => ({ url });
      if (source.signed) client.config.credentials = nameFailure(client.config.credentials);
      sender = createSender(client);
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

/**
 * InspectorClient.send puts some twenty middlewares together anew for each command, a third of what a call costs. Here that
 * is done once for each class of commands. The SDK binds a call's options to what is put together, so the signal travels
 * with the input to the first middleware behind the signature, which makes the call.
 *
 * That middleware also reads successful responses, in place of the SDK's deserializer. The deserializer throws a whole
 * Describe answer away for one odd number in it, takes ISO text for a year in seconds, and drops nulls from lists;
 * upstream-response.ts checks each item by itself. Failures are read by the SDK.
 */
function createSender({ middlewareStack, config }: InspectorClient): InspectorSender {
  const handlers = new Map<unknown, Handler<never, object>>();
  middlewareStack.add(
    (next) => async (args) => {
      const { request, signal } = args as typeof args & { request: HttpRequest; signal: CallSignal };
      const { response } = await config.requestHandler.handle(request, { abortSignal: signal });
      if (response.statusCode >= 300) return next({ ...args, response } as typeof args);
      return { response, output: (await readOutput(response)) as never };
    },
    { name: 'callAndReadOutput', step: 'deserialize', priority: 'high' },
  );
  // Behind the SDK's deserializer, which is given the response that has come already.
  middlewareStack.add(
    () => async (args) => ({
      response: (args as typeof args & { response: unknown }).response,
      output: undefined as never,
    }),
    { name: 'handOverResponse', step: 'deserialize', priority: 'low' },
  );
  return {
    async send<Input extends object>(Command: CommandClass<Input>, input: Input, signal: CallSignal) {
      let handle = handlers.get(Command) as Handler<Input, object> | undefined;
      if (handle === undefined) {
        handle = new Command(input).resolveMiddleware(middlewareStack, config, {});
        handlers.set(Command, handle);
      }
      const args = { input, signal };
      return (await handle(args)).output as UncheckedOutput;
    },
  };
}

/** Rejects with an error that has the response as `$response`, as errors of the SDK's deserializer do. */
async function readOutput(response: HttpResponse): Promise<UncheckedOutput> {
  try {
    const members = parseResponseBody(await collectResponseBody(response.body));
    return { ...(members as object), $metadata: { requestId: response.headers['x-amzn-requestid'] } };
  } catch (error) {
    throw Object.defineProperty(error as Error, '$response', { value: response });
  }
}

/** Whatever keeps the SDK from finding credentials, a missing file for example, as its CredentialsProviderError. */
function nameFailure<Args extends unknown[], T>(findCredentials: (...args: Args) => Promise<T>) {
  return (...args: Args): Promise<T> =>
    findCredentials(...args).catch((cause) => {
      throw Object.assign(new Error('No AWS credentials were found.', { cause }), { name: 'CredentialsProviderError' });
    });
}

/** Of a signature an archive looks at the region only; nothing secret is needed for it. */
const scoped: InspectorClientConfig = {
  credentials: { accessKeyId: 'inspector-gateway', secretAccessKey: 'not-a-secret' },
};

/** Requests without an Authorization header, and with no look-up of credentials, as `aws --no-sign-request` sends them. */
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
