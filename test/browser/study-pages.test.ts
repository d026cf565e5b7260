import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startChromium } from '../../benchmarks/report/io/chromium.ts';
import { capacityPage } from '../../report/html/capacity-page.ts';
import { sweepPage } from '../../report/html/sweep-page.ts';
import { capacityStudy, sweepOf, sweepRow } from '../report/study/studies.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
const LONG = 'a-variant-whose-name-is-much-longer-than-anybody-would-like-it-to-be';
let browser: Browser;

const rows = ['5', '10', '20'].flatMap((ratePerS) =>
  ['none', 'slots'].flatMap((kind) =>
    ['round-robin', LONG].map((policy, index) =>
      sweepRow({ 'load.ratePerS': ratePerS, 'router.knowledge.kind': kind }, policy, {
        ...{ 'ttft.p50': 80, 'ttft.p99': 300 - 50 * index, 'e2e.p99': 4000, 'tpot.p50': 9 },
        ...{ goodput: Number(ratePerS), attained: 0.97, answered: 0.99, stalls: 0.01 },
      }),
    ),
  ),
);
const [slow, quick] = capacityStudy().capacities;
const PAGES = {
  sweep: sweepPage('results/sweep', sweepOf(rows)),
  capacity: capacityPage('results/capacity', capacityStudy({ capacities: [slow!, { ...quick!, policy: LONG }] })),
};

beforeAll(async () => {
  for (const [name, page] of Object.entries(PAGES)) writeFileSync(join(folder, `${name}.html`), page);
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ['sweep', 1280, 'light'],
  ['sweep', 390, 'dark'],
  ['capacity', 1280, 'dark'],
  ['capacity', 390, 'light'],
] as const)(
  'the page of a %s at %i px, %s: no wider than the window, no complaints, axe finds no fault',
  async (name, width, colorScheme) => {
    const page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
    const widest = await page.locator('html').evaluate((html) => html.scrollWidth);
    expect([widest, complaints]).toEqual([width, []]);
    const drawn = await page
      .locator('.line, rect.fill')
      .evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().width > 0).length);
    expect(drawn).toBeGreaterThan(4);
    await page.locator('details').evaluateAll((all) => {
      for (const details of all) details.setAttribute('open', '');
    });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await page.close();
  },
);
