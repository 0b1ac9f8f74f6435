#!/usr/bin/env node
import { isMainThread } from 'node:worker_threads';
import { isOutOfFiles, OUT_OF_FILES } from './process/open-files.js';

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
