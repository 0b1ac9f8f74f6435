import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { importSources } from '../src/archive/import/importer.js';
import type { Source } from '../src/archive/import/sources/sources.js';
import { createSample } from '../src/archive/sample.js';
import { createSampleHistory } from '../src/archive/sample-history.js';
import { openSample, writeSample, writeSampleFile } from '../src/archive/sample-writer.js';
import { type Database, IN_MEMORY, openDatabase } from '../src/archive/store/database.js';
import { createFolder } from './helpers/archives.js';
import { type AwsExample, readAwsExamples, withoutToken, withTimesAsNumbers } from './helpers/aws-examples.js';
import type { Json } from './helpers/gateway.js';

const examples = [...readAwsExamples('sdk'), ...readAwsExamples('every-source')];

test.each(examples.map((example) => [example.operation, example] as const))(
  "The sample holds AWS's example of %s",
  (operation, { input, output }: AwsExample) => {
    const answers = createSample()
      .filter((record) => record.operation === operation && isSameResource(record.input, input))
      .map((record) => JSON.parse(JSON.stringify(record.output)));
    // The sample describes more than one rules package in one answer.
    const documented = toPartialMatch(withTimesAsNumbers(withoutToken(output)));
    expect(answers).toContainEqual(documented);
  },
);

/** Whether two inputs name the same, if both name something. */
function isSameResource(ours: object, documented: object): boolean {
  const names = ({ maxResults, ...input }: Record<string, unknown>) => JSON.stringify(input);
  return Object.keys(ours).length === 0 || names({ ...ours }) === names({ ...documented });
}

/** Lists may hold more. */
function toPartialMatch(output: Record<string, unknown>): unknown {
  const members = Object.entries(output).map(([name, value]) => [
    name,
    Array.isArray(value) ? expect.arrayContaining(value) : value,
  ]);
  return Object.fromEntries(members);
}

describe('The synthetic history', () => {
  const records = createSampleHistory();
  const outputsOf = (operation: string) =>
    records.filter((record) => record.operation === operation).map(({ output }) => output as Json);
  const runs = outputsOf('DescribeAssessmentRuns').flatMap(({ assessmentRuns }) => assessmentRuns);
  const findings = outputsOf('DescribeFindings').flatMap((output) => output.findings);

  test('has a run of each of three templates in each of 24 months', () => {
    const months = runs.map(
      (run) => `${run.assessmentTemplateArn} ${new Date(run.createdAt * 1000).toISOString().slice(0, 7)}`,
    );
    expect(new Set(months).size).toBe(72);
    expect(new Set(runs.map((run) => run.assessmentTemplateArn)).size).toBe(3);
  });

  test('says of everything that has a name or a title that it is synthetic', () => {
    const names = [
      ...['DescribeAssessmentTargets', 'DescribeAssessmentTemplates'].flatMap(outputsOf).flatMap(Object.values).flat(),
      ...runs,
    ].flatMap(({ name }) => name ?? []);
    expect(names).toHaveLength(78);
    const titles = findings.map(({ title }) => title);
    expect([...names, ...titles].filter((text) => !text.startsWith('Synthetic '))).toEqual([]);
  });

  test('adds up: totals of rows, rows of agents, and counts of findings', () => {
    const agents = outputsOf('ListAssessmentRunAgents').flatMap(({ assessmentRunAgents }) => assessmentRunAgents);
    const rowsOf = new Map<string, Json[]>(
      records
        .filter(({ operation }) => operation === 'GetTelemetryMetadata')
        .map(({ input, output }) => [(input as Json).assessmentRunArn, (output as Json).telemetryMetadata]),
    );
    for (const { arn, findingCounts } of runs) {
      const rows = rowsOf.get(arn) as Json[];
      const total = rows.at(-1);
      expect(total).toEqual({ messageType: 'Total', ...sumOf(rows.slice(0, -1)) });
      const totals = agents
        .filter((agent) => agent.assessmentRunArn === arn)
        .map((agent) => agent.telemetryMetadata.at(-1));
      expect(sumOf(totals)).toEqual({ count: total.count, dataSize: total.dataSize });
      for (const [severity, count] of Object.entries(findingCounts)) {
        const counted = findings.filter(
          (finding) => finding.arn.startsWith(`${arn}/`) && finding.severity === severity,
        );
        expect(counted).toHaveLength(count as number);
      }
    }
  });

  test('has findings that come, stay and go', () => {
    const monthsOf = (rule: string) =>
      new Set(
        findings
          .filter(({ id }) => id === rule)
          .map(({ createdAt }) => new Date(createdAt * 1000).toISOString().slice(0, 7)),
      );
    expect([...monthsOf('CVE-2024-6387')].sort()).toEqual(['2024-07', '2024-08', '2024-09', '2024-10', '2024-11']);
    expect(monthsOf('Network exposure from the internet').size).toBe(24);
  });
});

function sumOf(rows: readonly Json[]): { count: number; dataSize: number } {
  const sum = (member: string) => rows.reduce((total, row) => total + row[member], 0);
  return { count: sum('count'), dataSize: sum('dataSize') };
}

test('The sample is written as an import of its records would write it', async () => {
  const [written, imported] = [await openDatabase(IN_MEMORY), await openDatabase(IN_MEMORY)];
  const path = join(await createFolder(), 'sample.db');
  await writeSampleFile(path);
  expect(readdirSync(dirname(path))).toEqual(['sample.db']);
  const opened = await openSample(pathToFileURL(path));
  try {
    await writeSample(written);
    const problems: string[] = [];
    await importSources(imported, [toSource(createSample())], {
      onRefusedFile: (file) => void problems.push(...file.problems),
    });
    expect(problems).toEqual([]);
    const tables = await written.tables.introspection.getTables();
    // But for the moments of writing.
    const names = tables.map(({ name }) => name).filter((name) => name !== 'writers');
    expect(names).toContain('documents');
    const readAll = async ({ tables }: Database) => {
      const texts: string[] = [];
      for (const name of names) {
        const { rows } = await sql`select * from ${sql.table(name)}`.execute(tables);
        texts.push(...rows.map((row) => `${name} ${JSON.stringify(row)}`));
      }
      return texts;
    };
    const documents = await readAll(imported);
    expect(await readAll(written)).toEqual(documents);
    expect(await readAll(opened)).toEqual(documents);
    await expect(sql`delete from documents`.execute(opened.tables)).rejects.toThrow('readonly');
  } finally {
    await Promise.all([written.close(), imported.close(), opened.close()]);
  }
});

function toSource(records: readonly object[]): Source {
  const text = records.map((record) => JSON.stringify(record)).join('\n');
  return {
    name: 'the sample',
    sizeBytes: null,
    isRepeatable: true,
    read: async function* () {
      yield Buffer.from(text);
    },
  };
}
