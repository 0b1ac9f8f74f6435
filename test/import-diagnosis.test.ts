import { describe, expect, test } from '@jest/globals';
import {
  diagnoseEncoding,
  diagnoseSyntaxError,
  diagnoseText,
  diagnoseValue,
} from '../src/archive/import/diagnosis/diagnosis.js';
import { detectFileType } from '../src/archive/import/sources/file-types.js';

const RUN = 'arn:aws:inspector:us-west-2:111122223333:target/0-AbCd1234/template/0-EfGh5678/run/0-IjKl9012';

/** A message is one line, quotes no single character, and speaks no validator's words. */
function check(message: string | null): string {
  expect(message).not.toBeNull();
  expect(message).not.toMatch(/\n|got "."|got '.'|undefined|\brecord\b/i);
  return message as string;
}

describe('Text that is no JSON is told for', () => {
  test.each<[string, string, string]>([
    ['an empty file', '', 'got an empty file: the command that was to write it gave no output'],
    ['blank lines', '\ufeff\r\n \n', 'got an empty file'],
    [
      'the text output of the AWS CLI',
      `ASSESSMENTRUNS\t${RUN}\t1548388113.517\tFalse\n`,
      'called with --output text, which leaves out the names of the values: it cannot be turned back',
    ],
    [
      'the table output of the AWS CLI',
      '-----------------------------\n|  DescribeAssessmentRuns   |\n+---------------------------+\n',
      'called with --output table, which is for reading: it cannot be turned back',
    ],
    [
      'the CSV file of the console',
      'Severity,Date,Finding,Target,Template,Rules package\nHigh,2018-01-01,"x, y",t,u,CVE\n',
      'the CSV file that the Inspector console downloads (Severity, Date, Finding, Target, Template, Rules package): it has',
    ],
    ['other CSV', '"id";"name";"arn"\n1;2;3\n', 'got a CSV file (id, name, arn): it has a part only'],
    [
      'a Python object',
      "{'assessmentRuns': [{'dataCollected': True, 'name': None}]}",
      'got an object that a Python program has printed: turn it into JSON: python3 -c "import ast, json, sys;',
    ],
    [
      'a Python object with times',
      "{u'assessmentRuns': [{u'createdAt': datetime.datetime(2018, 1, 1, 0, 0, tzinfo=tzlocal())}]}",
      'let it write JSON: print(json.dumps(answer, default=str)); if not, write each datetime.datetime(…) as ISO 8601',
    ],
    ['a Python list', `['${RUN}', 'x']`, 'got an object that a Python program has printed'],
    [
      'a terminal in which a command was typed',
      '[ec2-user@ip-10-0-0-1 ~]$ aws inspector describe-findings --finding-arns x\n\n{\n    "findings": []\n}\n',
      'line 1: expected JSON or YAML, but got what was typed into a terminal (aws inspector describe-findings --finding-arns x): delete everything that is not the output of the command; JSON begins in line 3',
    ],
    [
      'a terminal of Windows',
      'PS C:\\Users\\me> aws inspector list-findings\n{\n',
      'typed into a terminal (aws inspector list-findings)',
    ],
    [
      'a bare command',
      '\n$ aws inspector list-findings > x\n{"a": 1}',
      'line 2: expected JSON or YAML, but got what was typed',
    ],
    [
      'an error message of the AWS CLI with nothing else',
      '\nAn error occurred (AccessDeniedException) when calling the ListFindings operation: no\n',
      'line 2: expected JSON or YAML, but got an error message of the AWS CLI (AccessDeniedException of ListFindings): delete',
    ],
    [
      'an error message of boto3',
      'Traceback (most recent call last):\n  File "x"\n',
      'got the error message of a Python program',
    ],
    [
      'no credentials',
      'Unable to locate credentials. You can configure credentials by running',
      'line 1: expected JSON',
    ],
    [
      'the end of the service',
      '\nCould not connect to the endpoint URL: "https://inspector.us-west-2.amazonaws.com/"\n',
      'line 2: ',
    ],
    ['a region that is missing', 'You must specify a region. You can also', 'an error message of the AWS CLI'],
    ['a profile that is missing', 'The config profile (x) could not be found', 'an error message of the AWS CLI'],
    [
      'a login that has ended',
      'Error when retrieving token from sso: Token has expired and refresh failed',
      'error message of the AWS',
    ],
    [
      'no AWS CLI',
      'bash: aws: command not found\n',
      'line 1: expected JSON or YAML, but got an error message of the shell',
    ],
    [
      'no AWS CLI on Windows',
      "'aws' is not recognized as an internal or external command,",
      'an error message of the shell',
    ],
    [
      'a warning',
      '/usr/lib/python3/x.py:12: UserWarning: old\n{\n',
      'line 1: expected JSON or YAML, but got a warning: delete it',
    ],
    [
      'an error page',
      '<!DOCTYPE html>\n<html><head><title>502 Bad\n Gateway</title></head></html>',
      'got a web page (502 Bad Gateway): it is what a server or a proxy answered in the place of a file',
    ],
    [
      'an expired link',
      '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>ExpiredToken</Code><Message>x</Message></Error>',
      'an error message of Amazon S3 or another service of AWS (ExpiredToken) in the place of a file: there is nothing in it',
    ],
    ['XML', '<?xml version="1.0"?>\n<DescribeResponse xmlns="x">', 'got XML (DescribeResponse): look for'],
    ['a Ruby object', '{:assessment_runs=>[{:arn=>"x"}]}', 'a Ruby program has printed'],
    [
      'a new Ruby object',
      '{assessment_runs: [{arn: "x"}]}',
      'printed: if the program is still there, let it write JSON',
    ],
    [
      'a Ruby struct',
      '#<struct Aws::Inspector::Types::DescribeFindingsResponse findings=[]>',
      'a Ruby program has printed',
    ],
    ['a PHP array', 'Array\n(\n    [findings] => Array\n', 'a PHP program has printed'],
    ['a PHP dump', 'array(2) {\n  ["findings"]=>\n', 'a PHP program has printed'],
    ['a Java object', 'DescribeFindingsResponse(Findings=[Finding(Arn=x)])', 'a Java program has printed'],
    ['an old Java object', '{AssessmentRuns: [{Arn: arn:aws:x,Name: y}]}', 'a Java program has printed'],
    ['a Go struct', '{\n  AssessmentRuns: [{\n      Arn: "x",\n', 'a Go program has printed'],
    [
      'a JavaScript object',
      "{ assessmentRuns: [ { arn: 'x', stateChanges: [Array] } ] }",
      'a JavaScript program has printed',
    ],
    ['a PowerShell list', `Arn           : ${RUN}\nCreatedAt     : 1/1/2018`, 'got a list that PowerShell has printed'],
    [
      'colours',
      '\x1b[1;39m{\n  \x1b[0m\x1b[34;1m"findings"\x1b[0m: []',
      'got the colours of a terminal: write it again without',
    ],
    ['Markdown', '```json\n{\n```', 'got what marks code in Markdown: delete the lines'],
    ['a log', '2018-01-01T00:00:00Z INFO answer: {"findings": []}', 'got a line of a log: take from the log'],
    [
      'what Git LFS keeps',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\n',
      'get the file itself with git lfs pull',
    ],
    [
      'UTF-16 without a mark',
      Buffer.from('{"findings": []}', 'utf16le').toString('latin1'),
      'import it with --encoding utf-16le',
    ],
    [
      'UTF-16 of the other order',
      Buffer.from('{"findings": []}', 'utf16le').swap16().toString('latin1'),
      'import it with --encoding utf-16be',
    ],
    ['no text', 'ab\0\x01\x02\x03\0\0', 'got a file that is no text'],
  ])('%s', (_, head, message) => {
    expect(check(diagnoseText(head))).toContain(message);
  });

  test.each([
    ['JSON', JSON.stringify({ assessmentRuns: [] }, null, 4)],
    [
      'lines of JSON with odd texts in them',
      '{"title": "An error occurred (X) when calling the Y operation: “None, NaN”"}\n{}',
    ],
    ['a list of lists', '[\n[1, 2]]'],
    ['a long line of JSON with odd texts in it', `{"title": "${'None, '.repeat(500)}"}`],
    ['prose of which nothing is known', 'Dear colleague\n'],
    ['text whose last letter is cut in two', `{"a": "x\ufffd`],
  ])('but not for %s', (_, head) => {
    expect(diagnoseText(head)).toBeNull();
  });

  test('what is slow to tell at once', () => {
    const started = performance.now();
    for (const head of [
      '{'.repeat(65_536),
      ' '.repeat(65_536),
      'a@'.repeat(32_768),
      '<!--'.repeat(16_384),
      "u'".repeat(32_768),
      '\0 '.repeat(32_768),
      'a,'.repeat(32_768),
    ])
      diagnoseText(head);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

test('An error message before JSON is told with the line in which JSON begins', () => {
  const error =
    'An error occurred (ThrottlingException) when calling the DescribeFindings operation (reached max retries: 4)';
  expect(check(diagnoseText(`\n${error}: Rate exceeded\n{\n    "findings": []\n}\n`))).toBe(
    'line 2: expected JSON or YAML, but got an error message of the AWS CLI (ThrottlingException of DescribeFindings): ' +
      'delete the message to import the rest of the file, in which the answer of that call is missing; ' +
      '2>FILE keeps messages apart; JSON begins in line 3',
  );
});

test('The usage text of the AWS CLI is told', () => {
  const usage = '\nusage: aws [options] <command> <subcommand>\naws: error: argument operation: Invalid choice\n';
  expect(check(diagnoseText(usage))).toContain(
    'line 2: expected JSON or YAML, but got the usage text of the AWS CLI: the',
  );
});

describe('A line at which JSON breaks off is told for', () => {
  test.each<[string, string, string]>([
    [
      'an error message in between',
      'An error occurred (ThrottlingException) when calling the DescribeFindings operation: Rate exceeded',
      'line 7: expected JSON or YAML, but got an error message of the AWS CLI (ThrottlingException of DescribeFindings)',
    ],
    [
      'a URL that was not reached',
      'Could not connect to the endpoint URL: "https://x/"',
      'an error message of the AWS CLI',
    ],
    [
      'a command',
      'me@host:~/exports$ aws inspector list-findings',
      'typed into a terminal (aws inspector list-findings)',
    ],
    ['a prompt', '[ec2-user@ip-10-0-0-1 ~]$ ', 'got the prompt of a terminal: delete'],
    ['what Python prints', '        "name": None,', 'got what a Python program has printed: let it write JSON'],
    ['a time that Python prints', '  "createdAt": datetime.datetime(2018, 1, 1),', 'what a Python program has printed'],
    ['what JSON has no value for', '  "score": NaN', 'got a value that JSON does not have: see in the program'],
    ['single quotes', "  'name': 'x',", 'got names in single quotes'],
    ['names without quotes', '  name: "x",', 'got names without quotes'],
    ['a conflict of versions', '<<<<<<< HEAD', 'what git leaves where two versions of a file differ: decide'],
    ['a comment', '  // the second run', 'got a comment: delete it, since JSON has none'],
    ['what was left out', '    ...', 'three dots in the place of what was left out: it is an example'],
    ['what was left out in a list', '  "findings": [...]', 'three dots in the place of what was left out'],
    ['quotation marks of an editor', '  “name”: “x”', 'got typographic quotation marks: an editor has put them there'],
    ['a pager', '--More--', 'what a pager writes below a page'],
    ['HTML', '<html><body>', 'got HTML or XML'],
    ['a closing bracket', '  }', 'line 7: expected JSON, but brackets are closed that are not open, or behind a comma'],
    ['an opening bracket', '{', 'line 7: expected JSON, but a comma or a bracket is missing before it'],
    ['an empty line', '', 'line 7: expected JSON, but something else begins before this line'],
    [
      'a name without its colon',
      '{"assessmentRunArns" ["x"]}',
      'does not follow from the one before: "{\\"assessmentRunArns',
    ],
    ['a long line', `x${'y'.repeat(9000)}`, `from the one before: "x${'y'.repeat(79)}…"`],
    ['a text that tells of None', '  "title": "neither None, nor NaN" 77', 'this line is none, or does not follow'],
  ])('%s', (_, line, message) => {
    expect(check(diagnoseSyntaxError({ line, lineNumber: 7, isEndOfFile: false, head: '{\n"a": 1,\n' }))).toContain(
      message,
    );
  });

  test('text that is cut off', () => {
    const place = { line: '  "title": "None, ', lineNumber: 7, isEndOfFile: true };
    expect(check(diagnoseSyntaxError({ ...place, head: '{\n  "a": 1,\n' }))).toBe(
      'line 7: expected JSON up to its end, but the file is cut off here: get the whole file again, since a part of it cannot be imported',
    );
    expect(check(diagnoseSyntaxError({ ...place, head: '{"a": 1}\n{"a": 2}\n' }))).toBe(
      'line 7: expected JSON up to its end, but the file is cut off here: get the whole file again, or delete this line to import those before it',
    );
  });

  test('text that was nothing like JSON from its beginning', () => {
    const head = "{'assessmentRuns': [],\n 'failedItems': {}}";
    expect(diagnoseSyntaxError({ line: head.slice(0, 20), lineNumber: 1, isEndOfFile: false, head })).toBe(
      diagnoseText(head),
    );
  });

  test('letters that another program could not write either', () => {
    const head = '{\n"a": "\ufffd",\n';
    expect(diagnoseSyntaxError({ line: '}', lineNumber: 3, isEndOfFile: false, head })).toContain(
      'brackets are closed',
    );
  });
});

describe('Text that is not UTF-8', () => {
  test('is told with how it would read', () => {
    const bytes = Buffer.from('        "value": "J\xf6rg-M\xf6hs-Tours \x93x\x94"', 'latin1');
    expect(check(diagnoseEncoding({ lineNumber: 22, bytes }))).toBe(
      'line 22: expected text in UTF-8, but got another encoding: with --encoding windows-1252 it would read ' +
        '"Jörg-Möhs-Tours", so if that is right, import it so; otherwise name its encoding, or turn it into UTF-8 with iconv',
    );
  });

  test('is told without, where the bytes are not known', () => {
    expect(check(diagnoseEncoding({ lineNumber: 22 }))).toContain(
      'if it was written on Windows, import it with --encoding',
    );
  });
});

test('Bytes that are no text are told by what they are, and text and PDF are not', () => {
  const adviceFor = (text: string) => detectFileType(Buffer.from(text, 'latin1'))?.advice ?? null;
  expect(adviceFor('\x89PNG\r\n\x1a\n')).toBe('import the JSON or YAML that the AWS CLI or an SDK wrote');
  for (const text of ['', '{', '%PDF-1.4', 'BM', 'PARIS', 'Objects']) expect(adviceFor(text)).toBeNull();
});

describe('JSON that is no output of Inspector Classic is told for', () => {
  const SECURITY_HUB = {
    SchemaVersion: '2018-10-08',
    ProductArn: 'arn:aws:securityhub:us-west-2::product/aws/inspector',
  };
  test.each<[string, unknown, string]>([
    [
      'findings of Inspector v2',
      { findings: [{ awsAccountId: '1', findingArn: 'arn:aws:inspector2:us-west-2:111122223333:finding/0' }] },
      'expected an output of Inspector Classic, but got findings of the present Amazon Inspector (inspector2), which came after Inspector Classic: they belong to no assessment run, so this archive has no place for them; keep the file as it is',
    ],
    ['one finding of Inspector v2', { findingArn: 'arn:aws-us-gov:inspector2:x' }, 'the present Amazon Inspector'],
    ['findings of Security Hub', { Findings: [SECURITY_HUB], NextToken: 'x' }, 'got findings of AWS Security Hub'],
    ['a list of findings of Security Hub', [SECURITY_HUB], 'got findings of AWS Security Hub'],
    [
      'a notification',
      { Type: 'Notification', TopicArn: 'x', Message: '{}' },
      'got a message of Amazon SNS: they tell',
    ],
    ['messages of a queue', { Messages: [{ Body: '{}', ReceiptHandle: 'x' }] }, 'got messages of an Amazon SQS queue'],
    [
      'an event of Inspector',
      { template: 'x', run: RUN, time: '2018', event: 'FINDING_REPORTED', finding: 'x' },
      'got an event that Inspector reported to Amazon SNS (FINDING_REPORTED): it names what it is about and holds none of it',
    ],
    [
      'an event of EventBridge',
      { 'detail-type': 'Inspector2 Finding', source: 'x', detail: {} },
      'an event of Amazon EventBridge (Inspector2 Finding)',
    ],
    [
      'a log of CloudTrail',
      { Records: [{ eventVersion: '1.08', eventSource: 'inspector.amazonaws.com', eventName: 'StartAssessmentRun' }] },
      'got events of AWS CloudTrail, which tell who called the API',
    ],
    [
      'events that CloudTrail looked up',
      { Events: [{ EventId: 'x', CloudTrailEvent: '{}' }] },
      'got events of AWS CloudTrail',
    ],
    [
      'an event of S3',
      { Records: [{ eventSource: 'aws:s3', eventName: 'x' }] },
      'an event of another service (aws:s3)',
    ],
    [
      'an error of the API',
      { __type: 'com.amazon.coral#AccessDeniedException', message: 'no', errorCode: 'X' },
      'got an error message (AccessDeniedException, no): the call failed, so there is nothing in it to import',
    ],
    [
      'an error of boto3',
      { Error: { Code: 'ExpiredToken', Message: 'x' }, ResponseMetadata: {} },
      'an error message (ExpiredToken, x)',
    ],
    [
      'an error of an API gateway',
      { message: 'Missing Authentication Token' },
      'an error message (Missing Authentication',
    ],
    ['an error page as JSON', { statusCode: 502, error: 'Bad Gateway', message: 'x' }, 'got an error message (x)'],
    ['a skeleton of input', { assessmentRunArns: [''] }, 'got the input of a command (--cli-input-json'],
    [
      'a skeleton of a list',
      { assessmentRunArns: [''], filter: { ruleNames: [''] }, nextToken: '', maxResults: 0 },
      'the input of a command',
    ],
    ['an input', { assessmentRunArn: RUN }, 'the input of a command'],
    [
      'a skeleton of output',
      { assessmentRuns: [{ arn: 'Arn', name: 'AssessmentRunName' }] },
      'an example that the AWS CLI makes up',
    ],
    ['the state of Terraform', { version: 4, terraform_version: '1', resources: [] }, 'the state of Terraform'],
    ['a template of CloudFormation', { AWSTemplateFormatVersion: '2010-09-09' }, 'a template of AWS CloudFormation'],
    ['an answer of GraphQL', { data: { assessmentRun: {} } }, 'the answer of a GraphQL service'],
    [
      'rows of Steampipe',
      { rows: [{ arn: RUN, assessment_template_arn: 'x' }], columns: [] },
      'rows of a database or of',
    ],
    ['instances', { Reservations: [] }, 'the output of another service of AWS (aws ec2 describe-instances)'],
    ['an identity', { UserId: 'x', Account: '1', Arn: 'y' }, '(aws sts get-caller-identity)'],
  ])('%s', (_, value, message) => {
    expect(check(diagnoseValue(value))).toContain(message);
  });

  test.each([
    ['an output', { assessmentRuns: [{ arn: RUN, name: 'x' }], failedItems: {} }],
    ['a list of ARNs', { assessmentRunArns: [RUN], nextToken: 'x' }],
    ['an agent', { assessmentRunArn: RUN, agentId: 'i-1', telemetryMetadata: [] }],
    ['a finding', { arn: `${RUN}/finding/0-1`, severity: 'High', attributes: [], title: 'x' }],
    ['findings', { findings: [{ arn: `${RUN}/finding/0-1` }] }],
    ['an exclusion', { exclusions: { x: { arn: 'x', title: 'y' } } }],
    ['an export', { operation: 'DescribeFindings', input: {}, output: {} }],
    ['members of any name', { constructor: 1, x: 2 }],
    ['an empty object', {}],
    ['an empty list', []],
    ['a list of texts', ['Reservations']],
    ['null', null],
    ['a number', 7],
  ])('but not for %s', (_, value) => {
    expect(diagnoseValue(value)).toBeNull();
  });
});
