// Writes docs/images: a picture of each view of the portal over the built-in sample, by the built gateway and a Chromium.
//   npm run build && node scripts/screenshots.mjs [chromium]
import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [executablePath = '/usr/bin/chromium'] = process.argv.slice(2);
const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs/images');
const SIZE = { width: 1280, height: 1120 };
/** They are part of the repository for good. */
const MAX_BYTES = 120_000;

const web = 'arn:aws:inspector:eu-west-1:111122223333:target/0-SynTgWeb/template/0-SynTpWeb/run/0-SynWeb06';
const views = {
  overview: '',
  runs: 'runs',
  run: `run?arn=${web}`,
  findings: 'findings?order=SEVERITY_DESC',
  finding: `finding?arn=${web}/finding/0-SynFnd01`,
  hosts: 'hosts',
  host: 'host?agent=i-0000a001&account=111122223333&region=eu-west-1',
  compare: `compare?arn=${web}`,
  import: 'import',
};

const gateway = spawn(process.execPath, [join(root, 'dist/main.js')], {
  env: { PATH: process.env.PATH, PORT: '0', ARCHIVE_PORT: '0', LOG_LEVEL: 'silent' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let printed = '';
for await (const text of gateway.stdout.setEncoding('utf8')) {
  printed += text;
  if (/^Portal.*\n/m.test(printed)) break;
}
const url = /^Portal +(\S+)/m.exec(printed)?.[1];

/** Chromium takes PNGs, which are three times as large; it converts them as well. */
async function writeWebp(file, png) {
  const page = await browser.newPage();
  const base64 = await page.evaluate(async (text) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${text}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext('2d').drawImage(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.5 });
    return btoa(Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(''));
  }, png.toString('base64'));
  await page.close();
  const bytes = Buffer.from(base64, 'base64');
  await writeFile(file, bytes);
  return bytes;
}

const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
try {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light', locale: 'en-GB', timezoneId: 'UTC' });
  for (const [name, path] of Object.entries(views)) {
    await page.goto(url + path);
    await page.locator('.view[aria-busy=false]').waitFor();
    const file = join(folder, `${name}.webp`);
    const { length } = await writeWebp(file, await page.screenshot());
    if (length > MAX_BYTES) throw new Error(`${file} has ${length} bytes, and ${MAX_BYTES} are allowed.`);
    console.log(`${file}  ${Math.round(length / 1000)} kB`);
  }
} finally {
  await browser.close();
  gateway.kill();
}
