import { type FieldNode, GraphQLError, type GraphQLResolveInfo, type Source, type SourceLocation } from 'graphql';

/*
 * The error of a field, as graphql-js locates it
 *
 * graphql-js finds the location of each error by counting the lines before it, and lets each keep a stack of its own. A page
 * of a hundred runs has thousands of fields, and where Inspector is out of reach all of them fail. What is located here
 * graphql-js takes as it is.
 */

const locationsByNodes = new WeakMap<readonly FieldNode[], readonly SourceLocation[]>();
const lineStartsBySource = new WeakMap<Source, readonly number[]>();

/** The failure of a field, or of the item at this place of its list. */
export function locate(thrown: Error, info: GraphQLResolveInfo, place?: number): GraphQLError {
  if (thrown instanceof GraphQLError && thrown.path !== undefined) return thrown;
  const path: (string | number)[] = place === undefined ? [] : [place];
  for (let at: typeof info.path | undefined = info.path; at !== undefined; at = at.prev) path.push(at.key);
  const { stackTraceLimit } = Error;
  // Its stack is that of what was thrown.
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
