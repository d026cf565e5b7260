import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import type { LinkModel, LinkState } from '../../../../netem/links/model/link-model.ts';
import { PacketLink } from '../../../../netem/links/transport/packet-link.ts';
import { Transport } from '../../../../netem/links/transport/transport.ts';

interface Given {
  readonly states: readonly LinkState[];
  readonly everyMs: number;
  readonly messages: readonly { readonly bytes: number; readonly gapMs: number }[];
  readonly initialWindowSegments: number;
  readonly tickMs: number;
  readonly http2: { readonly streamBytes: number; readonly connectionBytes: number } | null;
  readonly seed: number;
}

const state: fc.Arbitrary<LinkState> = fc.record({
  up: fc.boolean().map((isDown) => !isDown),
  delayUs: fc.integer({ min: 100, max: 200_000 }),
  jitterUs: fc.integer({ min: 0, max: 5000 }),
  lossRate: fc.double({ min: 0, max: 0.3, noNaN: true }),
  rateKbps: fc.constantFrom(0, 1000, 20_000, 1_000_000),
});

const given: fc.Arbitrary<Given> = fc.record({
  states: fc.array(state, { minLength: 1, maxLength: 6 }),
  everyMs: fc.integer({ min: 50, max: 700 }),
  messages: fc.array(
    fc.record({ bytes: fc.integer({ min: 0, max: 150_000 }), gapMs: fc.constantFrom(0, 1, 20, 300, 2000) }),
    { minLength: 1, maxLength: 12 },
  ),
  initialWindowSegments: fc.integer({ min: 1, max: 20 }),
  tickMs: fc.constantFrom(0, 4, 10),
  http2: fc.constantFrom(null, { streamBytes: 65_535, connectionBytes: 65_535 }),
  seed: fc.nat(),
});

/** The states in turn, then up for good without loss, so that everything arrives in the end. */
const linkOf = ({ states, everyMs }: Given): LinkModel => {
  const last = { ...states[0]!, up: true, lossRate: 0 };
  const endMs = states.length * everyMs * 4;
  return {
    stateAt: (atMs) => (atMs >= endMs ? last : states[Math.floor(Math.max(0, atMs) / everyMs) % states.length]!),
    nextChangeAfter: (afterMs) => (afterMs >= endMs ? null : (Math.floor(afterMs / everyMs) + 1) * everyMs),
  };
};

interface Delivered {
  readonly message: number;
  readonly sentAtMs: number;
  readonly atMs: number;
}

const play = (plan: Given): readonly Delivered[] => {
  const clock = new VirtualClock();
  const rng = seededRng(plan.seed);
  const link = linkOf(plan);
  const data = new PacketLink({ name: 'a-b/forward', link, rng });
  const acks = new PacketLink({ name: 'a-b/back', link, rng });
  const transport = new Transport({ name: 'a-b', clock, rng, data, acks, config: plan, http2: plan.http2 });
  const delivered: Delivered[] = [];
  for (const [message, { bytes, gapMs }] of plan.messages.entries()) {
    clock.runUntil(clock.now() + gapMs);
    const sentAtMs = clock.now();
    transport.send(bytes, (atMs) => delivered.push({ message, sentAtMs, atMs }));
  }
  clock.runUntil(3_600_000);
  return delivered;
};

const RUNS = { numRuns: 150 };

describe('whatever the links and the messages', () => {
  test('I6: every message arrives once, in the order in which they were sent', () => {
    fc.assert(
      fc.property(given, (plan) => {
        const delivered = play(plan);
        expect(delivered.map(({ message }) => message)).toEqual(plan.messages.map((_, index) => index));
        for (const [index, { atMs }] of delivered.entries()) {
          expect(atMs).toBeGreaterThanOrEqual(delivered[index - 1]?.atMs ?? 0);
        }
      }),
      RUNS,
    );
  });

  test('I5: no message is faster than the link with its smallest delay and its largest rate', () => {
    fc.assert(
      fc.property(given, (plan) => {
        const leastUs = Math.min(...plan.states.map(({ delayUs, jitterUs }) => delayUs - jitterUs));
        const slowestKbps = Math.max(
          ...plan.states.map(({ rateKbps }) => (rateKbps === 0 ? Number.POSITIVE_INFINITY : rateKbps)),
        );
        for (const { message, sentAtMs, atMs } of play(plan)) {
          const { bytes } = plan.messages[message]!;
          const leastMs = Math.max(0, leastUs) / 1000 + (bytes * 8) / slowestKbps;
          expect(atMs - sentAtMs).toBeGreaterThanOrEqual(leastMs - 1e-6);
        }
      }),
      RUNS,
    );
  });

  test('I11: an equal seed changes nothing', () => {
    fc.assert(
      fc.property(given, (plan) => {
        expect(play(plan)).toEqual(play(plan));
      }),
      { numRuns: 40 },
    );
  });
});

test('I11: another seed changes what is lost, and where the ticks of the timers lie', () => {
  const lossy: LinkState = { up: true, delayUs: 50_000, jitterUs: 0, lossRate: 0.05, rateKbps: 0 };
  const messages = Array.from({ length: 200 }, () => ({ bytes: 200, gapMs: 20 }));
  const plan = { states: [lossy], everyMs: 5000, messages, initialWindowSegments: 10, tickMs: 0, http2: null };
  expect(play({ ...plan, seed: 1 })).not.toEqual(play({ ...plan, seed: 2 }));
  const dark: LinkState = { ...lossy, lossRate: 0 };
  const broken = { ...plan, states: [dark, { ...dark, up: false }], everyMs: 1000, tickMs: 10 };
  expect(play({ ...broken, seed: 1 })).not.toEqual(play({ ...broken, seed: 2 }));
});
