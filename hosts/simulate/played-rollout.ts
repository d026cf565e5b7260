import type { EventSink } from '../../core/event/event.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { RunningPolicy } from '../../router/pick/running-policy.ts';
import type { Truth } from '../../router/policy/oracle.ts';
import type { Router } from '../../router/router.ts';
import { afterStep, type RouterRun, rolloutOf } from '../../scenario/rollout-plan.ts';
import { policyRecipeOf } from '../../scenario/router-of.ts';
import { type RouterPlan, routerPlansOf } from '../../scenario/router-plan.ts';

/** Tells a simulated router what the rollout of its scenario plans, when it is due, as a live one is told. */
export const playRollout = (options: {
  readonly plan: RouterPlan;
  /** What it runs at first. */
  readonly run: RouterRun;
  readonly running: RunningPolicy;
  readonly router: Router;
  readonly truth: Truth;
  readonly clock: Clock;
  readonly emit: EventSink;
}): void => {
  const { plan, running, router, truth, clock, emit } = options;
  let { run } = options;
  for (const step of rolloutOf(run.scenario, plan.name)) {
    clock.at(step.atMs, (atMs) => {
      const next = afterStep(run, step);
      const { scenario, policy, changes } = next;
      const { config } = routerPlansOf(scenario).find(({ name }) => name === plan.name)!;
      router.replace(running.become(policyRecipeOf({ ...plan, config }, policy, { scenario, truth })));
      router.retune(config, atMs);
      run = next;
      if (changes.length === 0) return;
      emit({ kind: 'reloaded', atMs, ...(plan.label !== null && { router: plan.label }), changes });
    });
  }
};
