import { loggedEvent } from '../../../core/event/logged-event.ts';
import { planOf, type RunPlan } from '../../../hosts/run-plan.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { RunTally } from '../../../report/run-tally.ts';
import { summaryOfTally } from '../../../report/summary.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import type { Point } from '../experiment.ts';

/** The plan of a scenario under a seed: what all policies of a point have in common. */
export const pointPlan = (scenario: object, seed: number): RunPlan =>
  planOf(parseScenario(JSON.stringify(scenario), 'experiment.json', { seed }), {
    overrides: { seed },
    commit: null,
    repetition: 1,
  });

/** What a policy does on it. */
export const simulatedPoint = (
  { scenario, topology, schedule, runEvent }: RunPlan,
  policy: string,
  x: number,
): Point => {
  const tally = new RunTally(runEvent(policy, { host: 'simulate', shaper: 'emulator' }));
  for (const _ of simulate({ scenario, topology, schedule, policy, emit: (event) => tally.add(loggedEvent(event)) }));
  const { figures } = summaryOfTally(tally, '', { lost: 0, torn: 0 }).runs[0]!;
  const { requests, answered, ttftMs, by } = figures;
  return {
    policy,
    x,
    p50Ms: ttftMs.p50 ?? Number.POSITIVE_INFINITY,
    p99Ms: ttftMs.p99 ?? Number.POSITIVE_INFINITY,
    failedShare: 1 - answered / requests,
    shareOf: Object.fromEntries(Object.entries(by.node ?? {}).map(([node, { share }]) => [node, share])),
  };
};
