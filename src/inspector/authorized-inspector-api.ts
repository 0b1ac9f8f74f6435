import { isInScope, type Scope } from '../domain/scope.js';
import type { ArchiveApi, HostId, UpstreamApi } from './archive-api.js';
import type { InspectorApi, ListKind, ListQuery, ReadOptions } from './inspector-api.js';
import { type ArnKind, type AssessmentRunArn, type InspectorArn, toAccount, toRegion } from './inspector-arn.js';
import { createAccessDeniedFailure, createListDeniedFailure, type InspectorFailure } from './inspector-failure.js';

/** The lists that are of no run, so that the archive has to leave out what the caller may not see. */
const SCOPED_LISTS: ReadonlySet<ListKind> = new Set(['assessmentRun', 'assessmentTemplate', 'assessmentTarget']);

/**
 * An upstream as a caller may see it. It stands before all caches, which are the same for everybody. What is asked for by
 * name is denied before anything is read, whether it exists or not; lists, counts and statistics are those of an archive that
 * has nothing else. At an upstream that is no archive, lists are refused.
 */
export function createAuthorizedInspectorApi(upstream: UpstreamApi, scope: Scope): UpstreamApi {
  const { archive, known } = upstream;

  const mayRead = (arn: InspectorArn) => isRulesPackage(arn) || isInScope(scope, toAccount(arn), toRegion(arn));

  function check(arn: InspectorArn): void {
    if (!mayRead(arn)) throw createDeniedFailure(arn);
  }

  /** Reads those keys that may be read, in one call, and denies the others. */
  async function readAllowed<Key, T>(
    keys: readonly Key[],
    isAllowed: (key: Key) => boolean,
    toFailure: (key: Key) => InspectorFailure,
    read: (keys: readonly Key[]) => Promise<readonly T[]>,
  ): Promise<readonly (T | InspectorFailure)[]> {
    const allowed = keys.filter(isAllowed);
    if (allowed.length === keys.length) return read(keys);
    const results = allowed.length === 0 ? [] : await read(allowed);
    let next = 0;
    return keys.map((key) => (isAllowed(key) ? (results[next++] as T) : toFailure(key)));
  }

  async function scopeList<K extends ListKind>(kind: K, query: ListQuery<K>, options?: ReadOptions) {
    if ('assessmentRunArn' in query.criteria) check(query.criteria.assessmentRunArn as AssessmentRunArn);
    if (!SCOPED_LISTS.has(kind)) return query;
    if (await archive.isSupported(options)) return { ...query, scope };
    throw createListDeniedFailure();
  }

  const ofHost = ({ accountId, region }: HostId) => isInScope(scope, accountId, region);
  const authorizedArchive: ArchiveApi = {
    get revision() {
      return archive.revision;
    },
    get isDetected() {
      return archive.isDetected;
    },
    isSupported: (options) => archive.isSupported(options),
    describeArchive: (options) => archive.describeArchive(options, scope),
    search: (kind, query, options) => archive.search(kind, { ...query, scope }, options),
    summarize: (kind, query, options) => archive.summarize(kind, { ...query, scope }, options),
    async compareRuns(arn, baseArn, options) {
      check(arn);
      if (baseArn !== null) check(baseArn);
      return archive.compareRuns(arn, baseArn, options);
    },
    batchGetTelemetryMetadata: (arns, options) =>
      readAllowed(arns, mayRead, createDeniedFailure, (allowed) => archive.batchGetTelemetryMetadata(allowed, options)),
    batchGetAssessmentRunAgents: (agents, options) =>
      readAllowed(
        agents,
        ({ assessmentRunArn }) => mayRead(assessmentRunArn),
        ({ assessmentRunArn }) => createDeniedFailure(assessmentRunArn),
        (allowed) => archive.batchGetAssessmentRunAgents(allowed, options),
      ),
    batchGetHostTelemetry: (hosts, options) =>
      readAllowed(
        hosts,
        ofHost,
        ({ accountId, region }) => createAccessDeniedFailure(accountId, region),
        (allowed) => archive.batchGetHostTelemetry(allowed, options),
      ),
  };

  const authorized: InspectorApi = {
    mayRead,
    async getTelemetryMetadata(arn, options) {
      check(arn);
      return upstream.getTelemetryMetadata(arn, options);
    },
    describe: <K extends ArnKind>(kind: K, arns: readonly InspectorArn<K>[], options?: ReadOptions) =>
      readAllowed(arns, mayRead, createDeniedFailure, (allowed) => upstream.describe(kind, allowed, options)),
    async list(kind, query, options) {
      return upstream.list(kind, await scopeList(kind, query, options), options);
    },
    async listTagsForResource(arn, options) {
      check(arn);
      return upstream.listTagsForResource(arn, options);
    },
    async getAssessmentReport(query, options) {
      check(query.assessmentRunArn);
      return upstream.getAssessmentReport(query, options);
    },
    ...(known !== undefined && {
      known: {
        telemetryMetadata: (arn, options) => (mayRead(arn) ? known.telemetryMetadata(arn, options) : undefined),
        entity: (kind, arn, options) => (mayRead(arn) ? known.entity(kind, arn, options) : undefined),
      },
    }),
  };
  return { ...authorized, archive: authorizedArchive };
}

/** Rules packages are AWS's own, and the same for everybody. */
function isRulesPackage(arn: InspectorArn): boolean {
  return arn.includes(':rulespackage/');
}

function createDeniedFailure(arn: InspectorArn): InspectorFailure {
  return createAccessDeniedFailure(toAccount(arn), toRegion(arn));
}
