import { type FieldNode, GraphQLError, type GraphQLResolveInfo, type Source, type SourceLocation } from 'graphql';

/*
 * Locates the errors of fields
 *
 * graphql-js does the same at a cost: it counts the lines before each error, and each has a stack. A page of a hundred runs
 * has thousands of fields, which all fail when Inspector is out of reach. graphql-js keeps located errors as they are.
 */

const locationsByNodes = new WeakMap<readonly FieldNode[], readonly SourceLocation[]>();
const lineStartsBySource = new WeakMap<Source, readonly number[]>();

/** The located error of a field, or of the item with this index in its list. */
export function locate(thrown: Error, info: GraphQLResolveInfo, index?: number): GraphQLError {
  if (thrown instanceof GraphQLError && thrown.path !== undefined) return thrown;
  const path: (string | number)[] = index === undefined ? [] : [index];
  for (let at: typeof info.path | undefined = info.path; at !== undefined; at = at.prev) path.push(at.key);
  const { stackTraceLimit } = Error;
  // originalError has the stack.
  Error.stackTraceLimit = 0;
  const error = new GraphQLError(thrown.message, { path: path.reverse(), originalError: thrown });
  Error.stackTraceLimit = stackTraceLimit;
  if (error.locations !== undefined) return error;
  return Object.defineProperty(error, 'locations', { value: findLocations(info.fieldNodes), enumerable: true });
}

function findLocations(nodes: readonly FieldNode[]): readonly SourceLocation[] {
  let locations = locationsByNodes.get(nodes);
  if (locations === undefined) {
    locations = nodes.flatMap(({ loc }) => (loc === undefined ? [] : toLocation(loc.source, loc.start)));
    locationsByNodes.set(nodes, locations);
  }
  return locations;
}

function toLocation(source: Source, position: number): SourceLocation {
  let starts = lineStartsBySource.get(source);
  if (starts === undefined) {
    starts = [0, ...[...source.body.matchAll(/\r\n|[\n\r]/g)].map(({ 0: end, index }) => index + end.length)];
    lineStartsBySource.set(source, starts);
  }
  const line = starts.findLastIndex((start) => start <= position);
  return { line: line + 1, column: position - (starts[line] as number) + 1 };
}
