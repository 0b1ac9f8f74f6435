import { readFileSync } from 'node:fs';
import { PACKAGE_FILE } from '../../../package-files.js';
import { members } from '../shared/constraints.js';
import { operation } from '../shared/operation.js';

/** The version of docs/archive-api.md. */
const API_VERSION = 1;

const { version: softwareVersion } = JSON.parse(readFileSync(PACKAGE_FILE, 'utf8')) as { version: string };

export const getArchiveRevision = operation(members({}), async (_input, { reader }) =>
  JSON.stringify({ apiVersion: API_VERSION, ...(await reader.fetchRevision()) }),
);

export const describeArchive = operation(members({}), async (_input, { reader, visibility }) => {
  const { accounts, regions, ...description } = await reader.fetchDescription(visibility);
  return JSON.stringify({
    apiVersion: API_VERSION,
    softwareVersion,
    ...description,
    accounts: accounts.map(({ value, ...counts }) => ({ accountId: value, ...counts })),
    regions: regions.map(({ value, ...counts }) => ({ region: value, ...counts })),
  });
});
