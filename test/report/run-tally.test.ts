import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event, Outcome } from '../../core/event/event.ts';
import { RunTally } from '../../report/run-tally.ts';
import { ended, generatorEvent, linkEvent, requestEvents, runEvent, sentAt } from './logged-run.ts';

const run = runEvent({
  requests: 30,
  providers: { a: 'north', b: 'south' },
  epochUnixMs: 4321,
  slo: { ttftMs: 100, tpotMs: 20, stallMs: 10, byClass: { batch: { ttftMs: 400, tpotMs: 20 } } },
});
const tallyOf = (events: readonly Event[]): RunTally => {
  const tally = new RunTally(run);
  for (const event of events) tally.add(event);
  return tally;
};

const requests = fc
  .array(
    fc.record({
      intendedAtMs: fc.integer({ min: 0, max: 11_000 }),
      ttftMs: fc.integer({ min: 5, max: 900 }),
      tokens: fc.integer({ min: 1, max: 20 }),
      outcome: fc.constantFrom<Outcome>('answered', 'failed', 'open'),
      endpoint: fc.constantFrom('a/fibre', 'a/laser', 'b/fibre'),
      client: fc.constantFrom('c', 'd'),
      isRetried: fc.boolean(),
      class: fc.constantFrom('chat', 'batch'),
      stalls: fc.nat(2),
    }),
    { maxLength: 25 },
  )
  .map((all) =>
    all.flatMap(({ intendedAtMs, isRetried, class: name, stalls, ...of }, id): readonly Event[] => [
      ...requestEvents(id, intendedAtMs, { ...of, gaps: { n: 9, maxMs: 12.5 + stalls, stalls, overMs: stalls } }).map(
        (event): Event => (event.kind === 'sent' ? { ...event, class: name } : event),
      ),
      ...(isRetried ? secondAttempt(id, intendedAtMs + 300) : []),
    ]),
  );

const secondAttempt = (request: number, atMs: number): readonly Event[] => [
  { kind: 'routed', atMs, request, attempt: 2, endpoint: 'b/laser' },
  { kind: 'received', atMs: atMs + 14, request, attempt: 2, node: 'b' },
  { kind: 'scheduled', atMs: atMs + 21, request, attempt: 2, node: 'b' },
  { kind: 'served', atMs: atMs + 40, request, attempt: 2, node: 'b', outcome: 'answered', tokens: 3 },
];

const others: readonly Event[] = [
  ...['a/fibre', 'a/laser', 'b/fibre', 'b/laser'].flatMap((path, index) => [
    linkEvent(`${path}/forward`, { delayUs: 8000 + index * 100 }),
    linkEvent(`${path}/forward`, { atMs: 4000, delayUs: 9000 }),
    linkEvent(`${path}/forward`, { atMs: 6000, up: index !== 1 }),
    linkEvent(`${path}/back`, { up: index !== 2 }),
  ]),
  ...Array.from({ length: 8 }, (_, index): Event => {
    return { kind: 'probe', atMs: 1000 * index + 7, path: 'a/fibre', rttMs: 18 + index };
  }),
  ...['a', 'b', 'a'].map(
    (node, index): Event => ({
      kind: 'energy',
      atMs: 5000,
      node,
      durationMs: 1000,
      joules: 64 * (index + 1),
      promptTokens: 10,
      outputTokens: 20,
      usd: index === 1 ? null : 0.5,
      gCo2: 0.25,
      busyMs: 500,
      cappedMs: 0,
      throttledMs: 0,
      outMs: 0,
      maxTempC: index === 0 ? null : 40 + index,
      batteryShare: null,
    }),
  ),
  { kind: 'gaps', atMs: 10_000, part: 'load-1', buckets: [3, 7, 900, 2], maxUs: 900 },
  { kind: 'gaps', atMs: 10_000, part: 'load-2', buckets: [3, 1, 20_000, 1], maxUs: 600_000 },
  { kind: 'fault', atMs: 1, part: 'a', reason: 'stumbled' },
  { kind: 'fault', atMs: 2, part: 'a', reason: 'stumbled' },
  generatorEvent(),
  ended({ atMs: 10_000 }),
];

describe('the tally of a run', () => {
  const shuffled = requests.chain((events) => {
    const all = [...events, ...others];
    return fc.record({
      all: fc.constant(all),
      order: fc.shuffledSubarray(all, { minLength: all.length }),
      cut: fc.nat(all.length),
    });
  });

  test('is the same in whatever order the events come, and merged from any two parts of the log', () => {
    fc.assert(
      fc.property(shuffled, ({ all, order, cut }) => {
        const expected = tallyOf(all);
        const merged = tallyOf(order.slice(0, cut));
        merged.merge(tallyOf(order.slice(cut)));
        for (const tally of [tallyOf(order), merged]) {
          expect(tally.figures()).toEqual(expected.figures());
          expect([...tally.faults]).toEqual([...expected.faults]);
          expect([tally.generators, tally.ended]).toEqual([expected.generators, expected.ended]);
        }
      }),
    );
  });

  test('has figures while the run continues', () => {
    const tally = tallyOf(requestEvents(0, 2000));
    expect(tally.figures()).toMatchObject({ requests: 1, answered: 1, ttftMs: { p50: 50 } });
    tally.add(sentAt(1, 3000));
    expect(tally.figures()).toMatchObject({ requests: 2, open: 1, ttftMs: { n: 2, censored: 1, p50: null, max: 50 } });
  });
});
