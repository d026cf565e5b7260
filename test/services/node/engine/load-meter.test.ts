import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LoadMeter } from '../../../../services/node/engine/load-meter.ts';

/** Requests of `heldMs`, `everyMs` apart, of which each takes `share` while it is held. */
const served = (of: {
  readonly everyMs: number;
  readonly heldMs: number;
  readonly share: number;
  readonly untilMs: number;
}) => {
  const meter = new LoadMeter();
  const changes = Array.from({ length: Math.floor(of.untilMs / of.everyMs) }, (_, index) => index * of.everyMs)
    .flatMap((atMs) => [
      { atMs, by: 1 },
      { atMs: atMs + of.heldMs, by: -1 },
    ])
    .sort((a, b) => a.atMs - b.atMs);
  let held = 0;
  for (const { atMs, by } of changes) {
    if (atMs > of.untilMs) break;
    held += by;
    if (by === 1) meter.accepted(atMs, held * of.share);
    else meter.ended(atMs, held * of.share, { isFailure: false });
  }
  return meter;
};

describe('what a server did of late', () => {
  test('is its rate and its use, once it has gone on for long', () => {
    const meter = served({ everyMs: 100, heldMs: 1000, share: 0.02, untilMs: 60_000 });
    expect(meter.endedPerS(60_000)).toBeCloseTo(10, 0);
    expect(meter.usedShare(60_000)).toBeCloseTo(0.2, 1);
    expect(meter.received).toBe(600);
    expect(meter.failedPerS(60_000)).toBe(0);
  });

  test('is about its rate from the first seconds on', () => {
    const meter = served({ everyMs: 100, heldMs: 50, share: 0, untilMs: 3000 });
    expect(Math.abs(meter.endedPerS(3000) - 10)).toBeLessThan(1);
  });

  test('fades with both at once, so that what it serves for its use stays what it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 300 }), fc.nat(20_000), (everyMs, idleMs) => {
        const meter = served({ everyMs, heldMs: 400, share: 0.01, untilMs: 60_000 });
        const lastMs = 60_000 + 400;
        for (let atMs = 60_000; atMs < lastMs; atMs += everyMs) meter.ended(atMs, 0, { isFailure: false });
        const before = meter.endedPerS(lastMs) / meter.usedShare(lastMs);
        const after = meter.endedPerS(lastMs + idleMs) / meter.usedShare(lastMs + idleMs);
        expect(after / before).toBeCloseTo(1, 1);
      }),
    );
  });

  test('counts those that failed apart', () => {
    const meter = new LoadMeter();
    for (let atMs = 0; atMs < 40_000; atMs += 100) meter.ended(atMs, 0, { isFailure: atMs % 500 === 0 });
    expect(meter.failedPerS(40_000) / meter.endedPerS(40_000)).toBeCloseTo(0.2, 1);
  });

  test('is nothing before the first request', () => {
    const meter = new LoadMeter();
    expect([meter.received, meter.endedPerS(5), meter.failedPerS(5), meter.usedShare(5)]).toEqual([0, 0, 0, 0]);
  });
});
