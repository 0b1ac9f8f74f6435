import { z } from 'zod';
import { operations } from '../archive/wire/operations.js';

/*
 * The ways in which an Inspector endpoint fails, and when
 *
 * There is one for each row of the error table in the README: which error a caller of the gateway sees for it stands there.
 */

const status = z.int().min(400).max(599);

/** Whether an operation answers for each of several ARNs by itself, so that some may fail in an answer. */
const hasFailedItems = (operation: string) =>
  operation.startsWith('Describe') && operation !== 'DescribeCrossAccountAccessRole';

/** The name of an operation; a rule for any other would never fit, and nobody would be told. */
function operationName(isFit: (name: string) => boolean, expected: string) {
  return z.string().refine((name) => operations.has(name) && isFit(name), {
    error: ({ input }) => `expected ${expected}, but got ${JSON.stringify(input)}`,
  });
}

/** When a fault happens: everything that is said has to be so. */
const conditions = {
  operation: operationName(() => true, "an operation of Inspector's API, such as GetTelemetryMetadata").optional(),
  /** What an ARN of the input has to fit; `*` is any text. */
  arn: z.string().optional(),
  /** For how many calls; without end where it is absent. */
  times: z.int().min(1).optional(),
  /** For which share of the calls; for the same seed the same ones. */
  probability: z.number().min(0).max(1).optional(),
  seed: z.int().default(1),
};

function rule<Name extends string, Shape extends z.ZodRawShape>(fault: Name, shape: Shape) {
  return z.strictObject({ fault: z.literal(fault), ...conditions, ...shape });
}

const faultRuleSchema = z.discriminatedUnion('fault', [
  // An exception of the API's model, or any other; without `canRetry` and `errorCode` as IAM's denials are.
  rule('exception', {
    type: z.string().regex(/^\w+$/, 'expected the name of an exception, such as NoSuchEntityException'),
    status: status.default(400),
    canRetry: z.boolean().optional(),
    errorCode: z.string().optional(),
    message: z.string().default('Injected by a fault rule.'),
  }),
  // The upstream asks for fewer requests.
  rule('throttling', {}),
  // An answer without a body, as of a proxy whose server is away.
  rule('status', { status }),
  // A page for people, as of a proxy or a captive portal.
  rule('html', { status: z.int().min(200).max(599).default(503) }),
  // The archive's answer, later.
  rule('latency', { ms: z.int().min(1).max(600_000) }),
  // No answer, and the connection stays open.
  rule('hang', {}),
  // The connection is reset before the answer.
  rule('reset', {}),
  // The answer begins, and its connection is reset.
  rule('cut', {}),
  // JSON that is not what the API promises.
  rule('wrongJson', {}),
  // A Describe operation succeeds, but for the things whose ARNs fit `arn`.
  rule('failedItems', {
    operation: operationName(hasFailedItems, 'a Describe operation, such as DescribeAssessmentRuns').optional(),
    failureCode: z.string().default('ITEM_DOES_NOT_EXIST'),
    retryable: z.boolean().default(false),
  }),
]);

/** A fault, and when it happens. The first rule of a list that fits a call is the one for it. */
export type FaultRule = z.input<typeof faultRuleSchema>;

/** The same with its defaults. */
export type Fault = z.output<typeof faultRuleSchema>;

/** That rules are none; the message has a line for each thing that is wrong. */
export class FaultRulesError extends Error {
  override readonly name = 'FaultRulesError';
}

/** Makes rules of what a file or a request holds: a list, or an object with a list as `faults`. Throws a FaultRulesError. */
export function parseFaultRules(value: unknown): Fault[] {
  const isWrapped = typeof value === 'object' && value !== null && 'faults' in value;
  // `faults:` with nothing behind it is null in YAML.
  const parsed = z.array(faultRuleSchema).safeParse(isWrapped ? (value.faults ?? []) : value);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `faults${path.map(toStep).join('')}: ${message}`);
  throw new FaultRulesError(lines.join('\n'));
}

/** Finds the fault of each call; the rules count what they have done. */
export function createFaultPicker(rules: readonly Fault[]) {
  const states = rules.map((rule) => ({
    rule,
    fits: rule.arn === undefined ? null : createArnMatcher(rule.arn),
    done: 0,
    draw: createDraw(rule.seed),
  }));
  return function pickFault(operation: string, arns: readonly string[]): Fault | null {
    for (const state of states) {
      const { rule, fits, done, draw } = state;
      if (rule.operation !== undefined && rule.operation !== operation) continue;
      if (rule.fault === 'failedItems' && !hasFailedItems(operation)) continue;
      if (fits !== null && !arns.some(fits)) continue;
      if (rule.times !== undefined && done >= rule.times) continue;
      if (rule.probability !== undefined && draw() >= rule.probability) continue;
      state.done += 1;
      return rule;
    }
    return null;
  };
}

/** Whether an ARN fits a pattern in which `*` is any text. */
export function createArnMatcher(pattern: string): (arn: string) => boolean {
  const parts = pattern.split('*');
  const [first = '', ...others] = parts;
  const last = others.pop();
  return (arn) => {
    if (last === undefined) return arn === pattern;
    if (!arn.startsWith(first)) return false;
    let at = first.length;
    for (const part of others) {
      const found = arn.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return arn.length - last.length >= at && arn.endsWith(last);
  };
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function createDraw(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function toStep(step: PropertyKey): string {
  return typeof step === 'number' ? `[${step}]` : `.${String(step)}`;
}
