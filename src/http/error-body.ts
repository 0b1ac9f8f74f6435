/** An error of HTTP in GraphQL's form. */
export function toErrorBody(message: string, extensions: { code: string; requestId: string }) {
  return { errors: [{ message, extensions }] };
}
