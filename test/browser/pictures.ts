import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startChromium } from '../../benchmarks/report/io/chromium.ts';

/*
 * Makes the pictures of the top README from a run of ten simulated minutes: `npm run pictures`. With a folder of results as its argument, from those.
 */
const RUN =
  'scenarios/atlantic.yaml --duration 10m --rate 20 --policy round-robin,least-request,peak-ewma,ephemeris,oracle';
const PICTURES = 'report/pictures';

const folder = mkdtempSync(join(tmpdir(), 'starlane-pictures-'));
const page = join(folder, 'report.html');
const starlane = (...args: readonly string[]): void => {
  const { status } = spawnSync(process.execPath, ['cli/main.ts', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`starlane ${args.join(' ')} ended with ${status}`);
};

try {
  const [given] = process.argv.slice(2);
  const results = given ?? join(folder, 'results');
  if (given === undefined) starlane('simulate', ...RUN.split(' '), '--out', results);
  starlane('report', results, '--out', page);
  const browser = await startChromium();
  try {
    const tab = await browser.newPage({ viewport: { width: 1240, height: 900 }, colorScheme: 'light' });
    await tab.goto(pathToFileURL(page).href);
    const table = (await tab.locator('section[aria-labelledby=figures] table').boundingBox())!;
    const clip = { x: 16, y: 16, width: 1208, height: Math.floor(table.y + table.height) - 16 };
    await tab.screenshot({ path: join(PICTURES, 'report.png'), clip, fullPage: true });
    await tab.locator('.map .wide').screenshot({ path: join(PICTURES, 'map.png') });
  } finally {
    await browser.close();
  }
  for (const name of ['report.png', 'map.png']) {
    const { size } = statSync(join(PICTURES, name));
    process.stdout.write(`${join(PICTURES, name)}: ${Math.ceil(size / 1024)} KiB\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
