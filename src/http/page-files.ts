import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PAGES_FOLDER } from '../package-files.js';

/** Where the pages are. */
export const PAGES_ROOT = fileURLToPath(PAGES_FOLDER);

/** The files of the pages by their paths below the folder, with slashes; none before a build. */
export function readPageFiles(): string[] {
  try {
    return readdirSync(PAGES_ROOT, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'));
  } catch {
    return [];
  }
}

/** Whether there are both pages. */
export function arePagesBuilt(): boolean {
  const files = readPageFiles();
  return files.includes('index.html') && files.includes('explorer.html');
}
