import { randomUUID } from 'node:crypto';
import { type FieldNode, type GraphQLResolveInfo, getNamedType } from 'graphql';
import type { TelemetryMetadata } from '../../inspector/inspector-api.js';
import { collectFields } from '../selection.js';

/*
 * Telemetry as text
 *
 * Rows of telemetry are nearly all there is to most answers: a page of fifty runs has 4,350 of their fields. They cannot
 * fail, since what Inspector answers has been checked before, they lead nowhere, and they never change. So they need not
 * be executed field by field: a field of rows is answered with their JSON, written once for as long as the rows are kept,
 * and put into the answer as it is.
 */

/** How many selections of the same rows are kept as text: most portals have one. */
const MAX_TEXTS = 4;

/** Text of a selection with longer names, or more of them, is not kept: each row has them all. */
const MAX_KEPT_KEY_LENGTH = 200;

/** How a field of a row becomes JSON. */
const serializers: Record<keyof TelemetryMetadata | '__typename', (row: TelemetryMetadata) => string> = {
  messageType: ({ messageType }) => JSON.stringify(messageType),
  count: ({ count }) => String(count),
  dataSize: ({ dataSize }) => String(dataSize),
  __typename: () => '"TelemetryMetadata"',
};

/** What is selected of each row, in the order of the answer. */
interface Columns {
  /** The same for the same selection. */
  readonly key: string;
  readonly columns: readonly { readonly start: string; readonly write: (row: TelemetryMetadata) => string }[];
}

const textsByRows = new WeakMap<readonly TelemetryMetadata[], Map<string, SerializedText>>();
/** Of selections that are the same in every execution of their document. */
const columnsByNode = new WeakMap<FieldNode, Columns>();
/** Of the others, for as long as an execution lasts: graphql-js makes these lists once in it for all places. */
const columnsByNodes = new WeakMap<readonly FieldNode[], Columns>();

/** What stands for these rows in a result: the fields that are selected on them, as graphql-js would execute them. */
export function serializeRows(rows: readonly TelemetryMetadata[], info: GraphQLResolveInfo): SerializedText {
  const { key, columns } = findColumns(info);
  let texts = textsByRows.get(rows);
  const known = texts?.get(key);
  if (known !== undefined) return known;
  const text = `[${rows.map((row) => toText(row, columns)).join(',')}]`;
  const serialized = new SerializedText([text], Buffer.byteLength(text));
  if (key.length > MAX_KEPT_KEY_LENGTH) return serialized;
  if (texts === undefined) {
    texts = new Map();
    textsByRows.set(rows, texts);
  }
  if (texts.size < MAX_TEXTS) texts.set(key, serialized);
  return serialized;
}

function toText(row: TelemetryMetadata, columns: Columns['columns']): string {
  let text = '{';
  for (const { start, write } of columns) text += start + write(row);
  return `${text}}`;
}

function findColumns({ fieldNodes, schema, fragments, variableValues }: GraphQLResolveInfo): Columns {
  const [node] = fieldNodes as [FieldNode];
  const known = (fieldNodes.length === 1 ? columnsByNode.get(node) : undefined) ?? columnsByNodes.get(fieldNodes);
  if (known !== undefined) return known;
  let isConstant = fieldNodes.length === 1;
  const sets = fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  const groups = collectFields(
    getNamedType(schema.getType('TelemetryMetadata')) as NonNullable<ReturnType<typeof schema.getType>>,
    sets,
    schema,
    new Map(Object.entries(fragments)),
    variableValues,
    (selection) => {
      if (selection.directives?.length) isConstant = false;
    },
  );
  const names = [...groups].map(({ nodes: [first] }) => {
    const { alias, name } = first as FieldNode;
    return { name: name.value, responseKey: (alias ?? name).value };
  });
  const columns = names.map(({ name, responseKey }, place) => ({
    start: `${place === 0 ? '' : ','}"${responseKey}":`,
    write: serializers[name as keyof typeof serializers],
  }));
  const found = { key: names.map(({ name, responseKey }) => `${responseKey}:${name}`).join(' '), columns };
  if (isConstant) columnsByNode.set(node, found);
  else columnsByNodes.set(fieldNodes, found);
  return found;
}

/** Stands for text in JSON; no value of an answer can be the same, since nobody else ever sees it. */
const MARK = randomUUID();

/** What the JSON in the making has marks for, in their order; null when it is to have them itself. */
let marked: SerializedText[] | null = null;

/** A value of an answer that is JSON already, in `pieces`; `bytes` is what they take. */
export class SerializedText {
  constructor(
    readonly pieces: readonly string[],
    readonly bytes: number,
  ) {}

  toJSON(): unknown {
    if (marked === null) return JSON.parse(this.pieces.join(''));
    marked.push(this);
    return MARK;
  }
}

/** The JSON of a result and a line break, as Apollo Server writes it. */
export function stringifyResult(result: object): string {
  return join(result, '\n');
}

/** The JSON of a part of a result. */
export function stringify(part: object): string {
  return join(part, '');
}

function join(value: object, end: string): string {
  const texts: SerializedText[] = [];
  marked = texts;
  try {
    const pieces: string[] = [];
    for (const [place, part] of JSON.stringify(value).split(`"${MARK}"`).entries()) {
      pieces.push(part);
      const text = texts[place];
      if (text !== undefined) for (const piece of text.pieces) pieces.push(piece);
    }
    pieces.push(end);
    // Joined, and not added up: to write what was added up V8 has to put it together first, and takes three times as long.
    return pieces.join('');
  } finally {
    marked = null;
  }
}
