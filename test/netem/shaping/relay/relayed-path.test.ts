import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import type { LinkModel, LinkState } from '../../../../netem/links/model/link-model.ts';
import { transportSchema } from '../../../../netem/links/transport/transport-schema.ts';
import { type Carrier, RelayedPath } from '../../../../netem/shaping/relay/relayed-path.ts';

const PERFECT: LinkState = { up: true, delayUs: 20_000, jitterUs: 0, lossRate: 0, rateKbps: 0 };

/** A link with the next of `states` every `stepMs`, and the last one from then on. */
const stepping = (states: readonly Partial<LinkState>[], stepMs = 200): LinkModel => {
  const indexAt = (atMs: number): number => Math.min(states.length - 1, Math.max(0, Math.floor(atMs / stepMs)));
  return {
    stateAt: (atMs) => ({ ...PERFECT, ...states[indexAt(atMs)] }),
    nextChangeAfter: (afterMs) => (indexAt(afterMs) + 1 < states.length ? (indexAt(afterMs) + 1) * stepMs : null),
  };
};

interface Sent {
  readonly atMs: number;
  readonly bytes: number;
  readonly connection: number;
}

type Use = (forward: Carrier) => void;

/** A new connection: what is to be sent waits until there is one. */
const connected = (path: RelayedPath): ((use: Use) => void) => {
  const waiting: Use[] = [];
  let carrier: Carrier | null = null;
  path.connect(({ forward }) => {
    carrier = forward;
    for (const use of waiting) use(forward);
  });
  return (use) => {
    if (carrier === null) waiting.push(use);
    else use(carrier);
  };
};

/** When each message arrives, over connections of one path; null when it has not within `untilMs`. */
const arrivals = (
  sent: readonly Sent[],
  links: { readonly forward: LinkModel; readonly back: LinkModel },
  { seed = 1, untilMs = 4e6, model = 'tcp' }: { seed?: number; untilMs?: number; model?: 'tcp' | 'ideal' } = {},
) => {
  const clock = new VirtualClock();
  const transport = transportSchema.parse({ model });
  const path = new RelayedPath({ name: 'a-b', ...links, clock, rng: seededRng(seed), transport, overheadMs: 0 });
  const connections = Array.from({ length: 1 + Math.max(0, ...sent.map(({ connection }) => connection)) }, () =>
    connected(path),
  );
  const atMs: (number | null)[] = sent.map(() => null);
  const order: number[] = [];
  sent.forEach((message, index) => {
    clock.at(message.atMs, () => {
      connections[message.connection]!((forward) =>
        forward.send(message.bytes, (dueMs) => {
          atMs[index] = dueMs;
          order.push(index);
        }),
      );
    });
  });
  clock.runUntil(untilMs);
  return { atMs, order };
};

const anyState: fc.Arbitrary<Partial<LinkState>> = fc.record(
  {
    up: fc.boolean(),
    delayUs: fc.integer({ min: 0, max: 150_000 }),
    jitterUs: fc.integer({ min: 0, max: 20_000 }),
    lossRate: fc.double({ min: 0, max: 0.3, noNaN: true }),
    rateKbps: fc.constantFrom(0, 1000, 20_000),
    burst: fc.record({
      p: fc.double({ min: 0, max: 0.2, noNaN: true }),
      r: fc.double({ min: 0.2, max: 1, noNaN: true }),
      lossInBad: fc.double({ min: 0, max: 1, noNaN: true }),
      lossInGood: fc.constant(0),
    }),
    queue: fc.record({
      limit: fc.integer({ min: 5, max: 500 }),
      unit: fc.constant('ms' as const),
      drop: fc.constantFrom('tail' as const, 'front' as const),
    }),
  },
  { requiredKeys: [] },
);
/** In the end it is up and clean, so that all that was sent can arrive. */
const anyLink = fc.array(anyState, { maxLength: 12 }).map((states) => stepping([...states, PERFECT]));
const anyPath = fc.record({ forward: anyLink, back: anyLink });
const anySent = fc.array(
  fc.record({
    atMs: fc.integer({ min: 0, max: 3000 }),
    bytes: fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 120_000 })),
    connection: fc.integer({ min: 0, max: 2 }),
  }),
  { minLength: 1, maxLength: 25 },
);

describe('whatever a path does, a relay', () => {
  test('I6: carries each connection in order, and all of it once the path is good again', () => {
    fc.assert(
      fc.property(anyPath, anySent, fc.nat(), (path, sent, seed) => {
        const { atMs, order } = arrivals(sent, path, { seed });
        expect(atMs).not.toContain(null);
        for (const connection of [0, 1, 2]) {
          const own = order.filter((index) => sent[index]!.connection === connection);
          // Sent at the same instant, they go in the order of the list: the clock keeps it.
          expect(own).toEqual(own.toSorted((a, b) => sent[a]!.atMs - sent[b]!.atMs || a - b));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('I5: delivers nothing before the least delay of the path, and at no higher rate than it has', () => {
    fc.assert(
      fc.property(anyPath, anySent, fc.nat(), ({ forward, back }, sent, seed) => {
        const { atMs } = arrivals(sent, { forward, back }, { seed });
        atMs.forEach((arrivedAtMs, index) => {
          const sentAtMs = sent[index]!.atMs;
          let leastUs = Number.POSITIVE_INFINITY;
          for (let at: number | null = sentAtMs; at !== null && at <= arrivedAtMs!; at = forward.nextChangeAfter(at)) {
            const { delayUs, jitterUs } = forward.stateAt(at);
            leastUs = Math.min(leastUs, Math.max(0, delayUs - jitterUs));
          }
          expect(arrivedAtMs! - sentAtMs).toBeGreaterThanOrEqual(leastUs / 1000 - 1e-6);
        });
      }),
      { numRuns: 150 },
    );
  });

  test('I3, I11: does the same again for a seed, and something else for another', () => {
    const path = { forward: stepping([{ lossRate: 0.1, jitterUs: 5000 }]), back: stepping([{ lossRate: 0.1 }]) };
    const sent = Array.from({ length: 60 }, (_, index) => ({ atMs: index * 40, bytes: 5000, connection: index % 2 }));
    const played = (seed: number) => arrivals(sent, path, { seed }).atMs;
    expect(played(1)).toEqual(played(1));
    expect(played(2)).not.toEqual(played(1));
  });
});

describe('a relay and a path that carries nothing', () => {
  const clean = stepping([{}]);
  const pathOf = (forward: LinkModel) => {
    const clock = new VirtualClock();
    const transport = transportSchema.parse({});
    const common = { name: 'a-b', back: clean, clock, rng: seededRng(1), transport, overheadMs: 0 };
    return { clock, path: new RelayedPath({ ...common, forward }) };
  };
  const message = (atMs: number, bytes = 200): Sent => ({ atMs, bytes, connection: 0 });

  test('delivers nothing at loss rate 1, in either direction of the data', () => {
    const lossy = stepping([{ lossRate: 1 }]);
    expect(arrivals([message(0), message(500)], { forward: lossy, back: clean }, { untilMs: 60_000 }).atMs).toEqual([
      null,
      null,
    ]);
  });

  test('gives a connection up in the end, as TCP does', () => {
    const { clock, path } = pathOf(stepping([{}, { lossRate: 1 }]));
    let carrier: Carrier | null = null;
    connected(path)((forward) => {
      carrier = forward;
    });
    clock.runUntil(1000);
    carrier!.send(200, () => {});
    clock.runUntil(60_000);
    expect(carrier!.isDead).toBe(false);
    clock.runUntil(3_600_000);
    expect(carrier!.isDead).toBe(true);
  });

  test('connects after a round trip, and after a second, and two more, where the first two requests are lost', () => {
    const connectedAtMs = (forward: LinkModel): readonly [number, number] => {
      const { clock, path } = pathOf(forward);
      let nearAtMs = Number.NaN;
      let farAtMs = Number.NaN;
      path.connect(({ acceptedAtMs }) => {
        nearAtMs = clock.now();
        farAtMs = acceptedAtMs;
      });
      clock.runUntil(60_000);
      return [nearAtMs, farAtMs];
    };
    expect(connectedAtMs(clean)).toEqual([40, 60]);
    expect(connectedAtMs(stepping([{ up: false }, {}], 1500))).toEqual([3040, 3060]);
  });

  test('does not connect when the caller is gone', () => {
    const { clock, path } = pathOf(stepping([{ up: false }, {}], 1500));
    let isConnected = false;
    const cancel = path.connect(() => {
      isConnected = true;
    });
    clock.runUntil(1200);
    cancel();
    clock.runUntil(60_000);
    expect(isConnected).toBe(false);
  });

  test('delivers what was sent in an outage only by a timer after it, and not as it ends', () => {
    const down = stepping([{}, { up: false }, { up: false }, { up: false }, {}], 100); // from 100 to 400 ms
    const path = { forward: down, back: down };
    const [atMs] = arrivals([message(150)], path).atMs;
    // A round trip of 40 ms: the first time-out is 240 ms or later after it was sent, and finds the path down or up.
    expect(atMs).toBeGreaterThan(420 + 1);
    const [idealAtMs] = arrivals([message(150)], path, { model: 'ideal' }).atMs;
    expect(idealAtMs).toBe(420);
  });

  test('keeps the windows of a connection: what follows a long message at once is faster than that message was', () => {
    const path = { forward: stepping([{ delayUs: 50_000 }]), back: stepping([{ delayUs: 50_000 }]) };
    const [first, second] = arrivals([message(150, 101_360), message(450, 101_360)], path).atMs;
    expect(first! - 150).toBeCloseTo(250, 0);
    expect(second! - 450).toBeLessThan(150.5);
    // Another connection has learnt nothing from it.
    const fresh = { atMs: 450, bytes: 101_360, connection: 1 };
    expect(arrivals([message(150, 101_360), fresh], path).atMs[1]! - 450).toBeCloseTo(250, 0);
  });
});
