// Opens views of a portal in a Chromium, as a reader who has not been there before: the first one by its address, the others
// by links. Takes { url, executablePath, hrefs } as JSON on stdin; prints the ms that each took until its answer was drawn.
// Without `hrefs`, prints those of all views instead, with what is in the first rows of the lists.
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { chromium } from 'playwright-core';

const { url, executablePath, hrefs } = JSON.parse(await text(process.stdin));

/** Runs in the page before its own scripts: `whenDrawn` resolves with the time of the frame after the answer is there. */
function watchView() {
  globalThis.whenDrawn = () =>
    new Promise((resolve) => {
      const look = () => {
        const isThere = document.querySelector('.view[aria-busy=false]') !== null;
        if (isThere && document.querySelector('.skeleton') === null) {
          requestAnimationFrame(() => resolve(performance.now()));
        } else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
  globalThis.drawn = whenDrawn();
}

/** Runs in the page: follows a link. */
async function follow(href) {
  const link = document.body.appendChild(Object.assign(document.createElement('a'), { href }));
  const startedAt = performance.now();
  link.click();
  link.remove();
  return (await whenDrawn()) - startedAt;
}

async function findHrefs(page) {
  const firsts = {};
  for (const list of ['runs', 'findings', 'hosts']) {
    await page.goto(new URL(list, url).href);
    firsts[list] = await page.locator('tbody th a').first().getAttribute('href');
  }
  const compared = firsts.runs.replace('./run?', './compare?');
  const lists = ['./runs', './findings', './findings?by=rule', './hosts'];
  return [
    './',
    lists[0],
    firsts.runs,
    compared,
    lists[1],
    lists[2],
    firsts.findings,
    lists[3],
    firsts.hosts,
    './import',
  ];
}

const browser = await chromium.launch({
  executablePath,
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
  // It keeps things there.
  env: { ...process.env, HOME: tmpdir() },
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  if (hrefs === undefined) process.stdout.write(JSON.stringify(await findHrefs(page)));
  else {
    await page.addInitScript(watchView);
    const [first, ...further] = hrefs;
    await page.goto(new URL(first, url).href);
    const timesMs = [await page.evaluate('drawn')];
    for (const href of further) timesMs.push(await page.evaluate(follow, href));
    process.stdout.write(JSON.stringify(timesMs));
  }
} finally {
  await browser.close();
}
