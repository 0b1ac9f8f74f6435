import { createServer, type Server } from 'node:http';
import { ApolloServer, type ApolloServerOptions, type BaseContext } from '@apollo/server';
import {
  type CreateServerForIntegrationTestsOptions,
  defineIntegrationTestSuite,
} from '@apollo/server-integration-testsuite';
import { pino } from 'pino';
import { createHttpServer } from '../src/http/http-server.js';
import { listen } from '../src/process/listening-socket.js';

/*
 * Apollo's own suite for HTTP integrations, against our HTTP layer. Its tests of incremental delivery (@defer, @stream)
 * are left out by the suite itself: they need graphql 17, which Apollo Server 5 does not run on.
 */
defineIntegrationTestSuite(
  async (options: ApolloServerOptions<BaseContext>, testOptions?: CreateServerForIntegrationTestsOptions) => {
    const apollo = new ApolloServer({ ...options, stopOnTerminationSignals: false });
    await apollo.start();
    const app = createHttpServer({
      apollo,
      createContext: () => (testOptions?.context?.() ?? {}) as BaseContext,
      toMaxAgeMs: () => null,
      toOperation: () => undefined,
      maxCacheBytes: 0,
      corsOrigins: [],
      corsCredentials: false,
      basePath: '',
      trustedProxies: [],
      schemaText: null,
      reportsEndpoint: null,
      pages: { portal: false, explorer: false, facts: { upstream: 'endpoint' }, exampleQuery: '' },
      createServer,
      isReady: () => true,
      logger: pino({ level: 'silent' }),
      logRequest: () => {},
    });
    await app.ready();
    const url = await listen(app.server as Server, '127.0.0.1', 0, 'PORT');
    return {
      server: apollo,
      url: `${url}/graphql`,
      async extraCleanup() {
        // Fastify closes a server that it was given only if it made it listen itself.
        app.server.close();
        app.server.closeAllConnections();
        await app.close();
      },
    };
  },
  { serverIsStartedInBackground: false },
);
