import { z } from 'zod';
import { operations } from '../archive/wire/operations.js';

/*
 * The faults of an Inspector endpoint, and when they happen
 *
 * There is a fault for each row of the error table in the README, which has the error that callers of the gateway see.
 */

const status = z.int().min(400).max(599);

/** Whether an operation has failedItems: one result for each of several ARNs. */
const hasFailedItems = (operation: string) =>
  operation.startsWith('Describe') && operation !== 'DescribeCrossAccountAccessRole';

/** The name of an existing operation: a rule for another one would silently never match. */
function operationName(isAllowed: (name: string) => boolean, expected: string) {
  return z.string().refine((name) => operations.has(name) && isAllowed(name), {
    error: ({ input }) => `expected ${expected}, but got ${JSON.stringify(input)}`,
  });
}

/** The conditions of a fault, all of which have to match. */
const conditions = {
  operation: operationName(() => true, "an operation of Inspector's API, such as GetTelemetryMetadata").optional(),
  /** A pattern for an ARN of the input; `*` is any text. */
  arn: z.string().optional(),
  /** The number of calls to fail; unlimited where absent. */
  times: z.int().min(1).optional(),
  /** The share of calls to fail; the same calls for the same seed. */
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
  // An answer without a body, like that of a proxy without its server.
  rule('status', { status }),
  // An HTML page, like that of a proxy or a captive portal.
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
  // A Describe operation succeeds, but for the ARNs that match `arn`.
  rule('failedItems', {
    operation: operationName(hasFailedItems, 'a Describe operation, such as DescribeAssessmentRuns').optional(),
    failureCode: z.string().default('ITEM_DOES_NOT_EXIST'),
    retryable: z.boolean().default(false),
  }),
]);

/** A fault with its conditions. Of a list of rules the first that matches a call is applied. */
export type FaultRule = z.input<typeof faultRuleSchema>;

/** A rule with its defaults. */
export type Fault = z.output<typeof faultRuleSchema>;

/** Invalid rules; the message has a line for each error. */
export class FaultRulesError extends Error {
  override readonly name = 'FaultRulesError';
}

/** Parses the rules of a file or a request: a list, or an object with a list as `faults`. Throws a FaultRulesError. */
export function parseFaultRules(value: unknown): Fault[] {
  const isWrapped = typeof value === 'object' && value !== null && 'faults' in value;
  // `faults:` with nothing behind it is null in YAML.
  const parsed = z.array(faultRuleSchema).safeParse(isWrapped ? (value.faults ?? []) : value);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `faults${path.map(toStep).join('')}: ${message}`);
  throw new FaultRulesError(lines.join('\n'));
}

/** Creates a function that finds the fault of a call, and counts the calls of each rule. */
export function createFaultPicker(rules: readonly Fault[]) {
  const states = rules.map((rule) => ({
    rule,
    matches: rule.arn === undefined ? null : createArnMatcher(rule.arn),
    done: 0,
    draw: createDraw(rule.seed),
  }));
  return function pickFault(operation: string, arns: readonly string[]): Fault | null {
    for (const state of states) {
      const { rule, matches, done, draw } = state;
      if (rule.operation !== undefined && rule.operation !== operation) continue;
      if (rule.fault === 'failedItems' && !hasFailedItems(operation)) continue;
      if (matches !== null && !arns.some(matches)) continue;
      if (rule.times !== undefined && done >= rule.times) continue;
      if (rule.probability !== undefined && draw() >= rule.probability) continue;
      state.done += 1;
      return rule;
    }
    return null;
  };
}

/** Matches ARNs with a pattern in which `*` is any text. */
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

/** Pseudo-random numbers from 0 to 1, the same for the same seed (mulberry32). */
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
