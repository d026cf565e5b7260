import type { Limits } from './limits.ts';
import { LockStep } from './lock-step.ts';
import type { Profile } from './profile.ts';
import { Scheduler } from './scheduler.ts';
import type { Sequence } from './sequence.ts';
import type { StepSource } from './step-source.ts';

/** What plans the steps of an engine, one for each of its step clocks: replicas that share experts out have one together. */
export const stepSourcesOf = <S extends Sequence>(
  { replicas, kvTokens, step }: Profile,
  limits: Limits,
): readonly StepSource<S>[] => {
  const schedulers = Array.from({ length: replicas }, () => new Scheduler<S>(limits, limits.kvTokens ?? kvTokens));
  return replicas > 1 && step.experts !== null ? [new LockStep(schedulers)] : schedulers;
};
