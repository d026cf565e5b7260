import { describe, expect, test } from 'vitest';
import { Network } from '../../../netem/links/network.ts';
import { pathSchema } from '../../../netem/links/path-schema.ts';
import { networkSchema } from '../../../netem/links/schema.ts';
import type { Place } from '../../../netem/sky/path/place.ts';

const LONDON: Place = { name: 'london', latDeg: 51.5, lonDeg: -0.1, terminal: true };
const MADRID: Place = { name: 'madrid', latDeg: 40.4, lonDeg: -3.7, terminal: true };
const MIDNIGHT = Date.UTC(2026, 0, 1);

const linksWith = (congestion: object | null, own: object = {}) => {
  const config = networkSchema.parse(congestion === null ? {} : { laser: { congestion } });
  const network = new Network({ config, epochUnixMs: MIDNIGHT, seed: 1 });
  return {
    laser: network.path({ from: LONDON, to: MADRID, medium: 'laser', config: pathSchema.parse(own) }),
    fibre: network.path({ from: LONDON, to: MADRID, medium: 'fibre' }),
    home: network.access({ client: MADRID, kind: 'starlink', pop: 'madrid', to: LONDON }),
  };
};
const quiet = linksWith(null);

describe('busy lasers', () => {
  const script = { kind: 'windows', windows: [{ fromS: 10, toS: 20, queueUs: 8000, jitterUs: 500, lossRate: 0.01 }] };
  const daily = { kind: 'daily', peakHourUtc: 0, queueUs: 8000, jitterUs: 500, lossRate: 0.01 };

  test('queue and lose in both directions of a laser path while the script lasts, and nowhere else', () => {
    const { laser, fibre, home } = linksWith(script);
    for (const direction of ['forward', 'back'] as const) {
      const [busy, before] = [laser[direction].stateAt(15_000), quiet.laser[direction].stateAt(15_000)];
      expect(busy.delayUs - before.delayUs).toBeCloseTo(8500, 6);
      expect(busy.jitterUs - before.jitterUs).toBeCloseTo(500, 6);
      expect(busy.lossRate).toBeCloseTo(1 - (1 - before.lossRate) * 0.99, 12);
      expect(laser[direction].stateAt(20_000)).toEqual(quiet.laser[direction].stateAt(20_000));
      expect(fibre[direction].stateAt(15_000)).toEqual(quiet.fibre[direction].stateAt(15_000));
      expect(home[direction].stateAt(15_000)).toEqual(quiet.home[direction].stateAt(15_000));
    }
  });

  test('are known to a forecast only where they are so every day', () => {
    const foreseenUs = ({ laser }: typeof quiet) => laser.foreseen.forward.stateAt(15_000).delayUs;
    expect(foreseenUs(linksWith(script))).toBe(foreseenUs(quiet));
    expect(foreseenUs(linksWith(daily)) - foreseenUs(quiet)).toBeCloseTo(8500, 1);
  });

  test('can be those of one path alone, or of all but one', () => {
    const us = (links: typeof quiet) => links.laser.forward.stateAt(15_000).delayUs;
    expect(us(linksWith(null, { laser: { congestion: script } })) - us(quiet)).toBeCloseTo(8500, 6);
    expect(us(linksWith(script, { laser: { congestion: { kind: 'none' } } }))).toBe(us(quiet));
  });
});
