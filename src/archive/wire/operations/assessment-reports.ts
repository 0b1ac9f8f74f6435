import { z } from 'zod';
import type { DocumentOf } from '../../documents.js';
import { entityOf } from '../../entities.js';
import { ApiError } from '../api-error.js';
import { toReportUrl } from '../report-files.js';
import { arn, choice } from '../shared/constraints.js';
import { operation, requireEntities } from '../shared/operation.js';

/** The file that was imported; one whose type nobody knows stands for both. No other report can be generated any more. */
export const getAssessmentReport = operation(
  z.object({
    assessmentRunArn: arn('assessmentRun'),
    reportFileFormat: choice(['HTML', 'PDF']),
    reportType: choice(['FINDING', 'FULL']),
  }),
  async ({ assessmentRunArn, reportFileFormat, reportType }, context) => {
    const { toKey } = entityOf('assessmentReport');
    const ofAnyType = toKey({ assessmentRunArn, reportFileFormat }, '');
    const ofType = toKey({ assessmentRunArn, reportFileFormat, reportType }, '');
    const reports = await context.reader.fetchDocuments('assessmentReport', [ofType, ofAnyType], context.visibility);
    const report = reports.get(ofType) ?? reports.get(ofAnyType);
    if (report !== undefined) {
      const url = toReportUrl(context.origin, JSON.parse(report) as DocumentOf<'assessmentReport'>);
      return JSON.stringify({ status: 'COMPLETED', url });
    }
    await requireEntities('assessmentRun', [assessmentRunArn], context);
    const message = `An archive cannot generate assessment reports, and has no ${reportFileFormat} file of this one.`;
    throw new ApiError('UnsupportedFeatureException', 400, message, { canRetry: false });
  },
);
