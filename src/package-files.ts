/*
 * Files of the package that are read at run time. Whatever a build makes of this file lies directly in a folder of the package, as
 * this file does.
 */

export const SCHEMA_FILE = new URL('../schema.graphql', import.meta.url);
export const PACKAGE_FILE = new URL('../package.json', import.meta.url);
/** The portal's own documents by their ids, where the pages are built. */
export const PORTAL_DOCUMENTS_FILE = new URL('../dist/portal-documents.json', import.meta.url);
/** The built-in sample as `npm run build` writes it beside the gateway; a gateway that runs from its sources has none. */
export const SAMPLE_FILE = new URL('./sample.db', import.meta.url);
/** Where `npm run build` writes the pages, also for a gateway that runs from its sources. */
export const PAGES_FOLDER = new URL('../dist/pages/', import.meta.url);
