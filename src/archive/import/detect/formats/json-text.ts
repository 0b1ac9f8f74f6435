import { readJsonText } from '../../content/json/json-documents.js';
import { type Format, unite } from '../walk.js';

/** JSON as text in JSON: queues in queues go so far. */
const MAX_TEXT_DEPTH = 4;

/** JSON that stands as text in a document. */
export const inspectJsonText: Format<string> = (text, position, walk) => {
  const { line, path, textDepth } = position;
  if (textDepth >= MAX_TEXT_DEPTH || !/^\s*[[{]/.test(text)) return null;
  const documents = readJsonText(text, line, (value, inner) => walk.detach(value, [...path, ...inner], line));
  if (documents === undefined) return null;
  return unite(documents.map(({ value }) => walk.inspect(value, { ...position, textDepth: textDepth + 1 })));
};
