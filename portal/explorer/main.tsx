/** @jsxImportSource react */
import './workers.js';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './explorer.css';
import { createRoot } from 'react-dom/client';
import { Explorer } from './explorer.js';

/** A query that this gateway can answer; null where it does not say one. */
async function fetchExampleQuery(): Promise<string | null> {
  try {
    const { exampleQuery } = await (await fetch('./explorer.json')).json();
    return typeof exampleQuery === 'string' ? exampleQuery : null;
  } catch {
    return null;
  }
}

const root = createRoot(document.getElementById('explorer') as HTMLElement);
root.render(<Explorer exampleQuery={await fetchExampleQuery()} />);
