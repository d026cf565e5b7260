import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event, Outcome, RunEvent } from '../../../core/event/event.ts';
import { type GroupingName, groupingNames } from '../../../report/group/registry.ts';
import { RunTally } from '../../../report/run-tally.ts';
import type { RunFigures } from '../../../report/summary-schema.ts';
import { ended, requestEvents, runEvent, silentRequest } from '../logged-run.ts';

const figuresOf = (events: readonly Event[], run: RunEvent = runEvent()): RunFigures => {
  const tally = new RunTally(run);
  for (const event of [...events, ended()]) tally.add(event);
  return tally.figures();
};

const retried = (request: number, atMs: number, attempt: number, endpoint: string): Event => ({
  kind: 'routed',
  atMs,
  request,
  attempt,
  endpoint,
});

const providers = { a: 'north', b: 'north', c: 'south' };

describe('figures by group', () => {
  test('by region, node, medium and provider count a request where its last attempt went', () => {
    const { by } = figuresOf(
      [
        ...requestEvents(0, 2000, { endpoint: 'a/fibre', ttftMs: 10 }),
        ...requestEvents(1, 2000, { endpoint: 'b/laser', ttftMs: 20, client: 'd' }),
        ...requestEvents(2, 2000, { endpoint: 'a/fibre', ttftMs: 90 }),
        retried(2, 2050, 2, 'c/fibre'),
      ],
      runEvent({ providers }),
    );
    const requestsIn = (name: GroupingName) =>
      Object.fromEntries(Object.entries(by[name] ?? {}).map(([group, { requests }]) => [group, requests]));
    expect(requestsIn('region')).toEqual({ c: 2, d: 1 });
    expect(requestsIn('node')).toEqual({ a: 1, b: 1, c: 1 });
    expect(requestsIn('endpoint')).toEqual({ 'a/fibre': 1, 'b/laser': 1, 'c/fibre': 1 });
    expect(requestsIn('medium')).toEqual({ fibre: 2, laser: 1 });
    expect(requestsIn('provider')).toEqual({ north: 2, south: 1 });
    expect(requestsIn('attempts')).toEqual({ 1: 2, 2: 1 });
    expect(by.provider).toMatchObject({
      north: { share: 0.6667, ttftMs: { max: 20 } },
      south: { ttftMs: { p50: 90 } },
    });
  });

  test('name the node of a path that is named after its router', () => {
    expect(Object.keys(figuresOf(requestEvents(0, 2000, { endpoint: 'east/a/laser' })).by.node!)).toEqual(['a']);
  });

  test('by attempts tell requests that never reached a node from those of three and more', () => {
    const { attempts } = figuresOf([
      ...silentRequest(0, 2000, 'dropped'),
      ...requestEvents(1, 2000),
      ...requestEvents(2, 2000),
      ...[2, 3, 4, 5].map((attempt) => retried(2, 2000 + attempt, attempt, 'b/fibre')),
    ]).by;
    expect(Object.keys(attempts!)).toEqual(['0', '1', '3+']);
    expect(attempts!['0']).toMatchObject({ requests: 1, answered: 0, attainment: 0, ttftMs: { n: 1, censored: 1 } });
  });

  test('by slot phase count from the slots of the constellation, which begin at :12, :27, :42 and :57', () => {
    const epochUnixMs = Date.parse('2026-01-01T00:00:10Z'); // two seconds before a slot begins
    const { by } = figuresOf(
      [1999, 2000, 2999, 3000].flatMap((atMs, id) => requestEvents(id, atMs)),
      runEvent({ epochUnixMs }),
    );
    const counts = Object.entries(by['slot-phase']!).map(([phase, { requests }]) => [phase, requests]);
    expect(counts).toEqual([
      ['0-1 s', 2],
      ['1-2 s', 1],
      ['14-15 s', 1],
    ]);
  });

  test('by class judge each request by the objectives of its class', () => {
    const ofClass = (id: number, name: string): readonly Event[] =>
      requestEvents(id, 2000, { ttftMs: 90 }).map((event) =>
        event.kind === 'sent' ? { ...event, class: name } : event,
      );
    const slo = { ttftMs: 100, tpotMs: 20, byClass: { hasty: { ttftMs: 80, tpotMs: 20 } } };
    const { by, attainment } = figuresOf([...ofClass(0, 'hasty'), ...ofClass(1, 'patient')], runEvent({ slo }));
    expect(by.class).toMatchObject({ hasty: { attainment: 0 }, patient: { attainment: 1 } });
    expect(attainment).toBe(0.5);
  });

  test('are left out where the log does not say what they need', () => {
    const { by } = figuresOf(requestEvents(0, 2000));
    expect(Object.keys(by)).toEqual(['region', 'node', 'endpoint', 'medium', 'attempts']);
  });
});

test('of more than 500 groups the largest are kept, and the others are one', () => {
  const many = Array.from({ length: 600 }, (_, id) => requestEvents(id, 2000, { client: `c${id % 2 === 0 ? 0 : id}` }));
  const region = figuresOf(many.flat()).by.region!;
  expect(Object.keys(region)).toHaveLength(301);
  const each = Array.from({ length: 600 }, (_, id) => requestEvents(id, 2000, { client: `c${id}` }));
  const capped = figuresOf([...each.flat(), ...requestEvents(600, 2000, { client: 'c599', ttftMs: 77 })]).by.region!;
  expect(Object.keys(capped)).toHaveLength(500);
  expect(capped).toMatchObject({ c599: { requests: 2 }, '(others)': { requests: 101, ttftMs: { n: 101 } } });
});

const requests = fc.array(
  fc.record({
    intendedAtMs: fc.integer({ min: 0, max: 10_999 }),
    ttftMs: fc.integer({ min: 5, max: 900 }),
    outcome: fc.constantFrom<Outcome>('answered', 'failed', 'open'),
    endpoint: fc.constantFrom('a/fibre', 'a/laser', 'b/fibre', 'c/laser'),
    client: fc.constantFrom('c', 'd', 'e'),
    isSilent: fc.boolean(),
    class: fc.constantFrom('chat', 'batch'),
  }),
  { minLength: 1, maxLength: 40 },
);

test('the groups of each grouping divide the requests: counts add up, and the slowest is the slowest of a group', () => {
  fc.assert(
    fc.property(requests, (all) => {
      const events = all.flatMap(({ intendedAtMs, isSilent, class: name, ...of }, id) =>
        (isSilent ? silentRequest(id, intendedAtMs, 'open', of.client) : requestEvents(id, intendedAtMs, of)).map(
          (event): Event => (event.kind === 'sent' ? { ...event, class: name } : event),
        ),
      );
      const figures = figuresOf(events, runEvent({ providers, epochUnixMs: 7 }));
      const routed = all.filter(({ isSilent, intendedAtMs }) => !isSilent && intendedAtMs >= 1000).length;
      for (const name of groupingNames) {
        const groups = Object.values(figures.by[name] ?? {});
        if (groups.length === 0) continue;
        const isOfRouted = ['provider', 'node', 'endpoint', 'medium'].includes(name);
        const sum = (of: (group: (typeof groups)[number]) => number): number =>
          groups.reduce((total, group) => total + of(group), 0);
        expect(sum((group) => group.requests)).toBe(isOfRouted ? routed : figures.requests);
        expect(sum((group) => group.answered)).toBe(figures.answered);
        expect(sum((group) => group.ttftMs.n)).toBe(isOfRouted ? routed : figures.ttftMs.n);
        expect(sum((group) => group.tpotMs.n)).toBe(figures.tpotMs.n);
        expect(Math.max(...groups.map(({ ttftMs }) => ttftMs.max ?? 0))).toBe(figures.ttftMs.max ?? 0);
      }
    }),
  );
});
