import { timeZone } from './format.js';
import { type Place, toHref, usePlace, type View } from './location.js';
import { Announcer } from './parts/announcer.js';
import { Frame } from './parts/frame.js';
import { useSettings } from './settings.js';
import { signOut, useSignedIn } from './sign-in.js';
import { Compare } from './views/compare.js';
import { Finding } from './views/finding.js';
import { Findings } from './views/findings.js';
import { Host } from './views/host.js';
import { Hosts } from './views/hosts.js';
import { Import } from './views/import.js';
import { Overview } from './views/overview.js';
import { Run } from './views/run.js';
import { Runs } from './views/runs.js';

const views: Readonly<Record<View, (props: { place: Place }) => preact.JSX.Element>> = {
  '': Overview,
  runs: Runs,
  run: Run,
  findings: Findings,
  finding: Finding,
  hosts: Hosts,
  host: Host,
  compare: Compare,
  import: Import,
};

/** The views that can be gone to from anywhere, and those that belong to them. */
const MENU: readonly (readonly [view: View, name: string, ...below: View[]])[] = [
  ['', 'Overview'],
  ['runs', 'Runs', 'run'],
  ['findings', 'Findings', 'finding'],
  ['hosts', 'Hosts', 'host'],
  ['compare', 'Compare'],
  ['import', 'Import'],
];

/** Views of one thing: the value of the address that names it, and the list in which it is found. */
const NAMED_BY: Readonly<Partial<Record<View, { value: string; title: string; list: View; listTitle: string }>>> = {
  run: { value: 'arn', title: 'Run', list: 'runs', listTitle: 'All runs' },
  finding: { value: 'arn', title: 'Finding', list: 'findings', listTitle: 'All findings' },
  host: { value: 'agent', title: 'Host', list: 'hosts', listTitle: 'All hosts' },
};

/** `problem` is why the visitor could not be signed in; null without one. */
export function App({ problem }: { problem: string | null }) {
  const place = usePlace();
  const settings = useSettings();
  const isSignedIn = useSignedIn();
  const CurrentView = views[place.view];
  const named = NAMED_BY[place.view];
  // Another thing is another view: nothing of the one before is kept.
  const identity = ['arn', 'agent', 'account', 'region'].map((name) => place.query.get(name));
  const key = ['run', 'finding', 'host', 'compare'].includes(place.view)
    ? `${place.view} ${identity.join(' ')}`
    : place.view;
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="site">
        <a class="brand" href={toHref('')}>
          Inspector Classic <span>history</span>
        </a>
        <nav aria-label="Views">
          {MENU.map(([view, name, ...below]) => (
            <a
              key={view}
              href={toHref(view)}
              aria-current={view === place.view ? 'page' : below.includes(place.view) ? 'true' : undefined}
            >
              {name}
            </a>
          ))}
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        {problem !== null && (
          <p class="problem" role="alert">
            You could not be signed in: <bdi>{problem}</bdi>
          </p>
        )}
        {named && !place.query.get(named.value) ? (
          <Frame title={named.title} documentTitle={named.title}>
            <p class="note">
              The address does not say which one. <a href={toHref(named.list)}>{named.listTitle}</a>
            </p>
          </Frame>
        ) : (
          <CurrentView key={key} place={place} />
        )}
      </main>
      <footer>
        Times are in {timeZone}. {settings?.explorer && <a href="./explorer">Ask in GraphQL</a>}{' '}
        {settings?.signIn != null && isSignedIn && (
          <button type="button" onClick={signOut}>
            Sign out
          </button>
        )}
      </footer>
      <Announcer />
    </>
  );
}
