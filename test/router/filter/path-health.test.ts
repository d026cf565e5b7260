import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { EndpointTable } from '../../../router/endpoint/endpoint-table.ts';
import { noForecast } from '../../../router/endpoint/forecast.ts';
import { HEALTH_LOOK_EVERY_MS, healthSchema, PathHealth } from '../../../router/filter/path-health.ts';

const SLOT_MS = 15_000;

const tableOf = (hasSlots: boolean, size = 1): EndpointTable =>
  new EndpointTable(
    Array.from({ length: size }, (_, index) => ({ name: `n${index}/laser`, node: `n${index}`, medium: 'laser' })),
    {
      forecast: {
        ...noForecast,
        nextHandoverAfter: (_endpoint, atMs) =>
          hasSlots ? (Math.floor(atMs / SLOT_MS) + 1) * SLOT_MS : Number.POSITIVE_INFINITY,
      },
    },
  );

interface Tcp {
  readonly rttMs: number;
  /** The retransmission time-out; it doubles with each time in vain. */
  readonly rtoMs: number;
  readonly isOutAt: (atMs: number) => boolean;
}

/** When a packet that is sent at `atMs` gets through, sent again as often as it takes; Infinity for never. */
const departsAtMs = ({ rtoMs, isOutAt }: Tcp, atMs: number): number => {
  let waitMs = rtoMs;
  let departMs = atMs;
  for (let tries = 0; tries < 12; tries++) {
    if (!isOutAt(departMs)) return departMs;
    departMs += waitMs;
    waitMs *= 2;
  }
  return Number.POSITIVE_INFINITY;
};

/** When the answer to a check that is sent at `atMs` is there. */
const answeredAtMs = (tcp: Tcp, atMs: number): number =>
  departsAtMs(tcp, departsAtMs(tcp, atMs) + tcp.rttMs / 2) + tcp.rttMs / 2;

/** Plays a host with one idle path: when the path was left, as far as it was; checks are all that crosses it. */
const leftAtMs = (tcp: Tcp, options: { readonly hasSlots: boolean; readonly untilMs: number }): number | null => {
  const { hasSlots, untilMs } = options;
  const health = new PathHealth(tableOf(hasSlots), healthSchema(z).parse({}), { knowsSlots: hasSlots });
  let answerAtMs = Number.POSITIVE_INFINITY;
  for (let nowMs = 0; nowMs <= untilMs; nowMs += HEALTH_LOOK_EVERY_MS) {
    if (answerAtMs <= nowMs) {
      health.answered(0, 'serving', answerAtMs);
      answerAtMs = Number.POSITIVE_INFINITY;
    }
    if (health.look(nowMs).length > 0) answerAtMs = answeredAtMs(tcp, nowMs);
    if (health.faultOf(0) !== null) return nowMs;
  }
  return null;
};

const tcpTimes = {
  rttMs: fc.double({ min: 10, max: 300, noNaN: true }),
  rtoMs: fc.double({ min: 100, max: 450, noNaN: true }),
};

describe('no boundary event alone has a path left:', () => {
  const events = fc.record({
    ...tcpTimes,
    hasSlots: fc.boolean(),
    leadMs: fc.double({ min: -500, max: 500, noNaN: true }),
    outMs: fc.double({ min: 0, max: 500, noNaN: true }),
  });

  test('up to 0.5 s of outage around every slot, whatever the round trip and the retransmission time-out', () => {
    fc.assert(
      fc.property(events, ({ rttMs, rtoMs, hasSlots, leadMs, outMs }) => {
        const isOutAt = (atMs: number): boolean => {
          const slot = Math.round((atMs + leadMs) / SLOT_MS);
          const fromMs = slot * SLOT_MS - leadMs;
          return slot > 0 && atMs >= fromMs && atMs < fromMs + outMs;
        };
        expect(leftAtMs({ rttMs, rtoMs, isOutAt }, { hasSlots, untilMs: 47_000 })).toBe(null);
      }),
      { numRuns: 400 },
    );
  });

  test('nor does one lost packet, at any time', () => {
    const losses = fc.record({ rttMs: tcpTimes.rttMs, atMs: fc.double({ min: 2000, max: 13_000, noNaN: true }) });
    fc.assert(
      fc.property(losses, ({ rttMs, atMs }) => {
        const isOutAt = (whenMs: number): boolean => whenMs >= atMs && whenMs < atMs + 60; // one check at most
        expect(leftAtMs({ rttMs, rtoMs: rttMs + 200, isOutAt }, { hasSlots: true, untilMs: 16_000 })).toBe(null);
      }),
    );
  });
});

describe('a path that swallows bytes for good is left', () => {
  const holes = (fromMs: number, toMs: number, maxRttMs: number) =>
    fc.record({
      rttMs: fc.double({ min: 10, max: maxRttMs, noNaN: true }),
      atMs: fc.double({ min: fromMs, max: toMs, noNaN: true }),
    });
  const leftAfterMs = (rttMs: number, atMs: number, hasSlots: boolean): number => {
    const isOutAt = (whenMs: number): boolean => whenMs >= atMs;
    return (leftAtMs({ rttMs, rtoMs: 200, isOutAt }, { hasSlots, untilMs: 30_000 }) ?? Number.NaN) - atMs;
  };

  test('within a second, for round trips up to 150 ms', () => {
    fc.assert(
      fc.property(holes(SLOT_MS + 1500, 2 * SLOT_MS - 1500, 150), ({ rttMs, atMs }) => {
        expect(leftAfterMs(rttMs, atMs, true)).toBeLessThanOrEqual(1000);
      }),
    );
  });

  test('within 2.4 s where that began around a boundary, or where the router knows no slots', () => {
    fc.assert(
      fc.property(holes(SLOT_MS - 1500, SLOT_MS + 1500, 300), fc.boolean(), ({ rttMs, atMs }, hasSlots) => {
        const afterMs = leftAfterMs(rttMs, atMs, hasSlots);
        expect(afterMs).toBeGreaterThan(0);
        expect(afterMs).toBeLessThanOrEqual(2400);
      }),
    );
  });
});

describe('an endpoint', () => {
  const healthOf = (size = 2, settings = {}) => {
    const table = tableOf(true, size);
    const health = new PathHealth(table, healthSchema(z).parse(settings), { knowsSlots: true });
    const changes: number[] = [];
    health.listen((nowMs) => changes.push(nowMs));
    return { table, health, changes };
  };

  test('that says NOT_SERVING is left at once, and used again after two answers of SERVING', () => {
    const { health, changes } = healthOf();
    health.look(0);
    health.answered(1, 'not-serving', 10);
    expect([health.admits(0), health.admits(1), health.faultOf(1), health.admitsAll]).toEqual([
      true,
      false,
      'node',
      false,
    ]);
    health.answered(1, 'serving', 20);
    expect(health.admits(1)).toBe(false);
    health.answered(1, 'serving', 30);
    expect([health.admits(1), health.admitsAll]).toEqual([true, true]);
    expect(changes).toEqual([10, 30]);
  });

  test('whose checks end with an error status is left after three of them in a row', () => {
    const { health } = healthOf();
    for (const answer of ['error', 'error', 'serving', 'error', 'error'] as const) health.answered(0, answer, 1);
    expect(health.admits(0)).toBe(true);
    health.answered(0, 'error', 2);
    expect(health.faultOf(0)).toBe('node');
  });

  test('over whose path anything comes is not left, though its check waits', () => {
    const { health } = healthOf();
    for (let nowMs = 0; nowMs < 5000; nowMs += HEALTH_LOOK_EVERY_MS) {
      health.heard(0, nowMs);
      health.look(nowMs);
    }
    expect(health.faultOf(0)).toBe(null);
    expect(health.faultOf(1)).toBe('path');
  });

  test('is not left for a pause of the router itself, or for a clock that is set', () => {
    const { health } = healthOf(1);
    health.look(5000);
    health.look(9000);
    expect(health.faultOf(0)).toBe(null);
    health.look(1_005_000);
    health.look(5000);
    expect(health.faultOf(0)).toBe(null);
    for (let nowMs = 5050; nowMs < 6200; nowMs += HEALTH_LOOK_EVERY_MS) health.look(nowMs);
    expect(health.faultOf(0)).toBe('path');
  });

  test.each([300, 86_400_000])(
    'is left within a second also after a leap of %d ms in which an answer was read before the next look',
    (leapMs) => {
      const { health } = healthOf(1);
      health.look(7000); // it asks, far from the boundaries of slots
      const backAtMs = 7000 + leapMs;
      let nowMs = backAtMs;
      health.answered(0, 'serving', nowMs);
      for (; nowMs < backAtMs + 1000; nowMs += HEALTH_LOOK_EVERY_MS) health.look(nowMs);
      expect(health.faultOf(0)).toBe('path');
    },
  );

  test('without a connection is not asked and not left: it is left out by that', () => {
    const { table, health } = healthOf(1);
    table.setAvailable(0, false);
    for (let nowMs = 0; nowMs < 3000; nowMs += HEALTH_LOOK_EVERY_MS) expect(health.look(nowMs)).toEqual([]);
    table.setAvailable(0, true);
    expect(health.look(3000)).toEqual([0]);
    expect(health.faultOf(0)).toBe(null);
  });

  test('is asked every interval while it answers; with an interval of 0 never', () => {
    const { health } = healthOf(1, { intervalMs: 200 });
    let asked = 0;
    for (let nowMs = 0; nowMs < 2000; nowMs += HEALTH_LOOK_EVERY_MS) {
      for (const endpoint of health.look(nowMs)) {
        asked++;
        health.answered(endpoint, 'serving', nowMs);
      }
    }
    expect(asked).toBe(10);
    expect(healthOf(1, { intervalMs: 0 }).health.look(0)).toEqual([]);
  });
});

test('where checks are switched off while a router runs nothing is unhealthy any more, and switched on they begin at once', () => {
  const health = new PathHealth(tableOf(true, 2), healthSchema(z).parse({}), { knowsSlots: true });
  health.look(0);
  health.answered(1, 'not-serving', 20);
  expect([health.admitsAll, health.faultOf(1)]).toEqual([false, 'node']);
  health.retune(healthSchema(z).parse({ intervalMs: 0 }), 100);
  expect([health.admitsAll, health.faultOf(1), health.look(100)]).toEqual([true, null, []]);
  health.retune(healthSchema(z).parse({ intervalMs: 500 }), 5000);
  expect(health.look(5000)).toEqual([0, 1]);
});
