import type { Objectives } from '../core/event/event.ts';
import type { RngSource } from '../core/random/rng.ts';
import type { Ms } from '../core/time/clock.ts';
import type { ClientShare } from './client-choice.ts';
import { closedSchedule } from './closed-schedule.ts';
import { LoadClass, loadClasses } from './load-class.ts';
import type { LoadConfig } from './load-schema.ts';
import { openSchedule } from './open-schedule.ts';
import type { Schedule } from './schedule.ts';
import type { Trace } from './trace/trace.ts';

/** The schedule of a load with classes, with users who take turns, or with both. */
export const classSchedule = (options: {
  readonly load: LoadConfig;
  /** Those of the scenario, where a class has none of its own. */
  readonly objectives: Objectives;
  readonly trace: Trace;
  readonly durationMs: Ms;
  readonly startUnixMs: number;
  readonly clients: readonly ClientShare[];
  readonly rng: RngSource;
}): Schedule => {
  const { load, objectives, trace, rng } = options;
  const { maxOutputTokens } = load;
  const classes = [...loadClasses(load.classes)].map(
    ([name, config]) => new LoadClass(name, config, { maxOutputTokens, objectives, trace, rng }),
  );
  const clients = options.clients.map((client) => ({ lonDeg: 0, ...client }));
  const { users } = load;
  return users === undefined
    ? openSchedule({ ...options, classes, clients })
    : closedSchedule({ ...options, users, classes, clients });
};
