#!/usr/bin/env node
import { isOutOfFiles, OUT_OF_FILES } from './process/open-files.js';

try {
  // Hundreds of files are opened to load it, so that this is where a low limit is met first.
  const { runCommandLine } = await import('./command-line.js');
  process.exitCode = await runCommandLine();
} catch (error) {
  if (!isOutOfFiles(error)) throw error;
  process.stderr.write(`${OUT_OF_FILES}\n`);
  // What has been started by then is given up.
  process.exit(1);
}
