import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { InspectorClient, type InspectorClientConfig } from '@aws-sdk/client-inspector';
import type { AbortSignal as CallSignal, Handler, HttpHandlerOptions, HttpRequest } from '@smithy/types';
import type { InspectorSource } from './inspector-source.js';
import { collectResponseBody } from './response-body.js';

/** A command class of the SDK, by what it takes and gives. */
type CommandClass<Input extends object, Output extends object> = new (
  input: Input,
) => {
  resolveMiddleware(
    stack: InspectorClient['middlewareStack'],
    config: InspectorClient['config'],
    options: HttpHandlerOptions,
  ): Handler<Input, Output>;
};

/** Sends commands by the SDK, which are given up when their signal is aborted. */
export interface InspectorSender {
  send<Input extends object, Output extends object>(
    Command: CommandClass<Input, Output>,
    input: Input,
    signal: CallSignal,
  ): Promise<Output>;
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
 * is done once for each class of commands; and since the SDK binds a call's options to what is put together, the last
 * middleware hands over the signal, which travels with the input.
 */
function createSender({ middlewareStack, config }: InspectorClient): InspectorSender {
  const handlers = new Map<unknown, Handler<never, object>>();
  middlewareStack.add(
    () => async (args) => {
      const { request, signal } = args as typeof args & { request: HttpRequest; signal: CallSignal };
      const { response } = await config.requestHandler.handle(request, { abortSignal: signal });
      return { response, output: undefined as never };
    },
    { name: 'handOverWithSignal', step: 'deserialize', priority: 'low' },
  );
  return {
    async send<Input extends object, Output extends object>(
      Command: CommandClass<Input, Output>,
      input: Input,
      signal: CallSignal,
    ) {
      let handle = handlers.get(Command) as Handler<Input, Output> | undefined;
      if (handle === undefined) {
        handle = new Command(input).resolveMiddleware(middlewareStack, config, {});
        handlers.set(Command, handle);
      }
      const args = { input, signal };
      return (await handle(args)).output;
    },
  };
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
