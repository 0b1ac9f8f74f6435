/** Where changes and failures of what callers are known by are logged. */
export interface AuthLogger {
  info(members: object, message: string): void;
  error(members: object, message: string): void;
}
