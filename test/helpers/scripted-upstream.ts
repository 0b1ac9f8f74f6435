import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toRunNumber } from './runs.js';

export interface UpstreamCall {
  operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: its type depends on the operation
  input: any;
  headers: Record<string, string | string[] | undefined>;
}

/** Answers a call, or leaves it unanswered. */
export type Answer = (call: UpstreamCall, response: ServerResponse) => void | Promise<void>;

/** An Inspector endpoint on a real socket that answers by a script, and records calls and the most in flight. */
export async function startScriptedUpstream(answer: Answer = answerLikeInspector) {
  const calls: UpstreamCall[] = [];
  let inFlight = 0;
  let mostInFlight = 0;
  const server = createServer(async (request, response) => {
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    response.once('close', () => {
      inFlight -= 1;
      if (inFlight === 0) server.emit('idle');
    });
    let body = '';
    for await (const chunk of request) body += chunk;
    const operation = String(request.headers['x-amz-target']).replace('InspectorService.', '');
    const call = { operation, input: JSON.parse(body || 'null'), headers: request.headers };
    calls.push(call);
    await answer(call, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    callsOf: (operation: string) => calls.filter((call) => call.operation === operation),
    get mostInFlight() {
      return mostInFlight;
    },
    /** Waits until no call is in flight: answered or aborted. */
    async idle() {
      if (inFlight > 0) await once(server, 'idle');
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'upstream-request-id' })
    .end(JSON.stringify(body));
}

/** Answers like Inspector, for all runs of runArn(). */
export const answerLikeInspector: Answer = ({ operation, input }, response) => {
  if (operation === 'GetTelemetryMetadata') {
    const count = toRunNumber(input.assessmentRunArn);
    sendJson(response, 200, { telemetryMetadata: [{ messageType: 'InspectorGroup', count }] });
  } else if (operation === 'DescribeAssessmentRuns') {
    // In another order than the request, since the API promises none.
    sendJson(response, 200, { assessmentRuns: input.assessmentRunArns.toReversed().map(toWireRun), failedItems: {} });
  } else {
    sendJson(response, 200, { assessmentRunArns: [] });
  }
};

export function toWireRun(arn: string): object {
  return {
    arn,
    name: `Run ${toRunNumber(arn)}`,
    assessmentTemplateArn: arn.slice(0, arn.indexOf('/run/')),
    state: 'COMPLETED',
    durationInSeconds: 3600,
    rulesPackageArns: [],
    userAttributesForFindings: [],
    createdAt: 1458680170.035,
    stateChangedAt: 1458680301.4,
    dataCollected: true,
    stateChanges: [],
    notifications: [],
    findingCounts: {},
  };
}
