// pino writes the line of a request, as it writes all others.
import * as original from './log.js';

export function createLog(level, base) {
  const { logger } = original.createLog(level, base);
  return { logger, logRequest: (line) => logger.info(line, 'request') };
}
