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

/** Messages that `isTold` says yes to need no event. */
const play = (plan: Given, isTold: (message: number) => boolean = () => false): readonly Delivered[] => {
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
    const arrives = (atMs: number): void => void delivered.push({ message, sentAtMs, atMs });
    if (isTold(message)) transport.tell(bytes, { arrives });
    else transport.send(bytes, arrives);
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

/** Many small messages and a few large ones, over links that lose little. */
const tokens: fc.Arbitrary<Given> = fc.record({
  states: fc.array(
    fc.record({
      up: fc.constantFrom(true, true, true, true, false),
      delayUs: fc.constantFrom(0, 10_000, 25_000, 80_000),
      jitterUs: fc.constantFrom(0, 300),
      lossRate: fc.constantFrom(0, 0, 0.001, 0.02),
      rateKbps: fc.constantFrom(0, 1000, 1_000_000),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  everyMs: fc.integer({ min: 50, max: 2000 }),
  messages: fc.array(
    fc.record({
      bytes: fc.constantFrom(0, 24, 24, 24, 24, 24, 1448, 3000),
      gapMs: fc.constantFrom(0, 0, 0, 1, 8, 8, 900),
    }),
    { minLength: 100, maxLength: 400 },
  ),
  initialWindowSegments: fc.constantFrom(1, 10),
  tickMs: fc.constantFrom(0, 4),
  http2: fc.constantFrom(null, { streamBytes: 16_384, connectionBytes: 16_384 }),
  seed: fc.nat(),
});

/** Another copy of one segment is on its way when the next one is lost: two of both are not both of them. */
const copyBesideLoss: Given = {
  states: [{ up: true, delayUs: 100, jitterUs: 0, lossRate: 0.02, rateKbps: 1000 }],
  everyMs: 50,
  messages: [
    { bytes: 3000, gapMs: 0 },
    ...Array.from({ length: 7 }, () => ({ bytes: 1, gapMs: 0 })),
    { bytes: 1, gapMs: 8 },
    ...Array.from({ length: 87 }, () => ({ bytes: 1, gapMs: 0 })),
    ...Array.from({ length: 3 }, () => ({ bytes: 1, gapMs: 8 })),
    ...Array.from({ length: 2 }, () => ({ bytes: 1, gapMs: 0 })),
  ],
  initialWindowSegments: 10,
  tickMs: 0,
  http2: null,
  seed: 1_134_781_465,
};

test('a message is told to arrive when an event would deliver it, whatever the connection carried before', () => {
  fc.assert(
    fc.property(tokens, fc.array(fc.nat(20), { maxLength: 20 }), (plan, sent) => {
      const events = play(plan);
      const told = play(plan, (message) => !sent.includes(message % 21));
      expect(told.toSorted((a, b) => a.message - b.message)).toEqual(events);
    }),
    { numRuns: 100, examples: [[copyBesideLoss, []]] },
  );
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
