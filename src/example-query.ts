import type { ExampleRun } from './archive/example-run.js';

/** An example query: the parts that the run has, or the first run where none is known. */
export function createExampleQuery(run: ExampleRun | null): string {
  if (run === null) {
    return `query Runs {
  assessmentRuns(first: 1) {
    nodes { arn name }
  }
}
`;
  }
  const fields = [
    ...(run.hasDetails ? ['name', 'state'] : []),
    ...(run.hasTelemetry ? ['telemetry { messageType count dataSize }', 'telemetryTotal { count dataSize }'] : []),
  ];
  return `query ${run.hasTelemetry ? 'Telemetry' : 'Run'} {
  assessmentRun(
    arn: ${JSON.stringify(run.arn)}
  ) {
${fields.map((field) => `    ${field}`).join('\n')}
  }
}
`;
}
