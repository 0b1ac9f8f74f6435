// `assessmentRunArn` is `AssessmentRunArn` in Go, .NET and PowerShell, and `assessment_run_arn` in Ruby and in databases.

/** What all spellings of a name have in common. */
export function toCanonicalName(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase();
}

/** Gives an object these names for its members, whatever their spelling; all others stay, and so does what is no object. */
export function createSpeller(names: readonly string[]) {
  const spellings = createSpellings(names);
  return (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const members = Object.entries(value);
    if (!members.some(([name]) => isOtherSpelling(name, spellings))) return value;
    const spelled: Record<string, unknown> = {};
    for (const [name, member] of members) {
      const known = spellings.get(name) ?? spellings.get(toCanonicalName(name)) ?? name;
      // Two spellings of one name side by side are two members.
      const isTaken = known !== name && (Object.hasOwn(value, known) || Object.hasOwn(spelled, known));
      spelled[isTaken ? name : known] = member;
    }
    return spelled;
  };
}

function isOtherSpelling(name: string, spellings: ReadonlyMap<string, string>): boolean {
  return (spellings.get(name) ?? spellings.get(toCanonicalName(name)) ?? name) !== name;
}

/** Names by themselves and by what their spellings have in common. */
function createSpellings(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map([
    ...names.map((name) => [toCanonicalName(name), name] as const),
    ...names.map((name) => [name, name] as const),
  ]);
}

/** The member of this name, in whichever spelling it is there. */
export function findMember(object: object, name: string): unknown {
  if (Object.hasOwn(object, name)) return (object as Record<string, unknown>)[name];
  const canonical = toCanonicalName(name);
  const key = Object.keys(object).find((other) => toCanonicalName(other) === canonical);
  return key === undefined ? undefined : (object as Record<string, unknown>)[key];
}

/** Whether a name is another one in whichever spelling. */
export function isSpelled(name: unknown, as: string): boolean {
  return typeof name === 'string' && toCanonicalName(name) === toCanonicalName(as);
}
