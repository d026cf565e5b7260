import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChromium } from '../../benchmarks/report/io/chromium.ts';
import type { Event } from '../../core/event/event.ts';
import { reportPage } from '../../report/html/report-page.ts';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { largeFolder } from '../report/html/large-folder.ts';
import { type ReportedRun, reported } from '../report/html/reported.ts';
import { linkEvent } from '../report/logged-run.ts';

const LONG = 'a-policy-whose-name-is-much-longer-than-anybody-would-like-it-to-be</script><img src=x onerror=alert(1)>';
const POLICIES = ['round-robin', LONG, 'ephemeris', 'oracle'] as const;

/** Everything that a report can show: faults, outages, hand-overs, probes, energy, repetitions, and requests without a first token. */
const events = (policy: number): readonly Event[] => [
  { kind: 'gaps', atMs: 11_000, part: 'load', buckets: [900 + policy, 5000], maxUs: 20_000 },
  { kind: 'injected', atMs: 3000, node: 'a', fault: 'crash', state: 'began' },
  { kind: 'injected', atMs: 4000, node: 'a', fault: 'crash', state: 'ended' },
  ...['forward', 'back'].flatMap((way) => [
    linkEvent(`a/laser/${way}`),
    linkEvent(`a/laser/${way}`, { atMs: 2000, delayUs: 15_000 }),
    linkEvent(`a/laser/${way}`, { atMs: 5000, up: false }),
    linkEvent(`a/laser/${way}`, { atMs: 7000 }),
  ]),
  ...Array.from(
    { length: 80 },
    (_, index): Event => ({
      kind: 'probe',
      atMs: 1500 + index * 90,
      path: 'a/fibre',
      rttMs: 20 + policy + index / 50,
    }),
  ),
  {
    kind: 'energy',
    atMs: 11_000,
    node: 'a',
    durationMs: 11_000,
    joules: 9000 + 500 * policy,
    promptTokens: 5000,
    outputTokens: 11_000,
    usd: 0.01,
    gCo2: 2,
    busyMs: 5000,
    cappedMs: 0,
    throttledMs: 0,
    outMs: 0,
    maxTempC: 60,
    batteryShare: null,
  },
];

const runs = [1, 2, 3].flatMap((seed) =>
  POLICIES.map(
    (policy, index): ReportedRun => ({
      policy,
      seed,
      ttftMs: (request) => (index === 1 && request % 40 === 0 ? Number.NaN : 80 - 10 * index + seed + (request % 90)),
      request: {
        endpoint: index % 2 === 0 ? 'a/laser' : 'a/fibre',
        gaps: { n: 9, maxMs: 20, stalls: index, overMs: 1 },
      },
      run: {
        host: 'local',
        providers: { a: 'north' },
        epochUnixMs: 0,
        slo: { ttftMs: 100, tpotMs: 20, stallMs: 10 },
      },
      events: events(index),
    }),
  ),
);

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
const file = join(folder, 'report.html');
let browser: Browser;

beforeAll(async () => {
  const { charts, ...one } = reported(runs);
  const scenario = readScenario('scenarios/atlantic.yaml');
  const firstOnly = charts!.map((chart) => (chart.seed === 1 ? chart : { ...chart, timeline: null }));
  writeFileSync(file, reportPage([{ ...one, charts: firstOnly, scenario }]));
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  readonly page: Page;
  /** What the browser complained of. */
  readonly complaints: readonly string[];
  /** What it asked for besides the report. */
  readonly requests: readonly string[];
}

const opened = async (width: number, colorScheme: 'light' | 'dark'): Promise<Opened> => {
  const page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme });
  const [complaints, requests]: [string[], string[]] = [[], []];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, complaints, requests: requests.filter((url) => !url.endsWith('report.html')) };
};

const LOOKS = [1280, 390].flatMap((width) => (['light', 'dark'] as const).map((scheme) => [width, scheme] as const));

describe.each(LOOKS)('the report at %i px, %s', (width, scheme) => {
  test('is no wider than the window, complains of nothing and asks for nothing', async () => {
    const { page, complaints, requests } = await opened(width, scheme);
    const widest = await page.locator('html').evaluate((html) => html.scrollWidth);
    expect([widest, complaints, requests]).toEqual([width, [], []]);
    await page.close();
  });

  test('draws what each chart is made of, where it can be seen', async () => {
    const { page } = await opened(width, scheme);
    const seen = (selector: string): Promise<number> =>
      page.locator(selector).evaluateAll(
        (all) =>
          all.filter((one) => {
            const { width, height } = one.getBoundingClientRect();
            return width > 0 || height > 1;
          }).length,
      );
    const each = POLICIES.length;
    const counts = {
      curves: await seen('[aria-labelledby=tail] .curve > .line'),
      bands: await seen('[aria-labelledby=tail] .band'),
      medians: await seen('[aria-labelledby=timeline] .panel .line'),
      faults: await seen('[aria-labelledby=timeline] .fault'),
      outages: await seen('[aria-labelledby=timeline] .outage'),
      handOvers: await seen('[aria-labelledby=timeline] .hand-over'),
      shares: await seen('[aria-labelledby=shares] .panel .fill'),
      intervals: (await seen('[aria-labelledby=comparison] .interval')) > each,
      errors: await seen('[aria-labelledby=link-errors] .spread'),
      energy: await seen('[aria-labelledby=energy] rect.fill'),
      sites: await seen('[aria-labelledby=map] .site'),
      ways: (await seen('[aria-labelledby=map] .way')) > 2,
      answers: (await seen('[aria-labelledby=answers] rect.fill')) > 3 * each,
      groups: await seen('[aria-labelledby=groups] .picture .spread'),
      phases: await seen('[aria-labelledby=phases] .picture .line'),
      glance: await seen('.glance rect.fill'),
    };
    expect(counts).toEqual({
      curves: each,
      bands: each,
      medians: each,
      faults: each,
      outages: each,
      handOvers: each,
      shares: each,
      intervals: true,
      errors: each,
      energy: 4 * each, // J, USD and g a token, and USD an answer
      sites: 7,
      ways: true,
      answers: true,
      groups: each + each + 1, // a medium each, all that were tried once, and those of one policy that were never
      phases: each,
      glance: each - 1, // a policy that loses requests has no p99
    });
    await page.close();
  });
});

test.each([
  [1280, 'light'],
  [390, 'dark'],
] as const)('axe finds no fault at %i px, %s, with all tables of numbers open', async (width, scheme) => {
  const { page } = await opened(width, scheme);
  await page.locator('details').evaluateAll((all) => {
    for (const details of all) details.setAttribute('open', '');
  });
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  expect(passes.length).toBeGreaterThan(20);
  await page.close();
});

test('the keys move the map to another instant of the run', async () => {
  const { page } = await opened(1280, 'light');
  const shown = () =>
    Promise.all([
      page.textContent('#map-title'),
      page.getAttribute('.map .wide .satellites', 'd'),
      page.getAttribute('.map .wide .way >> nth=0', 'd'),
      page.textContent('.lines span >> nth=0'),
    ]);
  const before = await shown();
  await page.focus('#map-time');
  await page.keyboard.press('ArrowRight');
  const after = await shown();
  expect(before[0]).toBe('0 s into the run');
  expect(after[0]).toBe('6 s into the run');
  for (const [index, text] of after.entries()) expect(text).not.toBe(before[index]);
  expect(await page.getAttribute('#map-time', 'aria-valuetext')).toBe('6 s into the run');
  await page.close();
});

test('without scripts the first instant of the map is there', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href);
  expect(await page.locator('.map .wide .way').first().getAttribute('d')).toMatch(/^M\d/);
  await context.close();
});

test('the file stays small', () => {
  expect(statSync(file).size).toBeLessThan(600_000);
});

test('the page of a large run is no wider than a phone, and complains of nothing', async () => {
  const large = join(folder, 'large.html');
  writeFileSync(large, reportPage([largeFolder()]));
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(pathToFileURL(large).href);
  expect([await page.locator('html').evaluate((html) => html.scrollWidth), complaints]).toEqual([390, []]);
  expect(await page.locator('[aria-labelledby=groups] .panel').count()).toBe(3); // regions, providers and nodes
  await page.close();
});
