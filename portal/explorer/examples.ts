/** What a tab of the editor opens with. */
export interface Example {
  readonly query: string;
  readonly variables?: string;
}

/** The queries of the README, in its order. A test compares them. */
export const examples: readonly Example[] = [
  {
    query: `query Page($after: String) {
  assessmentRuns(first: 20, after: $after) {
    edges {
      node {
        id
        name
        state
        startedAt
        template { id name }
        findingCounts { severity count }
        telemetryTotal { count dataSize }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  },
  {
    query: `query Newest {
  assessmentRuns(first: 2, orderBy: CREATED_AT_DESC, filter: { accountIds: ["111122223333"] }) {
    totalCount
    nodes { name state createdAt telemetryTotal { count } }
  }
}
`,
  },
  {
    query: `query Trend {
  findingStatistics(
    filter: { severities: [High, Medium], createdBetween: { from: "2025-01-01", to: "2025-12-31" } }
    groupBy: [SEVERITY]
    interval: QUARTER
  ) {
    groups { keys { value } total { count } buckets { start count } }
    total { count }
  }
}
`,
  },
  {
    query: `query Change {
  assessmentRun(arn: "arn:aws:inspector:eu-west-1:111122223333:target/0-SynTgWeb/template/0-SynTpWeb/run/0-SynWeb06") {
    name
    comparison {
      base { name }
      newFindings(first: 1) { totalCount nodes { severity title } }
      goneFindings(first: 1) { totalCount nodes { severity title } }
      remainingFindings { totalCount }
    }
  }
}
`,
  },
  {
    query: `query Telemetry($arn: ID!) {
  assessmentRun(arn: $arn) {
    telemetryResult {
      __typename
      ... on Telemetry { telemetryMetadata { messageType count dataSize } total { count dataSize } }
      ... on NoSuchEntityError { code errorCode canRetry message }
      ... on InvalidInputError { code errorCode canRetry message }
      ... on AccessDeniedError { code errorCode canRetry message }
      ... on ServiceError { code errorCode canRetry message retryAfterMs }
    }
  }
}
`,
    variables: `{
  "arn": "arn:aws:inspector:us-west-2:123456789012:target/0-0kFIPusq/template/0-4r1V2mAw/run/0-MKkpXXPE"
}`,
  },
];
