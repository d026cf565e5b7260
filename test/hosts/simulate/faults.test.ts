import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';
import type { Schedule } from '../../../workload/schedule.ts';
import { ON_ITS_OWN } from '../../../workload/schedule.ts';

const text = readFileSync('test/scenarios/pair.yaml', 'utf8').replace('durationS: 3', 'durationS: 4');

/** A request of 20 tokens each 50 ms. */
const schedule: Schedule = Array.from({ length: 80 }, (_, id) => ({
  id,
  client: 'london',
  atMs: id * 50,
  promptTokens: 50,
  outputTokens: 20,
  maxOutputTokens: 20,
  ...ON_ITS_OWN,
}));

const eventsOf = (...timeline: readonly string[]): readonly Event[] => eventsIn(text, timeline);

/** With a router that does not check its paths, so that it keeps using one that is dead. */
const uncheckedEventsOf = (...timeline: readonly string[]): readonly Event[] =>
  eventsIn(text.replace('router: { site: london }', 'router: { site: london, health: { intervalMs: 0 } }'), timeline);

const eventsIn = (base: string, timeline: readonly string[]): readonly Event[] => {
  const entries = timeline.map((entry) => `    - ${entry}\n`).join('');
  const faults = timeline.length === 0 ? '' : `faults:\n  token: a-token-of-this-test\n  timeline:\n${entries}`;
  const scenario = parseScenario(`${base}\n${faults}`, 'x.yaml');
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  for (const _ of simulate({ scenario, topology: topologyOf(scenario), schedule, policy: 'round-robin', emit }));
  return events;
};

type Of<K extends Event['kind']> = Extract<Event, { kind: K }>;
const of = <K extends Event['kind']>(events: readonly Event[], kind: K): readonly Of<K>[] =>
  events.filter((event): event is Of<K> => event.kind === kind);
const within = <E extends { readonly atMs: number }>(
  events: readonly E[],
  fromMs: number,
  toMs: number,
): readonly E[] => events.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
const servedBy = (events: readonly Event[], node: string) =>
  of(events, 'served').filter((event) => event.node === node);
const failures = (events: readonly Event[]) => of(events, 'finished').filter(({ outcome }) => outcome !== 'answered');

const plain = eventsOf();

describe('in a simulated run', () => {
  test('without a fault all is answered, by both nodes all the time', () => {
    expect(failures(plain)).toEqual([]);
    for (const node of ['ashburn', 'frankfurt'])
      expect(within(servedBy(plain, node), 1000, 2000).length).toBeGreaterThan(4);
  });

  test('fail ends its share of requests at the node, and the router tries another', () => {
    const events = eventsOf('{ atS: 1, forS: 2, node: ashburn, kind: fail, share: 0.5 }');
    const outcomes = within(servedBy(events, 'ashburn'), 1000, 3000).map(({ outcome }) => outcome);
    const failed = outcomes.filter((outcome) => outcome === 'failed').length;
    expect(failed).toBeGreaterThan(outcomes.length * 0.2);
    expect(failed).toBeLessThan(outcomes.length * 0.8);
    expect(of(events, 'routed').filter(({ attempt }) => attempt === 2)).toHaveLength(failed);
    expect(failures(events)).toEqual([]);
  });

  test('a breaker leaves a node alone that refuses all, and takes it back when one request was answered there', () => {
    const fault = '{ atS: 1, forS: 1.5, node: ashburn, kind: fail }';
    const guarded = text.replace(
      'router: { site: london }',
      'router: { site: london, ejection: { maxShare: 0 }, breaker: { consecutive: 3, baseS: 0.2 } }',
    );
    const refused = (events: readonly Event[]): number =>
      within(servedBy(events, 'ashburn'), 1000, 2500).filter(({ outcome }) => outcome === 'failed').length;
    const events = eventsIn(guarded, [fault]);
    const unguarded = eventsIn(
      text.replace('router: { site: london }', 'router: { site: london, ejection: { maxShare: 0 } }'),
      [fault],
    );
    expect(refused(events)).toBeGreaterThan(3);
    expect(refused(events)).toBeLessThan(0.8 * refused(unguarded));
    expect(within(servedBy(events, 'ashburn'), 3500, 5000).some(({ outcome }) => outcome === 'answered')).toBe(true);
  });

  test('slow makes answers longer by its factor while it lasts', () => {
    const events = eventsOf('{ atS: 1, forS: 2, node: ashburn, kind: slow, factor: 10 }');
    const servingMs = (log: readonly Event[], fromMs: number, toMs: number): number => {
      const spans = within(servedBy(log, 'ashburn'), fromMs, toMs).map(({ request, atMs }) => {
        return atMs - of(log, 'scheduled').find((event) => event.request === request)!.atMs;
      });
      return spans.reduce((sum, span) => sum + span, 0) / spans.length;
    };
    expect(servingMs(events, 2500, 3000) / servingMs(plain, 2500, 3000)).toBeGreaterThan(5);
    expect(servingMs(events, 0, 1000)).toBe(servingMs(plain, 0, 1000));
  });

  test('hang serves nothing new until it ends, and then all that waited', () => {
    const events = eventsOf('{ atS: 1, forS: 1, node: ashburn, kind: hang }');
    const scheduled = of(events, 'scheduled').filter(({ node }) => node === 'ashburn');
    expect(within(scheduled, 1050, 2000)).toEqual([]);
    expect(within(scheduled, 2000, 2060).length).toBeGreaterThan(8);
    expect(failures(events)).toEqual([]);
  });

  test('blackhole lets no byte in or out, loses none, and all goes on when it ends', () => {
    const events = uncheckedEventsOf('{ atS: 1, forS: 1, node: ashburn, kind: blackhole }');
    const received = of(events, 'received').filter(({ node }) => node === 'ashburn');
    expect(within(received, 1000, 2000)).toEqual([]);
    expect(within(received, 2000, 2001).length).toBeGreaterThan(8);
    expect(failures(events)).toEqual([]);
  });

  test('goaway costs a round trip without a connection, and no answer', () => {
    const events = eventsOf('{ atS: 1, node: ashburn, kind: goaway }');
    const routed = (log: readonly Event[]) =>
      within(of(log, 'routed'), 1000, 4000).filter(({ endpoint }) => endpoint.startsWith('ashburn')).length;
    expect(failures(events)).toEqual([]);
    expect(routed(events)).toBeLessThan(routed(plain));
    expect(routed(events)).toBeGreaterThan(routed(plain) / 2);
  });

  test('reset ends open answers and new ones, with the status of that reset', () => {
    const events = eventsOf('{ atS: 1, forS: 1, node: ashburn, kind: reset }');
    expect(failures(events).length).toBeGreaterThan(8);
    for (const { status, reason } of failures(events)) {
      expect({ status, reason }).toEqual({
        status: 'INTERNAL',
        reason: 'the node reset the stream with HTTP/2 code 2',
      });
    }
  });

  test('crash fails what is open, refuses for the time of a restart, and the node is back then', () => {
    const events = eventsOf('{ atS: 1, node: ashburn, kind: crash }');
    const received = of(events, 'received').filter(({ node }) => node === 'ashburn');
    expect(within(received, 1000, 2000)).toEqual([]);
    expect(within(received, 2000, 4000).length).toBeGreaterThan(8);
    expect(failures(events).length).toBeLessThan(12);
    for (const { reason } of failures(events)) expect(reason).toBe('the connection to the node was lost');
    // What had not begun to stream is tried again, and nothing that comes later fails.
    for (const { request } of failures(events)) expect(schedule[request]!.atMs).toBeLessThan(1200);
  });

  test('drain ends what is open and takes nothing new', () => {
    const events = eventsOf('{ atS: 1, node: ashburn, kind: drain }');
    expect(within(of(events, 'scheduled'), 1100, 4000).filter(({ node }) => node === 'ashburn')).toEqual([]);
    expect(failures(events)).toEqual([]);
  });

  test('power-cap draws no more than its watts while it lasts', () => {
    const capped = (log: readonly Event[]): number =>
      of(log, 'energy').reduce((sum, { node, cappedMs }) => sum + (node === 'ashburn' ? cappedMs : 0), 0);
    expect(capped(plain)).toBe(0);
    expect(capped(eventsOf('{ atS: 1, forS: 2, node: ashburn, kind: power-cap, watts: 200 }'))).toBeGreaterThan(200);
  });

  test('a path that is down is not picked, what was open over it fails at once, and it is back afterwards', () => {
    const events = eventsOf('{ atS: 1, forS: 1, path: frankfurt/fibre, kind: down }');
    const routed = of(events, 'routed').filter(({ endpoint }) => endpoint === 'frankfurt/fibre');
    expect(within(routed, 1000, 2000)).toEqual([]);
    expect(within(routed, 2100, 4000).length).toBeGreaterThan(4);
    expect(failures(events).every(({ reason }) => reason === 'the connection to the node was lost')).toBe(true);
  });

  test('a path that is a blackhole is picked on, and TCP sends what it lost again, within as long again', () => {
    const events = uncheckedEventsOf('{ atS: 1, forS: 1, path: frankfurt/fibre, kind: blackhole }');
    expect(within(of(events, 'received'), 1020, 2000).filter(({ node }) => node === 'frankfurt')).toEqual([]);
    const lost = within(of(events, 'routed'), 1000, 1900).filter(({ endpoint }) => endpoint === 'frankfurt/fibre');
    const received = new Map(of(events, 'received').map(({ request, atMs }) => [request, atMs]));
    expect(lost.length).toBeGreaterThan(4);
    for (const { request } of lost) expect(received.get(request)).toBeLessThan(3500);
    expect(failures(events)).toEqual([]);
  });

  test('health checks have a blackhole left within a second, and what has not begun there moves', () => {
    const events = eventsOf('{ atS: 1, forS: 2, node: ashburn, kind: blackhole }');
    const moved = of(events, 'routed').filter(({ attempt }) => attempt === 2);
    expect(moved.length).toBeGreaterThan(4);
    expect(moved.every(({ atMs, endpoint }) => atMs < 2000 && endpoint.startsWith('frankfurt'))).toBe(true);
    expect(within(of(events, 'routed'), 2000, 3000).every(({ endpoint }) => endpoint.startsWith('frankfurt'))).toBe(
      true,
    );
    expect(failures(events)).toEqual([]);
  });

  test('a restart of the router is not played, and the log says so before the run', () => {
    const events = eventsOf('{ atS: 1, router: true, kind: restart }');
    expect(events[0]).toMatchObject({ kind: 'not-played', of: 'router', fault: 'restart at 1 s' });
  });

  test('I1: whatever goes wrong, every request ends exactly once, and each fault that began and can end has ended', () => {
    const lasting = fc
      .record({
        atS: fc.integer({ min: 0, max: 30 }),
        forS: fc.integer({ min: 1, max: 20 }),
        kind: fc.constantFrom('fail', 'slow', 'hang', 'blackhole', 'reset'),
      })
      .map(({ atS, forS, kind }) => `{ atS: ${atS / 10}, forS: ${forS / 10}, node: ashburn, kind: ${kind} }`);
    const instant = fc
      .record({ atS: fc.integer({ min: 0, max: 30 }), kind: fc.constantFrom('goaway', 'crash') })
      .map(({ atS, kind }) => `{ atS: ${atS / 10}, node: frankfurt, kind: ${kind} }`);
    const ofPath = fc
      .record({
        atS: fc.integer({ min: 0, max: 30 }),
        forS: fc.integer({ min: 1, max: 20 }),
        kind: fc.constantFrom('down', 'blackhole'),
        path: fc.constantFrom('ashburn/fibre', 'ashburn/laser', 'frankfurt/fibre'),
      })
      .map(({ atS, forS, kind, path }) => `{ atS: ${atS / 10}, forS: ${forS / 10}, path: ${path}, kind: ${kind} }`);
    fc.assert(
      fc.property(fc.array(fc.oneof(lasting, instant, ofPath), { minLength: 1, maxLength: 5 }), (timeline) => {
        const events = eventsOf(...timeline);
        const ends = of(events, 'finished').map(({ request }) => request);
        expect(ends.toSorted((a, b) => a - b)).toEqual(schedule.map(({ id }) => id));
        expect(of(events, 'injected').filter(({ state }) => state === 'began').length).toBeGreaterThan(0);
      }),
      { numRuns: 30 },
    );
  });
});
