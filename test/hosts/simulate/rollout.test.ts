import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { planOf } from '../../../hosts/run-plan.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { parseScenario } from '../../../scenario/scenario.ts';

const PAIR = readFileSync('test/scenarios/pair.yaml', 'utf8').replace('durationS: 3', 'durationS: 6');
const TWO = readFileSync('test/scenarios/two-routers.yaml', 'utf8').replace('durationS: 3', 'durationS: 6');

const eventsOf = (text: string, policy = 'round-robin'): readonly Event[] => {
  const scenario = parseScenario(text, 'x.yaml');
  const { topology, schedule } = planOf(scenario, { overrides: {}, commit: null, repetition: 1 });
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  for (const _ of simulate({ scenario, topology, schedule, policy, emit }));
  return events;
};

/** The nodes that a router used from one instant to another. */
const usedIn = (events: readonly Event[], fromMs: number, toMs: number, router?: string): ReadonlySet<string> =>
  new Set(
    events.flatMap((event) =>
      event.kind === 'routed' && event.router === router && event.atMs >= fromMs && event.atMs < toMs
        ? [event.endpoint.split('/').at(-2)!]
        : [],
    ),
  );

const reloadedIn = (events: readonly Event[]) => events.filter((event) => event.kind === 'reloaded');

describe('a rollout in a simulated run', () => {
  test('tells the router at its instants, and what it is told counts from then on', () => {
    const events = eventsOf(`${PAIR}
rollout:
  - { atS: 4, router: { subset: all, ejection: { consecutive: 2 } } }
  - { atS: 2, router: { subset: 1 } }
`);
    expect(reloadedIn(events)).toEqual([
      { kind: 'reloaded', atMs: 2000, changes: [{ key: 'router.subset', from: 'all', to: 1 }] },
      {
        kind: 'reloaded',
        atMs: 4000,
        changes: [
          { key: 'router.subset', from: 1, to: 'all' },
          { key: 'router.ejection.consecutive', from: 5, to: 2 },
        ],
      },
    ]);
    const used = [usedIn(events, 0, 2000), usedIn(events, 2000, 4000), usedIn(events, 4000, 6000)];
    expect(used.map(({ size }) => size)).toEqual([2, 1, 2]);
    const outcomes = new Set(events.flatMap((event) => (event.kind === 'finished' ? [event.outcome] : [])));
    expect([...outcomes]).toEqual(['answered']);
  });

  test('changes nothing before its first step', () => {
    const firstOf = (events: readonly Event[]) => events.filter(({ atMs, kind }) => atMs < 2000 && kind !== 'gaps');
    const told = eventsOf(`${PAIR}\nrollout: [{ atS: 2, policy: random, router: { maxAttempts: 5 } }]\n`);
    expect(firstOf(told)).toEqual(firstOf(eventsOf(PAIR)));
  });

  test('may have one of several routers go on with another policy', () => {
    const events = eventsOf(
      `${TWO}\nrollout: [{ atS: 3, routers: [europe], policy: nearest }]\n`.replace(
        'router: { knowledge: { kind: ephemeris } }',
        'router: { knowledge: { kind: ephemeris }, variants: { nearest: { use: ephemeris } } }',
      ),
    );
    expect(reloadedIn(events)).toEqual([
      {
        kind: 'reloaded',
        atMs: 3000,
        router: 'europe',
        changes: [{ key: 'policy', from: 'round-robin', to: 'nearest' }],
      },
    ]);
    expect(usedIn(events, 3000, 6000, 'america').size).toBe(2);
  });
});
