import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';
import { ON_ITS_OWN, type Schedule } from '../../../workload/schedule.ts';
import { referenceSimulation } from '../../differential/reference/reference-simulation.ts';

const scheduleWith = (promptTokens: number): Schedule =>
  Array.from({ length: 40 }, (_, id) => ({
    id,
    client: 'london',
    atMs: id * 50,
    promptTokens,
    outputTokens: 200,
    maxOutputTokens: 200,
    ...ON_ITS_OWN,
  }));

/** One node, so that nothing can move: the router makes a new connection over a path that is silent. */
const textWith = (fault: string): string => `${readFileSync('test/scenarios/pair.yaml', 'utf8')
  .replace(/ {2}frankfurt: \{ site: frankfurt, media.*\n/, '')
  .replace('[fibre, laser]', '[fibre]')}
faults: { token: a-token-of-this-test, timeline: [{ ${fault}, kind: blackhole }] }
`;

const FAULTS = [
  ['atS: 1, forS: 1.5, path: ashburn/fibre', 2000],
  ['atS: 1, forS: 1, node: ashburn', 50],
] as const;

test.each([
  ...FAULTS.map((fault) => ['the simulator', ...fault, simulate] as const),
  ...FAULTS.map((fault) => ['its reference', ...fault, referenceSimulation] as const),
])(
  'in %s an answer has all its tokens though its path gets a new connection meanwhile (%s, prompts of %i)',
  (...of) => {
    const [, fault, promptTokens, simulation] = of;
    const schedule = scheduleWith(promptTokens);
    const scenario = parseScenario(textWith(fault), 'pair.yaml');
    const events: Event[] = [];
    const emit = (event: Event): void => void events.push(event);
    for (const _ of simulation({ scenario, topology: topologyOf(scenario), schedule, policy: 'round-robin', emit }));
    const answers = events.filter((event) => event.kind === 'finished');
    expect(answers).toHaveLength(schedule.length);
    for (const answer of answers) expect(answer).toMatchObject({ outcome: 'answered', tokens: 200 });
  },
);
