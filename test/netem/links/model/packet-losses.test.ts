import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import type { BurstLoss, LinkState } from '../../../../netem/links/model/link-model.ts';
import { bothLosses, meanBurstLoss, meanLossRate, wholeChain } from '../../../../netem/links/model/packet-loss.ts';
import { PacketLosses } from '../../../../netem/links/model/packet-losses.ts';

const state = (change: Partial<LinkState>): LinkState => ({
  up: true,
  delayUs: 0,
  jitterUs: 0,
  lossRate: 0,
  rateKbps: 0,
  ...change,
});

const drawn = (link: LinkState, count: number, seed = 1): readonly boolean[] => {
  const losses = new PacketLosses(seededRng(seed)('losses/test'));
  return Array.from({ length: count }, () => losses.next(link));
};
const shareOf = (lost: readonly boolean[]): number => lost.filter(Boolean).length / lost.length;

/** How many losses in a row there are, from one packet that arrives to the next. */
const runs = (lost: readonly boolean[]): readonly number[] => {
  const lengths: number[] = [];
  lost.forEach((isLost, index) => {
    if (!isLost) return;
    if (index > 0 && lost[index - 1]) lengths.push(lengths.pop()! + 1);
    else lengths.push(1);
  });
  return lengths;
};
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const share = fc.double({ min: 0, max: 1, noNaN: true });
const anyBurst: fc.Arbitrary<BurstLoss> = fc.record({
  p: fc.double({ min: 0.001, max: 1, noNaN: true }),
  r: fc.double({ min: 0.05, max: 1, noNaN: true }),
  lossInBad: share,
  lossInGood: share,
});

describe('independent losses', () => {
  test('have the rate that was asked for, in runs as long as chance makes them', () => {
    for (const lossRate of [0.001, 0.02, 0.3, 0.9]) {
      const lost = drawn(state({ lossRate }), 400_000);
      expect(Math.abs(shareOf(lost) - lossRate)).toBeLessThan(5 * Math.sqrt(lossRate / 400_000));
      expect(mean(runs(lost))).toBeCloseTo(1 / (1 - lossRate), lossRate > 0.5 ? 0 : 1);
    }
  });

  test('of rate 0, 1 and of a link that is down are none, all and all', () => {
    expect(shareOf(drawn(state({}), 1000))).toBe(0);
    expect(shareOf(drawn(state({ lossRate: 1 }), 1000))).toBe(1);
    expect(shareOf(drawn(state({ up: false }), 1000))).toBe(1);
  });

  test('follow a rate that changes', () => {
    const losses = new PacketLosses(seededRng(3)('losses/test'));
    const lost = { low: 0, high: 0 };
    for (let packet = 0; packet < 200_000; packet++) {
      // A change every ten packets: a draw for one rate must not serve for the other.
      const name = Math.floor(packet / 10) % 2 === 0 ? 'low' : 'high';
      if (losses.next(state({ lossRate: name === 'low' ? 0.01 : 0.4 }))) lost[name]++;
    }
    expect(lost.low / 100_000).toBeCloseTo(0.01, 2);
    expect(lost.high / 100_000).toBeCloseTo(0.4, 1);
  });
});

describe('losses in bursts', () => {
  test('have the mean of the chain and bursts of 1 / r packets', () => {
    const burst = { p: 0.01, r: 0.2, lossInBad: 1, lossInGood: 0 };
    const lost = drawn(state({ burst }), 1_000_000);
    expect(shareOf(lost)).toBeCloseTo(0.01 / 0.21, 2);
    expect(mean(runs(lost))).toBeGreaterThan(4.9);
    expect(mean(runs(lost))).toBeLessThan(5.1);
  });

  test('of any chain, with any independent loss beside, have the mean that is reported', () => {
    fc.assert(
      fc.property(anyBurst, share, fc.nat(), (burst, lossRate, seed) => {
        const link = state({ burst, lossRate });
        // Neighbours depend on each other for about 1 / (p + r) packets.
        const sigma = Math.sqrt(2 / (burst.p + burst.r) / 100_000);
        expect(Math.abs(shareOf(drawn(link, 100_000, seed)) - meanLossRate(link))).toBeLessThan(5 * sigma);
      }),
      { numRuns: 60 },
    );
  });

  test('begin in the good state, and lose the packet that ends a burst', () => {
    expect(drawn(state({ burst: { p: 1, r: 1, lossInBad: 1, lossInGood: 0 } }), 6)).toEqual([
      false,
      true,
      false,
      true,
      false,
      true,
    ]);
  });
});

describe('however packets are counted', () => {
  test('the same ones are lost, one by one or many at once', () => {
    const anyLoss = fc.record({ lossRate: share, burst: fc.option(anyBurst, { nil: null }) });
    fc.assert(
      fc.property(anyLoss, fc.nat(), fc.integer({ min: 1, max: 40 }), ({ lossRate, burst }, seed, packets) => {
        const link = state(burst === null ? { lossRate } : { lossRate, burst });
        const [one, many, all] = [0, 1, 2].map(() => new PacketLosses(seededRng(seed)('x')));
        for (let round = 0; round < 20; round++) {
          const lost = Array.from({ length: packets }, () => one!.next(link));
          let from = 0;
          while (from < packets) {
            const first = many!.firstLost(link, packets - from);
            expect(first).toBe(lost.slice(from).includes(true) ? lost.slice(from).indexOf(true) : packets - from);
            from += first + 1;
          }
          expect(all!.losesOneOf(packets, link)).toBe(lost.includes(true));
        }
      }),
    );
  });

  test('I11: another seed loses others, an equal seed the same', () => {
    for (const link of [
      state({ lossRate: 0.2 }),
      state({ burst: { p: 0.2, r: 0.3, lossInBad: 0.8, lossInGood: 0.1 } }),
    ]) {
      expect(drawn(link, 500, 7)).toEqual(drawn(link, 500, 7));
      expect(drawn(link, 500, 8)).not.toEqual(drawn(link, 500, 7));
    }
  });
});

describe('two losses', () => {
  test('lose together what two independent losses lose, in any order', () => {
    const anyLoss = fc
      .record({ lossRate: share })
      .chain((loss) => fc.option(anyBurst, { nil: null }).map((burst) => (burst === null ? loss : { ...loss, burst })));
    fc.assert(
      fc.property(anyLoss, anyLoss, (a, b) => {
        const [meanA, meanB] = [a, b].map((loss) => meanLossRate(state(loss)));
        const both = meanLossRate(state(bothLosses(a, b)));
        expect(both).toBeCloseTo(1 - (1 - meanA!) * (1 - meanB!), 9);
        expect(meanLossRate(state(bothLosses(b, a)))).toBeCloseTo(both, 9);
      }),
    );
  });

  test('of a chain and a rate are one chain', () => {
    fc.assert(
      fc.property(anyBurst, share, (burst, lossRate) => {
        expect(meanBurstLoss(wholeChain(burst, lossRate))).toBeCloseTo(meanLossRate(state({ burst, lossRate })), 9);
      }),
    );
  });

  test('of two chains keep the one that loses more', () => {
    const [light, heavy] = [0.01, 0.2].map((p) => ({ p, r: 0.5, lossInBad: 1, lossInGood: 0 }));
    expect(bothLosses({ lossRate: 0, burst: light! }, { lossRate: 0, burst: heavy! })).toEqual({
      lossRate: meanBurstLoss(light!),
      burst: heavy,
    });
  });
});
