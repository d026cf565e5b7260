import type { EventSink } from '../../core/event/event.ts';
import type { Service } from '../../core/process/io/service-process.ts';
import type { Ms } from '../../core/time/clock.ts';
import { eachCycle } from '../../core/time/each-cycle.ts';
import { SystemClock } from '../../core/time/io/system-clock.ts';
import { RESTART_MS, routerRestartsOf } from '../../scenario/faults-plan.ts';
import type { ReloadedScenario } from '../../scenario/reloaded-scenario.ts';
import { afterStep, between, type RouterRun, rolloutOf } from '../../scenario/rollout-plan.ts';
import type { RouterPlan } from '../../scenario/router-plan.ts';
import type { RouterReady } from '../part-setup.ts';
import type { ReloadableRouter } from './live-router.ts';

export interface RestartedRouter extends Service<RouterReady> {
  /** What it runs now. */
  run(): RouterRun;
  /** Goes on with an edited scenario; rejects where it cannot, and then nothing has changed. */
  reload(next: ReloadedScenario): Promise<void>;
}

/**
 * A router to which happens what its scenario plans. It goes on with the steps of a rollout, and with what it ran at first when the run repeats itself.
 * It is started anew, in its process: what it has open is cut, and what it has learnt is
 * lost, for about a second nobody listens, and then it runs the policy and the scenario that it ran before.
 */
export const restartedRouter = async (options: {
  /** Starts it at a port. */
  readonly start: (run: RouterRun, port: number) => Promise<ReloadableRouter>;
  /** What it runs at first. */
  readonly run: RouterRun;
  /** Where it listens from then on; 0 lets the system choose. */
  readonly port: number;
  readonly plan: Pick<RouterPlan, 'name' | 'label'>;
  /** After how long the run repeats itself; null where it does not. */
  readonly cycleMs: Ms | null;
  readonly emit: EventSink;
}): Promise<RestartedRouter> => {
  const { start, plan, cycleMs, emit } = options;
  let { run } = options;
  /** Before any step of its rollout. */
  let first = run;
  let current = await start(run, options.port);
  const restartsAtMs = routerRestartsOf(run.scenario, plan.name);
  const steps = rolloutOf(run.scenario, plan.name);
  const { ready } = current;
  const injected = { kind: 'injected', router: plan.label ?? true, fault: 'restart' } as const;
  const clock = SystemClock.notStarted();
  let startUnixMs = Number.NaN;
  let isAway = false;
  let restarting: Promise<void> = Promise.resolve();
  const restart = async (): Promise<void> => {
    isAway = true;
    emit({ ...injected, atMs: clock.now(), state: 'began' });
    await current.cut!();
    await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
    current = await start(run, ready.port);
    current.begin(startUnixMs);
    isAway = false;
    emit({ ...injected, atMs: clock.now(), state: 'ended' });
  };
  /** Tells it what runs from now on. */
  const become = async (next: RouterRun & ReloadedScenario): Promise<void> => {
    await restarting; // it begins with what it ran before, and is then told of the change
    current.reload(next);
    run = next;
  };
  /** One after the other, in the order in which they are due. */
  let stepping: Promise<void> = Promise.resolve();
  const takeStep = (step: () => RouterRun & ReloadedScenario): void => {
    stepping = stepping.then(() => become(step()));
  };
  return {
    ready,
    begin: (atUnixMs) => {
      startUnixMs = atUnixMs;
      clock.startAt(atUnixMs);
      current.begin(atUnixMs);
      eachCycle(clock, cycleMs, (baseMs, nowMs) => {
        if (steps.length > 0 && run !== first) takeStep(() => between(run, first));
        for (const step of steps)
          clock.at(Math.max(baseMs + step.atMs, nowMs), () => takeStep(() => afterStep(run, step)));
        for (const atMs of restartsAtMs) {
          if (baseMs + atMs < nowMs) continue; // it is over
          clock.at(baseMs + atMs, () => {
            restarting = restarting.then(restart);
          });
        }
      });
    },
    health: () => (isAway ? AWAY : current.health!()),
    metrics: () => current.metrics!(),
    orders: {
      policy: (body) => {
        const answer = current.orders!.policy!(body) as { readonly policy: string };
        run = { ...run, policy: answer.policy };
        first = { ...first, policy: answer.policy };
        return answer;
      },
    },
    run: () => run,
    reload: async (next) => {
      await become({ ...next, policy: next.policy ?? run.policy });
      first = run;
    },
    close: async (ending) => {
      await restarting;
      clock.close();
      await current.close(ending);
    },
  };
};

const AWAY = { ok: false, stands: true, status: 'restarting', reason: 'its scenario restarts it' } as const;
