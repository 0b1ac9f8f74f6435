import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AssessmentRun, ListKind } from '../src/inspector/inspector-api.js';
import type { InspectorFailure } from '../src/inspector/inspector-failure.js';
import { agentOf, arnIn, arnOf, entityOf, toNumber } from './helpers/entities.js';
import type { Json } from './helpers/gateway.js';
import { createTestGraph } from './helpers/graph.js';
import { readAll, toPages } from './helpers/pages.js';
import { createFailure, createScriptedInspectorApi } from './helpers/scripted-inspector-api.js';

const owner = arnOf('assessmentRun', 7);
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

/** The field of each connection, whether it is a field of a run, and the listed items. */
const connections: Record<ListKind, { field: string; isOfRun?: true; toItem: (number: number) => unknown }> = {
  assessmentRun: { field: 'assessmentRuns', toItem: (n) => arnOf('assessmentRun', n) },
  assessmentTemplate: { field: 'assessmentTemplates', toItem: (n) => arnOf('assessmentTemplate', n) },
  assessmentTarget: { field: 'assessmentTargets', toItem: (n) => arnOf('assessmentTarget', n) },
  rulesPackage: { field: 'rulesPackages', toItem: (n) => arnOf('rulesPackage', n) },
  finding: { field: 'findings', isOfRun: true, toItem: (n) => arnIn(owner, 'finding', n) },
  exclusion: { field: 'exclusions', isOfRun: true, toItem: (n) => arnIn(owner, 'exclusion', n) },
  assessmentRunAgent: { field: 'agents', isOfRun: true, toItem: (n) => agentOf(owner, n) },
};
const kinds = Object.keys(connections) as ListKind[];

/** A list of this many items, over upstream pages of `pageSize`. */
function createList(kind: ListKind, count: number, pageSize = 100) {
  const { field, isOfRun, toItem } = connections[kind];
  const items = upTo(count).map(toItem);
  const { inspector, calls } = createScriptedInspectorApi({ lists: { [kind]: toPages(items as never[], pageSize) } });
  const graph = createTestGraph(inspector);
  const id = kind === 'assessmentRunAgent' ? 'id: agentId' : 'id: arn';
  const connection = `${field}(first: $first, after: $after) {
    nodes { ${id} } edges { cursor node { ${id} } } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }`;
  const query = `query ($first: Int, $after: String) {
    ${isOfRun ? `assessmentRun(arn: "${owner}") { ${connection} }` : connection}
  }`;
  return {
    calls,
    ids: items.map((item) => (item as { agentId?: string }).agentId ?? item),
    async fetchPage(args: { first?: number | null; after?: string | null }): Promise<Json> {
      const { data, errors } = await graph.query(query, args);
      return { ...(isOfRun ? data?.assessmentRun : data)?.[field], errors };
    },
  };
}

describe.each(kinds)('The list of %s', (kind) => {
  test.each([
    [100, 7],
    [100, 100],
    [3, 10],
    [30, 20],
  ])('is complete and in order, from upstream pages of %i in pages of %i', async (pageSize, first) => {
    const { fetchPage, ids } = createList(kind, 205, pageSize);
    const { nodes, totalCounts } = await readAll(async (after) => {
      const { nodes, edges, pageInfo, ...page } = await fetchPage({ first, after });
      expect(edges.map(({ node }: Json) => node)).toEqual(nodes);
      expect(pageInfo).toMatchObject({
        hasPreviousPage: false,
        startCursor: edges[0].cursor,
        endCursor: edges.at(-1).cursor,
      });
      return { nodes, pageInfo, ...page };
    });
    expect(nodes.map(({ id }) => id)).toEqual(ids);
    // No page of these is the whole list.
    expect(new Set(totalCounts)).toEqual(new Set([null]));
  });

  test.each([0, 1, 19, 20])('of %i items has a totalCount, since one page has them all', async (count) => {
    const { fetchPage, ids } = createList(kind, count);
    const { nodes, totalCount, pageInfo } = await fetchPage({});
    expect({ ids: nodes.map(({ id }: Json) => id), totalCount }).toEqual({ ids, totalCount: count });
    expect(pageInfo.hasNextPage).toBe(false);
  });

  test('has no totalCount on its last page', async () => {
    const { fetchPage } = createList(kind, 21);
    const { totalCount, pageInfo } = await fetchPage({});
    const last = await fetchPage({ after: pageInfo.endCursor });
    expect([totalCount, last.totalCount]).toEqual([null, null]);
    expect(last.nodes).toHaveLength(1);
  });

  test('goes on behind any edge', async () => {
    const { fetchPage, ids } = createList(kind, 50, 7);
    const { edges } = await fetchPage({ first: 10 });
    for (const [place, { cursor }] of edges.entries()) {
      const { nodes } = await fetchPage({ first: 3, after: cursor });
      expect(nodes.map(({ id }: Json) => id)).toEqual(ids.slice(place + 1, place + 4));
    }
  });

  test.each([{ first: 0 }, { first: 101 }, { first: -1 }, { after: 'nonsense' }, { after: '' }])(
    'refuses %j before any call',
    async (args) => {
      const { fetchPage, calls } = createList(kind, 50);
      const { errors } = await fetchPage(args);
      expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } })]);
      expect(Object.values(calls).flat()).toEqual([]);
    },
  );
});

describe('Runs in an order', () => {
  type Change = Partial<Pick<AssessmentRun, 'name' | 'startedAt' | 'completedAt'>>;
  const ORDERED = `query ($orderBy: AssessmentRunOrder, $first: Int, $after: String, $filter: AssessmentRunFilter) {
    assessmentRuns(orderBy: $orderBy, first: $first, after: $after, filter: $filter) {
      nodes { arn } edges { cursor node { arn } } totalCount
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`;

  /** Runs in Inspector's order, with members that differ from the usual; a failure is that of the details. */
  function createRuns(runs: readonly (Change | InspectorFailure)[], pageSize = 100) {
    const arns = runs.map((_run, number) => arnOf('assessmentRun', number));
    const { inspector, calls } = createScriptedInspectorApi({
      list: toPages(arns, pageSize),
      details(arn) {
        const run = runs[toNumber(arn)];
        return run instanceof Error ? run : { ...entityOf.assessmentRun(arn), ...run };
      },
    });
    const graph = createTestGraph(inspector);
    return {
      calls,
      async fetchPage(args: Record<string, unknown>): Promise<Json> {
        const { data, errors } = await graph.query(ORDERED, args);
        return { ...data?.assessmentRuns, errors };
      },
    };
  }
  const toNumbers = (nodes: { arn: string }[]) => nodes.map(({ arn }) => toNumber(arn));
  const day = (number: number) => new Date(Date.UTC(2025, 0, number));

  const runs: Change[] = [
    { name: 'b', startedAt: day(3), completedAt: null },
    { name: 'a', startedAt: null, completedAt: day(9) },
    { name: 'B', startedAt: day(1), completedAt: day(5) },
    { name: 'b', startedAt: day(3), completedAt: null },
    { name: 'c', startedAt: null, completedAt: day(9) },
    { name: 'a', startedAt: day(2), completedAt: day(7) },
  ];

  test.each([
    ['NAME_ASC', [2, 1, 5, 0, 3, 4]],
    ['STARTED_AT_ASC', [2, 5, 0, 3, 1, 4]],
    ['STARTED_AT_DESC', [0, 3, 5, 2, 1, 4]],
    ['COMPLETED_AT_ASC', [2, 5, 1, 4, 0, 3]],
    ['COMPLETED_AT_DESC', [1, 4, 5, 2, 0, 3]],
    [null, [0, 1, 2, 3, 4, 5]],
  ])(
    'are sorted by %s, those without the time last, equal ones in the order of Inspector',
    async (orderBy, expected) => {
      const { nodes, edges, totalCount, pageInfo } = await createRuns(runs).fetchPage({ orderBy });
      expect(toNumbers(nodes)).toEqual(expected);
      expect(edges.map(({ node }: Json) => node)).toEqual(nodes);
      expect(totalCount).toBe(6);
      expect(pageInfo).toEqual({
        hasNextPage: false,
        hasPreviousPage: false,
        startCursor: edges[0].cursor,
        endCursor: edges.at(-1).cursor,
      });
    },
  );

  test('all appear once and in order in pages of any size, after any edge', async () => {
    const change = fc.record({
      name: fc.option(fc.constantFrom('a', 'b', 'c')),
      startedAt: fc.option(fc.integer({ min: 1, max: 5 }).map(day)),
      completedAt: fc.option(fc.integer({ min: 1, max: 5 }).map(day)),
    });
    const order = fc.constantFrom(
      ...(['NAME_ASC', 'STARTED_AT_ASC', 'STARTED_AT_DESC', 'COMPLETED_AT_ASC', 'COMPLETED_AT_DESC'] as const),
    );
    const keyOf = (run: Change, orderBy: string) => {
      if (orderBy === 'NAME_ASC') return run.name ?? null;
      return (orderBy.startsWith('STARTED') ? run.startedAt : run.completedAt)?.getTime() ?? null;
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 30 }),
        order,
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 4, max: 100 }),
        async (changes, orderBy, first, pageSize) => {
          const { fetchPage } = createRuns(changes, pageSize);
          const { nodes, totalCounts } = await readAll(async (after) => fetchPage({ orderBy, first, after }));
          expect(new Set(totalCounts)).toEqual(new Set([changes.length]));
          const order = toNumbers(nodes);
          expect([...order].sort((a, b) => a - b)).toEqual(upTo(changes.length));
          for (const [place, number] of order.slice(1).entries()) {
            const before = order[place] as number;
            const [a, b] = [before, number].map((n) => keyOf(changes[n] as Change, orderBy));
            const isRising = orderBy.endsWith('_ASC');
            if (a === b) expect(before).toBeLessThan(number);
            else if (a == null || b == null) expect(b).toBeNull();
            else expect(a < b).toBe(isRising);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test('go on behind any edge', async () => {
    const { fetchPage } = createRuns(runs);
    const { edges } = await fetchPage({ orderBy: 'NAME_ASC' });
    for (const [place, { cursor }] of edges.entries()) {
      const { nodes, totalCount } = await fetchPage({ orderBy: 'NAME_ASC', first: 2, after: cursor });
      expect(toNumbers(nodes)).toEqual([2, 1, 5, 0, 3, 4].slice(place + 1, place + 3));
      expect(totalCount).toBe(6);
    }
  });

  test('are read once each, all in one Describe, whatever the size of the page', async () => {
    const { fetchPage, calls } = createRuns(runs.concat(runs), 5);
    await fetchPage({ orderBy: 'NAME_ASC', first: 2, filter: { states: ['COMPLETED'], regions: ['us-east-1'] } });
    expect(calls.describeAssessmentRuns.map((arns) => arns.length)).toEqual([12]);
    expect(calls.listAssessmentRuns).toEqual(
      [undefined, '5', '10'].map((nextToken) => ({
        criteria: { states: ['COMPLETED'] },
        regions: ['us-east-1'],
        maxResults: 100,
        ...(nextToken && { nextToken }),
      })),
    );
  });

  test('that Inspector lists twice come once', async () => {
    const arns = [0, 1, 0, 2, 1].map((n) => arnOf('assessmentRun', n));
    const { inspector } = createScriptedInspectorApi({ list: toPages(arns, 2), details: entityOf.assessmentRun });
    const graph = createTestGraph(inspector);
    const { nodes, totalCounts } = await readAll(
      async (after) => (await graph.query(ORDERED, { orderBy: 'NAME_ASC', first: 1, after })).data.assessmentRuns,
    );
    expect({ numbers: toNumbers(nodes), totalCounts }).toEqual({ numbers: [0, 1, 2], totalCounts: [3, 3, 3] });
  });

  test.each([99, 100])('are answered where %i match, also if an empty page follows', async (count) => {
    const arns = upTo(count).map((n) => arnOf('assessmentRun', n));
    const { inspector } = createScriptedInspectorApi({
      list: ({ nextToken }) => (nextToken ? { items: [], nextToken: null } : { items: arns, nextToken: 'more' }),
      details: entityOf.assessmentRun,
    });
    const { data } = await createTestGraph(inspector).query(ORDERED, { orderBy: 'STARTED_AT_DESC', first: 100 });
    expect(toNumbers(data.assessmentRuns.nodes)).toEqual(upTo(count).reverse());
  });

  test.each([
    [101, 100],
    [101, 50],
    [250, 100],
  ])('are refused where %i match, in upstream pages of %i, without reading them', async (count, pageSize) => {
    const { fetchPage, calls } = createRuns(Array(count).fill({}), pageSize);
    const { errors } = await fetchPage({ orderBy: 'NAME_ASC' });
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/`orderBy` expects a filter that at most 100 runs fit/),
        extensions: { code: 'BAD_USER_INPUT' },
      }),
    ]);
    expect(calls.describeAssessmentRuns).toEqual([]);
    expect(calls.listAssessmentRuns.length).toBeLessThan(4);
  });

  test('are refused after some pages where Inspector returns tokens and no runs', async () => {
    const { inspector, calls } = createScriptedInspectorApi({
      list: ({ nextToken }) => ({ items: [], nextToken: String(Number(nextToken ?? 0) + 1) }),
    });
    const { errors } = await createTestGraph(inspector).query(ORDERED, { orderBy: 'NAME_ASC' });
    expect(errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect(calls.listAssessmentRuns).toHaveLength(10);
  });

  test('refuse a cursor of another order, of no order, or of a run that does not match', async () => {
    const { fetchPage } = createRuns(runs);
    const ordered = (await fetchPage({ orderBy: 'NAME_ASC', first: 1 })).pageInfo.endCursor;
    const plain = (await fetchPage({ first: 1 })).pageInfo.endCursor;
    const gone = Buffer.from(`NAME_ASC ${arnOf('assessmentRun', 99)}`).toString('base64url');
    for (const [orderBy, after] of [
      ['STARTED_AT_ASC', ordered],
      [null, ordered],
      ['NAME_ASC', plain],
      ['NAME_ASC', gone],
      ['NAME_ASC', 'nonsense'],
      ['NAME_ASC', ''],
    ]) {
      const { errors } = await fetchPage({ orderBy, after });
      expect(errors).toEqual([
        expect.objectContaining({
          message: expect.stringMatching(/^`after` expects a cursor/),
          extensions: { code: 'BAD_USER_INPUT' },
        }),
      ]);
    }
  });

  test('come last where their details cannot be read', async () => {
    const lasting = createFailure({ code: 'NO_SUCH_ENTITY', canRetry: false });
    const { fetchPage } = createRuns([lasting, { name: 'b' }, { name: 'a' }]);
    const { nodes, errors } = await fetchPage({ orderBy: 'NAME_ASC' });
    expect({ numbers: toNumbers(nodes), errors }).toEqual({ numbers: [2, 1, 0], errors: undefined });
  });

  test('are refused while details fail in a way that may be retried, since the next page could have another order', async () => {
    const passing = createFailure({ code: 'THROTTLED', canRetry: true });
    const { fetchPage } = createRuns([passing, { name: 'b' }, { name: 'a' }]);
    const { errors } = await fetchPage({ orderBy: 'NAME_ASC' });
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['assessmentRuns'],
        extensions: expect.objectContaining({ code: 'THROTTLED', canRetry: true }),
      }),
    ]);
  });
});
