import { openDatabaseAt } from '../archive/store/database.js';
import { ApiError } from '../archive/wire/api-error.js';
import { toTerminalJson } from '../process/terminal-text.js';
import { runArchiveOperation } from './archive-operation.js';
import { type Command, type ParsedArguments, parseTime, singleValueOf, UsageError } from './command.js';
import { type FindingDocument, toFindingCells } from './finding-cells.js';
import { toTextTable } from './text-table.js';

/** What can be searched: the operation that does it, and how an item is shown. */
interface Search {
  readonly operation: string;
  readonly plural: string;
  /** Members of its filter, by the options that give their values. */
  readonly lists: Readonly<Record<string, string>>;
  readonly texts: Readonly<Record<string, string>>;
  /** The member that --from and --to are for. */
  readonly range: string;
  readonly head: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: an item of the operation's output, which has another type for each
  toCells(item: any): (string | number)[];
}

const runs: Search = {
  operation: 'SearchAssessmentRuns',
  plural: 'assessment runs',
  lists: { account: 'accountIds', region: 'regions', template: 'assessmentTemplateArns', state: 'states' },
  texts: { name: 'namePattern', text: 'text' },
  range: 'createdBetween',
  head: ['created at', 'state', 'High', 'findings', 'name', 'assessment run'],
  toCells: ({ assessmentRunArn, assessmentRun }) => [
    toTime(assessmentRun?.createdAt),
    assessmentRun?.state ?? '-',
    ...toCountCells(assessmentRun?.findingCounts),
    assessmentRun?.name ?? '-',
    assessmentRunArn,
  ],
};

const findings: Search = {
  operation: 'SearchFindings',
  plural: 'findings',
  lists: {
    account: 'accountIds',
    region: 'regions',
    template: 'assessmentTemplateArns',
    run: 'assessmentRunArns',
    severity: 'severities',
    rule: 'ruleNames',
    agent: 'agentIds',
  },
  texts: { text: 'text' },
  range: 'createdBetween',
  head: ['created at', 'severity', 'rule', 'host', 'title'],
  toCells: ({ finding }: { finding: (FindingDocument & { createdAt?: number }) | null }) => [
    toTime(finding?.createdAt),
    ...toFindingCells(finding),
  ],
};

const hosts: Search = {
  operation: 'SearchHosts',
  plural: 'hosts',
  lists: { account: 'accountIds', region: 'regions', agent: 'agentIds' },
  texts: { text: 'text' },
  range: 'lastSeenBetween',
  head: ['agent', 'host', 'account', 'region', 'first seen at', 'last seen at', 'runs', 'High', 'findings'],
  toCells: ({ agentId, hostname, accountId, region, firstSeenAt, lastSeenAt, assessmentRunCount, findingCounts }) => [
    agentId,
    hostname ?? '-',
    accountId,
    region,
    toTime(firstSeenAt),
    toTime(lastSeenAt),
    assessmentRunCount,
    ...toCountCells(findingCounts),
  ],
};

/** Options with values, which not every search has. */
const valueOptions = ['order', 'first', 'after', 'from', 'to'];
const filterOptions = [
  ...new Set([runs, findings, hosts].flatMap(({ lists, texts }) => [...Object.keys(lists), ...Object.keys(texts)])),
];

/** `archive search`: shows a page of runs, findings or hosts. */
export const searchCommand: Command = {
  help: `Usage: inspector-gateway archive search [--findings | --hosts] [options]

Shows the assessment runs that fit, the newest first, how many there are, and how to go on; or findings, or hosts, which are
known by the IDs of their agents.

Options by which they are found, which have to hold together; of one that is repeated, any one value:
  --account ID      of this account
  --region REGION   in this region
  --template ARN    of this assessment template; not for hosts
  --run ARN         of this run; for findings
  --state STATE     such as COMPLETED; for runs
  --name PATTERN    its name, in which * stands for any text; for runs
  --text TEXT       anywhere in the run's name, the finding's title, or the host's agent ID or name
  --severity NAME   High, Medium, Low, Informational or Undefined; for findings
  --rule NAME       the name of a rule, or a CVE; for findings
  --agent ID        the ID of the agent; for findings and hosts
  --from TIME       created, or as a host last seen, at this moment or later: epoch seconds, or ISO 8601 with its offset,
                    such as 2024-01-01T00:00:00Z
  --to TIME         ... at this moment or earlier

Further options:
  --order ORDER     of runs CREATED_AT_DESC, STARTED_AT_DESC, COMPLETED_AT_DESC or NAME_ASC, of findings CREATED_AT_DESC,
                    SEVERITY_DESC or TITLE_ASC, of hosts LAST_SEEN_AT_DESC, FIRST_SEEN_AT_DESC or AGENT_ID_ASC, each also
                    the other way round, with ASC or DESC
  --first NUMBER    how many to show, 1 to 100; 20 without
  --after CURSOR    go on behind the last one shown, with the same options
  --json            the output of the operation, for scripts: docs/archive-api.md describes it
  -h, --help        show this text

Environment:
  ARCHIVE_URL     the archive: sqlite:path or postgres://user@host/database
  ARCHIVE_CREATE  1 makes an empty one when there is none, which is an error otherwise

Exit code: 0, 1 when the archive failed, 2 for a wrong call.
`,
  options: {
    findings: { type: 'boolean' },
    hosts: { type: 'boolean' },
    json: { type: 'boolean' },
    ...Object.fromEntries(
      [...filterOptions, ...valueOptions].map((option) => [option, { type: 'string', multiple: true } as const]),
    ),
  },
  prepare(args) {
    const { positionals, hasFlag } = args;
    if (positionals.length > 0) throw new UsageError(`Expected options only, but got ${positionals.join(' ')}.`);
    if (hasFlag('findings') && hasFlag('hosts')) throw new UsageError('Expected --findings or --hosts, but not both.');
    const search = hasFlag('findings') ? findings : hasFlag('hosts') ? hosts : runs;
    const input = toInput(search, args);

    return async (archive) => {
      const database = await openDatabaseAt(archive);
      try {
        const output = await runArchiveOperation(database, search.operation, input);
        process.stdout.write(hasFlag('json') ? `${toTerminalJson(output)}\n` : toText(search, JSON.parse(output)));
      } catch (error) {
        throw error instanceof ApiError ? withOptionNames(error, search) : error;
      } finally {
        await database.close();
      }
      return 0;
    };
  },
};

function toInput({ lists, texts, range, plural }: Search, args: ParsedArguments): object {
  const foreign = filterOptions.find(
    (option) => args.valuesOf(option).length > 0 && !(option in { ...lists, ...texts }),
  );
  if (foreign !== undefined) throw new UsageError(`--${foreign} is not for ${plural}.`);
  const [from, to] = [parseTime(args, 'from'), parseTime(args, 'to')];
  if (from !== undefined && to !== undefined && from > to) {
    throw new UsageError('Expected --from to be no later than --to.');
  }
  const first = singleValueOf(args, 'first');
  if (first !== undefined && !/^([1-9]\d?|100)$/.test(first)) {
    throw new UsageError(`Expected a whole number from 1 to 100 behind --first, but got ${JSON.stringify(first)}.`);
  }
  return {
    filter: {
      ...Object.fromEntries(Object.entries(lists).map(([option, member]) => [member, args.valuesOf(option)])),
      ...Object.fromEntries(Object.entries(texts).map(([option, member]) => [member, singleValueOf(args, option)])),
      ...(from === undefined && to === undefined ? {} : { [range]: { from, to } }),
    },
    orderBy: singleValueOf(args, 'order'),
    first: first === undefined ? undefined : Number(first),
    after: singleValueOf(args, 'after'),
    includeTotalCount: true,
  };
}

/** The error with the option in place of the member of the input: `--account: expected 12 digits`. */
function withOptionNames({ type, status, message, members }: ApiError, { lists, texts }: Search): ApiError {
  const options = new Map(
    Object.entries({ ...lists, ...texts, order: 'orderBy', after: 'after' }).map(([option, member]) => [
      member,
      option,
    ]),
  );
  const named = message.replace(/^(?:filter\.)?(\w+)(?:\.\d+)?(?=: )/, (path, member) => {
    const option = options.get(member);
    return option === undefined ? path : `--${option}`;
  });
  return new ApiError(type, status, named, members);
}

/** The output of a search. */
interface Page {
  readonly items: readonly { readonly cursor: string }[];
  readonly hasNextPage: boolean;
  readonly totalCount: number;
}

function toText({ plural, head, toCells }: Search, { items, hasNextPage, totalCount }: Page): string {
  if (items.length === 0) return `There are ${totalCount === 0 ? 'no' : 'no further'} ${plural} that fit.\n`;
  const table = toTextTable(head, items.map(toCells));
  const wayOn = hasNextPage ? `; the next ones: --after ${items.at(-1)?.cursor}` : '';
  return `${table}\n${items.length} of ${totalCount} ${plural}${wayOn}\n`;
}

/** The numbers of high and of all findings. */
function toCountCells(counts: Readonly<Record<string, number>> | undefined): (string | number)[] {
  if (counts === undefined) return ['-', '-'];
  return [counts.High ?? 0, Object.values(counts).reduce((sum, count) => sum + count, 0)];
}

/** Epoch seconds as `2024-01-01T00:00:00Z`; as the number where it is no moment that a calendar has. */
function toTime(seconds: number | null | undefined): string {
  if (seconds == null) return '-';
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace(/\.\d+Z$/, 'Z');
}
