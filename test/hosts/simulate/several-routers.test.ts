import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';
import type { Schedule } from '../../../workload/schedule.ts';
import { ON_ITS_OWN } from '../../../workload/schedule.ts';

const text = readFileSync('test/scenarios/two-routers.yaml', 'utf8');

const CLIENTS = ['london', 'new-york', 'lagos'];
const schedule: Schedule = Array.from({ length: 90 }, (_, id) => ({
  id,
  client: CLIENTS[id % 3]!,
  atMs: id * 30,
  promptTokens: 50,
  outputTokens: 20,
  maxOutputTokens: 20,
  ...ON_ITS_OWN,
}));

const eventsOf = (source = text, fault = '', policy = 'round-robin'): readonly Event[] => {
  const faults = fault === '' ? '' : `\nfaults:\n  token: a-token-of-this-test\n  timeline:\n    - ${fault}\n`;
  const scenario = parseScenario(`${source}${faults}`, 'x.yaml');
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  for (const _ of simulate({ scenario, topology: topologyOf(scenario), schedule, policy, emit }));
  return events;
};
type Of<K extends Event['kind']> = Extract<Event, { kind: K }>;
const of = <K extends Event['kind']>(events: readonly Event[], kind: K): readonly Of<K>[] =>
  events.filter((event): event is Of<K> => event.kind === kind);

const plain = eventsOf();

describe('several routers in one simulated run', () => {
  test('answer every request, each by the router of its client, over paths of that router', () => {
    expect(of(plain, 'finished').map(({ outcome }) => outcome)).toEqual(schedule.map(() => 'answered'));
    for (const { request, router, endpoint } of of(plain, 'routed')) {
      expect(router).toBe(request % 3 === 1 ? 'america' : 'europe');
      expect(endpoint.split('/')[0]).toBe(router);
    }
  });

  test('share the nodes: both send to each', () => {
    const routerOf = new Map(of(plain, 'routed').map(({ request, router }) => [request, router]));
    const pairs = new Set(of(plain, 'received').map(({ request, node }) => `${routerOf.get(request)} ${node}`));
    expect([...pairs].sort()).toEqual(['america ashburn', 'america frankfurt', 'europe ashburn', 'europe frankfurt']);
  });

  test('draw apart: a policy that draws does not choose the same at each', () => {
    const picks = Map.groupBy(of(eventsOf(text, '', 'random'), 'routed'), ({ router }) => router);
    const [europe, america] = ['europe', 'america'].map((router) =>
      picks
        .get(router)!
        .slice(0, 30)
        .map(({ endpoint }) => endpoint.replace(/^\w+\//, '')),
    );
    expect(europe).not.toEqual(america);
  });

  test('I3: give a byte-identical log for one seed', () => {
    expect(JSON.stringify(eventsOf())).toBe(JSON.stringify(plain));
  });

  test('lose calls over a path of one of them only there', () => {
    const events = eventsOf(text, '{ atS: 1, forS: 1, path: europe/ashburn/fibre, kind: down }');
    const during = of(events, 'routed').filter(({ atMs }) => atMs > 1100 && atMs < 2000);
    const endpoints = new Set(during.map(({ endpoint }) => endpoint));
    expect(endpoints).not.toContain('europe/ashburn/fibre');
    expect(endpoints).toContain('america/ashburn/fibre');
    const retried = of(events, 'routed').filter(({ attempt }) => attempt > 1);
    expect(new Set(retried.map(({ router }) => router))).toEqual(new Set(['europe']));
  });

  test('lose their connections when a node of both crashes, and come back', () => {
    const events = eventsOf(text, '{ atS: 1, node: ashburn, kind: crash }');
    for (const router of ['europe', 'america']) {
      const later = of(events, 'routed').filter((event) => event.router === router && event.atMs > 2300);
      expect(later.some(({ endpoint }) => endpoint.startsWith(`${router}/ashburn`))).toBe(true);
    }
    expect(of(events, 'finished').filter(({ outcome }) => outcome !== 'answered').length).toBeLessThan(10);
  });

  test('know only the nodes that they reach', () => {
    const events = eventsOf(text.replace('router: {', 'router: { reaches: { nearest: 1 },'));
    expect(new Set(of(events, 'routed').map(({ endpoint }) => endpoint.split('/', 2).join(' ')))).toEqual(
      new Set(['europe frankfurt', 'america ashburn']),
    );
  });
});

test('a run with one router says nothing of routers', () => {
  const alone = text.replace(/routers:\n[\s\S]*?\n\n/, '').replace('router: {', 'router: { site: london,');
  expect(JSON.stringify(eventsOf(alone))).not.toContain('"router"');
});
