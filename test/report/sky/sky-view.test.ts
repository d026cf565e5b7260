import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { vacuumUs } from '../../../core/units.ts';
import { laserRouteKm } from '../../../netem/sky/path/laser-route.ts';
import { legsOf, oneWayMsOf } from '../../../report/sky/legs.ts';
import { routeChanges } from '../../../report/sky/route-changes.ts';
import { pathsThroughSpace } from '../../../report/sky/scenario-paths.ts';
import { scenarioView } from '../../../report/sky/scenario-view.ts';
import { scenarioWatch } from '../../../report/sky/scenario-watch.ts';
import { skyText } from '../../../report/sky/sky-text.ts';
import { SkyLooker } from '../../../report/sky/sky-view.ts';
import { handedOver } from '../../../report/sky/stop.ts';
import { parseScenario } from '../../../scenario/scenario.ts';

const PAIR = readFileSync('test/scenarios/pair.yaml', 'utf8');
const ORBITAL = readFileSync('scenarios/orbital.yaml', 'utf8');
const scenarioOf = (text: string) => parseScenario(text, 'x.yaml');

describe('the sky of a scenario', () => {
  test('has the satellites and times of its runs: the legs of a laser path add up to the link without its effects', () => {
    const scenario = scenarioOf(PAIR);
    const view = scenarioView(scenario, { path: 'ashburn/laser' });
    const { space } = scenarioWatch(scenario);
    const site = (name: string) =>
      space.sky.site({ name, ...(scenario.sites[name] as { latDeg: number; lonDeg: number }) });
    const routeKm = laserRouteKm(space, site('london'), site('ashburn'));
    for (let atMs = 0; atMs < 100_000; atMs += 2500) {
      const legs = legsOf(view.stopsAt!(atMs), view.watch.at(atMs), 1.4);
      expect(oneWayMsOf(legs)!).toBeCloseTo(vacuumUs(routeKm(space.steps.indexAt(atMs))) / 1000, 9);
      expect(legs[0]!.elevationDeg).toBeGreaterThanOrEqual(25);
      expect(legs.at(-1)!.elevationDeg).toBeGreaterThanOrEqual(25);
    }
  });

  test('takes a user over a satellite, a gateway and a PoP to the router', () => {
    const view = scenarioView(scenarioOf(PAIR), { path: 'lagos/access' });
    const stops = view.stopsAt!(0);
    expect(stops.map(({ kind }) => kind)).toEqual([
      'site',
      ...stops.slice(1, -3).map(() => 'satellite'),
      'gateway',
      'pop',
      'site',
    ]);
    const legs = legsOf(stops, view.watch.at(0), 1.4);
    expect(legs.map(({ medium }) => medium).slice(-2)).toEqual(['fibre', 'fibre']);
    expect(Number.isFinite(oneWayMsOf(legs))).toBe(true);
  });

  test('begins a path on board with its satellite', () => {
    const view = scenarioView(scenarioOf(ORBITAL), { path: 'od1/laser' });
    expect(view.stopsAt!(0).at(-1)).toEqual({ kind: 'satellite', satellite: 870, carries: 'od1' });
  });

  test('without lasers comes down at gateways', () => {
    const text = `${PAIR}network: { constellation: { lasers: false } }\n`;
    const view = scenarioView(
      scenarioOf(text.replace('latDeg: 39.0438, lonDeg: -77.4874', 'latDeg: 40.0, lonDeg: 14.0')),
      {},
    );
    const stops = view.stopsAt!(3000);
    const legs = legsOf(stops, view.watch.at(3000), 1.4);
    expect(stops.length).toBeGreaterThan(2);
    expect(legs.every(({ km }) => km < 2000)).toBe(true);
    expect(stops.slice(1).some((stop, index) => stop.kind === 'satellite' && stops[index]!.kind === 'satellite')).toBe(
      false,
    );
  });

  test('leaves out a path that was recorded: nobody knows its satellites', () => {
    const text = `${PAIR}paths:\n  london/ashburn: { recorded: { laser: { kind: trace, file: rtt.csv } } }\n`;
    const scenario = parseScenario(text, 'x.yaml', {}, () => 'timestamp,rtt\n1700000000,90\n1700000001,91\n');
    expect(pathsThroughSpace(scenario)).toEqual(['lagos/access']);
  });

  test.each([
    [{ path: 'nobody/laser' }, /^--path is "nobody\/laser", which is no path through space/],
    [{ from: 'londn' }, /^--from is "londn", which is no site; did you mean "london"\?/],
    [{ from: 'london', to: 'london' }, /^--to is "london", as --from is/],
    [{ path: 'ashburn/laser', to: 'lagos' }, /^--path excludes --from and --to/],
  ])('a wish that cannot be is told: %o', (wish, message) => {
    expect(() => scenarioView(scenarioOf(PAIR), wish)).toThrow(message);
  });
});

describe('what comes next', () => {
  test.each([
    ['held', PAIR],
    ['shortest', `${PAIR}network: { constellation: { choice: shortest } }\n`],
  ])('is the first hand-over: until then the ends keep their satellites (%s)', (_, text) => {
    const view = scenarioView(scenarioOf(text), { path: 'ashburn/laser' });
    const looker = new SkyLooker(view);
    for (let atMs = 0; atMs < 60_000; atMs += 7000) {
      const { scene, slot, handOver } = looker.at(atMs);
      expect(slot!.atMs - atMs).toBeLessThanOrEqual(15_000);
      expect(handOver!.atMs).toBeGreaterThan(atMs);
      expect(handedOver(scene.stops, handOver!.stops)).toBe(true);
      expect(handOver!.oneWayMs).toBeGreaterThan(15);
      for (let beforeMs = atMs; beforeMs < handOver!.atMs - 1000; beforeMs += 1000) {
        expect(handedOver(scene.stops, view.stopsAt!(beforeMs))).toBe(false);
      }
    }
  });

  test('as lines: the first, and each second or slot with another route', () => {
    const view = scenarioView(scenarioOf(PAIR), { path: 'ashburn/laser' });
    const all = [...routeChanges(view, { startMs: 500, untilMs: 60_500, arrow: '->' })];
    expect(all).toHaveLength(60 + 4); // starts of slots are at 2, 17, 32 and 47 s
    const lines = all.flatMap(({ line }) => line ?? []);
    expect(lines[0]).toMatch(
      /^t 0\.5 s, 2026-01-01T00:00:10\.000Z: london -> \d+ -> .* -> ashburn, one way \d+\.\d{3} ms$/,
    );
    expect(new Set(lines.map((line) => line.replace(/^t .*?Z: /, '').replace(/, one.*/, ''))).size).toBeGreaterThan(1);
    for (const [index, line] of lines.slice(1).entries()) {
      expect(line.replace(/^.*?Z: (.*), one.*/, '$1')).not.toBe(lines[index]!.replace(/^.*?Z: (.*), one.*/, '$1'));
    }
  });
});

describe('the text', () => {
  const view = scenarioView(scenarioOf(PAIR), { path: 'ashburn/laser' });
  const textAt = (atMs: number, isUnicode: boolean): string =>
    `${skyText(view, new SkyLooker(view).at(atMs), { isUnicode, hasColour: false, columns: 100, drawn: 'auto' }).join('\n')}\n`;

  test.each([
    ['pair-20s.txt', true],
    ['pair-20s-ascii.txt', false],
  ])('at 20 s is that of %s', async (file, isUnicode) => {
    await expect(textAt(20_000, isUnicode)).toMatchFileSnapshot(`../../golden/sky/${file}`);
  });

  test('says that there is no path, where there is none', () => {
    const dark = scenarioView(scenarioOf(PAIR.replace('latDeg: 51.5074', 'latDeg: 80')), { path: 'ashburn/laser' });
    const lines = skyText(dark, new SkyLooker(dark).at(0), {
      isUnicode: true,
      hasColour: false,
      columns: 80,
      drawn: 'all',
    });
    expect(lines).toContain('no path now');
    expect(lines).toContain('next hand-over: none within 20 slots');
  });
});
