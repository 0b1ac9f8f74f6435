// Callers who never stop asking, and know what the answer has to be.
import { Agent, request as sendRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const CALLERS = 16;
/** Between an answer and the next question: the soak is about faults, and not about how much the machine can do. */
const THINKING_MS = 100;
/** For the slowest answer there may be: the gateway's deadline, and the machine's moods. */
const PATIENCE_MS = 30_000;
const ROWS = 'telemetry { messageType count dataSize }';
const RUN = `query Run($arn: ID!) { assessmentRun(arn: $arn) { arn name state ${ROWS} } }`;
const RUNS = `query Runs($arns: [ID!]!) { assessmentRunsByArn(arns: $arns) { arn name state ${ROWS} } }`;
const LIST = `query List { assessmentRuns(first: 20) { edges { node { arn name state ${ROWS} } } } }`;
const FINDINGS = 'query Findings($arn: ID!) { assessmentRun(arn: $arn) { findings(first: 100) { nodes { arn } } } }';
const BOMB = `query { ${Array.from({ length: 10 }, (_, n) => `a${n}: assessmentRuns(first: 100) { nodes { ${Array.from({ length: 150 }, (_, m) => `f${m}: name`).join(' ')} } }`).join(' ')} }`;

/**
 * Keeps asking `addresses()` by turns, as a proxy in front of them would: a connection that is refused goes to the next one.
 * `history` knows the runs; `mood()` is `calm` while nothing is wrong and every question has to be answered. `note` is told
 * of what became of each question: `answered`, or an object that says what was `wrong` or `lost`, or that it `failed` with canRetry.
 */
export function startLoad({ addresses, history, mood, note }) {
  const kept = new Agent({ keepAlive: true, maxSockets: 64 });
  const fresh = new Agent({ keepAlive: false });
  let isOver = false;
  let turn = 0;

  async function keepAsking(caller) {
    for (let asked = caller; !isOver; asked += 1) {
      const question = pickQuestion(history, asked);
      const moodBefore = mood();
      const outcome = await ask(question, asked % 3 === 0 ? fresh : kept);
      // What a fault meets on its way is the fault's.
      const wasCalm = moodBefore === 'calm' && mood() === 'calm';
      note(question.kind, outcome, wasCalm);
      await pause(THINKING_MS);
    }
  }

  async function ask(question, agent) {
    for (let attempt = 0; ; attempt += 1) {
      const list = addresses();
      const replica = list[turn++ % list.length];
      const answer = await send(replica.url, question, agent);
      const isRefused = answer.error === 'ECONNREFUSED' || answer.isStaleConnection;
      if (isRefused && attempt < 10) continue;
      if (answer.error !== undefined)
        return { lost: answer.error, begun: answer.status !== undefined, replica: replica.name };
      return question.check(answer);
    }
  }

  const callers = Promise.all(Array.from({ length: CALLERS }, (_, caller) => keepAsking(caller)));
  return {
    ask: (question) => ask(question, fresh),
    async end() {
      isOver = true;
      await callers;
      kept.destroy();
    },
  };
}

/** Sends a question; `error` is set when the answer did not come, or not all of it. */
function send(url, { body, method = 'POST', isSlow }, agent) {
  return new Promise((resolve) => {
    const text = JSON.stringify(body);
    const path =
      method === 'GET'
        ? `/graphql?query=${encodeURIComponent(body.query)}&variables=${encodeURIComponent(JSON.stringify(body.variables))}`
        : '/graphql';
    const headers =
      method === 'GET'
        ? { 'apollo-require-preflight': '1' }
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const request = sendRequest(`${url}${path}`, { method, agent, headers, timeout: PATIENCE_MS });
    let status;
    const fail = (error) =>
      // A server may close a connection between two requests: what was sent on it then goes to another one.
      resolve({
        error: error.code ?? error.message,
        status,
        isStaleConnection: request.reusedSocket && status === undefined,
      });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', fail);
    request.on('response', async (response) => {
      status = response.statusCode;
      const chunks = [];
      try {
        for await (const chunk of response) {
          chunks.push(chunk);
          if (isSlow) await pause(5);
        }
        resolve({ status, body: JSON.parse(Buffer.concat(chunks).toString()) });
      } catch (error) {
        fail(error);
      }
    });
    request.end(method === 'GET' ? undefined : text);
  });
}

/** The question for one run, as it is asked again when all is over. */
export const askForRun = (history, arn) => ({
  kind: 'one run',
  body: { query: RUN, variables: { arn } },
  check: ({ status, body }) => checkErrors(status, body) ?? checkRuns(history, [body.data.assessmentRun]),
});

function pickQuestion(history, asked) {
  const arns = Array.from({ length: 20 }, () => history.draw());
  switch (asked % 10) {
    case 0:
      return {
        kind: 'a list',
        body: { query: LIST },
        check: ({ status, body }) =>
          checkErrors(status, body) ??
          checkRuns(
            history,
            body.data.assessmentRuns.edges.map(({ node }) => node),
          ),
      };
    case 1:
      return {
        kind: 'findings',
        body: { query: FINDINGS, variables: { arn: arns[0] } },
        check: ({ status, body }) =>
          checkErrors(status, body) ?? checkFindings(history, arns[0], body.data.assessmentRun),
      };
    case 2:
      return { kind: 'too much', body: { query: BOMB }, check: checkRefusal };
    case 3:
      return { ...askForRun(history, arns[0]), kind: 'one run by GET', method: 'GET' };
    case 4:
    case 5:
      return {
        kind: asked % 10 === 4 ? 'a page' : 'a page, read slowly',
        isSlow: asked % 10 === 5,
        body: { query: RUNS, variables: { arns } },
        check: ({ status, body }) => checkErrors(status, body) ?? checkRuns(history, body.data.assessmentRunsByArn),
      };
    default:
      return askForRun(history, arns[0]);
  }
}

/** Null where there are none: only what says that it may be retried is no wrong answer. */
function checkErrors(status, { errors }) {
  if (errors === undefined) return status === 200 ? null : { wrong: `status ${status} without errors` };
  for (const { message, extensions } of errors) {
    if (extensions?.canRetry !== true || extensions.code === 'INTERNAL_SERVER_ERROR') {
      return { wrong: `status ${status}, ${JSON.stringify(extensions)}: ${message}` };
    }
  }
  return { failed: [...new Set(errors.map(({ extensions }) => extensions.code))].join() };
}

function checkRuns(history, runs) {
  for (const run of runs) {
    const expected = history.runs.get(run?.arn);
    if (expected === undefined) return { wrong: `a run that nobody has imported: ${JSON.stringify(run)}` };
    const { name, state, telemetry } = run;
    if (JSON.stringify(telemetry) !== expected.telemetry) return { wrong: `other telemetry for ${run.arn}` };
    if (name !== expected.name || state !== expected.state) return { wrong: `other details of ${run.arn}` };
  }
  return 'answered';
}

function checkFindings(history, arn, run) {
  const found = run.findings.nodes.map((node) => node.arn);
  return JSON.stringify(found) === history.runs.get(arn).findings
    ? 'answered'
    : { wrong: `other findings of ${arn}: ${found.length}` };
}

function checkRefusal({ status, body }) {
  const isRefused = body.errors?.[0]?.extensions.code === 'OPERATION_TOO_COSTLY' && body.data == null;
  return isRefused ? 'answered' : { wrong: `what costs too much had status ${status}` };
}
