import { createHash } from 'node:crypto';
import { type DocumentNode, type GraphQLSchema, Kind, parse, print, validate } from 'graphql';
import { z } from 'zod';

/*
 * Trusted documents
 * https://github.com/graphql/graphql-over-http/blob/main/spec/Appendix%20A%20--%20Persisted%20Documents.md
 *
 * Clients that are built have a manifest of all documents that they ever send. Where only those are executed, nobody asks
 * what no client of the team's asks.
 */

/** What is done with a document that no manifest has: nothing, a line in the log, or a refusal, as one without its id. */
export type TrustedDocumentsMode = 'off' | 'log' | 'safelist' | 'require';

/** Documents by id: those of a manifest. */
export type Manifest = ReadonlyMap<string, string>;

/** The documents of all manifests. */
export interface TrustedDocuments {
  /** Counts changes of the manifests: what was answered before another one need not be allowed any more. */
  readonly version: number;
  /** The text of a document; an id may have `sha256:` before it, or not. */
  findById(id: string): string | undefined;
  /** Whether a manifest has this document, in whatever way it is laid out. */
  isTrusted(document: DocumentNode): boolean;
}

const id = z.string().min(1).max(128);
const apolloManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id, body: z.string() })),
});
const documentsById = z.record(id, z.string());

/**
 * Parses a manifest: Apollo's (https://www.apollographql.com/docs/graphos/platform/security/persisted-queries), or an object of
 * documents by id, as client-preset, Relay and Hive write it. Throws an Error that names what is wrong; all documents have to be
 * valid.
 */
export function parseManifest(text: string, schema: GraphQLSchema): Manifest {
  const json: unknown = JSON.parse(text);
  const isApollos = typeof json === 'object' && json !== null && Object.hasOwn(json, 'operations');
  const parsed = isApollos ? apolloManifest.safeParse(json) : documentsById.safeParse(json);
  if (!parsed.success) {
    throw new Error("expected Apollo's manifest of persisted queries, or an object of documents by their ids");
  }
  const entries = isApollos
    ? (parsed.data as z.output<typeof apolloManifest>).operations.map(({ id, body }): [string, string] => [id, body])
    : Object.entries(parsed.data as z.output<typeof documentsById>);
  for (const [itsId, document] of entries) check(itsId, document, schema);
  return new Map(entries.map(([itsId, document]) => [toPlainId(itsId), document]));
}

function check(itsId: string, document: string, schema: GraphQLSchema): void {
  try {
    const [error] = validate(schema, parse(document));
    if (error !== undefined) throw error;
  } catch (error) {
    throw new Error(`the document ${JSON.stringify(itsId)} is not valid: ${(error as Error).message}`);
  }
}

const toPlainId = (text: string) => text.replace(/^sha256:/, '');

/** The documents of manifests, which may be others each time they are asked for. */
export function createTrustedDocuments(toManifests: () => readonly Manifest[]): TrustedDocuments {
  let known: readonly Manifest[] = [];
  let digests = new Set<string>();
  let version = 0;
  /** Documents are parsed once, and executed many times. */
  let checked = new WeakMap<DocumentNode, boolean>();

  function readAgain(): void {
    const current = toManifests();
    if (current.length === known.length && current.every((manifest, index) => manifest === known[index])) return;
    known = current;
    version += 1;
    digests = new Set(current.flatMap((manifest) => [...manifest.values()].map((text) => toDigest(parse(text)))));
    checked = new WeakMap();
  }

  return {
    get version() {
      readAgain();
      return version;
    },
    findById(text) {
      const plain = toPlainId(text);
      for (const manifest of toManifests()) {
        const found = manifest.get(plain);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    isTrusted(document) {
      readAgain();
      let isTrusted = checked.get(document);
      if (isTrusted === undefined) {
        isTrusted = digests.has(toDigest(document));
        checked.set(document, isTrusted);
      }
      return isTrusted;
    },
  };
}

function toDigest(document: DocumentNode): string {
  return createHash('sha256').update(print(document)).digest('base64');
}

/** Whether a document asks for nothing but the schema, as tools do; whether they may is not for manifests to say. */
export function asksForSchemaAlone({ definitions }: DocumentNode): boolean {
  return definitions.every(
    (definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ||
      (definition.kind === Kind.OPERATION_DEFINITION &&
        definition.selectionSet.selections.every(
          (selection) => selection.kind === Kind.FIELD && selection.name.value.startsWith('__'),
        )),
  );
}
