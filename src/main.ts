#!/usr/bin/env node
import module from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { isOutOfFiles, OUT_OF_FILES } from './process/open-files.js';

// Node 22 and later keep compiled code for the next start; the types are those of Node 20.
(module as { enableCompileCache?: () => void }).enableCompileCache?.();

try {
  // Loading it opens hundreds of files, where a low limit fails first.
  const { runCommandLine } = await import('./command-line.js');
  process.exitCode = await runCommandLine();
} catch (error) {
  // What a thread throws is for the one that started it.
  if (!isMainThread || !isOutOfFiles(error)) throw error;
  process.stderr.write(`${OUT_OF_FILES}\n`);
  // Ends also what has been started by then.
  process.exit(1);
}
