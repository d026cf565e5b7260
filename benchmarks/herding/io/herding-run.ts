import { ascending, quantile } from '../../../core/stats/quantile.ts';
import { planOf } from '../../../hosts/run-plan.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { type Crowd, NodeCrowds } from '../node-crowds.ts';

/** What one run of a policy came to. */
export interface HerdingRun extends Crowd {
  /** From the intended start, of all requests; Infinity where it falls among those without a first token. */
  readonly ttftP99Ms: number;
}

/** Runs a scenario, as a value that YAML can hold, once in virtual time under each policy. */
export const herdingRuns = function* (
  scenario: object,
  { policies, seed }: { readonly policies: readonly string[]; readonly seed: number },
): Generator<readonly [policy: string, run: HerdingRun]> {
  const parsed = parseScenario(JSON.stringify(scenario), 'herding.json', { seed });
  const { topology, schedule } = planOf(parsed, { overrides: { seed }, commit: null, repetition: 1 });
  const [fromMs, untilMs] = [1000 * parsed.warmUpS, 1000 * parsed.durationS];
  for (const policy of policies) {
    const crowds = new NodeCrowds(
      topology.nodes.map(({ name }) => name),
      { fromMs, untilMs },
    );
    const ttftMs = new Float64Array(schedule.length).fill(Number.POSITIVE_INFINITY);
    const emit: Parameters<typeof simulate>[0]['emit'] = (event) => {
      crowds.add(event);
      if (event.kind === 'first-token') ttftMs[event.request] = event.atMs - schedule[event.request]!.atMs;
    };
    for (const _ of simulate({ scenario: parsed, topology, schedule, policy, emit }));
    const measured = ttftMs.filter((_, request) => schedule[request]!.atMs >= fromMs);
    yield [policy, { ...crowds.crowd(), ttftP99Ms: quantile(ascending(measured), 0.99) }];
  }
};
