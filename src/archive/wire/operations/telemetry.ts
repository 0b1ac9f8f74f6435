import { z } from 'zod';
import { arn } from '../shared/constraints.js';
import { operation } from '../shared/operation.js';
import { createNoTelemetryError } from '../shared/telemetry.js';

export const getTelemetryMetadata = operation(
  z.object({ assessmentRunArn: arn('assessmentRun') }),
  async ({ assessmentRunArn: runArn }, { reader, visibility }) => {
    const telemetry = (await reader.fetchDocuments('telemetryMetadata', [runArn], visibility)).get(runArn);
    if (telemetry !== undefined) return `{"telemetryMetadata":${telemetry}}`;
    const existing = await reader.findExisting('assessmentRun', [runArn], visibility);
    throw createNoTelemetryError(runArn, existing.has(runArn));
  },
);
