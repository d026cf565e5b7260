import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';
import type { Schedule } from '../../../workload/schedule.ts';
import { ON_ITS_OWN } from '../../../workload/schedule.ts';
import { referenceSimulation } from '../../differential/reference/reference-simulation.ts';

/** Prompts that take a node long: it begins to answer some of them while its path is a blackhole. */
const schedule: Schedule = Array.from({ length: 40 }, (_, id) => ({
  id,
  client: 'london',
  atMs: id * 50,
  promptTokens: 2000,
  outputTokens: 200,
  maxOutputTokens: 200,
  ...ON_ITS_OWN,
}));

const FAULT = '{ atS: 1, forS: 1, path: ashburn/fibre, kind: blackhole }';
const text = `${readFileSync('test/scenarios/pair.yaml', 'utf8')}
faults: { token: a-token-of-this-test, timeline: [${FAULT}] }
`;

test.each([
  ['the simulator', simulate],
  ['its reference', referenceSimulation],
])(
  'in %s a user gets the tokens of one attempt, though TCP repairs those of one that was abandoned',
  (_, simulation) => {
    const scenario = parseScenario(text, 'pair.yaml');
    const events: Event[] = [];
    const emit = (event: Event): void => void events.push(event);
    for (const _ of simulation({ scenario, topology: topologyOf(scenario), schedule, policy: 'round-robin', emit }));
    const moved = new Set(
      events.flatMap((event) => (event.kind === 'routed' && event.attempt === 2 ? [event.request] : [])),
    );
    const begunTwice = events.filter(
      (event) => event.kind === 'scheduled' && event.attempt === 1 && moved.has(event.request),
    );
    expect(begunTwice.length).toBeGreaterThan(0);
    const answers = events.filter((event) => event.kind === 'finished' && moved.has(event.request));
    expect(answers).toHaveLength(moved.size);
    for (const answer of answers) expect(answer).toMatchObject({ outcome: 'answered', tokens: 200 });
  },
);
