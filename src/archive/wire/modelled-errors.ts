/** What Describe operations can fail with; what is wrong with one of their items is a failed item. */
const DESCRIBE = ['InternalException', 'InvalidInputException'];
const LIST_ALL = [...DESCRIBE, 'AccessDeniedException'];
const READ = [...LIST_ALL, 'NoSuchEntityException'];
const WRITE = [...READ, 'ServiceTemporarilyUnavailableException'];
const CREATE = [...WRITE, 'LimitExceededException'];
const DELETE = [...WRITE, 'AssessmentRunInProgressException'];

/** The errors that the API's model lists for each operation: SDKs, as the one for Go, may know no others as types. */
export const modelledErrors: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    AddAttributesToFindings: WRITE,
    CreateAssessmentTarget: [...CREATE, 'InvalidCrossAccountRoleException'],
    CreateAssessmentTemplate: CREATE,
    CreateExclusionsPreview: [...WRITE, 'PreviewGenerationInProgressException'],
    CreateResourceGroup: [...LIST_ALL, 'LimitExceededException', 'ServiceTemporarilyUnavailableException'],
    DeleteAssessmentRun: DELETE,
    DeleteAssessmentTarget: DELETE,
    DeleteAssessmentTemplate: DELETE,
    DescribeAssessmentRuns: DESCRIBE,
    DescribeAssessmentTargets: DESCRIBE,
    DescribeAssessmentTemplates: DESCRIBE,
    DescribeCrossAccountAccessRole: ['InternalException'],
    DescribeExclusions: DESCRIBE,
    DescribeFindings: DESCRIBE,
    DescribeResourceGroups: DESCRIBE,
    DescribeRulesPackages: DESCRIBE,
    GetAssessmentReport: [...WRITE, 'AssessmentRunInProgressException', 'UnsupportedFeatureException'],
    GetExclusionsPreview: READ,
    GetTelemetryMetadata: READ,
    ListAssessmentRunAgents: READ,
    ListAssessmentRuns: READ,
    ListAssessmentTargets: LIST_ALL,
    ListAssessmentTemplates: READ,
    ListEventSubscriptions: READ,
    ListExclusions: READ,
    ListFindings: READ,
    ListRulesPackages: LIST_ALL,
    ListTagsForResource: READ,
    PreviewAgents: [...READ, 'InvalidCrossAccountRoleException'],
    RegisterCrossAccountAccessRole: [
      ...LIST_ALL,
      'InvalidCrossAccountRoleException',
      'ServiceTemporarilyUnavailableException',
    ],
    RemoveAttributesFromFindings: WRITE,
    SetTagsForResource: WRITE,
    StartAssessmentRun: [...CREATE, 'InvalidCrossAccountRoleException', 'AgentsAlreadyRunningAssessmentException'],
    StopAssessmentRun: WRITE,
    SubscribeToEvent: CREATE,
    UnsubscribeFromEvent: WRITE,
    UpdateAssessmentTarget: WRITE,
  }),
);

/** Errors of the protocol, which come before any operation. https://docs.aws.amazon.com/inspector/v1/APIReference/CommonErrors.html */
export const protocolErrors: readonly string[] = [
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MalformedHttpRequestException',
  'MissingAuthenticationTokenException',
  'RequestEntityTooLargeException',
  'SerializationException',
  'UnknownOperationException',
  'UnrecognizedClientException',
];

/** Whether a client can expect an error of this type from an operation whose model lists these. */
export function isExpected(type: string, modelled: readonly string[]): boolean {
  return protocolErrors.includes(type) || modelled.includes(type);
}
