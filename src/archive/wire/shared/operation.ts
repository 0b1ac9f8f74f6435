import type { z } from 'zod';
import type { ArnKind } from '../../../domain/arn.js';
import { type EntityKind, entityOf } from '../../entities.js';
import type { Reader } from '../../store/reader.js';
import type { Visibility } from '../../store/visibility.js';
import { createNoSuchEntityError } from '../api-error.js';
import { parseInput } from './constraints.js';

/** Who asks, and what there is to read. */
export interface OperationContext {
  readonly reader: Reader;
  readonly visibility: Visibility;
  /** Where the client reached the archive: the beginning of its URLs. */
  readonly origin: string;
}

/** An operation of a service: the constraints of its input, and the JSON text of its output. */
export interface Operation<Input = unknown> {
  readonly input: z.ZodType<Input>;
  /** Rejects with an ApiError. */
  answer(input: Input, context: OperationContext): Promise<string>;
}

/** An operation, with the type of its answer's input taken from the constraints. */
export function operation<Input>(input: z.ZodType<Input>, answer: Operation<Input>['answer']): Operation {
  return { input, answer } as Operation;
}

/** Answers the parsed JSON of a request; rejects with an ApiError. */
export async function runOperation({ input, answer }: Operation, body: unknown, context: OperationContext) {
  return answer(parseInput(input, body), context);
}

/** Kinds that are named by ARN and kept as documents. */
export type DescribedKind = ArnKind & EntityKind;

/** Rejects with NoSuchEntityException for the first of the ARNs that the archive does not have. */
export async function requireEntities(
  kind: DescribedKind,
  arns: readonly string[] | null | undefined,
  { reader, visibility }: OperationContext,
): Promise<void> {
  if (arns == null || arns.length === 0) return;
  const existing = await reader.findExisting(kind, [...new Set(arns)], visibility);
  const unknown = arns.find((itsArn) => !existing.has(itsArn));
  if (unknown === undefined) return;
  const { noun } = entityOf(kind);
  throw createNoSuchEntityError(
    `${noun.toUpperCase().replaceAll(' ', '_')}_DOES_NOT_EXIST`,
    `The ${noun} ${unknown} does not exist.`,
  );
}
