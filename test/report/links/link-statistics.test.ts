import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LinkModel, LinkState } from '../../../netem/links/model/link-model.ts';
import { timeline } from '../../../netem/links/model/timeline.ts';
import { LinkStatistics } from '../../../report/links/link-statistics.ts';
import { mergedTimeline } from '../../../report/links/merged-timeline.ts';
import { PacketOpportunities } from '../../../report/links/packet-opportunities.ts';

const UP: LinkState = { up: true, delayUs: 10_000, jitterUs: 0, lossRate: 0.01, rateKbps: 12_000 };

const stretch = (fromMs: number, toMs: number, more: Partial<LinkState> = {}) => ({
  link: 0,
  fromMs,
  toMs,
  state: { ...UP, ...more },
});

/** A link that changes to the next delay every `stepMs`. */
const stepping = (delaysUs: readonly number[], stepMs: number): LinkModel => ({
  stateAt: (atMs) => ({ ...UP, delayUs: delaysUs[Math.min(delaysUs.length - 1, Math.floor(atMs / stepMs))]! }),
  nextChangeAfter: (afterMs) => (Math.floor(afterMs / stepMs) + 1) * stepMs,
});

describe('merged timelines', () => {
  test('contain every interval of every link once, without gaps, ordered by their end', () => {
    const delays = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 20 });
    const anyLink = fc.tuple(delays, fc.integer({ min: 1, max: 50 })).map(([us, stepMs]) => stepping(us, stepMs));
    fc.assert(
      fc.property(fc.array(anyLink, { maxLength: 5 }), (links) => {
        const stretches = [...mergedTimeline(links, 0, 300)];
        const ends = stretches.map(({ toMs }) => toMs);
        expect(ends).toEqual(ends.toSorted((a, b) => a - b));
        for (const [index, link] of links.entries()) {
          const own = stretches.filter((one) => one.link === index);
          expect(own.map(({ fromMs, state }) => ({ atMs: fromMs, state }))).toEqual([...timeline(link, 0, 300)]);
          expect(own.map(({ toMs }) => toMs)).toEqual([...own.slice(1).map(({ fromMs }) => fromMs), 300]);
        }
      }),
    );
  });
});

describe('statistics of a link', () => {
  test('are weighted by time; delays and loss count only while it is up', () => {
    const statistics = new LinkStatistics(undefined);
    statistics.add(stretch(0, 900, { delayUs: 10_000, lossRate: 0 }));
    statistics.add(stretch(900, 1000, { delayUs: 90_000, lossRate: 0.1, rateKbps: 6000 }));
    statistics.add(stretch(1000, 2000, { up: false, delayUs: 1 }));
    const { minMs, p50Ms, p95Ms, lossRate, downShare, slotJumpMs, leastKbps, mostKbps } = statistics.summary();
    expect(minMs).toBe(10);
    expect(p50Ms).toBeCloseTo(10, 1);
    expect(p95Ms / 90).toBeCloseTo(1, 2);
    expect(lossRate).toBeCloseTo(0.01);
    expect({ downShare, slotJumpMs, leastKbps, mostKbps }).toEqual({
      downShare: 0.5,
      slotJumpMs: null,
      leastKbps: 6000,
      mostKbps: 12_000,
    });
  });

  test('count loss in bursts with its mean, and say how long a burst lasts', () => {
    const statistics = new LinkStatistics(undefined);
    statistics.add(stretch(0, 500, { lossRate: 0 }));
    expect(statistics.summary().burstPackets).toBe(null);
    statistics.add(stretch(500, 1000, { lossRate: 0, burst: { p: 0.1, r: 0.4, lossInBad: 1, lossInGood: 0 } }));
    expect(statistics.summary()).toMatchObject({ lossRate: 0.1, burstPackets: 2.5 });
  });

  test('report the change of the median delay from slot to slot', () => {
    const statistics = new LinkStatistics({ periodMs: 15_000, offsetMs: 9000 });
    for (const [slot, delayUs] of [20_000, 25_000, 22_000, 32_000].entries()) {
      const fromMs = 9000 + slot * 15_000;
      statistics.add(stretch(fromMs, fromMs + 5000, { delayUs }));
      statistics.add(stretch(fromMs + 5000, fromMs + 12_000, { delayUs: 90_000 }));
      statistics.add(stretch(fromMs + 12_000, fromMs + 15_000, { delayUs }));
    }
    expect(statistics.summary().slotJumpMs! / 5).toBeCloseTo(1, 2); // of 5, 3 and 10
  });

  test('are NaN for a link that was never up', () => {
    const statistics = new LinkStatistics({ periodMs: 15_000, offsetMs: 0 });
    statistics.add(stretch(0, 1000, { up: false }));
    expect(statistics.summary()).toMatchObject({
      minMs: Number.NaN,
      p99Ms: Number.NaN,
      downShare: 1,
      slotJumpMs: null,
    });
  });
});

describe('packet opportunities', () => {
  test('come at the rate of the link, and none while it is down', () => {
    const packets = new PacketOpportunities();
    const instants = [
      stretch(0, 100),
      stretch(100, 300, { up: false }),
      stretch(300, 400.5, { rateKbps: 24_000 }),
    ].flatMap((one) => packets.of(one));
    // 12 Mbit/s is a packet of 1500 bytes a millisecond.
    expect(instants.filter((at) => at <= 100).length).toBe(99);
    expect(instants.filter((at) => at > 100 && at < 300)).toEqual([]);
    expect(instants.length - 99).toBe(201);
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
  });

  test('end after a minute, or at the end of the millisecond with the millionth', () => {
    expect(new PacketOpportunities().of(stretch(0, 1e6)).at(-1)).toBeLessThanOrEqual(60_000);
    const fast = new PacketOpportunities();
    const instants = fast.of(stretch(0, 1e6, { rateKbps: 10_000_000 }));
    expect(instants.length).toBeGreaterThanOrEqual(1_000_000);
    expect(instants.length).toBeLessThan(1_001_000);
    expect(fast.of(stretch(1e6, 2e6))).toEqual([]);
    expect(new PacketOpportunities().of(stretch(0, 1000, { rateKbps: 0 }))).toEqual([]);
  });
});
