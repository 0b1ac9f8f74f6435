import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isLeafType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Freshness } from '../../inspector/inspector-api.js';
import type { AssessmentRunArn } from '../../inspector/inspector-arn.js';
import { CacheStats } from '../../metrics.js';
import type { EntityParent, GraphQLContext } from '../context.js';
import { SerializedText, stringify } from './serialized-text.js';
import type { JoinedText, TextJoin } from './text-join.js';

/*
 * Runs as text
 *
 * Portals ask for the same selection of one run after the other. When nothing of it leads further than the run's details
 * and telemetry, the JSON of a run in such a document is the same each time, for as long as both are fresh. It is taken
 * from an answer that graphql-js has made, and kept. A document with such a field is executed in a second form first, in
 * which the field is a leaf and has the texts of its runs: when all are kept, that is the answer. When one is not, the
 * document is executed as it is written, by the same loaders, which have all by then that has been read.
 *
 * A document that asks for nothing but the runs of its one variable need not be executed at all then: see TextJoin.
 */

const RUN_TYPE = 'AssessmentRun';
/** Of the name of the field that gives texts, beside that of the field that gives runs. */
const TEXT_FIELD_SUFFIX = 'AsText';

/** Texts of all documents: 16,000 runs with 29 rows. */
const MAX_BYTES = 32 * 2 ** 20;

/** What an entry takes beside its key and its text: measured, some 170 bytes. */
const OVERHEAD_BYTES = 200;

const TELEMETRY_FIELDS = new Set(['telemetry', 'telemetryTotal', 'telemetryResult']);
const IDENTITY_FIELDS = new Set(['id', 'arn', '__typename']);

/** Fields of other types that lead to runs and read nothing themselves, besides lists. */
const PASSED_TYPES = /(Connection|Edge)$|^PageInfo$/;

/** How a document is executed with texts. */
interface Plan {
  readonly id: number;
  /** The document with a field of texts in place of the field of runs. */
  readonly document: DocumentNode;
  readonly readsDetails: boolean;
  readonly readsTelemetry: boolean;
  /** Null for a document that asks for more than the runs of its one variable. */
  readonly join: TextJoin | null;
}

interface KeptText {
  readonly text: string;
  readonly bytes: number;
  /** By performance.now(). */
  readonly expiresAtMs: number;
  /** The revision of the upstream's data; at another one it is read anew. */
  readonly revision: string | null;
}

/** A run whose text was not kept, and where it stands in the result. */
interface Miss {
  readonly arn: AssessmentRunArn;
  readonly path: readonly (string | number)[];
}

/** One execution of a plan. */
interface Attempt {
  readonly plan: Plan;
  readonly misses: Miss[];
  /** Whether there was what has no text, such as a run that failed. */
  isHopeless: boolean;
}

type Parent = EntityParent<'assessmentRun'> | Error | null | undefined;
type Resolver = GraphQLFieldResolver<unknown, GraphQLContext>;

/** Names the field of texts beside a field of runs. */
export const toTextField = (name: string) => `${name}${TEXT_FIELD_SUFFIX}`;

export const isRunType = (name: string) => name === RUN_TYPE;

/**
 * `detailFields` are those of a run that its details alone answer; no joined answer is longer than `maxAnswerBytes`.
 * `toRevision` gives the revision of the upstream's data.
 */
export function createReadyTexts(
  detailFields: ReadonlySet<string>,
  maxAnswerBytes: number,
  toRevision: () => string | null = () => null,
  stats = new CacheStats(),
) {
  const texts = new LRUCache<string, KeptText>({
    maxSize: MAX_BYTES,
    // Strings take two bytes a character where one of them is beyond Latin-1.
    sizeCalculation: ({ text, bytes }, key) =>
      OVERHEAD_BYTES + key.length + (bytes === text.length ? 1 : 2) * text.length,
    dispose: stats.onDispose,
  });
  stats.track(texts);
  const plans = new WeakMap<DocumentNode, Plan | null>();
  const attempts = new WeakMap<GraphQLContext, Attempt>();
  let planCount = 0;

  function find(planId: number, arn: string, nowMs: number): KeptText | undefined {
    const kept = texts.get(toKey(planId, arn));
    return kept !== undefined && kept.expiresAtMs > nowMs && kept.revision === toRevision() ? kept : undefined;
  }

  /** Null for a document that has no such field, or several, or anything else that is read. */
  function findPlan(schema: GraphQLSchema, document: DocumentNode): Plan | null {
    let plan = plans.get(document);
    if (plan === undefined) {
      plan = createPlan(schema, document);
      plans.set(document, plan);
    }
    return plan;
  }

  function createPlan(schema: GraphQLSchema, document: DocumentNode): Plan | null {
    const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    const [operation] = operations as OperationDefinitionNode[];
    if (operation === undefined || operations.length > 1 || operation.operation !== 'query') return null;
    const toSelections = createToSelections(document);
    const read = { details: false, telemetry: false };
    let replaced = 0;
    let isPlain = true;
    const typeInfo = new TypeInfo(schema);
    const rewritten = visit(
      operation,
      visitWithTypeInfo(typeInfo, {
        FragmentSpread() {
          isPlain = false;
        },
        Field(node) {
          const type = getNamedType(typeInfo.getType());
          if (type == null || isLeafType(type) || PASSED_TYPES.test(type.name)) return undefined;
          if (type.name !== RUN_TYPE || !isSelfContained(node.selectionSet?.selections ?? [], toSelections, read)) {
            isPlain = false;
            return false;
          }
          replaced += 1;
          const { selectionSet: _, ...leaf } = node;
          return {
            ...leaf,
            alias: node.alias ?? node.name,
            name: { ...node.name, value: toTextField(node.name.value) },
          };
        },
      }),
    );
    if (!isPlain || replaced !== 1 || !(read.details || read.telemetry)) return null;
    planCount += 1;
    return {
      id: planCount,
      document: { ...document, definitions: [rewritten] },
      readsDetails: read.details,
      readsTelemetry: read.telemetry,
      join: createJoin(planCount, operation),
    };
  }

  /** Null unless the operation is one field of the runs that its one variable names. */
  function createJoin(planId: number, { selectionSet, variableDefinitions = [], directives }: OperationDefinitionNode) {
    const [field, ...others] = selectionSet.selections;
    const [definition] = variableDefinitions;
    const isPlain = others.length === 0 && variableDefinitions.length === 1 && !directives?.length;
    if (!isPlain || definition === undefined || field?.kind !== Kind.FIELD || field.directives?.length) return null;
    if (field.name.value !== 'assessmentRun' && field.name.value !== 'assessmentRunsByArn') return null;
    const isList = field.name.value === 'assessmentRunsByArn';
    const variable = definition.variable.name.value;
    const start = `{"data":{"${(field.alias ?? field.name).value}":${isList ? '[' : ''}`;
    const end = isList ? ']}}\n' : '}}\n';
    return (variables: Readonly<Record<string, unknown>>, mayRead: (arn: string) => boolean): JoinedText | null => {
      const given = variables[variable];
      if (Object.keys(variables).length !== 1 || Array.isArray(given) !== isList) return null;
      const arns = (isList ? given : [given]) as readonly unknown[];
      // Nothing says for how long an empty page may be cached.
      if (arns.length === 0) return null;
      const nowMs = performance.now();
      const pieces = [start];
      let bytes = start.length + end.length;
      for (const arn of arns) {
        // A text is kept for a valid ARN only.
        const kept = typeof arn === 'string' ? find(planId, arn, nowMs) : undefined;
        if (kept === undefined || !mayRead(arn as string)) return null;
        bytes += kept.bytes + (pieces.length > 1 ? 1 : 0);
        if (bytes > maxAnswerBytes) return null;
        if (pieces.length > 1) pieces.push(',');
        pieces.push(kept.text);
      }
      pieces.push(end);
      return { text: pieces.join(''), bytes, runs: arns.length };
    };
  }

  /** Whether selections on a run are the same whenever they are executed; `read` is told what of the run they read. */
  function isSelfContained(
    selections: readonly SelectionNode[],
    toSelections: ToSelections,
    read: { details: boolean; telemetry: boolean },
  ): boolean {
    return selections.every((selection) => {
      if (selection.directives?.length) return false;
      if (selection.kind !== Kind.FIELD) return isSelfContained(toSelections(selection), toSelections, read);
      const name = selection.name.value;
      const isDetail = detailFields.has(name);
      const isTelemetry = TELEMETRY_FIELDS.has(name);
      read.details ||= isDetail;
      read.telemetry ||= isTelemetry;
      return (isDetail || isTelemetry || IDENTITY_FIELDS.has(name)) && isConstant(selection, toSelections);
    });
  }

  /** The resolver of a field of texts, by that of the field of runs. */
  function withTexts(resolve: Resolver): Resolver {
    return (source, args, context, info) => {
      const resolved = resolve(source, args, context, info);
      return resolved instanceof Promise
        ? resolved.then((parents) => toTexts(parents, context, info))
        : toTexts(resolved, context, info);
    };
  }

  function toTexts(parents: unknown, context: GraphQLContext, info: GraphQLResolveInfo): SerializedText | null {
    const attempt = attempts.get(context) as Attempt;
    const nowMs = performance.now();
    const pieces: string[] = [];
    let bytes = 0;
    let expiresAtMs = Number.POSITIVE_INFINITY;

    function add(piece: string, pieceBytes = piece.length): void {
      pieces.push(piece);
      bytes += pieceBytes;
    }

    function addRun(parent: Parent, index: number | null): void {
      if (parent == null || parent instanceof Error) {
        attempt.isHopeless = true;
        return;
      }
      const kept = context.mayRead(parent.arn) ? find(attempt.plan.id, parent.arn, nowMs) : undefined;
      if (kept === undefined) {
        stats.misses += 1;
        const path = toPath(info);
        attempt.misses.push({ arn: parent.arn, path: index === null ? path : [...path, index] });
        return;
      }
      stats.hits += 1;
      if (kept.expiresAtMs < expiresAtMs) expiresAtMs = kept.expiresAtMs;
      add(kept.text, kept.bytes);
    }

    if (parents == null) {
      // To say which field must not be null is for the document as it is written.
      attempt.isHopeless ||= isNonNullType(info.returnType);
      return null;
    }
    if (Array.isArray(parents)) {
      add('[');
      for (const [index, parent] of parents.entries()) {
        if (index > 0) add(',');
        addRun(parent, index);
      }
      add(']');
    } else {
      addRun(parents as Parent, null);
    }
    if (attempt.isHopeless || attempt.misses.length > 0) return null;
    if (expiresAtMs < Number.POSITIVE_INFINITY) {
      context.freshness.add({ maxAgeMs: expiresAtMs - nowMs, staleAgeMs: null });
    }
    return new SerializedText(pieces, bytes);
  }

  /** Keeps the texts that were missed, of a result without failures. */
  function keep({ plan, misses }: Attempt, data: unknown, context: GraphQLContext): void {
    for (const { arn, path } of misses) {
      const maxAgeMs = findMaxAge(plan, arn, context);
      const value = path.reduce<unknown>((part, key) => (part as Record<string, unknown> | null)?.[key], data);
      if (maxAgeMs === null || typeof value !== 'object' || value === null) continue;
      const text = stringify(value);
      const expiresAtMs = performance.now() + maxAgeMs;
      const kept = { text, bytes: Buffer.byteLength(text), expiresAtMs, revision: toRevision() };
      texts.set(toKey(plan.id, arn), kept);
    }
  }

  return {
    /** Executes a document by its plan, if it has one, and as it is written where that was no answer. */
    async execute<Result extends { data?: unknown; errors?: readonly unknown[] }>(
      schema: GraphQLSchema,
      document: DocumentNode,
      context: GraphQLContext,
      execute: (document: DocumentNode) => Result | Promise<Result>,
    ): Promise<Result> {
      const plan = context.known === undefined ? null : findPlan(schema, document);
      if (plan === null) return execute(document);
      const attempt: Attempt = { plan, misses: [], isHopeless: false };
      attempts.set(context, attempt);
      const attempted = await execute(plan.document);
      if (!attempt.isHopeless && attempt.misses.length === 0) {
        context.operation.join = plan.join;
        return attempted;
      }
      context.answer.reset();
      const result = await execute(document);
      const hasFailed = result.errors !== undefined || context.failures.size > 0;
      if (!attempt.isHopeless && !hasFailed) keep(attempt, result.data, context);
      return result;
    },
    withTexts,
  };
}

/**
 * For how long what a plan has read of a run is fresh; null when that is not known, or when somebody else has read it anew
 * since: what is fresh then is not what was read.
 */
function findMaxAge(plan: Plan, arn: AssessmentRunArn, { known, loaders }: GraphQLContext): number | null {
  let least = Number.POSITIVE_INFINITY;
  const onFreshness = ({ maxAgeMs }: Freshness) => {
    least = Math.min(least, maxAgeMs);
  };
  const options = { onFreshness, isRepeated: true };
  if (plan.readsDetails) {
    const details = known?.entity('assessmentRun', arn, options);
    if (details === undefined || details !== loaders.entities.assessmentRun.load(arn)) return null;
  }
  if (plan.readsTelemetry) {
    const rows = known?.telemetryMetadata(arn, options);
    if (rows === undefined || rows !== loaders.telemetry.load(arn)) return null;
  }
  return least;
}

const toKey = (planId: number, arn: string) => `${planId} ${arn}`;

function toPath({ path }: GraphQLResolveInfo): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at: GraphQLResolveInfo['path'] | undefined = path; at !== undefined; at = at.prev) keys.unshift(at.key);
  return keys;
}

/** The selections of a fragment; none of a named one that has been looked at before. */
type ToSelections = (fragment: FragmentSpreadNode | InlineFragmentNode) => readonly SelectionNode[];

/** Each fragment is looked at once: twenty that spread the next one twice would be a million. */
function createToSelections(document: DocumentNode): ToSelections {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return (selection) => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return selection.selectionSet.selections;
    const fragment = fragments.get(selection.name.value);
    fragments.delete(selection.name.value);
    return fragment?.selectionSet.selections ?? [];
  };
}

/** Whether neither variables nor directives decide what a field gives. */
function isConstant(node: FieldNode, toSelections: ToSelections): boolean {
  if (node.arguments?.some(({ value }) => hasVariable(value))) return false;
  return (node.selectionSet?.selections ?? []).every(function isConstantSelection(selection): boolean {
    if (selection.directives?.length) return false;
    if (selection.kind === Kind.FIELD) return isConstant(selection, toSelections);
    return toSelections(selection).every(isConstantSelection);
  });
}

function hasVariable(value: ValueNode): boolean {
  if (value.kind === Kind.VARIABLE) return true;
  if (value.kind === Kind.LIST) return value.values.some(hasVariable);
  return value.kind === Kind.OBJECT && value.fields.some((field) => hasVariable(field.value));
}

/** See createReadyTexts. */
export type ReadyTexts = ReturnType<typeof createReadyTexts>;
