import { graphql } from 'relay-runtime';

/*
 * What relay-compiler reads. It is never run: what is in __generated__ stands for it, which a bundler's plugin would put here.
 */

graphql`
  query relayQueriesRunQuery($arn: ID!) {
    assessmentRun(arn: $arn) {
      id
      name
      telemetryTotal {
        count
        dataSize
      }
    }
  }
`;

graphql`
  query relayQueriesTelemetryQuery($arn: ID!) {
    assessmentRun(arn: $arn) {
      telemetry @catch {
        messageType
        count
      }
    }
  }
`;

graphql`
  query relayQueriesRunsQuery($first: Int!, $after: String) {
    assessmentRuns(first: $first, after: $after) @connection(key: "relayQueries_assessmentRuns") {
      edges {
        node {
          id
        }
      }
      pageInfo {
        endCursor
      }
    }
  }
`;
