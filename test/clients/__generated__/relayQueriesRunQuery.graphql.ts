/**
 * @generated SignedSource<<792eb55143b7926c97a68099eb6df1bc>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type relayQueriesRunQuery$variables = {
  arn: string;
};
export type relayQueriesRunQuery$data = {
  readonly assessmentRun: {
    readonly id: string;
    readonly name: string | null | undefined;
    readonly telemetryTotal: {
      readonly count: number;
      readonly dataSize: number | null | undefined;
    } | null | undefined;
  } | null | undefined;
};
export type relayQueriesRunQuery = {
  response: relayQueriesRunQuery$data;
  variables: relayQueriesRunQuery$variables;
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
    "alias": null,
    "args": [
      {
        "kind": "Variable",
        "name": "arn",
        "variableName": "arn"
      }
    ],
    "concreteType": "AssessmentRun",
    "kind": "LinkedField",
    "name": "assessmentRun",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "id",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "name",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "concreteType": "TelemetryTotal",
        "kind": "LinkedField",
        "name": "telemetryTotal",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "count",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "dataSize",
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "relayQueriesRunQuery",
    "selections": (v1/*:: as any*/),
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "relayQueriesRunQuery",
    "selections": (v1/*:: as any*/)
  },
  "params": {
    "cacheID": "0c69f95ee2773b4787aa13790312e804",
    "id": null,
    "metadata": {},
    "name": "relayQueriesRunQuery",
    "operationKind": "query",
    "text": "query relayQueriesRunQuery(\n  $arn: ID!\n) {\n  assessmentRun(arn: $arn) {\n    id\n    name\n    telemetryTotal {\n      count\n      dataSize\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "e3825c00aa92a433bdc6e5fd1030b111";

export default node;
