import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { seededRng } from '../../core/random/rng.ts';
import { simulate } from '../../hosts/simulate/simulate.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { topologyOf } from '../../scenario/topology.ts';
import { makeSchedule } from '../../workload/make-schedule.ts';
import { bundledTrace } from '../../workload/trace/io/bundled-trace.ts';
import { randomScenario } from './random-scenario.ts';
import { referenceSimulation } from './reference/reference-simulation.ts';

const TRACE = bundledTrace('azure-llm-2023-conversation');

type Simulation = typeof simulate;

/** What became of each request, a line each: instants to a tenth of a microsecond. */
const answersOf = (simulation: Simulation, text: string, policy: string): readonly string[] => {
  const scenario = parseScenario(text, 'random.yaml');
  const clients = Object.entries(scenario.clients).map(([name, { share }]) => ({ name, share }));
  const rng = seededRng(scenario.seed);
  const durationMs = scenario.durationS * 1000;
  const schedule = makeSchedule({ load: scenario.load, trace: TRACE, durationMs, clients, rng });
  const lines = new Map<number, string[]>();
  const emit = (event: Event): void => {
    if (!('request' in event)) return;
    const { request, ...what } = event;
    const line = lines.get(request) ?? [];
    lines.set(request, line);
    line.push(JSON.stringify(what, (_, value) => (typeof value === 'number' ? Math.round(value * 1e4) / 1e4 : value)));
  };
  for (const _ of simulation({ scenario, topology: topologyOf(scenario), schedule, policy, emit })) void _;
  return [...lines].sort(([a], [b]) => a - b).map(([request, line]) => `${request} ${line.join(' ')}`);
};

test('what becomes of each request is the same as where every message is an event, whatever happens', () => {
  fc.assert(
    fc.property(randomScenario, ({ text, policy }) => {
      expect(answersOf(simulate, text, policy)).toEqual(answersOf(referenceSimulation, text, policy));
    }),
    { numRuns: 12 },
  );
});
