/** An error of HTTP in GraphQL's shape. */
export function toErrorBody(message: string, code: string, requestId: string) {
  return { errors: [{ message, extensions: { code, requestId } }] };
}
