// The history that is imported bit by bit while callers ask for it.
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const GENERATOR = fileURLToPath(new URL('../generate-history.mjs', import.meta.url));
/** What is imported is asked for after so long: gateways keep for a time that a run does not exist. */
const SETTLING_MS = 5000;

/**
 * Writes a made-up history into `parts` files, the first with what all runs share. `draw` gives the ARN of a run that was
 * imported; a part is told to be by `settle`.
 */
export async function createHistory(folder, { runCount, findingCount, parts }) {
  const runs = new Map();
  const files = Array.from({ length: parts }, (_, part) => ({ path: join(folder, `part-${part}.ndjson`), arns: [] }));
  const lines = createInterface({
    input: spawn(process.execPath, [GENERATOR, String(runCount), String(findingCount)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    }).stdout,
  });
  const texts = files.map(() => []);
  let part = 0;
  for await (const line of lines) {
    const { operation, input, output } = JSON.parse(line);
    if (operation === 'DescribeAssessmentRuns') {
      const [{ arn, name, state }] = output.assessmentRuns;
      part = Math.floor((runs.size * parts) / runCount);
      files[part].arns.push(arn);
      runs.set(arn, { name, state, findingArns: [] });
    } else if (operation === 'GetTelemetryMetadata') {
      const rows = output.telemetryMetadata.map(({ messageType, count, dataSize }) => ({
        messageType,
        count,
        dataSize,
      }));
      runs.get(input.assessmentRunArn).telemetry = JSON.stringify(rows);
    } else if (operation === 'DescribeFindings') {
      const [{ arn, serviceAttributes }] = output.findings;
      runs.get(serviceAttributes.assessmentRunArn).findingArns.push(arn);
    }
    texts[part].push(line);
  }
  for (const [place, text] of texts.entries()) appendFileSync(files[place].path, `${text.join('\n')}\n`);
  for (const run of runs.values()) run.findings = JSON.stringify(run.findingArns);

  const known = [];
  return {
    runs,
    files,
    settle(file) {
      setTimeout(() => known.push(...file.arns), SETTLING_MS).unref();
    },
    draw: () => known[Math.floor(Math.random() * known.length)],
    knownCount: () => known.length,
  };
}
