import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type SchemaObject } from 'ajv';
import { parse, parseAllDocuments } from 'yaml';
import type { Json } from './gateway.js';

const ROOT = new URL('../../', import.meta.url);
const KUBERNETES = new URL('deploy/kubernetes/', ROOT);

/** The text of a file of the repository. */
export function readText(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** compose.yaml, its variables as they are written there. */
export function readCompose(): Json {
  return parse(readText('compose.yaml'), { strict: true });
}

/** Every document below deploy/kubernetes. */
export function readManifests(): Json[] {
  return readdirSync(KUBERNETES)
    .sort()
    .flatMap((file) => parseAllDocuments(readFileSync(new URL(file, KUBERNETES), 'utf8'), { strict: true }))
    .map((document) => {
      if (document.errors[0] !== undefined) throw document.errors[0];
      return document.toJS();
    });
}

/** What the schema of the Compose Specification, which refuses unknown fields, has against a document. */
export function findComposeProblems(document: unknown): string[] {
  const folder = createRequire(import.meta.url).resolve('dclint/package.json');
  // The name that it gives to its meta-schema is one that Ajv does not know, and the formats are words of its own.
  const { $schema: _, ...schema } = JSON.parse(
    readFileSync(new URL('schemas/compose.schema.json', `file://${folder}`), 'utf8'),
  ) as SchemaObject;
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.validate(schema, document);
  return (ajv.errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath} ${message} ${JSON.stringify(params)}`;
  });
}

/** What Kubernetes' own schema has against a document, unknown fields included. */
export async function findManifestProblems(document: Json): Promise<string[]> {
  const models = await import(`kubernetes-models/${document.apiVersion}`);
  const model = models[document.kind];
  if (model === undefined) return [`there is no ${document.kind} in ${document.apiVersion}`];
  const unread = new Set<string>();
  try {
    model.prototype.validate.call(watchReads(document, '', unread));
  } catch (error) {
    return [(error as Error).message];
  }
  return [...unread].map((path) => `${path} is unknown`);
}

/**
 * The same value, that takes off `unread` the path of whatever is read of it. Kubernetes' schema allows fields that it
 * does not know; what validation has not looked at is one.
 */
function watchReads<T>(value: T, path: string, unread: Set<string>): T {
  if (typeof value !== 'object' || value === null) return value;
  const fields = new Map<PropertyKey, unknown>();
  for (const [key, field] of Object.entries(value)) {
    unread.add(`${path}/${key}`);
    fields.set(key, watchReads(field, `${path}/${key}`, unread));
  }
  return new Proxy(value, {
    get(target, key) {
      unread.delete(`${path}/${String(key)}`);
      return fields.has(key) ? fields.get(key) : Reflect.get(target, key);
    },
  });
}
