import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';
import type { Schedule } from '../../../workload/schedule.ts';
import { ON_ITS_OWN } from '../../../workload/schedule.ts';

const text = readFileSync('test/scenarios/pair.yaml', 'utf8');

const schedule: Schedule = Array.from({ length: 20 }, (_, id) => ({
  id,
  client: 'london',
  atMs: id * 130,
  promptTokens: 50,
  outputTokens: 20,
  maxOutputTokens: 20,
  ...ON_ITS_OWN,
}));

/** What a simulation of the schedule emits, and when it lets others in, under a load of that many requests a second. */
const simulated = (ratePerS: number): { readonly events: readonly Event[]; readonly stops: readonly number[] } => {
  const scenario = parseScenario(text, 'x.yaml', { ratePerS });
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  const topology = topologyOf(scenario);
  return { stops: [...simulate({ scenario, topology, schedule, policy: 'round-robin', emit })], events };
};

test('a large load is simulated in small pieces, so that it can be stopped at any moment, with the same events', () => {
  const [small, large] = [simulated(8), simulated(20_000)];
  expect(small.stops.slice(0, 3)).toEqual([1000, 2000, 3000]);
  expect(large.stops[0]).toBe(10);
  expect(large.stops.at(-1)).toBe(small.stops.at(-1));
  expect(large.events).toEqual(small.events);
});
