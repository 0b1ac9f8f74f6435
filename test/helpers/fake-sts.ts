import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An AssumeRole that STS was asked for. */
export interface AssumeRole {
  readonly roleArn: string;
  readonly account: string;
  readonly externalId: string | null;
  readonly sessionName: string | null;
  /** The access key that has signed. */
  readonly accessKeyId: string | undefined;
}

/** Answers a call, or leaves it unanswered. */
export type StsAnswer = (call: AssumeRole, response: ServerResponse) => void;

/** STS on a real socket (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html), which records calls. */
export async function startFakeSts(answer: StsAnswer = giveSession()) {
  const calls: AssumeRole[] = [];
  const script = { answer };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const parameters = new URLSearchParams(body);
    const roleArn = parameters.get('RoleArn') ?? '';
    const call = {
      roleArn,
      account: roleArn.split(':')[4] as string,
      externalId: parameters.get('ExternalId'),
      sessionName: parameters.get('RoleSessionName'),
      accessKeyId: /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1],
    };
    if (parameters.get('Action') !== 'AssumeRole') return sendStsError(response, 400, 'InvalidAction');
    calls.push(call);
    script.answer(call, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    script,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Gives credentials whose session token is `session of <role ARN>`. */
export function giveSession(seconds = 3600): StsAnswer {
  return ({ roleArn, account }, response) => {
    const expiration = new Date(Date.now() + seconds * 1000).toISOString();
    response.writeHead(200, { 'content-type': 'text/xml' }).end(
      `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
        <AssumedRoleUser><Arn>${roleArn}</Arn><AssumedRoleId>AROA:session</AssumedRoleId></AssumedRoleUser>
        <Credentials><AccessKeyId>ASIA${account}</AccessKeyId><SecretAccessKey>secret of ${account}</SecretAccessKey>
        <SessionToken>session of ${roleArn}</SessionToken><Expiration>${expiration}</Expiration></Credentials>
      </AssumeRoleResult><ResponseMetadata><RequestId>sts-request-id</RequestId></ResponseMetadata></AssumeRoleResponse>`,
    );
  };
}

export function sendStsError(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': 'sts-request-id' }).end(
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code>
      <Message>User: arn:aws:iam::000000000000:user/gateway is not authorized</Message></Error>
      <RequestId>sts-request-id</RequestId></ErrorResponse>`,
  );
}
