/** What to do about a limit of open files that is reached. To start takes some 250 of them, and each connection one more. */
export const OUT_OF_FILES = 'Too many files and connections are open: raise their limit (ulimit -n) to 1024 or more.';

/** Whether an error says that this process, or the machine, may open no more files. */
export function isOutOfFiles(error: unknown): boolean {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code === 'EMFILE' || code === 'ENFILE';
}
