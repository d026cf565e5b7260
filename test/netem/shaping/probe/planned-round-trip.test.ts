import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { LinkEmulator } from '../../../../netem/links/model/link-emulator.ts';
import type { LinkModel, LinkState } from '../../../../netem/links/model/link-model.ts';
import { plannedRoundTrip } from '../../../../netem/shaping/probe/planned-round-trip.ts';

const state = (delayMs: number, over: Partial<LinkState> = {}): LinkState => {
  return { up: true, delayUs: delayMs * 1000, jitterUs: 0, lossRate: 0, rateKbps: 0, ...over };
};

/** Changes at each of the instants. */
const link = (first: LinkState, ...changes: readonly (readonly [number, LinkState])[]): LinkModel => ({
  stateAt: (atMs) => changes.findLast(([changeMs]) => changeMs <= atMs)?.[1] ?? first,
  nextChangeAfter: (afterMs) => changes.find(([changeMs]) => changeMs > afterMs)?.[0] ?? null,
});

const planned = (forward: LinkModel, back: LinkModel, sentAtMs: number, jitter: 'by-time' | 'by-packet' = 'by-time') =>
  plannedRoundTrip({ name: 'a-b', forward, back, jitter, rng: seededRng(1), sentAtMs });

describe('a planned round trip', () => {
  test('uses the forward state when it is sent, and the back state when it turns', () => {
    const back = link(state(10), [1015, state(30)]);
    expect(planned(link(state(20)), back, 1000)?.plannedMs).toBe(50);
    expect(planned(link(state(20)), back, 990)?.plannedMs).toBe(30);
  });

  test('is null while a link is down, and until the queues have drained', () => {
    const down = link(state(10), [1000, state(10, { up: false })], [1100, state(10)]);
    const plans = [980, 1050, 1150, 1590, 1601].map((atMs) => planned(link(state(30)), down, atMs) === null);
    expect(plans).toEqual([true, true, true, false, false]);
    expect(planned(down, link(state(30)), 1050)).toBeNull();
    expect(planned(down, link(state(30)), 1599)).toBeNull();
  });

  test('is null where some microseconds decide between two delays, unless the delays are almost equal', () => {
    expect(planned(link(state(10), [1000, state(12)]), link(state(5)), 999.8)).toBeNull();
    expect(planned(link(state(10), [1000, state(10.01)]), link(state(5)), 999.8)?.plannedMs).toBe(15);
    expect(planned(link(state(10)), link(state(5), [1000, state(12)]), 989.8)).toBeNull();
  });

  test('leaves out jitter that is drawn for each packet, and gives its width', () => {
    const jittered = link(state(20, { jitterUs: 3000 }));
    expect(planned(jittered, link(state(10, { jitterUs: 500 })), 7, 'by-packet')).toEqual({
      plannedMs: 30,
      jitterMs: 3.5,
    });
  });

  test('knows the jitter that is a function of time: it is what the emulator plays', () => {
    const jittered = { forward: link(state(20, { jitterUs: 8000 })), back: link(state(10, { jitterUs: 5000 })) };
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (sentAtMs) => {
        const plan = plannedRoundTrip({ name: 'a-b', ...jittered, jitter: 'by-time', rng: seededRng(1), sentAtMs });
        const clock = new VirtualClock();
        const emulator = (direction: 'forward' | 'back') => {
          const name = `a-b/${direction}`;
          return new LinkEmulator({ name, link: jittered[direction], clock, rng: seededRng(1) });
        };
        let arrivedMs = Number.NaN;
        clock.at(sentAtMs, () =>
          emulator('forward').send(4, () =>
            emulator('back').send(4, () => {
              arrivedMs = clock.now();
            }),
          ),
        );
        clock.runUntil(sentAtMs + 100);
        if (plan !== null) expect(arrivedMs - sentAtMs).toBeCloseTo(plan.plannedMs, 6);
      }),
    );
  });
});
