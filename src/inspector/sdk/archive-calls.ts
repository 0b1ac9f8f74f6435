import type { AbortSignal as CallSignal } from '@smithy/types';
import { MAX_BATCH } from '../archive-api.js';
import {
  ArchiveAnswer,
  type ArchiveCalls,
  type ArchiveRequest,
  revisionRequest,
  toBatchRequest,
} from '../archive-requests.js';
import type { InspectorApi, ReadOptions, TelemetryMetadata } from '../inspector-api.js';
import type { AssessmentRunArn } from '../inspector-arn.js';
import { createNotSupportedFailure, InspectorFailure, isUnknownOperation, toFailure } from '../inspector-failure.js';
import { toArchiveCommand } from './archive-command.js';
import type { GuardedCalls } from './guarded-calls.js';
import { ANY_REGION, type InspectorSource } from './inspector-source.js';
import type { InspectorSender } from './sdk-clients.js';

/** How often the revision is asked for while the upstream is an archive. */
const POLL_MS = 1000;

/** What fails together with the archive's own operations. */
const CIRCUIT = 'InspectorArchive';

/** ArchiveCalls that are told of the endpoint by the calls of other operations. */
interface SdkArchiveCalls extends ArchiveCalls {
  /** The endpoint has answered as an archive does. */
  onArchiveSeen(): void;
  /** Nobody has answered, or something else than the endpoint. */
  onAway(): void;
  close(): void;
}

/**
 * Calls of the archive's own operations. Whether the endpoint has them is told by GetArchiveRevision, which is asked when
 * somebody needs to know, or when a response had the header of an archive. While it has them, the revision is polled. An
 * endpoint that had them not is asked again once it was away, since another version may have started meanwhile.
 * `onRevisionChange` is called when the archive has another revision than before.
 */
export function createArchiveCalls(
  source: InspectorSource,
  clientFor: (region: string) => InspectorSender,
  guards: GuardedCalls,
  getTelemetryMetadata: InspectorApi['getTelemetryMetadata'],
  onRevisionChange: () => void,
): SdkArchiveCalls {
  // An archive knows nothing of roles.
  const isNone = source.signed || source.roles !== undefined;
  /** Undefined until it is known. */
  let isSupported: boolean | undefined = isNone ? false : undefined;
  let revision: string | null = '';
  /** Whether a response had the header of an archive since the endpoint was away. */
  let isSeen = false;
  let learning: Promise<boolean> | undefined;
  let isPolling = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  function send<T>(request: ArchiveRequest<T>, options?: ReadOptions, isPoll = false): Promise<ArchiveAnswer<T>> {
    const { operation, input, scope, parse } = request;
    const endpoint = source.endpointFor(ANY_REGION);
    // A poll waits for no other call: kept answers would grow old while many do.
    const circuit = { endpoint: isPoll ? `${endpoint} ${operation}` : endpoint, name: CIRCUIT };
    return guards.withDeadline(operation, options, async (signal) => {
      const makeCall = (callSignal: CallSignal) =>
        clientFor(ANY_REGION).send(toArchiveCommand(operation), input, callSignal, scope);
      const output = await guards.send(operation, circuit, signal, makeCall, isPoll ? 1 : undefined);
      const { $metadata, ...members } = output;
      return new ArchiveAnswer(parse(members, { operation, requestId: $metadata.requestId }), JSON.stringify(members));
    });
  }

  /** Whether the endpoint has the operations, with its revision. Rejects unless it answers that. */
  async function askRevision(): Promise<boolean> {
    try {
      const before = revision;
      revision = (await send(revisionRequest, undefined, isPolling)).value;
      // It is not known before it was asked for.
      if (before !== '' && before !== null && revision !== before) onRevisionChange();
      isSupported = true;
    } catch (thrown) {
      const failure = toFailure(thrown);
      // Whoever answers something else has no archive's operations, or those of a version that is not known.
      if (failure.code !== 'BAD_UPSTREAM_RESPONSE' && !isUnknownOperation(failure)) throw thrown;
      revision = '';
      isSupported = false;
    }
    return isSupported;
  }

  function learn(): Promise<boolean> {
    learning ??= askRevision().finally(() => {
      learning = undefined;
    });
    return learning;
  }

  /** Asks for the revision after `delayMs` and every second from then on, for as long as there is one. */
  function startPolling(delayMs: number): void {
    if (isPolling || isClosed) return;
    isPolling = true;
    timer = setTimeout(async () => {
      // What has failed is asked again.
      await learn().catch(() => {});
      isPolling = false;
      if (isSupported === true || (isSupported === undefined && isSeen)) startPolling(POLL_MS);
    }, delayMs).unref();
  }

  async function isSupportedNow(): Promise<boolean> {
    if (isSupported === undefined && (await learn())) startPolling(POLL_MS);
    return isSupported === true;
  }

  async function call<T>(request: ArchiveRequest<T>, options?: ReadOptions): Promise<ArchiveAnswer<T>> {
    const { operation } = request;
    if (!(await isSupportedNow())) throw createNotSupportedFailure(operation);
    try {
      return await send(request, options);
    } catch (thrown) {
      throw isUnknownOperation(toFailure(thrown)) ? createNotSupportedFailure(operation) : thrown;
    }
  }

  async function getBatch(arns: readonly AssessmentRunArn[], given?: ReadOptions) {
    const options = { ...given, endsAtMs: guards.toEndsAtMs(given) };
    const getOne = (arn: AssessmentRunArn) => getTelemetryMetadata(arn, options).catch(toFailure);
    try {
      const { value } = await call(toBatchRequest(arns), options);
      // What may be retried is tried again by itself.
      return await Promise.all(
        value.map((result, index) => (isRetryable(result) ? getOne(arns[index] as AssessmentRunArn) : result)),
      );
    } catch (thrown) {
      const failure = toFailure(thrown);
      // A batch that cannot be read, such as one that is too long, says nothing of its runs.
      return Promise.all(arns.map((arn) => (failure.canRetry ? failure : getOne(arn))));
    }
  }

  function onArchiveSeen(): void {
    if (isNone || isSeen || isSupported === true || isClosed) return;
    isSeen = true;
    isSupported = undefined;
    revision = null;
    startPolling(0);
  }

  if (source.isEmbedded) onArchiveSeen();
  return {
    get revision() {
      return revision;
    },
    get isDetected() {
      return isSupported === true;
    },
    isSupported: isSupportedNow,
    call,
    async batchGetTelemetryMetadata(arns: readonly AssessmentRunArn[], options?: ReadOptions) {
      const unique = [...new Set(arns)];
      const chunks = Array.from({ length: Math.ceil(unique.length / MAX_BATCH) }, (_, n) =>
        unique.slice(n * MAX_BATCH, (n + 1) * MAX_BATCH),
      );
      const results = (await Promise.all(chunks.map((chunk) => getBatch(chunk, options)))).flat();
      const byArn = new Map(unique.map((arn, index) => [arn, results[index]]));
      return arns.map((arn) => byArn.get(arn) as readonly TelemetryMetadata[] | InspectorFailure);
    },
    onArchiveSeen,
    onAway() {
      if (isSupported === true || isNone) return;
      isSupported = undefined;
      isSeen = false;
      revision = '';
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function isRetryable(result: object): boolean {
  return result instanceof InspectorFailure && result.canRetry;
}
