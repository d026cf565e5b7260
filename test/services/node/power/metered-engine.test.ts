import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coolingSchema } from '../../../../services/node/power/cooling-schema.ts';
import { h100, meteredEngine, wholeSite } from './metered-engine.ts';

describe('energy', () => {
  // The prompts of the published figures are not known. 100 prompt tokens for answers of 300 is a short chat.
  test.each([
    [8, 0.455],
    [512, 0.07],
  ])('of a token on an H100 with %i chats at a time is the published %f J, within 3 %%', (batch, publishedJ) => {
    const { clock, engine, submit, readings, total } = meteredEngine({}, { maxNumSeqs: batch });
    const chat = (): void => void submit(100, 300, chat);
    for (let index = 0; index < batch; index++) clock.at((index * 5000) / batch, chat);
    clock.runUntil(10_000);
    engine.forgetEnergy(10_000);
    readings.length = 0;
    clock.runUntil(40_000);
    engine.settleEnergy(40_000);
    const jPerToken = total(({ joules }) => joules) / total(({ outputTokens }) => outputTokens);
    expect(Math.abs(jPerToken / publishedJ - 1)).toBeLessThan(0.03);
  });

  test('of an idle node is its idle draw over time, and needs no timer', () => {
    const { clock, engine, readings } = meteredEngine({ site: wholeSite({}), usdPerHour: 2 });
    expect(clock.runUntil(3_600_000)).toBe(0);
    engine.settleEnergy(3_600_000);
    expect(readings).toHaveLength(1);
    const { joules, usd, gCo2, busyMs } = readings[0]!;
    expect([joules, busyMs]).toEqual([70 * 3600, 0]);
    expect(usd).toBeCloseTo(2 + 0.07 * 0.1, 9);
    expect(gCo2).toBeCloseTo(0.07 * 400, 9);
  });

  test('cost and carbon follow the prices over time and the site’s own consumption', () => {
    const priceUsdPerKwh = [
      { fromS: 0, value: 0.1 },
      { fromS: 1800, value: 0.5 },
    ];
    const { clock, engine, readings } = meteredEngine({ site: wholeSite({ priceUsdPerKwh, pue: 1.5 }) });
    clock.runUntil(3_600_000);
    engine.settleEnergy(3_600_000);
    expect(readings[0]!.usd).toBeCloseTo(0.07 * 1.5 * 0.3, 9);
    expect(readings[0]!.gCo2).toBeCloseTo(0.07 * 1.5 * 400, 9);
    expect(readings[0]!.joules).toBeCloseTo(70 * 3600, 6);
  });

  test('of a node includes the price of its hours', () => {
    const usdPerHour = [
      { fromS: 0, value: 1 },
      { fromS: 900, value: 3 },
    ];
    const { clock, engine, readings } = meteredEngine({ usdPerHour });
    clock.runUntil(3_600_000);
    engine.settleEnergy(3_600_000);
    expect(readings[0]!.usd).toBeCloseTo(0.25 * 1 + 0.75 * 3, 9);
  });

  test('has no cost when no price is known', () => {
    const { engine, clock, readings } = meteredEngine();
    clock.runUntil(1000);
    engine.settleEnergy(1000);
    expect([readings[0]!.usd, readings[0]!.gCo2]).toEqual([null, null]);
  });

  test('is the same however often it is read', () => {
    const joulesAskedAt = (instants: readonly number[]): number => {
      const battery = { kwh: 0.02, chargeShare: 0.5, maxKw: 1 };
      const events = [{ fromS: 2, forS: 3, share: 0.01 }];
      const cooling = coolingSchema.parse({ kind: 'container', ambientC: 20 });
      const { clock, engine, submit, total } = meteredEngine({ site: wholeSite({ battery, events }), cooling });
      for (let index = 0; index < 20; index++) clock.at(index * 200, () => void submit(200, 100));
      for (const atMs of instants) clock.at(atMs, () => void engine.report(atMs));
      clock.runUntil(8000);
      engine.settleEnergy(8000);
      return total(({ joules }) => joules);
    };
    const never = joulesAskedAt([]);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 8000, noNaN: true })), (instants) => {
        expect(joulesAskedAt(instants)).toBeCloseTo(never, 6);
      }),
      { numRuns: 20 },
    );
  });

  test('adds up: readings follow each other without gaps', () => {
    const { clock, engine, submit, readings } = meteredEngine();
    for (let index = 0; index < 50; index++) clock.at(index * 100, () => void submit(100, 50));
    clock.runUntil(20_000);
    engine.settleEnergy(20_000);
    let atMs = 0;
    for (const reading of readings) {
      expect(reading.atMs - reading.durationMs).toBeCloseTo(atMs, 6);
      atMs = reading.atMs;
    }
    expect(atMs).toBe(20_000);
    expect(readings.length).toBeGreaterThan(4);
    expect(readings.length).toBeLessThan(10);
  });
});

describe('a cap', () => {
  const answerMs = (options: Parameters<typeof meteredEngine>[0], capW: number | null = null) => {
    const { clock, engine, submit, ends, total } = meteredEngine(options);
    engine.capPowerW!(capW);
    for (let index = 0; index < 64; index++) submit(200, 100);
    clock.runUntil(60_000);
    engine.settleEnergy(60_000);
    const lastMs = Math.max(...ends.map(({ atMs }) => atMs));
    return { lastMs, cappedMs: total(({ cappedMs }) => cappedMs), busyMs: total(({ busyMs }) => busyMs) };
  };

  test('from the node, a fault or the site slows it equally, and a lower cap slows it more', () => {
    const free = answerMs({});
    const byNode = answerMs({ capW: 300 });
    expect(free.cappedMs).toBe(0);
    expect(byNode.cappedMs).toBeCloseTo(byNode.busyMs, 6);
    expect(byNode.lastMs).toBeGreaterThan(free.lastMs * 1.1);
    expect(answerMs({}, 300).lastMs).toBe(byNode.lastMs);
    expect(answerMs({ site: wholeSite({ capacityKw: 0.3 }) }).lastMs).toBe(byNode.lastMs);
    expect(answerMs({}, 200).lastMs).toBeGreaterThan(byNode.lastMs);
  });

  test('slows a virtual machine in addition to its overhead', () => {
    const endAt = (overhead: number): number => {
      const { clock, submit, ends } = meteredEngine({ capW: 200 }, { overhead });
      submit(100, 10);
      clock.runUntil(10_000);
      return ends[0]!.atMs;
    };
    expect(endAt(0.5)).toBeCloseTo(1.5 * endAt(0), 6);
  });

  test('leaves no headroom; an idle node without a cap has full headroom', () => {
    const { clock, engine, submit } = meteredEngine({ capW: 300 });
    expect(engine.report(0).power!.headroom).toBeCloseTo(230 / 630, 9);
    submit(100, 100);
    clock.runUntil(200);
    expect(engine.report(200).power).toMatchObject({ drawW: 300, headroom: 0 });
    expect(meteredEngine().engine.report(0).power).toMatchObject({ drawW: h100.idleW, headroom: 1 });
  });

  test('can be removed, and cannot be set when nothing is known about power', () => {
    const { engine, clock, submit } = meteredEngine({}, {});
    engine.capPowerW!(100);
    engine.capPowerW!(null);
    submit(100, 100);
    clock.runUntil(100);
    expect(engine.report(100).power!.drawW).toBeGreaterThan(400);
    expect(meteredEngine({}, { power: null }).engine.capPowerW).toBeUndefined();
  });
});

test('a node that is too hot runs slower and reports it', () => {
  const cooling = coolingSchema.parse({ kind: 'container', ambientC: 52, timeConstantS: 5 });
  const { clock, engine, submit, total, readings } = meteredEngine({ cooling });
  const again = (): void => void submit(100, 300, again);
  for (let index = 0; index < 32; index++) again();
  clock.runUntil(60_000);
  engine.settleEnergy(60_000);
  const throttled = total(({ throttledMs }) => throttledMs) / total(({ busyMs }) => busyMs);
  expect(throttled).toBeGreaterThan(0.1);
  expect(throttled).toBeLessThan(0.9);
  expect(Math.max(...readings.map(({ maxTempC }) => maxTempC!))).toBeCloseTo(85, 0);
});

test.each([71, 75, 90, 200])(
  'a site of %d W without a battery never gives more than that, however busy its node is',
  (watts) => {
    const { clock, engine, submit, total } = meteredEngine({ site: wholeSite({ capacityKw: watts / 1000 }) });
    for (let id = 0; id < 64; id++) submit(100, 2000);
    clock.runUntil(60_000);
    engine.settleEnergy(60_000);
    expect(total(({ joules }) => joules)).toBeLessThanOrEqual(watts * 60 + 1e-6);
    expect(total(({ outputTokens }) => outputTokens)).toBeGreaterThan(0);
  },
);

describe('a site whose power fails', () => {
  const outage = { events: [{ fromS: 1, forS: 4, share: 0 }] };

  test('ends its running requests, refuses new ones, and starts again when the power is back', () => {
    const { clock, engine, submit, ends, total } = meteredEngine({ site: wholeSite(outage) }, { startedAtMs: 2000 });
    const refusalAt = (atMs: number): string => {
      clock.runUntil(atMs);
      const submission = submit(100, 10);
      return submission.kind === 'refused' ? `${submission.reason} ${submission.retryAfterMs}` : 'accepted';
    };
    expect(refusalAt(500)).toBe('starting 1500');
    expect(refusalAt(1500)).toBe('no-power null');
    expect(refusalAt(5500)).toBe('starting 1500');
    expect(refusalAt(7000)).toBe('accepted');
    clock.runUntil(9000);
    expect(ends.map(({ end }) => end)).toEqual(['answered']);
    engine.settleEnergy(9000);
    expect(total(({ outMs }) => outMs)).toBe(4000);
  });

  test('fails requests within a step, and leaves no held block and no prefix', () => {
    const { clock, engine, submit, ends } = meteredEngine({ site: wholeSite(outage) });
    for (let index = 0; index < 300; index++) submit(500, 1000);
    clock.runUntil(1500);
    expect(new Set(ends.map(({ end }) => end))).toEqual(new Set(['failed']));
    expect(ends).toHaveLength(300);
    for (const { atMs } of ends) expect(atMs).toBeLessThan(1100);
    expect(engine.report(1500)).toMatchObject({ running: 0, waiting: 0, kvUsage: 0, power: { drawW: 0 } });
    clock.runUntil(6000);
    submit(100, 10);
    clock.runUntil(8000);
    expect(ends.at(-1)!.end).toBe('answered');
  });

  test('loses its prefixes and its plans: the first answer afterwards takes as long as the very first', () => {
    const { clock, engine } = meteredEngine({ site: wholeSite(outage) });
    const prefix = [{ key: 'system', tokens: 320 }];
    const ask = (id: number, outputTokens: number): { tookMs: number } => {
      const askedAtMs = clock.now();
      const answer = { tookMs: Number.NaN };
      const request = { id, promptTokens: 400, outputTokens, maxOutputTokens: outputTokens, prefix };
      engine.submit(request, {
        onScheduled: () => {},
        onTokens: () => {},
        onEnd: (_, atMs) => {
          answer.tookMs = atMs - askedAtMs;
        },
      });
      return answer;
    };
    const first = ask(1, 5);
    clock.runUntil(900);
    for (let id = 2; id < 20; id++) ask(id, 1000);
    clock.runUntil(6000);
    const { hits } = engine.prefixCache;
    expect(hits).toBeGreaterThan(0);
    const again = ask(20, 5);
    clock.runUntil(8000);
    expect(again.tookMs).toBeCloseTo(first.tookMs, 6);
    expect(engine.prefixCache.hits).toBe(hits);
  });

  test('continues as long as its battery lasts, and no longer', () => {
    // 30 kJ above the reserve last about a minute at 460 W.
    const battery = { kwh: 0.0085, maxKw: 2 };
    const dark = [{ fromS: 1, forS: 1000, share: 0 }];
    const { clock, submit, ends } = meteredEngine({ site: wholeSite({ battery, events: dark }) });
    submit(10, 1e5);
    clock.runUntil(120_000);
    expect(ends[0]!.end).toBe('failed');
    const expectedMs = 1000 + ((0.0085 * 3.6e6 - 700) * 1000) / h100.drawW({ tokens: 1, sequences: 1 });
    expect(Math.abs(ends[0]!.atMs - expectedMs)).toBeLessThan(300);
  });

  test('restarts an idle node without a request when the Sun is back and its battery has some charge', () => {
    const sun = {
      shareAt: (atMs: number) => (atMs < 60_000 ? 0 : 1),
      nextChangeAfter: (atMs: number) => (atMs < 60_000 ? 60_000 : Number.POSITIVE_INFINITY),
    };
    const { engine, power, total } = meteredEngine({
      site: wholeSite({ capacityKw: 0.5, battery: { kwh: 0.0005, maxKw: 1 } }, sun),
    });
    expect(power.isOutAt(59_000)).toBe(true);
    expect(power.isOutAt(61_000)).toBe(false);
    expect(power.isOnSinceMs).toBe(60_000);
    engine.settleEnergy(61_000);
    const litMs = (0.95 * 0.0005 * 3.6e6 * 1000) / 70;
    expect(total(({ outMs }) => outMs)).toBeCloseTo(60_000 - litMs, 1);
  });
});

test('a quota of tokens is filled evenly, and gives a retry hint', () => {
  const { clock, submit } = meteredEngine({}, { tokensPerMinute: 600 });
  expect(submit(100, 400).kind).toBe('accepted');
  expect(submit(100, 100)).toEqual({ kind: 'refused', reason: 'over-quota', retryAfterMs: 10_000 });
  expect(submit(500, 101)).toEqual({ kind: 'refused', reason: 'over-quota', retryAfterMs: null });
  clock.runUntil(10_000);
  expect(submit(100, 100).kind).toBe('accepted');
  expect(submit(1, 1).kind).toBe('refused');
});

test('pace makes steps longer, starting with the next one', () => {
  const endAt = (factor: number): number => {
    const { clock, engine, submit, ends } = meteredEngine({}, { power: null });
    engine.pace(factor);
    submit(100, 10);
    clock.runUntil(10_000);
    return ends[0]!.atMs;
  };
  expect(endAt(3)).toBeCloseTo(3 * endAt(1), 6);
});
