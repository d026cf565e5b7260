import { seededRng } from '../core/random/rng.ts';
import { classSchedule } from '../workload/class-schedule.ts';
import { makeSchedule } from '../workload/make-schedule.ts';
import type { Schedule } from '../workload/schedule.ts';
import type { Trace } from '../workload/trace/trace.ts';
import type { Scenario } from './scenario.ts';

/** Every request of a run, from the scenario, its seed and its trace alone: every part computes the same. */
export const scheduleOf = (scenario: Scenario, trace: Trace): Schedule => {
  const { load } = scenario;
  const offered = {
    load,
    trace,
    durationMs: scenario.durationS * 1000,
    startUnixMs: scenario.epochUnixMs,
    clients: Object.entries(scenario.clients).map(([name, { share, site }]) => {
      const place = scenario.sites[site]!;
      return 'lonDeg' in place ? { name, share, lonDeg: place.lonDeg } : { name, share };
    }),
    rng: seededRng(scenario.seed),
  };
  const isPlain = load.classes === undefined && load.users === undefined;
  return isPlain ? makeSchedule(offered) : classSchedule({ ...offered, objectives: scenario.slo });
};
