import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Battery } from '../../../../services/node/power/battery.ts';
import { sitePowerSchema } from '../../../../services/node/power/site-power-schema.ts';
import { siteSupply } from '../../../../services/node/power/site-supply.ts';

const flows = fc.array(
  fc.record({
    sourceW: fc.double({ min: 0, max: 2000, noNaN: true }),
    loadW: fc.double({ min: 0, max: 2000, noNaN: true }),
    durationMs: fc.double({ min: 0, max: 600_000, noNaN: true }),
  }),
  { maxLength: 40 },
);

describe('a battery', () => {
  const batteryOf = (chargeShare: number, efficiency: number) =>
    new Battery({
      capacityJ: 100_000,
      chargeJ: 100_000 * chargeShare,
      maxW: 800,
      efficiency,
      reserveJ: 1000,
      resumeJ: 10_000,
    });

  test('conserves energy except for storage losses: taken plus missing is used plus stored plus lost', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const efficiency = fc.double({ min: 0.5, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, efficiency, flows, (chargeShare, eta, spans) => {
        const battery = batteryOf(chargeShare, eta);
        let [lostJ, usedJ, availableJ] = [0, 0, 0];
        for (const { sourceW, loadW, durationMs } of spans) {
          const [takenJ, missingJ, chargeJ] = [battery.takenJ, battery.missingJ, battery.chargeJ];
          battery.run(sourceW, loadW, durationMs);
          const loadJ = (loadW * durationMs) / 1000;
          const tookJ = battery.takenJ - takenJ;
          usedJ += loadJ;
          availableJ += (sourceW * durationMs) / 1000;
          if (sourceW >= loadW) lostJ += (tookJ - loadJ) * (1 - eta);
          expect(battery.chargeJ).toBeGreaterThanOrEqual(0);
          expect(battery.chargeJ).toBeLessThanOrEqual(battery.capacityJ);
          expect(battery.missingJ).toBeGreaterThanOrEqual(missingJ - 1e-6);
          if (sourceW < loadW) expect(battery.chargeJ).toBeLessThanOrEqual(chargeJ);
        }
        const storedJ = battery.chargeJ - 100_000 * chargeShare;
        expect(battery.takenJ + battery.missingJ).toBeCloseTo(usedJ + storedJ + lostJ, 3);
        expect(battery.takenJ).toBeLessThanOrEqual(availableJ + 1e-3);
      }),
    );
  });

  test('says when it will stop giving, and gives again only after it has recovered', () => {
    const battery = batteryOf(0.5, 0.9);
    const endsInMs = battery.changesInMs(300, 700);
    expect(endsInMs).toBeCloseTo((49_000 / 400) * 1000, 6);
    battery.run(300, 700, endsInMs / 2);
    expect(battery.availableW).toBe(800);
    battery.run(300, 700, endsInMs / 2);
    expect(battery.availableW).toBe(0);
    const resumesInMs = battery.changesInMs(300, 100);
    expect(resumesInMs).toBeCloseTo((9000 / (200 * 0.9)) * 1000, 6);
    battery.run(300, 100, resumesInMs - 1);
    expect(battery.availableW).toBe(0);
    battery.run(300, 100, 1);
    expect(battery.availableW).toBe(800);
  });
});

const site = (more: object) =>
  sitePowerSchema.parse({ kind: 'grid', capacityKw: 10, priceUsdPerKwh: 0.1, carbonGPerKwh: 400, ...more });

describe('the supply of a site', () => {
  test('is reduced by the site’s own consumption', () => {
    expect(siteSupply(site({ pue: 1.25 }), null)(0).watts).toBeCloseTo(8000, 9);
  });

  test('follows its events and prices, and gives the time of their next change', () => {
    const supply = siteSupply(
      site({
        priceUsdPerKwh: [
          { fromS: 0, value: 0.1 },
          { fromS: 60, value: 0.3 },
        ],
        events: [
          { fromS: 30, forS: 60, share: 0.4 },
          { fromS: 40, forS: 10, share: 0 },
        ],
      }),
      null,
    );
    const seen: (readonly number[])[] = [];
    for (let atMs = 0; atMs < Number.POSITIVE_INFINITY; atMs = supply(atMs).untilMs) {
      seen.push([atMs / 1000, supply(atMs).watts, supply(atMs).usdPerKwh]);
    }
    expect(seen).toEqual([
      [0, 10_000, 0.1],
      [30, 4000, 0.1],
      [40, 0, 0.1],
      [50, 4000, 0.1],
      [60, 4000, 0.3],
      [90, 10_000, 0.3],
    ]);
  });

  test('comes from its generator once it has started, at its price and carbon', () => {
    const backup = { capacityKw: 6, startS: 10, priceUsdPerKwh: 0.5, carbonGPerKwh: 800 };
    const supply = siteSupply(site({ backup, events: [{ fromS: 100, forS: 50, share: 0.2 }] }), null);
    expect(supply(105_000)).toMatchObject({ watts: 2000, usdPerKwh: 0.1 });
    const { watts, usdPerKwh, gCo2PerKwh, untilMs } = supply(110_000);
    expect([watts, untilMs]).toEqual([8000, 150_000]);
    expect(usdPerKwh).toBeCloseTo((2 * 0.1 + 6 * 0.5) / 8, 9);
    expect(gCo2PerKwh).toBeCloseTo((2 * 400 + 6 * 800) / 8, 9);
    expect(supply(150_000).watts).toBe(10_000);
  });

  test('with solar power follows the Sun', () => {
    const sun = { shareAt: (atMs: number) => (atMs < 500 ? 0.25 : 0), nextChangeAfter: () => 500 };
    expect(siteSupply(site({ kind: 'solar' }), sun)(0)).toMatchObject({ watts: 2500, untilMs: 500 });
    expect(siteSupply(site({ kind: 'solar' }), sun)(500).watts).toBe(0);
  });

  test.each([
    ['no price', { priceUsdPerKwh: undefined }],
    ['no carbon', { carbonGPerKwh: undefined }],
    ['prices that begin after the start', { priceUsdPerKwh: [{ fromS: 5, value: 1 }] }],
    ['a share above 1 in a brown-out', { events: [{ fromS: 0, forS: 1, share: 1.5 }] }],
  ])('cannot have %s', (_, wrong) => {
    expect(() => site(wrong)).toThrow();
  });
});
