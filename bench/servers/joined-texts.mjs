// The limit for pages: node:http that parses the request, looks its runs up in a Map of ready texts, and sends them joined.
// A text is what the product answers for the run when it is first asked for.
import { createServer } from 'node:http';

const texts = new Map();

async function learn({ query, variables }) {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query, variables });
  const { data } = await (await fetch(process.env.PRODUCT_URL, { method: 'POST', headers, body })).json();
  return data.assessmentRunsByArn.map((run, place) => {
    const text = JSON.stringify(run);
    texts.set(variables.arns[place], text);
    return text;
  });
}

function send(response, runs) {
  const answer = `{"data":{"assessmentRunsByArn":[${runs.join(',')}]}}\n`;
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(answer) };
  response.writeHead(200, headers).end(answer);
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const asked = JSON.parse(Buffer.concat(chunks).toString());
    const known = asked.variables.arns.map((arn) => texts.get(arn));
    if (known.includes(undefined)) learn(asked).then((learnt) => send(response, learnt));
    else send(response, known);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}/graphql\n`));
