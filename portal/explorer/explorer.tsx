/** @jsxImportSource react */
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { useEffect } from 'react';
import { createAddressWriter, readAddress } from './address.js';
import { type Example, examples } from './examples.js';
import { createFetcher, type Exchange, INTROSPECTION_NAME } from './fetcher.js';
import { LastAnswer } from './last-answer.js';

const listeners = new Set<(exchange: Exchange) => void>();
const subscribe = (listener: (exchange: Exchange) => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};
const fetcher = createFetcher('./graphql', (exchange) => {
  for (const listener of listeners) listener(exchange);
});
const writeAddress = createAddressWriter();

/** GraphiQL over the gateway. `exampleQuery` is one that it can answer. */
export function Explorer({ exampleQuery, hasPortal }: { exampleQuery: string | null; hasPortal: boolean }) {
  const asked = readAddress(location);
  // For a first visit; whoever has been here before has tabs of their own.
  const defaultTabs: Example[] = [
    ...(asked === null ? [] : [asked]),
    ...(exampleQuery === null ? [] : [{ query: exampleQuery }]),
    ...examples,
  ];
  return (
    <GraphiQL
      fetcher={fetcher}
      introspectionQueryName={INTROSPECTION_NAME}
      defaultTabs={defaultTabs}
      {...(asked !== null && { initialQuery: asked.query, initialVariables: asked.variables })}
      onTabChange={({ tabs, activeTabIndex }) => {
        const { query, variables } = tabs[activeTabIndex] ?? {};
        writeAddress({ query: query ?? '', variables: variables ?? '' });
      }}
    >
      <GraphiQL.Logo>
        <nav aria-label="Other pages" className="other-pages">
          {hasPortal && <a href="./">Portal</a>}
          <span>
            <a href="./sandbox">Apollo Sandbox</a> <small>(needs the internet)</small>
          </span>
        </nav>
      </GraphiQL.Logo>
      <GraphiQL.Footer>
        <LastAnswer subscribe={subscribe} />
      </GraphiQL.Footer>
      <FollowedAddress />
    </GraphiQL>
  );
}

/** Opens a tab for another address that somebody gives the page while it is open. */
function FollowedAddress() {
  const { addTab } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  useEffect(() => {
    const open = () => {
      const asked = readAddress(location);
      if (asked === null) return;
      addTab();
      queryEditor?.setValue(asked.query);
      variableEditor?.setValue(asked.variables);
    };
    window.addEventListener('hashchange', open);
    return () => window.removeEventListener('hashchange', open);
  }, [addTab, queryEditor, variableEditor]);
  return null;
}
