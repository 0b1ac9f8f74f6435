export {
  type InspectorError,
  type InspectorErrorCode,
  inspectorErrors,
  isInspectorError,
  isRetryable,
  retryAfterMs,
} from './inspector-error.js';
export { type RetryOptions, retry } from './retry.js';
