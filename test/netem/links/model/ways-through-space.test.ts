import { describe, expect, test } from 'vitest';
import { vacuumUs } from '../../../../core/units.ts';
import { WaysThroughSpace } from '../../../../netem/links/model/ways-through-space.ts';
import { networkSchema } from '../../../../netem/links/schema.ts';
import { popNamed } from '../../../../netem/sky/path/access-points.ts';
import { greatCircleKm } from '../../../../netem/sky/path/great-circle.ts';
import type { Place } from '../../../../netem/sky/path/place.ts';

const EPOCH_UNIX_MS = Date.UTC(2026, 0, 1);
const LONDON: Place = { name: 'london', latDeg: 51.5074, lonDeg: -0.1278, terminal: true };
const ASHBURN: Place = { name: 'ashburn', latDeg: 39.0438, lonDeg: -77.4874, terminal: true };

const waysOf = (constellation: object = {}): WaysThroughSpace =>
  new WaysThroughSpace({ config: networkSchema.parse({ constellation }), epochUnixMs: EPOCH_UNIX_MS, seed: 1 });

describe('a way through space', () => {
  test('is computed once for all its users, and separately for another place', () => {
    const ways = waysOf();
    const [way, toPop] = [ways.betweenTerminals(LONDON, ASHBURN), ways.toPop(LONDON, popNamed('london'))];
    expect(ways.betweenTerminals({ ...LONDON }, { ...ASHBURN })).toBe(way);
    expect(ways.betweenTerminals({ ...LONDON, latDeg: 52 }, ASHBURN)).not.toBe(way);
    expect(ways.toPop({ ...LONDON }, popNamed('london'))).toBe(toPop);
    expect(ways.toPop(LONDON, popNamed('frankfurt'))).not.toBe(toPop);
  });

  test('is known to forecasts as it is, except for unplanned failures', () => {
    const failures = { satelliteShare: 0.3 };
    for (const constellation of [{}, { failures: { ...failures, planned: true } }]) {
      const { actual, foreseen } = waysOf(constellation).betweenTerminals(LONDON, ASHBURN);
      expect(foreseen).toBe(actual);
    }
    const { actual, foreseen } = waysOf({ failures }).betweenTerminals(LONDON, ASHBURN);
    const whole = waysOf().betweenTerminals(LONDON, ASHBURN).actual;
    const instants = Array.from({ length: 40 }, (_, index) => index * 15_000);
    expect(instants.map((atMs) => foreseen.stateAt(atMs))).toEqual(instants.map((atMs) => whole.stateAt(atMs)));
    expect(instants.some((atMs) => actual.stateAt(atMs).delayUs !== whole.stateAt(atMs).delayUs)).toBe(true);
  });

  test('has no overhead, no loss and no rate limit: its delay is that of light', () => {
    const { actual } = waysOf().betweenTerminals(LONDON, ASHBURN);
    const state = actual.stateAt(1000);
    expect(state).toMatchObject({ up: true, jitterUs: 0, lossRate: 0, rateKbps: 0 });
    expect(state.delayUs).toBeGreaterThan(vacuumUs(greatCircleKm(LONDON, ASHBURN)));
  });

  test('that there is not is down, with a delay that no way can be below', () => {
    const pole = { ...LONDON, name: 'pole', latDeg: 89 };
    const { up, delayUs } = waysOf().betweenTerminals(ASHBURN, pole).actual.stateAt(1000);
    expect(up).toBe(false);
    expect(delayUs / vacuumUs(greatCircleKm(ASHBURN, pole))).toBeCloseTo(1.006, 9);
  });
});
