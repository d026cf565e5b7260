import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profileOf } from '../../../../services/node/engine/profiles.ts';
import { coolingSchema } from '../../../../services/node/power/cooling-schema.ts';
import { Heat } from '../../../../services/node/power/heat.ts';
import { powerModelOf } from '../../../../services/node/power/power-model.ts';
import { temperatureAfter, thermalModelOf } from '../../../../services/node/power/thermal-model.ts';

const h100 = powerModelOf(profileOf('h100-llama8b').power!);
const hall = coolingSchema.parse({ kind: 'liquid-hall' });
const container = coolingSchema.parse({ kind: 'container', ambientC: 35 });
const radiatorOf = (more: object) =>
  coolingSchema.parse({ kind: 'radiator', areaM2: 1.2, heatCapacityKJPerK: 20, ...more });

describe('a radiator in orbit', () => {
  const black = { areaM2: 2, emissivity: 1, startC: 20 }; // both sides of a panel of 1 m2
  const rejectedW = (more: object): number => {
    const model = thermalModelOf(radiatorOf(more), h100);
    return -model.rateKPerS(model.startK, 0, 0) * 20_000;
  };

  test('that is black radiates 838 W/m2 at 20 degrees, and 633 net of what it receives', () => {
    expect(Math.abs(rejectedW({ ...black, sinkK: 0 }) - 838)).toBeLessThan(1);
    expect(Math.abs(rejectedW(black) - 633)).toBeLessThan(2);
  });

  test('settles at the temperature at which it radiates the draw of the device', () => {
    const model = thermalModelOf(radiatorOf({}), h100);
    const settledK = (500 / (0.9 * 5.670374419e-8 * 1.2) + 206 ** 4) ** 0.25;
    const hour = { watts: 500, fromMs: 0, durationMs: 10 * 3_600_000 };
    for (const startK of [220, 293, 390]) expect(temperatureAfter(model, startK, hour)).toBeCloseTo(settledK, 3);
  });

  test('reaches the same temperature in one step and in small steps, within 0.05 degrees', () => {
    const model = thermalModelOf(radiatorOf({}), h100);
    let inPartsK = 300;
    for (let second = 0; second < 3600; second++) {
      inPartsK = temperatureAfter(model, inPartsK, { watts: 600, fromMs: second * 1000, durationMs: 1000 });
    }
    const atOnceK = temperatureAfter(model, 300, { watts: 600, fromMs: 0, durationMs: 3_600_000 });
    expect(Math.abs(atOnceK - inPartsK)).toBeLessThan(0.05);
  });
});

test('on the ground a temperature difference decays as e^(-t / time constant)', () => {
  const model = thermalModelOf(container, h100);
  const fromK = 35 + 273.15 + 45;
  const afterK = temperatureAfter(model, fromK, { watts: 0, fromMs: 0, durationMs: 120_000 });
  expect(afterK - 273.15 - 35).toBeCloseTo(45 / Math.E, 9);
});

test('more draw, a warmer start or a warmer place never gives a lower temperature', () => {
  const watts = fc.double({ min: 0, max: 1000, noNaN: true });
  const startK = fc.double({ min: 230, max: 380, noNaN: true });
  const durationMs = fc.double({ min: 0, max: 1e6, noNaN: true });
  for (const cooling of [hall, container, radiatorOf({})]) {
    const model = thermalModelOf(cooling, h100);
    fc.assert(
      fc.property(watts, watts, startK, startK, durationMs, (a, b, from, other, lasts) => {
        const after = (w: number, k: number) => temperatureAfter(model, k, { watts: w, fromMs: 0, durationMs: lasts });
        expect(after(Math.max(a, b), from)).toBeGreaterThanOrEqual(after(Math.min(a, b), from));
        const [cold, warm] = [Math.min(from, other), Math.max(from, other)];
        expect(after(a, warm)).toBeGreaterThanOrEqual(after(a, cold) - 1e-9);
      }),
    );
  }
});

describe('a device that gets too hot', () => {
  const hot = new Heat(coolingSchema.parse({ kind: 'container', ambientC: 45, riseC: 50, timeConstantS: 20 }), h100);

  test('slows down at its limit, stays slow until it is well below it, and then repeats', () => {
    const changes: string[] = [];
    let wasThrottled = false;
    for (let atMs = 0; atMs < 300_000; atMs += 100) {
      hot.add(hot.isThrottled ? 250 : 690, atMs, 100);
      if (hot.isThrottled !== wasThrottled) changes.push(`${hot.isThrottled} at ${hot.temperatureC.toFixed(0)}`);
      wasThrottled = hot.isThrottled;
    }
    expect(changes.length).toBeGreaterThan(4);
    expect(new Set(changes)).toEqual(new Set(['true at 85', 'false at 78']));
    expect(hot.takeHottestC()).toBeLessThan(86);
  });

  test.each([
    ['a dense liquid-cooled hall never is, at full draw for a day', hall, false],
    ['a container at 35 degrees is not', container, false],
    ['a container at 48 degrees is', coolingSchema.parse({ kind: 'container', ambientC: 48 }), true],
    ['a radiator of 1 m2 in orbit is', radiatorOf({ areaM2: 1 }), true],
    ['one of 2 m2 is not', radiatorOf({ areaM2: 2 }), false],
  ])('%s', (_, cooling, isThrottled) => {
    const heat = new Heat(cooling, h100);
    heat.add(h100.maxW, 0, 86_400_000);
    expect(heat.isThrottled).toBe(isThrottled);
  });
});
