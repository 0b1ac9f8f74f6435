import type { ExportLogger } from './open-telemetry.js';
import { TRACES_LIMIT_MS } from './process/shutdown-limits.js';
import { withSecretFiles } from './secret-files.js';
import { getTracing, setTracing } from './tracing.js';

/** Starts tracing on this thread where OTEL_EXPORTER_OTLP_ENDPOINT is set: only then is OpenTelemetry loaded, which takes 50 ms. */
export async function startTracing(logger: ExportLogger): Promise<void> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED } = process.env;
  if (!OTEL_EXPORTER_OTLP_ENDPOINT || OTEL_SDK_DISABLED?.toLowerCase() === 'true') return;
  const { createOpenTelemetry } = await import('./open-telemetry.js');
  const { OTEL_EXPORTER_OTLP_HEADERS } = withSecretFiles(process.env);
  setTracing(createOpenTelemetry(OTEL_EXPORTER_OTLP_HEADERS, logger));
}

/** Sends the last spans, if there is tracing. */
export async function stopTracing(): Promise<void> {
  await getTracing()?.stop(TRACES_LIMIT_MS);
}
