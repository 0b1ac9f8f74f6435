/** Help for a process at its limit of open files. A start takes some 100 files, and each connection one more. */
export const OUT_OF_FILES = 'Too many files and connections are open: raise their limit (ulimit -n) to 1024 or more.';

/** Whether an error means that the process or the machine is at its limit of open files. */
export function isOutOfFiles(error: unknown): boolean {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code === 'EMFILE' || code === 'ENFILE';
}
