// The limit: node:http that reads the request and answers the same, whatever was asked: fixed bytes, or that they are
// unchanged.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const isUnchanged = process.env.ANSWER_STATUS === '304';
const answer = isUnchanged ? '' : readFileSync(process.env.ANSWER_FILE);
const headers = isUnchanged
  ? { etag: '"fixed"' }
  : { 'content-type': 'application/json; charset=utf-8', 'content-length': answer.length };
const status = isUnchanged ? 304 : 200;

const server = createServer((request, response) => {
  request.on('data', () => {});
  request.on('end', () => response.writeHead(status, headers).end(answer));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}/graphql\n`));
