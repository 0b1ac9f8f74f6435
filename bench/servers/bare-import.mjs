// The least that an import of records into SQLite takes: each line parsed, and each document's text inserted under its key in
// one transaction. It takes records as scripts/generate-history.mjs writes them.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import Database from 'libsql';

const ROWS = 64;

const database = new Database(process.env.ARCHIVE_URL.slice('sqlite:'.length));
database.pragma('journal_mode = WAL');
database.pragma('synchronous = NORMAL');
database.exec('create table documents (id integer primary key, key text not null, document text not null)');
database.exec('create unique index documents_by_key on documents (key)');
const toStatement = (rows) =>
  database.prepare(`insert into documents (key, document) values ${Array(rows).fill('(?,?)').join()}`);
const insertRows = toStatement(ROWS);
const insertRow = toStatement(1);

const pending = [];
database.exec('begin');
for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) {
  const { operation, input, output } = JSON.parse(line);
  const [content] = Object.values(output);
  const documents =
    operation === 'GetTelemetryMetadata' ? [[input.assessmentRunArn, content]] : content.map((one) => [one.arn, one]);
  for (const [key, document] of documents) pending.push(`${operation} ${key}`, JSON.stringify(document));
  if (pending.length < 2 * ROWS) continue;
  insertRows.run(pending.splice(0, 2 * ROWS));
}
for (let place = 0; place < pending.length; place += 2) insertRow.run(pending.slice(place, place + 2));
database.exec('commit');
database.close();
