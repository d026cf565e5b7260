import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pathUptimes, type UptimeOptions } from '../../../report/outlook/path-uptimes.ts';
import type { PathUptime } from '../../../report/outlook/uptime.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';

const TEXT = readFileSync('test/scenarios/pair.yaml', 'utf8');
const QUIET =
  'network: { laser: { boundary: { durationMs: 0 } }, access: { starlink: { boundary: { durationMs: 0 } } } }\n';

const uptimesOf = (text: string, options: UptimeOptions, files: Record<string, string> = {}) => {
  const scenario = parseScenario(text, 'x.yaml', {}, (name) => files[name]!);
  const work = pathUptimes(scenario, topologyOf(scenario), options);
  for (let step = work.next(); ; step = work.next()) if (step.done === true) return step.value;
};

const outages = (...spans: readonly (readonly [number, number])[]): string =>
  `paths:\n  london/ashburn: { outages: [${spans.map(([fromS, toS]) => `{ fromS: ${fromS}, toS: ${toS} }`).join(', ')}] }\n`;

const parts = ({ upShare, downShareBy }: PathUptime): number =>
  upShare + Object.values(downShareBy).reduce((sum, share) => sum + share, 0);

describe('when paths are up', () => {
  test('a cable is always up, and a path through space is down around the starts of slots', () => {
    const paths = uptimesOf(TEXT, { untilMs: 60_000 });
    expect(paths.get('frankfurt/fibre')).toEqual({
      upShare: 1,
      longestOutage: null,
      downShareBy: {},
      isSampled: false,
    });
    const laser = paths.get('ashburn/laser')!;
    expect(Object.keys(laser.downShareBy)).toEqual(['slot boundaries']);
    expect(laser.upShare).toBeGreaterThan(0.985);
    expect(laser.upShare).toBeLessThan(0.995);
    expect(laser.longestOutage!.forMs).toBeLessThan(200);
  });

  test('outages of the scenario have their exact length and share, on each medium', () => {
    const paths = uptimesOf(TEXT + QUIET + outages([10, 15], [20, 32], [32, 34]), { untilMs: 100_000 });
    for (const path of ['ashburn/fibre', 'ashburn/laser']) {
      const { upShare, longestOutage, downShareBy } = paths.get(path)!;
      expect(longestOutage).toEqual({ fromMs: 20_000, forMs: 14_000 });
      expect(upShare).toBeCloseTo(0.81, 12);
      expect(downShareBy).toEqual({ outages: expect.closeTo(0.19, 12) });
    }
  });

  test('faults of a path are told from outages', () => {
    const faults =
      'faults: { token: a-token-of-16-characters, timeline: [{ atS: 1, forS: 2, path: frankfurt/fibre, kind: down }] }\n';
    const { downShareBy } = uptimesOf(TEXT + faults, { untilMs: 7000 }).get('frankfurt/fibre')!;
    expect(Object.keys(downShareBy)).toEqual(['faults']);
  });

  test.each([
    [
      'a dish beyond its satellites',
      (text: string) => text.replace('latDeg: 51.5074', 'latDeg: 64'),
      /site london at 64 degrees/,
    ],
    [
      'no lasers, and gateways that do not reach',
      (text: string) =>
        `${text.replace('latDeg: 39.0438, lonDeg: -77.4874', 'latDeg: -20, lonDeg: -110')}network: { constellation: { lasers: false } }\n`,
      /no satellite or gateway joins london and ashburn/,
    ],
    [
      'broken satellites',
      (text: string) => `${text}network: { constellation: { failures: { fromS: 0, satelliteShare: 1 } } }\n`,
      /site london sees no satellite/,
    ],
  ])('the reason is said: %s', (_, change, reason) => {
    const laser = uptimesOf(change(TEXT), { untilMs: 20_000 }).get('ashburn/laser')!;
    expect(laser.upShare).toBe(0);
    expect(Object.keys(laser.downShareBy).join()).toMatch(reason);
  });

  test('a recording that has losses is down because of them', () => {
    const probes = Array.from(
      { length: 200 },
      (_, index) => `${1_700_000_000 + index / 10},${index > 100 && index < 140 ? -1 : 150}`,
    );
    const text = TEXT.replace('access: { kind: starlink, pop: lagos }', 'access: { kind: trace, file: rtt.csv }');
    const paths = uptimesOf(text, { untilMs: 20_000 }, { 'rtt.csv': `timestamp,rtt\n${probes.join('\n')}\n` });
    const { upShare, downShareBy } = paths.get('lagos/access')!;
    expect(upShare).toBeLessThan(1);
    expect(Object.keys(downShareBy)).toEqual(['the recording of it']);
  });

  test('a path under the whole constellation is the same when sampled, within the error of sampling', () => {
    const text = `${TEXT}paths:\n  london/ashburn: { laser: { outages: [{ fromS: 900, toS: 1500 }] } }\n`;
    const [exact, sampled] = [3_600_000, 0].map((exactMs) => uptimesOf(text, { untilMs: 3_600_000, exactMs }));
    const [a, b] = [exact!.get('ashburn/laser')!, sampled!.get('ashburn/laser')!];
    expect([a.isSampled, b.isSampled]).toEqual([false, true]);
    expect(b.upShare).toBeCloseTo(a.upShare, 1);
    expect(b.longestOutage).toEqual(a.longestOutage);
    expect(b.downShareBy.outages).toBeCloseTo(1 / 6, 1);
    expect(sampled!.get('ashburn/fibre')!.isSampled).toBe(false);
  });

  test('a scripted outage that is shorter than the distance of samples is found all the same', () => {
    const text = `${TEXT}${QUIET}paths:\n  london/ashburn: { laser: { outages: [{ fromS: 7777, toS: 7779 }] } }\n`;
    const laser = uptimesOf(text, { untilMs: 20_000_000, samples: 100 }).get('ashburn/laser')!;
    expect(laser.longestOutage).toEqual({ fromMs: 7_777_000, forMs: 2000 });
  });

  test('property: up and the causes of down add up to the whole, and no outage is longer than the time that is down', () => {
    const span = fc
      .tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 300 }))
      .map(([fromS, forS]): [number, number] => [fromS, fromS + forS]);
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 4 }), fc.boolean(), (spans, isExact) => {
        const untilMs = 400_000;
        const paths = uptimesOf(TEXT + outages(...spans), { untilMs, exactMs: isExact ? untilMs : 0, samples: 200 });
        for (const uptime of paths.values()) {
          expect(parts(uptime)).toBeCloseTo(1, 9);
          const { longestOutage, upShare, isSampled } = uptime;
          if (longestOutage === null || isSampled) continue;
          expect(longestOutage.forMs).toBeLessThanOrEqual((1 - upShare) * untilMs + 1e-6);
        }
        const merged = mergedSpans(spans, 400).map(([from, to]) => (to - from) * 1000);
        const longest = paths.get('ashburn/fibre')!.longestOutage?.forMs ?? 0;
        expect(longest).toBe(Math.max(0, ...merged));
      }),
      { numRuns: 10 },
    );
  });
});

const mergedSpans = (spans: readonly (readonly [number, number])[], untilS: number): [number, number][] => {
  const merged: [number, number][] = [];
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    if (from >= untilS) continue;
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], Math.min(to, untilS));
    else merged.push([from, Math.min(to, untilS)]);
  }
  return merged;
};
