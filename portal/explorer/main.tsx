/** @jsxImportSource react */
import './workers.js';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './explorer.css';
import { createRoot } from 'react-dom/client';
import { Explorer } from './explorer.js';

/** A query that this gateway can answer, null where it does not say one, and whether it has a portal. */
async function fetchFacts(): Promise<{ exampleQuery: string | null; hasPortal: boolean }> {
  try {
    const { exampleQuery, portal } = await (await fetch('./explorer.json')).json();
    return { exampleQuery: typeof exampleQuery === 'string' ? exampleQuery : null, hasPortal: portal === true };
  } catch {
    return { exampleQuery: null, hasPortal: false };
  }
}

const root = createRoot(document.getElementById('explorer') as HTMLElement);
root.render(<Explorer {...(await fetchFacts())} />);
