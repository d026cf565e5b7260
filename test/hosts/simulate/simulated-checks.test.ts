import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';
import { ON_ITS_OWN } from '../../../workload/schedule.ts';

const TEXT = readFileSync('test/scenarios/pair.yaml', 'utf8').replace('durationS: 3', 'durationS: 12');

/** Ten requests a second over two nodes, with all that is not said here as in the small scenario. */
const eventsOf = (text: string): readonly Event[] => {
  const scenario = parseScenario(text, 'pair.yaml', {});
  const schedule = Array.from({ length: 100 }, (_, id) => ({
    id,
    atMs: 100 * id,
    client: 'london',
    promptTokens: 100,
    outputTokens: 5,
    maxOutputTokens: 20,
    ...ON_ITS_OWN,
  }));
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  for (const _ of simulate({ scenario, topology: topologyOf(scenario), schedule, policy: 'round-robin', emit }));
  return events;
};

type Routed = Extract<Event, { readonly kind: 'routed' }>;
const routedTo = (events: readonly Event[], ...names: readonly string[]): readonly Routed[] =>
  events.filter((event): event is Routed => event.kind === 'routed' && names.includes(event.endpoint));

/** Nothing passes through space from 5 s on, and nobody knew. */
const DARK = TEXT.replace('load:', 'paths: { london/ashburn: { laser: { outages: [{ fromS: 5, toS: 60 }] } } }\nload:');

test('a simulated path that falls silent is left within a second, and requests that wait there move', () => {
  const events = eventsOf(DARK);
  const late = routedTo(events, 'ashburn/laser').filter(({ atMs }) => atMs >= 5000);
  expect(late.length).toBeGreaterThan(0);
  expect(Math.max(...late.map(({ atMs }) => atMs))).toBeLessThanOrEqual(6000);
  const waited = new Set(late.map(({ request }) => request));
  const moved = routedTo(events, 'ashburn/fibre', 'frankfurt/fibre').filter(({ attempt }) => attempt === 2);
  const movedIds = new Set(moved.map(({ request }) => request));
  expect([...waited].filter((request) => !movedIds.has(request))).toEqual([]);
  const failed = events.filter((event) => event.kind === 'finished' && event.outcome !== 'answered');
  expect(failed).toEqual([]);
});

test('without checks the same requests wait for ever', () => {
  const events = eventsOf(
    DARK.replace('router: { site: london }', 'router: { site: london, health: { intervalMs: 0 } }'),
  );
  expect(routedTo(events, 'ashburn/laser').filter(({ atMs }) => atMs > 6000).length).toBeGreaterThan(10);
});

test('the boundary events of a usual run have no path left: no request is tried twice', () => {
  const events = eventsOf(TEXT);
  expect(events.filter((event) => event.kind === 'routed' && event.attempt > 1)).toEqual([]);
  expect(routedTo(events, 'ashburn/laser').filter(({ atMs }) => atMs > 2500).length).toBeGreaterThan(10);
});

test('a node that drains is left when a check says so, before it would refuse what comes', () => {
  const text = TEXT.replace('profile: b200-llama8b', 'profile: b200-llama8b, drainAtS: 4');
  const to = routedTo(eventsOf(text), 'frankfurt/fibre').map(({ atMs }) => atMs);
  expect(Math.max(...to)).toBeGreaterThan(3500);
  expect(Math.max(...to)).toBeLessThan(4500);
});
