import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { constellationOf } from '../../netem/sky/orbit/constellation.ts';
import { sunDirection } from '../../netem/sky/orbit/sunlight.ts';
import { engineOf } from '../../scenario/engine-of.ts';
import { nodePlansOf } from '../../scenario/node-plan.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { sunOf } from '../../scenario/sun-of.ts';
import { topologyOf } from '../../scenario/topology.ts';

const STRANDED = readFileSync('scenarios/stranded-power.yaml', 'utf8');
const ORBITAL = readFileSync('scenarios/orbital.yaml', 'utf8');
const stranded = parseScenario(STRANDED, 'x.yaml');

/** The angle of the Sun over the plane of a satellite, from two of its positions. */
const betaRad = ({ network, epochUnixMs }: typeof stranded, satellite: number): number => {
  const { propagator } = constellationOf(network.constellation);
  const [a, b] = [epochUnixMs, epochUnixMs + 1_200_000].map((unixMs) => {
    const positionsKm = new Float64Array(3 * propagator.count);
    propagator.positionsAt(unixMs, positionsKm);
    return positionsKm.subarray(3 * satellite, 3 * satellite + 3);
  });
  const normal = [0, 1, 2].map((axis) => {
    const [next, last] = [(axis + 1) % 3, (axis + 2) % 3];
    return a![next]! * b![last]! - a![last]! * b![next]!;
  });
  const sun = sunDirection(epochUnixMs);
  const along = normal.reduce((sum, part, axis) => sum + part * sun[axis]!, 0);
  return Math.asin(along / Math.hypot(...normal));
};

describe('the Sun over a site', () => {
  const sharesOf = (text: string, site: string, stepMs: number) => {
    const sun = sunOf(parseScenario(text, 'x.yaml'), site);
    return Array.from({ length: Math.floor(86_400_000 / stepMs) }, (_, index) => sun.shareAt(index * stepMs));
  };
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

  test('at an equinox is up for half a day, cos(latitude) high at noon and over pi of that on average', () => {
    const shares = sharesOf(STRANDED, 'yuma', 60_000);
    const highest = Math.cos((32.69 * Math.PI) / 180);
    expect(Math.abs(Math.max(...shares) - highest)).toBeLessThan(0.005);
    expect(Math.abs(shares.filter((share) => share > 0).length / shares.length - 0.5)).toBeLessThan(0.01);
    expect(Math.abs(mean(shares) - highest / Math.PI)).toBeLessThan(0.005);
  });

  // Noon is at 12:00 of local mean time, and later by the equation of time.
  test.each([
    ['2026-03-20', 7.5],
    ['2026-06-21', 1.9],
    ['2026-12-21', -2],
  ])('is highest at local noon on %s', (day, laterMin) => {
    const shares = sharesOf(STRANDED.replace('2026-03-20', day), 'yuma', 60_000);
    const noonMinute = 12 * 60 + 114.62 * 4 + laterMin - (13 * 60 + 52);
    expect(Math.abs(shares.indexOf(Math.max(...shares)) - noonMinute)).toBeLessThan(3);
  });

  test('is constant until its next change', () => {
    const sun = sunOf(stranded, 'yuma');
    const nextMs = sun.nextChangeAfter(90_001);
    expect(nextMs).toBe(120_000);
    expect(sun.shareAt(90_001)).toBe(sun.shareAt(nextMs - 1));
    expect(sun.shareAt(nextMs)).toBeGreaterThan(sun.shareAt(nextMs - 1));
  });

  test('is dark on a satellite once in 95.6 minutes, for what the beta of its plane makes of acos(...)/pi', () => {
    const sun = sunOf(parseScenario(ORBITAL, 'x.yaml'), 'od1');
    const edges: number[] = [];
    for (let atMs = 0; atMs < 7 * 3_600_000; atMs = sun.nextChangeAfter(atMs)) edges.push(atMs);
    const spans = edges.slice(1, -1).map((fromMs, index) => ({ fromMs, lastsMs: edges[index + 2]! - fromMs }));
    const dark = spans.filter(({ fromMs }) => sun.shareAt(fromMs) === 0).map(({ lastsMs }) => lastsMs);
    const lit = spans.filter(({ fromMs }) => sun.shareAt(fromMs) === 1).map(({ lastsMs }) => lastsMs);
    const orbitMs = mean(dark) + mean(lit);
    expect(Math.abs(orbitMs / 60_000 - 95.6)).toBeLessThan(0.3);
    const beta = betaRad(parseScenario(ORBITAL, 'x.yaml'), 870);
    const rise = Math.sqrt(550 ** 2 + 2 * 6378.137 * 550) / ((6378.137 + 550) * Math.cos(beta));
    expect(Math.abs(mean(dark) / orbitMs - Math.acos(rise) / Math.PI)).toBeLessThan(0.005);
  });
});

test('the node in orbit draws from its battery in the shadow, which the Sun fills again', () => {
  const scenario = parseScenario(ORBITAL, 'x.yaml');
  const clock = new VirtualClock();
  const readings: Extract<Event, { kind: 'energy' }>[] = [];
  const plan = nodePlansOf(scenario).find(({ name }) => name === 'od1')!;
  const engine = engineOf(scenario, plan, clock, (event) => {
    if (event.kind === 'energy') readings.push(event);
  });
  const sun = sunOf(scenario, 'od1');
  const dawnMs = sun.nextChangeAfter(0);
  expect(sun.shareAt(0)).toBe(0);
  for (const atMs of [dawnMs, dawnMs + 1_800_000]) engine.settleEnergy(atMs);
  expect(readings[0]!.batteryShare).toBeCloseTo(1 - (70 * dawnMs) / 1000 / (0.5 * 3.6e6), 6);
  expect(readings[1]!.batteryShare).toBe(1);
});

test('nodes of a site share its power by their maximum draw, and each reports the cost of a token there', () => {
  const clock = new VirtualClock();
  const [iceland] = nodePlansOf(stranded);
  const report = engineOf(stranded, iceland!, clock, () => {}).report(0).power!;
  const { endpoints } = topologyOf(stranded);
  const endpoint = endpoints.find(({ node }) => node === iceland!.name)!;
  expect(endpoint.usdPerMillionTokens).toBeCloseTo(report.usdPerMillionTokens!, 12);
  expect(endpoint.gCo2PerMillionTokens).toBeCloseTo(report.gCo2PerMillionTokens!, 12);
  const shared = STRANDED.replace('capacityKw: 6', 'capacityKw: 0.66');
  const weak = engineOf(parseScenario(shared, 'x.yaml'), iceland!, clock, () => {}).report(0).power!;
  expect(weak.headroom).toBeCloseTo((660 / 1.1 / 2 - 70) / 630, 9);
});

describe('a mistake is reported in one line', () => {
  test.each([
    [
      'a site without a price',
      'priceUsdPerKwh: 0.03, ',
      '',
      /^x\.yaml:\d+:\d+: sites\.blonduos\.power\.priceUsdPerKwh/,
    ],
    [
      'power for a device of which nobody knows what it draws',
      'media: [laser]\n    profile: h100-llama8b',
      'media: [laser]\n    profile: tpu-v6e-llama8b',
      /^x\.yaml:\d+:\d+: nodes\.arizona\.cooling is given, but profile tpu-v6e-llama8b of node "arizona" has no watts/,
    ],
    [
      'a device that never resumes',
      '{ kind: container, ambientC: 4 }',
      '{ kind: container, ambientC: 4, resumeAtC: 90 }',
      /^x\.yaml:\d+:\d+: nodes\.iceland\.cooling\.resumeAtC is 90, expected less than throttleAtC/,
    ],
    [
      'a radiator without a size',
      '{ kind: container, ambientC: 4 }',
      '{ kind: radiator, heatCapacityKJPerK: 20 }',
      /^x\.yaml:\d+:\d+: nodes\.iceland\.cooling\.areaM2/,
    ],
    [
      'prices without a step',
      'priceUsdPerKwh: 0.03',
      'priceUsdPerKwh: []',
      /^x\.yaml:\d+:\d+: sites\.blonduos\.power\.priceUsdPerKwh/,
    ],
    [
      'a battery that holds nothing',
      'kwh: 8,',
      'kwh: 1e-9,',
      /^x\.yaml:\d+:\d+: sites\.yuma\.power\.battery\.kwh is 1e-9, expected at least 0\.0001/,
    ],
    [
      'a cap below idle',
      'provider: hydro-host',
      'provider: hydro-host\n    capacity: { powerW: 69 }',
      /^x\.yaml:\d+:\d+: nodes\.iceland\.capacity\.powerW is 69, expected at least 70, what h100-llama8b of node "iceland"/,
    ],
  ])('%s', (_, from, to, expected) => {
    const changed = STRANDED.replace(from, to);
    expect(changed).not.toBe(STRANDED);
    expect(() => parseScenario(changed, 'x.yaml')).toThrow(expected);
  });
});
