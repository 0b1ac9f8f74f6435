import { formatNumber } from '../format.js';
import { ImportDocument } from '../gql/graphql.js';
import { Frame, Part, Skeleton } from '../parts/frame.js';
import { Time } from '../parts/words.js';
import { type Settings, useSettings } from '../settings.js';
import { useAnswer } from '../use-answer.js';

type Upstream = Settings['upstream'];

export function Import() {
  const asked = useAnswer(ImportDocument, {});
  const settings = useSettings();
  const answer = { ...asked, isLoading: asked.isLoading || settings === undefined };
  const archive = answer.data?.archive;
  return (
    <Frame title="Bring your history" documentTitle="Bring your history" answer={answer}>
      <ImportSteps />
      <Part title="What the archive has now" answer={answer} paths={[['archive']]} isReady={Boolean(archive)} lines={1}>
        {() =>
          archive && (
            <p>
              {formatNumber(archive.counts.assessmentRuns)} runs.{' '}
              {archive.lastChangedAt === null ? (
                'Nothing was imported into it yet.'
              ) : (
                <>
                  The last import was on <Time value={archive.lastChangedAt} />.
                </>
              )}
            </p>
          )
        }
      </Part>
    </Frame>
  );
}

/** How to bring what a team exported, with the commands for what this gateway is set to. */
export function ImportSteps() {
  const settings = useSettings();
  const upstream = settings?.upstream ?? null;
  if (settings === undefined) return <Skeleton lines={16} />;
  return (
    <div class="prose">
      <p>
        Inspector Classic ended on 20 May 2026. What is left of it is what teams exported before: outputs of the AWS
        CLI, of boto3 and other SDKs, logs, reports. The archive takes them as they are, tells by their content what
        they are, and says of each file that it does not take why.
      </p>
      <ol>
        <li>
          <p>
            Put what you have into a folder on the machine of the archive, such as exports/. Single runs and findings
            are enough.
          </p>
        </li>
        <li>
          <p>
            <Where upstream={upstream} />
          </p>
          <Command text={toSetting(upstream)} />
        </li>
        <li>
          <p>See what would be taken, and then take it. Importing the same again changes nothing.</p>
          <Command text={'npm start -- archive import --dry-run exports/\nnpm start -- archive import exports/'} />
        </li>
        <li>
          {upstream === 'sample' || upstream === 'aws' ? (
            <>
              <p>Start the gateway over it, in place of this one.</p>
              <Command text="npm start" />
            </>
          ) : (
            <p>Come back: what an import changes shows here within seconds. The gateway need not be started again.</p>
          )}
        </li>
      </ol>
      <p>
        Where the package is installed, the command is <code>inspector-gateway</code> in place of{' '}
        <code>npm start --</code>. With Docker Compose, put the files into ./exports and run{' '}
        <code>docker compose run --rm --build import</code>. Every form of export has an example in docs/importing.md.
      </p>
    </div>
  );
}

function Where({ upstream }: { upstream: Upstream | null }) {
  switch (upstream) {
    case 'sample':
      return (
        <>
          This gateway shows a built-in sample, which cannot be changed. Choose where your archive is to be: a file, or
          a PostgreSQL database.
        </>
      );
    case 'sqlite':
      return <>This gateway reads an archive in an SQLite file. Use the same ARCHIVE_URL, in the same folder.</>;
    case 'postgres':
      return <>This gateway reads an archive in PostgreSQL. Use the same ARCHIVE_URL as it does.</>;
    case 'endpoint':
      return (
        <>
          This gateway asks an endpoint elsewhere, by INSPECTOR_ENDPOINT. If that is an archive, import on its machine,
          with its ARCHIVE_URL.
        </>
      );
    case 'aws':
      return (
        <>
          This gateway asks AWS, which no longer answers. Choose where your archive is to be: a file, or a PostgreSQL
          database.
        </>
      );
    default:
      return <>Choose where your archive is to be: a file, or a PostgreSQL database.</>;
  }
}

function toSetting(upstream: Upstream | null): string {
  const sqlite = 'export ARCHIVE_URL=sqlite:history.db';
  const postgres = 'export ARCHIVE_URL=postgres://user@host/database';
  if (upstream === 'sqlite') return 'export ARCHIVE_URL=sqlite:PATH  # as the gateway has it';
  if (upstream === 'postgres') return `${postgres}  # as the gateway has it`;
  const ofAws = upstream === 'aws' ? 'unset INSPECTOR_ENDPOINT\n' : '';
  return `${ofAws}${sqlite}\n# or ${postgres}`;
}

function Command({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <pre tabIndex={0}>
      <code>{text}</code>
    </pre>
  );
}
