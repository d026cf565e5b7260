import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';
import { ON_ITS_OWN, type Schedule } from '../../../workload/schedule.ts';

const schedule: Schedule = Array.from({ length: 60 }, (_, id) => ({
  id,
  client: 'london',
  atMs: id * 100,
  promptTokens: 200,
  outputTokens: 20,
  maxOutputTokens: 20,
  ...ON_ITS_OWN,
}));

const eventsOf = (router: string, more = '', requests = schedule): readonly Event[] => {
  const pair = readFileSync('test/scenarios/pair.yaml', 'utf8').replace(
    '{ site: london }\n\nclients',
    `${router}\n\nclients`,
  );
  const scenario = parseScenario(`${pair}\n${more}`, 'pair.yaml');
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  for (const _ of simulate({
    scenario,
    topology: topologyOf(scenario),
    schedule: requests,
    policy: 'round-robin',
    emit,
  }));
  return events;
};

const HEDGED = '{ site: london, hedge: { after: { ms: 20 }, disjoint: any, maxShare: 1 }, retry: { budgetTokens: 0 } }';

test('in a simulated run each user gets the tokens of one of two attempts, and the other is cancelled at its node', () => {
  const events = eventsOf(HEDGED);
  const hedges = events.filter((event) => event.kind === 'routed' && event.cause === 'hedge');
  expect(hedges.length).toBeGreaterThan(10);
  const won = new Map(events.flatMap((event) => (event.kind === 'won' ? [[event.request, event.attempt]] : [])));
  expect(new Set(won.values())).toEqual(new Set([1, 2])); // the far node loses to the near one, whichever was first
  for (const event of events) {
    if (event.kind === 'finished') expect(event).toMatchObject({ outcome: 'answered', tokens: 20 });
    if (event.kind !== 'served') continue;
    const winner = won.get(event.request) ?? 1;
    expect(event.outcome).toBe(event.attempt === winner ? 'answered' : 'cancelled');
  }
  expect(eventsOf(HEDGED)).toEqual(events);
});

test('two attempts may be at one node at once, over its two paths', () => {
  const events = eventsOf(
    '{ site: london, hedge: { after: { ms: 1 }, disjoint: medium, maxShare: 1 }, retry: { budgetTokens: 0 }, policies: {} }',
  );
  const nodesOf = (request: number): readonly string[] =>
    events.flatMap((event) => (event.kind === 'received' && event.request === request ? [event.node] : []));
  const atOneNode = schedule.filter(({ id }) => nodesOf(id).join() === 'ashburn,ashburn');
  expect(atOneNode.length).toBeGreaterThan(0);
  expect(events.filter((event) => event.kind === 'finished' && event.outcome !== 'answered')).toEqual([]);
});

test('an attempt without a first token in time is given up for another node', () => {
  const events = eventsOf(
    '{ site: london, firstTokenTimeout: { ms: 150 } }',
    'faults: { token: a-token-of-this-test, timeline: [{ atS: 1, forS: 3, node: ashburn, kind: hang }] }',
  );
  const late = events.filter((event) => event.kind === 'routed' && event.cause === 'time-out');
  expect(late.length).toBeGreaterThan(5);
  expect(events.filter((event) => event.kind === 'finished' && event.outcome !== 'answered')).toEqual([]);
});

test('a node that crashes with many prompts in its queue loses none of those that had not begun, within the budget of retries', () => {
  const burst: Schedule = Array.from({ length: 200 }, (_, id) => ({
    ...schedule[0]!,
    id,
    atMs: id,
    promptTokens: 3000,
  }));
  const events = eventsOf(
    '{ site: london }',
    'faults: { token: a-token-of-this-test, timeline: [{ atS: 0.6, node: ashburn, kind: crash }] }',
    burst,
  );
  const retried = events.filter((event) => event.kind === 'routed' && event.cause === 'retry');
  expect(retried.length).toBeGreaterThan(50); // at the half of a budget of 100, were each of them a failure
  const begun = new Set(events.flatMap((event) => (event.kind === 'first-token' ? [event.request] : [])));
  for (const event of events) {
    if (event.kind === 'finished' && event.outcome === 'failed') expect(begun).toContain(event.request);
  }
});
