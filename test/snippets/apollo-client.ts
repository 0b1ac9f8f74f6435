import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { createRetryLink, possibleTypes, typePolicies } from '@inspector-gateway/client/apollo';

export const createClient = (uri: string) =>
  new ApolloClient({
    cache: new InMemoryCache({ possibleTypes, typePolicies }),
    link: ApolloLink.from([createRetryLink(), new HttpLink({ uri })]),
  });
