/**
 * @generated SignedSource<<498cc481b29a1b9ad675008832461c80>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
import { Result } from "relay-runtime";
export type relayQueriesTelemetryQuery$variables = {
  arn: string;
};
export type relayQueriesTelemetryQuery$data = {
  readonly assessmentRun: {
    readonly telemetry: Result<ReadonlyArray<{
      readonly count: number;
      readonly messageType: string;
    }>, unknown>;
  } | null | undefined;
};
export type relayQueriesTelemetryQuery = {
  response: relayQueriesTelemetryQuery$data;
  variables: relayQueriesTelemetryQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "arn"
  }
],
v1 = [
  {
    "kind": "Variable",
    "name": "arn",
    "variableName": "arn"
  }
],
v2 = {
  "alias": null,
  "args": null,
  "concreteType": "TelemetryMetadata",
  "kind": "LinkedField",
  "name": "telemetry",
  "plural": true,
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "messageType",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "count",
      "storageKey": null
    }
  ],
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "relayQueriesTelemetryQuery",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "AssessmentRun",
        "kind": "LinkedField",
        "name": "assessmentRun",
        "plural": false,
        "selections": [
          {
            "kind": "CatchField",
            "field": (v2/*:: as any*/),
            "to": "RESULT"
          }
        ],
        "storageKey": null
      }
    ],
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "relayQueriesTelemetryQuery",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "AssessmentRun",
        "kind": "LinkedField",
        "name": "assessmentRun",
        "plural": false,
        "selections": [
          (v2/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "id",
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "0e847b5f072150e6f8345c2e384219c4",
    "id": null,
    "metadata": {},
    "name": "relayQueriesTelemetryQuery",
    "operationKind": "query",
    "text": "query relayQueriesTelemetryQuery(\n  $arn: ID!\n) {\n  assessmentRun(arn: $arn) {\n    telemetry {\n      messageType\n      count\n    }\n    id\n  }\n}\n"
  }
};
})();

(node as any).hash = "632fda8cd47e8b565ee67e496fcd3d41";

export default node;
