// Takes each check of rights away in turn, in a copy of the repository, and runs the tests of rights: each has to fail. Ends with 1
// where one does not.
//   npm run mutate:rights -- [text]     only those that have this text in their name or file
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const TESTS = ['test/rights.property', 'test/authentication.e2e', 'test/archive-scope'];
const [wanted = ''] = process.argv.slice(2);

/** What is taken away: a file, the text of the check, and what stands in its place. */
const MUTATIONS = [
  {
    what: 'the rights in the keys of raw requests',
    file: 'src/http/raw-request-cache.ts',
    check: 'callers.toKey(request)',
    instead: "''",
  },
  {
    what: 'the rights in the keys of answers and of requests in flight',
    file: 'src/http/graphql-route.ts',
    check: '[revision.current, callers.toKey(request.raw)]',
    instead: '[revision.current]',
  },
  {
    what: 'the look at rights before a joined answer, with the rights in its key',
    file: 'src/http/callers.ts',
    check: "rightsOf(request)?.digest ?? ''",
    instead: "''",
    more: [{ file: 'src/http/callers.ts', check: 'rights === null || mayReadArn(rights, arn)', instead: 'true' }],
  },
  {
    what: 'the look at rights where an ARN is parsed',
    file: 'src/graphql/fields/entity-types.ts',
    check: 'if (!mayRead(arn)) throw',
    instead: 'if (arn === undefined) throw',
  },
  {
    what: 'the rights of a caller altogether',
    file: 'src/graph-service.ts',
    check: 'if (principal === null || principal.rights.isAll) return inspector;',
    instead: 'if (principal !== undefined) return inspector;',
  },
  {
    what: 'the difference between rights in their digest',
    file: 'src/auth/rights.ts',
    check: "update([maySeeSchema, ...sorted].join('\\n'))",
    instead: "update('')",
  },
  {
    what: 'the scope of searches',
    file: 'src/inspector/authorized-inspector-api.ts',
    check: 'archive.search(kind, { ...query, scope }, options)',
    instead: 'archive.search(kind, query, options)',
  },
  {
    what: 'the scope of statistics',
    file: 'src/inspector/authorized-inspector-api.ts',
    check: 'archive.summarize(kind, { ...query, scope }, options)',
    instead: 'archive.summarize(kind, query, options)',
  },
  {
    what: 'the scope of the description',
    file: 'src/inspector/authorized-inspector-api.ts',
    check: 'archive.describeArchive(options, scope)',
    instead: 'archive.describeArchive(options)',
  },
  {
    what: "the scope of Inspector's own lists",
    file: 'src/inspector/authorized-inspector-api.ts',
    check: 'return { ...query, scope };',
    instead: 'return query;',
  },
  {
    what: 'the scope in the keys of what an archive has answered',
    file: 'src/inspector/cache/caching-archive-api.ts',
    check: "scope === undefined ? '' :",
    instead: "scope !== null ? '' :",
  },
  {
    what: 'the header of the scope',
    file: 'src/inspector/sdk/sdk-clients.ts',
    check: 'if (scope !== undefined) request.headers',
    instead: 'if (scope === null) request.headers',
  },
  {
    what: 'the scope in criteria of the archive',
    file: 'src/archive/store/search/criteria.ts',
    check: 'await resolveScope(tables, scope)',
    instead: 'await resolveScope(tables, scope && null)',
  },
  {
    what: 'accounts and regions that are seen only together',
    file: 'src/archive/store/search/criteria.ts',
    check: '...toPairPredicates(engine, visible, ref),',
    instead: '',
    more: [
      {
        file: 'src/archive/store/search/found-rows.ts',
        check: '...toPairPredicates(engine, criteria.visible, ref),',
        instead: '',
      },
    ],
  },
  {
    what: 'the scope of documents that are asked by their keys',
    file: 'src/archive/store/reader.ts',
    check: 'const visible = keys.filter(toVisibilityTest(kind, visibility));',
    instead: 'const visible = [...keys];',
  },
  {
    what: 'the scope of the first documents of a kind',
    file: 'src/archive/store/reader.ts',
    check: 'document !== UNDESCRIBED && isVisible(key)',
    instead: 'document !== UNDESCRIBED',
  },
  {
    what: 'the scope of the question whether something exists',
    file: 'src/archive/store/reader.ts',
    check: 'const keys = given.filter(toVisibilityTest(kind, visibility));',
    instead: 'const keys = [...given];',
  },
  {
    what: 'the scope of the findings by which a run exists',
    file: 'src/archive/store/reader.ts',
    check: 'fetchFindingRows({ visibility, conditions,',
    instead: 'fetchFindingRows({ visibility: { region: null, scope: null }, conditions,',
  },
  {
    what: 'the scope of listed runs',
    file: 'src/archive/store/reader.ts',
    check:
      "if (scope !== null) query = query.where(isArnInScope(engine, scope, sql.ref('listed.assessment_template_arn')));",
    instead: '',
  },
  {
    what: 'the scope of listed targets and templates',
    file: 'src/archive/store/reader.ts',
    check: "query = query.where(isTextInScope(engine, scope, sql.ref('listed.account'), sql.ref('listed.region')));",
    instead: '',
  },
  {
    what: 'the scope of listed findings',
    file: 'src/archive/store/listed-findings.ts',
    check: "toScope('finding', visibility)",
    instead: 'null',
  },
  {
    what: 'the scope of compared findings',
    file: 'src/archive/store/comparison.ts',
    check: 'await resolveScope(tables, scope)',
    instead: 'await resolveScope(tables, scope && null)',
  },
  {
    what: 'the scope of the facts that a description counts',
    file: 'src/archive/store/description.ts',
    check: 'await resolveScope(snapshot, visibility.scope)',
    instead: 'await resolveScope(snapshot, visibility.scope && null)',
  },
  {
    what: 'the scope of the things that a description counts',
    file: 'src/archive/store/description.ts',
    check: 'countEntities(kind, toScope(kind, visibility))',
    instead: 'countEntities(kind, null)',
  },
  {
    what: "the scope of hosts' telemetry",
    file: 'src/archive/wire/archive-operations/host-telemetry.ts',
    check: 'scope === null || isInScope(scope, accountId, region)',
    instead: 'isInScope(scope ?? [], accountId, region) || true',
  },
  {
    what: "the scope of reports' files",
    file: 'src/archive/wire/report-files.ts',
    check: '{ region: null, scope });',
    instead: '{ region: null, scope: scope && null });',
  },
  {
    what: 'the region for which a call is signed',
    file: 'src/archive/wire/visibility.ts',
    check: 'region: parseRegion(request)',
    instead: 'region: parseRegion(request) && null',
  },
];

const copy = mkdtempSync(join(tmpdir(), 'mutate-rights-'));
let survivors = 0;
try {
  const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  for (const file of files) cpSync(join(ROOT, file), join(copy, file));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  cpSync(join(ROOT, 'dist'), join(copy, 'dist'), { recursive: true, preserveTimestamps: true });
  if (!isGreen()) throw new Error('The tests fail without any change.');
  const mutations = MUTATIONS.filter(({ what, file }) => `${what} ${file}`.includes(wanted));
  for (const { what, more = [], ...first } of mutations) {
    const kept = [first, ...more].map(({ file }) => [file, readFileSync(join(ROOT, file), 'utf8')]);
    for (const { file, check, instead } of [first, ...more]) {
      const text = readFileSync(join(copy, file), 'utf8');
      if (text.split(check).length !== 2) throw new Error(`${file} has not exactly one ${check}`);
      writeFileSync(join(copy, file), text.replace(check, instead));
    }
    const isNoticed = !isGreen();
    if (!isNoticed) survivors += 1;
    process.stdout.write(`${isNoticed ? 'noticed    ' : 'NOT NOTICED'} without ${what}\n`);
    for (const [file, text] of kept) writeFileSync(join(copy, file), text);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.exitCode = survivors === 0 ? 0 : 1;

/** Builds the copy, and runs its tests of rights. */
function isGreen() {
  const run = (args) => spawnSync(process.execPath, args, { cwd: copy, stdio: 'ignore' }).status === 0;
  // A change may be one that the compiler would refuse.
  run(['node_modules/typescript/bin/tsc', '--noEmitOnError', 'false']);
  run(['scripts/build.mjs']);
  return run(['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--bail', ...TESTS]);
}
